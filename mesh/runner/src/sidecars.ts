// Where sidecars listen, and how the others learn of it: the inbound port from the admin socket, endpoint files for EDS.
import { join } from "node:path";
import { stringify } from "yaml";
import { writeInPlace } from "./files.ts";
import { httpGet } from "./supervisor/probe.ts";

const ASSIGNMENT = "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment";

interface ListenerStatus {
  readonly name: string;
  readonly local_address?: { readonly socket_address?: { readonly port_value?: number } };
}

/** The TCP port of listener `name`, asked of a sidecar's admin socket. Throws while there is none. */
export async function listenerPort(adminSocket: string, name: string): Promise<number> {
  const { status, body } = await httpGet(adminSocket, "/listeners?format=json");
  if (status !== 200) throw new Error(`the sidecar does not list its listeners: HTTP ${status}`);
  const { listener_statuses = [] } = JSON.parse(body) as { listener_statuses?: ListenerStatus[] };
  const port = listener_statuses.find((listener) => listener.name === name)?.local_address?.socket_address?.port_value;
  if (!port) throw new Error(`the sidecar has no listener ${name}`);
  return port;
}

/** The endpoint file of a workload: a discovery response with one assignment; no ports means that none is up. */
export function endpointsYaml(workload: string, ports: readonly number[]): string {
  const endpoints = ports.map((port) => ({
    endpoint: { address: { socket_address: { address: "127.0.0.1", port_value: port } } },
  }));
  return stringify({
    resources: [{ "@type": ASSIGNMENT, cluster_name: workload, endpoints: [{ lb_endpoints: endpoints }] }],
  });
}

/** The endpoint files of all workloads, written at every change. */
export class Endpoints {
  readonly #folder: string;
  readonly #ports = new Map<string, ReadonlyMap<number, number>>();

  /** `folder` is R/endpoints. Every workload gets its file, empty at first and where it does not run: a sidecar does not start without it. */
  constructor(folder: string, workloads: readonly string[]) {
    this.#folder = folder;
    for (const workload of workloads) {
      this.#ports.set(workload, new Map());
      this.#write(workload, new Map());
    }
  }

  /** `port` absent: the instance is gone. Throws, and knows no better than before, when the file cannot be written. */
  set(workload: string, instance: number, port: number | undefined): void {
    const before = this.#ports.get(workload);
    if (!before || before.get(instance) === port) return;
    const ports = new Map(before);
    if (port === undefined) ports.delete(instance);
    else ports.set(instance, port);
    this.#write(workload, ports);
    this.#ports.set(workload, ports);
  }

  /** Absent: that instance has no sidecar that is up. */
  port(workload: string, instance: number): number | undefined {
    return this.#ports.get(workload)?.get(instance);
  }

  #write(workload: string, instances: ReadonlyMap<number, number>): void {
    const ports = [...instances].sort(([a], [b]) => a - b).map(([, port]) => port);
    writeInPlace(join(this.#folder, `${workload}.yaml`), endpointsYaml(workload, ports), { mode: 0o644 });
  }
}
