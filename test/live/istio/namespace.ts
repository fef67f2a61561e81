// A namespace of the cluster with our manifests in it, and proxies for some of its workloads.

import { stringify } from "yaml";
import { until } from "../../until.ts";
import type { Any } from "../manifests/manifests.ts";
import type { ControlPlane } from "./control-plane.ts";
import { INGRESS, PORT } from "./network.ts";
import { addressOf, type Instance, type IstioProxy, socketOf, startProxy, wayOutOf } from "./proxy.ts";

/** The objects of a namespace, as they are generated. */
export interface Manifests {
  readonly kubernetes: readonly Any[];
  readonly istio: readonly Any[];
}

export interface Namespace {
  readonly name: string;
  /** By the name of the Deployment. */
  readonly proxies: ReadonlyMap<string, IstioProxy>;
  /** Applies Istio's objects anew, in another form. */
  applyIstio(objects: readonly Any[]): Promise<void>;
  stop(): Promise<void>;
}

/** In this order. Pods have no place here: addresses, labels and identities are all that the mesh needs of them. */
const KINDS = ["Namespace", "ServiceAccount", "Service"];

/** `numbers` are those of the Deployments of which one instance runs here, by name. */
export async function startNamespace(
  plane: ControlPlane,
  manifests: Manifests,
  numbers: Readonly<Record<string, number>>,
): Promise<Namespace> {
  const objects = KINDS.flatMap((wanted) => manifests.kubernetes.filter(({ kind }) => kind === wanted));
  const name: string = objects.find(({ kind }) => kind === "Namespace")?.metadata.name;
  const instances = Object.entries(numbers).map(([deployment, number]) =>
    instanceOf(manifests.kubernetes, deployment, number),
  );
  const apply = (list: readonly Any[]) => plane.api.apply(list.map((object) => stringify(object)).join("---\n"));
  const applyIstio = (list: readonly Any[]) =>
    apply([...namespacesOf(list, name), ...withoutRedirection(plane, instances, list.map(atIngress(plane)))]);
  await apply([...objects, ...instances.map((instance) => workloadEntry(plane, instance))]);
  await applyIstio(manifests.istio);

  const proxies = new Map<string, IstioProxy>();
  const stop = async () => void (await Promise.all([...proxies.values()].map((proxy) => proxy.stop())));
  try {
    for (const instance of instances) proxies.set(instance.name, await startProxy(plane, instance));
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

/** The namespaces of others that objects are for, where the ingress runs: they are there before. */
function namespacesOf(objects: readonly Any[], own: string): Any[] {
  const names = new Set<string>(objects.flatMap(({ metadata: { namespace } }) => namespace ?? []));
  names.delete(own);
  return [...names].map((name) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } }));
}

/** The object as it is generated, but for a Gateway: the ingress listens at an address of its own here, not at all of them. */
const atIngress =
  (plane: ControlPlane) =>
  (object: Any): Any => {
    if (object.kind !== "Gateway") return object;
    const servers = object.spec.servers.map((server: Any) => ({ ...server, bind: plane.network.address(INGRESS) }));
    return { ...object, spec: { ...object.spec, servers } };
  };

/** What the Deployment of this name would start. */
function instanceOf(kubernetes: readonly Any[], name: string, number: number): Instance {
  const deployment = kubernetes.find(({ kind, metadata }) => kind === "Deployment" && metadata.name === name);
  if (!deployment) throw new Error(`there is no Deployment ${name}`);
  const { metadata, spec } = deployment.spec.template;
  const { namespace } = deployment.metadata;
  return { name, namespace, serviceAccount: spec.serviceAccountName, labels: metadata.labels, number };
}

/** What its pod would be in the eyes of istiod, proxy included. */
const workloadEntry = (plane: ControlPlane, instance: Instance): Any => ({
  apiVersion: "networking.istio.io/v1",
  kind: "WorkloadEntry",
  metadata: { name: instance.name, namespace: instance.namespace },
  spec: {
    address: addressOf(plane, instance),
    serviceAccount: instance.serviceAccount,
    labels: { ...instance.labels, "security.istio.io/tlsMode": "istio" },
    ports: { grpc: PORT },
  },
});

/**
 * The objects as they are generated, but for the Sidecars of the instances that run here: with no packets redirected, each has
 * to say where its proxy listens, and where the process behind it does. Without a Sidecar a proxy knows everybody.
 */
function withoutRedirection(plane: ControlPlane, instances: readonly Instance[], objects: readonly Any[]): Any[] {
  const isOf = (instance: Instance, { kind, metadata }: Any) =>
    kind === "Sidecar" && metadata.name === instance.labels["app.kubernetes.io/name"];
  const others = objects.filter((object) => !instances.some((instance) => isOf(instance, object)));
  const bound = instances.map((instance) => {
    const generated = objects.find((object) => isOf(instance, object));
    return sidecarOf(plane, instance, generated?.spec ?? { egress: [{ hosts: ["*/*"] }] });
  });
  return [...others, ...bound];
}

function sidecarOf(plane: ControlPlane, instance: Instance, { egress, ...spec }: Any): Any {
  const { name, namespace, labels } = instance;
  const port = { number: PORT, protocol: "GRPC", name: "grpc" };
  const process = `unix://${socketOf(plane, instance)}`;
  return {
    apiVersion: "networking.istio.io/v1",
    kind: "Sidecar",
    metadata: { name, namespace, labels },
    spec: {
      ...spec,
      workloadSelector: { labels },
      ingress: [{ port, bind: addressOf(plane, instance), defaultEndpoint: process, captureMode: "NONE" }],
      egress: egress.map(({ hosts }: Any) => ({ port, bind: wayOutOf(plane, instance), captureMode: "NONE", hosts })),
    },
  };
}
