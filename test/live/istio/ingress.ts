// The ingress of the mesh, as an operator installs it: a proxy that answers at the hosts of Gateways, and the secrets that these name.

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
  /** To the port for devices of a host, by somebody with this certificate. Absent: with none. */
  dial(host: string, own?: Credentials): RawClient;
  stop(): Promise<void>;
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
  const made: Any[] = [{ apiVersion: "v1", kind: "ServiceAccount", metadata: { name: serviceAccount, namespace } }];
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
  const portOf = (host: string) => servers.find(({ hosts }) => hostOf(hosts) === host)?.port.number;
  try {
    for (const { port, tls } of servers) {
      const address = `${plane.network.address(INGRESS)}:${port.number}`;
      if (tls.mode !== "MUTUAL") continue;
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
    dial: (host, own) => RawClient.tls(`${plane.network.address(INGRESS)}:${portOf(host)}`, outside.bundle, own, host),
    stop: () => proxy.stop(),
  };
}

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
