// A workload's proxy as Istio starts it in a pod: pilot-agent, which gets its certificate from istiod by a token of the service
// account, and Envoy under it; or the same as an ingress, with no process behind it. No packets are redirected: it listens at addresses that are its own.

import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startServer } from "@larder/store/testing";
import { envoy } from "../../../mesh/compiler/src/emit/testing/sidecar.ts";
import { differentPorts } from "../../../mesh/runner/src/ports.ts";
import { toolPath } from "../../../scripts/tools.ts";
import { until } from "../../until.ts";
import { moduleFolder, modules } from "../manifests/schemas.ts";
import { type ControlPlane, ISTIOD_NAME, inFolder } from "./control-plane.ts";
import { PORT } from "./network.ts";

/** An instance of a workload. */
export interface Instance {
  readonly name: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  /** Of its pod. */
  readonly labels: Readonly<Record<string, string>>;
  /** The end of its addresses, below 100: others dial it at this one, and it calls out at the one a hundred above. */
  readonly number: number;
}

export const addressOf = ({ network }: ControlPlane, { number }: Instance): string => network.address(number);
export const wayOutOf = ({ network }: ControlPlane, { number }: Instance): string => network.address(number + 100);

export interface IstioProxy extends Instance {
  /** Where others dial it, where its process listens (`unix:/path`), and where it calls out. */
  readonly address: string;
  readonly app: string;
  readonly out: string;
  /** A counter or gauge of Envoy, or the sum of those whose names fit; 0 while there is none. */
  stat(name: string | RegExp): Promise<number>;
  /** What Envoy knows: the answer to a path of its admin interface. */
  admin(path: string): Promise<string>;
  output(): string;
  stop(): Promise<void>;
}

/** The folder of an instance. Sockets lie in it, so it is short. */
const folderOf = (plane: ControlPlane, { name, namespace }: Instance): string => join(plane.folder, namespace, name);

/** The path of the socket of its process, known before its proxy runs: manifests name it. */
export const socketOf = (plane: ControlPlane, instance: Instance): string =>
  join(folderOf(plane, instance), "app.sock");

/** Starts it. The service account must be there, and the objects that make it part of its workload. */
export async function startProxy(
  plane: ControlPlane,
  instance: Instance,
  role: "sidecar" | "router" = "sidecar",
): Promise<IstioProxy> {
  const { name, namespace, serviceAccount, labels } = instance;
  const folder = folderOf(plane, instance);
  const [adminPort = 0, statusPort = 0, metricsPort = 0] = await differentPorts(3);
  const secrets = join(folder, "var/run/secrets");
  for (const part of ["tokens", "istio", "workload-spiffe-uds"]) mkdirSync(join(secrets, part), { recursive: true });
  writeFileSync(join(secrets, "istio/root-cert.pem"), plane.authority.bundle);
  const create = [
    "create",
    "token",
    serviceAccount,
    `--namespace=${namespace}`,
    "--audience=istio-ca",
    "--duration=1h",
  ];
  const { status, stdout, stderr } = await plane.api.kubectl(create);
  if (status !== 0) throw new Error(stderr);
  writeFileSync(join(secrets, "tokens/istio-token"), stdout.trim(), { mode: 0o600 });

  // The agent's own answers to probes would be given on every interface: port 0 is none.
  mkdirSync(join(folder, "etc/istio/pod"), { recursive: true });
  writeFileSync(join(folder, "etc/istio/pod/annotations"), 'status.sidecar.istio.io/port="0"\n');
  const binary = join(folder, "envoy");
  // Envoy must not outlive an agent that is killed, and opens its output a second time for the access log.
  writeFileSync(
    binary,
    `#!/bin/sh\nexec setpriv --pdeathsig KILL ${envoy} --use-dynamic-base-id "$@" >envoy.log 2>&1\n`,
    {
      mode: 0o755,
    },
  );
  const template = join(folder, "bootstrap.json");
  writeFileSync(template, onLoopback(bootstrapTemplate()));
  const config = {
    discoveryAddress: plane.address,
    binaryPath: binary,
    configPath: join(folder, "etc"),
    proxyAdminPort: adminPort,
    terminationDrainDuration: "0.1s",
    proxyStatsMatcher: { inclusionRegexps: [".*"] },
  };
  const environment = {
    POD_NAME: name,
    POD_NAMESPACE: namespace,
    INSTANCE_IP: addressOf(plane, instance),
    SERVICE_ACCOUNT: serviceAccount,
    TRUST_DOMAIN: plane.trustDomain,
    ISTIOD_SAN: ISTIOD_NAME,
    ISTIO_META_CLUSTER_ID: "Kubernetes",
    ISTIO_META_INTERCEPTION_MODE: "NONE",
    // As in a pod, which is not root: it listens where its Service leads the ports below 1024.
    ...(role === "router" ? { ISTIO_META_UNPRIVILEGED_POD: "true" } : {}),
    ISTIO_METAJSON_LABELS: JSON.stringify(labels),
    ENVOY_STATUS_PORT: String(statusPort),
    ENVOY_PROMETHEUS_PORT: String(metricsPort),
    PROXY_CONFIG: JSON.stringify(config),
  };
  const args = [
    "proxy",
    role,
    `--domain=${namespace}.svc.cluster.local`,
    "--concurrency=1",
    `--templateFile=${template}`,
  ];
  const agent = startServer(
    toolPath("pilot-agent"),
    [...args, "--profiling=false", "--log_output_level=default:warn"],
    inFolder(folder, environment),
  );
  const admin = async (path: string) => (await fetch(`http://127.0.0.1:${adminPort}${path}`)).text();
  const ended = () => agent.child.exitCode !== null || agent.child.signalCode !== null;
  const stop = async () => {
    if (ended()) return;
    const gone = once(agent.child, "exit");
    agent.child.kill("SIGTERM");
    await gone;
  };
  try {
    await until(
      `the proxy of ${name}`,
      async () => {
        if (ended()) throw new Error(`the agent of ${name} ended`);
        return (await admin("/ready").catch(() => "")).startsWith("LIVE");
      },
      60_000,
    );
  } catch (error) {
    await stop();
    throw new Error(`${error instanceof Error ? error.message : error}\n${agent.output()}\n${plane.output()}`);
  }
  return {
    ...instance,
    address: `${addressOf(plane, instance)}:${PORT}`,
    app: `unix:${socketOf(plane, instance)}`,
    out: `${wayOutOf(plane, instance)}:${PORT}`,
    async stat(wanted) {
      const lines = (await admin("/stats")).split("\n").map((line) => line.split(": "));
      const fits = (text: string) => (typeof wanted === "string" ? text === wanted : wanted.test(text));
      return lines.filter(([stat = ""]) => fits(stat)).reduce((sum, [, value]) => sum + Number(value), 0);
    },
    admin,
    output: agent.output,
    stop,
  };
}

const bootstrapTemplate = (): string =>
  readFileSync(join(moduleFolder(modules.istio.module), "tools/packaging/common/envoy_bootstrap.json"), "utf8");

/** Istio's proxies listen on every interface for metrics and probes. These do not. */
const onLoopback = (template: string): string => template.replaceAll("{{ .wildcard }}", "127.0.0.1");
