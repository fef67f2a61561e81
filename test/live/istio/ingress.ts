// The ingress of the mesh, as an operator installs it: a proxy that answers at the hosts of Gateways, and the secrets that these name.

import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { stringify } from "yaml";
import { type Authority, authority, type Credentials } from "../../../mesh/compiler/src/emit/testing/certificates.ts";
import { RawClient } from "../../equality/client.ts";
import { until } from "../../until.ts";
import type { Any } from "../manifests/manifests.ts";
import type { ControlPlane } from "./control-plane.ts";
import { INGRESS } from "./network.ts";
import { type IstioProxy, startProxy } from "./proxy.ts";

/** What the environment says of it. */
interface Described {
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface IstioIngress {
  /** Signs for devices. */
  readonly devices: Authority;
  readonly proxy: IstioProxy;
  /** To the port with TLS of a host, by somebody with this certificate. Absent: with none. `asked` are the names that the host is called by. */
  dial(host: string, own?: Credentials, asked?: Partial<Asking>): RawClient;
  /** Asks a host over HTTP/1.1: with TLS, or `plain` at its other port. */
  ask(host: string, verb: string, path: string, headers?: Record<string, string>, plain?: "plain"): Promise<Asked>;
  stop(): Promise<void>;
}

export interface Asking {
  /** In the handshake of TLS. */
  readonly name: string;
  /** In each call. */
  readonly authority: string;
}

export interface Asked {
  readonly status: number;
  readonly location: string | undefined;
}

/** Starts it. Its Gateways are those of `objects`, which are applied. */
export async function startIngress(
  plane: ControlPlane,
  described: Described,
  objects: readonly Any[],
): Promise<IstioIngress> {
  const { namespace, serviceAccount } = described;
  const servers: Any[] = objects.filter(({ kind }) => kind === "Gateway").flatMap(({ spec }) => spec.servers);
  const [outside, devices] = await Promise.all([authority("the outside"), authority("devices")]);
  const made: Any[] = [
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: serviceAccount, namespace } },
    serviceOf(described, servers),
  ];
  for (const { hosts, tls } of servers) {
    if (!tls.credentialName) continue;
    const { certificate, key } = await outside.issue({ dns: hostOf(hosts) });
    made.push({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: tls.credentialName, namespace },
      stringData: { "tls.crt": certificate, "tls.key": key, "ca.crt": devices.bundle },
    });
  }
  await plane.api.apply([...made, ...mayReadSecrets(described)].map((each) => stringify(each)).join("---\n"));
  const instance = { ...described, name: "ingress", number: INGRESS };
  const proxy = await startProxy(plane, instance, "router");
  const addressOf = (host: string, plain = false) => {
    const server = servers.find(({ hosts, tls }) => hostOf(hosts) === host && (tls.mode === undefined) === plain);
    if (!server) throw new Error(`no Gateway has a server of ${host}${plain ? " without TLS" : ""}`);
    return `${plane.network.address(INGRESS)}:${targetOf(server.port.number)}`;
  };
  try {
    for (const { hosts, tls } of servers) {
      const address = addressOf(hostOf(hosts), tls.mode === undefined);
      await until(`the ingress to listen at ${address}`, async () =>
        (await proxy.admin("/listeners")).includes(address),
      );
    }
  } catch (error) {
    await proxy.stop();
    throw error;
  }
  return {
    devices,
    proxy,
    dial: (host, own, { name = host, authority = host } = {}) =>
      RawClient.tls(addressOf(host), outside.bundle, own, name, authority),
    async ask(host, method, path, headers = {}, plain) {
      const url = new URL(`${plain ? "http" : "https"}://${addressOf(host, plain !== undefined)}`);
      const options = { method, path, headers: { ...headers, host }, agent: false };
      const request = plain
        ? httpRequest(url, options)
        : httpsRequest(url, { ...options, servername: host, ca: outside.bundle });
      const [response] = (await once(request.end(), "response")) as [IncomingMessage];
      response.resume();
      return { status: response.statusCode ?? 0, location: response.headers.location };
    },
    stop: () => proxy.stop(),
  };
}

/** Its Service leads the ports of Gateways that only root could listen at to others, and istiod has the ingress listen there. */
const serviceOf = ({ namespace, labels }: Described, servers: readonly Any[]): Any => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "ingress", namespace },
  spec: {
    selector: labels,
    ports: servers.map(({ port: { name, number } }) => ({ name, port: number, targetPort: targetOf(number) })),
  },
});

const targetOf = (port: number): number => (port < 1024 ? 8000 + port : port);

/** `larder/shop.example` is of the namespace larder. */
const hostOf = ([host = ""]: string[]): string => host.replace(/^.*\//, "");

/** Without the right to read secrets where it runs, istiod hands it none. */
const mayReadSecrets = ({ namespace, serviceAccount }: Described): Any[] => {
  const metadata = { name: "ingress", namespace };
  const group = "rbac.authorization.k8s.io";
  return [
    {
      apiVersion: `${group}/v1`,
      kind: "Role",
      metadata,
      rules: [{ apiGroups: [""], resources: ["secrets"], verbs: ["get", "watch", "list"] }],
    },
    {
      apiVersion: `${group}/v1`,
      kind: "RoleBinding",
      metadata,
      roleRef: { apiGroup: group, kind: "Role", name: metadata.name },
      subjects: [{ kind: "ServiceAccount", name: serviceAccount, namespace }],
    },
  ];
};
