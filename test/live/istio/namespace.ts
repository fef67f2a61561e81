// A namespace of the cluster with our manifests in it, and proxies for some of its workloads.

import { stringify } from "yaml";
import { until } from "../../until.ts";
import type { Any } from "../manifests/manifests.ts";
import type { ControlPlane } from "./control-plane.ts";
import { PORT } from "./network.ts";
import { addressOf, type IstioProxy, socketOf, startProxy, type Workload, wayOutOf } from "./proxy.ts";

/** The objects of a namespace, as they are generated. */
export interface Manifests {
  readonly kubernetes: readonly Any[];
  readonly istio: readonly Any[];
}

export interface Namespace {
  readonly name: string;
  /** By the name of the workload. */
  readonly proxies: ReadonlyMap<string, IstioProxy>;
  /** Applies Istio's objects anew, in another form. */
  applyIstio(objects: readonly Any[]): Promise<void>;
  stop(): Promise<void>;
}

/** In this order. Pods have no place here: addresses and identities of workloads are all that the mesh needs. */
const KINDS = ["Namespace", "ServiceAccount", "Service"];

/** `numbers` are those of the workloads that get a proxy, by name. */
export async function startNamespace(
  plane: ControlPlane,
  manifests: Manifests,
  numbers: Readonly<Record<string, number>>,
): Promise<Namespace> {
  const objects = KINDS.flatMap((wanted) => manifests.kubernetes.filter(({ kind }) => kind === wanted));
  const name: string = objects.find(({ kind }) => kind === "Namespace")?.metadata.name;
  const workloads = Object.entries(numbers).map(([workload, number]) => ({ name: workload, namespace: name, number }));
  const apply = (list: readonly Any[]) => plane.api.apply(list.map((object) => stringify(object)).join("---\n"));
  const applyIstio = (list: readonly Any[]) =>
    apply(list.map((object) => withoutRedirection(plane, workloads, object)));
  await apply([...objects, ...workloads.map((workload) => workloadEntry(plane, workload))]);
  await applyIstio(manifests.istio);

  const proxies = new Map<string, IstioProxy>();
  const stop = async () => void (await Promise.all([...proxies.values()].map((proxy) => proxy.stop())));
  try {
    for (const workload of workloads) proxies.set(workload.name, await startProxy(plane, workload));
    for (const { name, address, admin } of proxies.values()) {
      const listens = async () => (await admin("/listeners")).includes(address);
      await until(`the proxy of ${name} to listen at ${address}`, listens);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { name, proxies, applyIstio, stop };
}

/** What a pod of the workload would be in the eyes of istiod. */
const workloadEntry = (plane: ControlPlane, workload: Workload): Any => ({
  apiVersion: "networking.istio.io/v1",
  kind: "WorkloadEntry",
  metadata: { name: workload.name, namespace: workload.namespace },
  spec: {
    address: addressOf(plane, workload),
    serviceAccount: workload.name,
    labels: { "app.kubernetes.io/name": workload.name },
    ports: { grpc: PORT },
  },
});

/**
 * An object as it is generated, but for the Sidecar of a workload that runs here: with no packets redirected, it has to say
 * where its proxy listens, and where the process behind it does.
 */
function withoutRedirection(plane: ControlPlane, workloads: readonly Workload[], object: Any): Any {
  const workload = workloads.find(({ name }) => object.kind === "Sidecar" && object.metadata.name === name);
  if (!workload) return object;
  const { egress, ...spec } = object.spec;
  const port = { number: PORT, protocol: "GRPC", name: "grpc" };
  const process = `unix://${socketOf(plane, workload)}`;
  return {
    ...object,
    spec: {
      ...spec,
      ingress: [{ port, bind: addressOf(plane, workload), defaultEndpoint: process, captureMode: "NONE" }],
      egress: egress.map(({ hosts }: Any) => ({ port, bind: wayOutOf(plane, workload), captureMode: "NONE", hosts })),
    },
  };
}
