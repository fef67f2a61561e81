// Workloads in a Kubernetes cluster: a Deployment each with its identity, its address, its limits, and who it may talk to.

import { tighten } from "../../environment-contract.ts";
import { type Environment, limitsOf } from "../../environment-model.ts";
import type { Contract, Workload } from "../../model.ts";
import { deployed, type InCluster, inCluster, manifestFiles, object, refuseParts, selectorOf } from "../cluster.ts";
import { type Track, trackOf } from "../tracks.ts";
import type { YamlMap } from "../yaml.ts";
import { deployment } from "./deployment.ts";
import { denyAll, networkPolicy } from "./network-policy.ts";
import { autoscaler, disruptionBudget } from "./scaling.ts";
import { podMonitor } from "./scraping.ts";

/**
 * The manifests, by file name: `order.yaml`.
 * Throws InputError where the environment lacks what a cluster needs: its part `cluster`, images, resources; and for a
 * canary without a mesh.
 */
export function emitKubernetes(contract: Contract, environment: Environment): Map<string, string> {
  const tightened = tighten(contract, environment);
  const here = inCluster(environment, "kubernetes");
  // Without a mesh that tells them apart, calls would go to a canary by its share of the pods.
  if (here.cluster.mesh === "none") refuseParts(environment, "kubernetes without a mesh", ["canary"]);
  const workloads = deployed(tightened, environment);
  return manifestFiles({
    target: "kubernetes",
    environment: here,
    common: [namespace(here)],
    workloads: new Map(workloads.map((workload) => [workload.name, objectsOf(tightened, here, workload)])),
    denial: [denyAll(here)],
    kinds: [...kinds, ...(here.cluster.monitoring ? ["podmonitors.monitoring.coreos.com"] : [])],
  });
}

/** All but the namespace, which would take everything in it along. */
const kinds = [
  "deployments.apps",
  "services",
  "serviceaccounts",
  "networkpolicies.networking.k8s.io",
  "poddisruptionbudgets.policy",
  "horizontalpodautoscalers.autoscaling",
];

function objectsOf(contract: Contract, environment: InCluster, workload: Workload): YamlMap[] {
  const { name } = workload;
  return [
    serviceAccount(environment, name),
    service(environment, name),
    ...versions(environment, name),
    deployment(environment, workload, "stable"),
    ...(environment.workloads[name]?.canary ? [deployment(environment, workload, "canary")] : []),
    networkPolicy(contract, environment, workload),
    disruptionBudget(environment, name),
    ...autoscaler(environment, name),
    ...podMonitor(environment, name),
  ];
}

function namespace({ namespace, cluster }: InCluster): YamlMap {
  const { mesh, controlPlane, podSecurity } = cluster;
  const { revision } = controlPlane;
  const injection: YamlMap = revision ? { "istio.io/rev": revision } : { "istio-injection": "enabled" };
  return object({
    apiVersion: "v1",
    kind: "Namespace",
    name: namespace,
    labels: {
      ...(mesh === "istio" ? injection : {}),
      ...(podSecurity ? { "pod-security.kubernetes.io/enforce": podSecurity } : {}),
      "kubernetes.io/metadata.name": namespace,
    },
    ...(mesh === "linkerd" ? { annotations: { "linkerd.io/inject": "enabled" } } : {}),
  });
}

/** The identity of a workload in the mesh. It is no user of the cluster: no role is bound to it, no token mounted. */
const serviceAccount = ({ namespace }: InCluster, name: string): YamlMap =>
  object(
    { apiVersion: "v1", kind: "ServiceAccount", name, namespace, labels: selectorOf(name) },
    { automountServiceAccountToken: false },
  );

/** The in-mesh address. Both meshes know `kubernetes.io/h2c`; `grpc` would be opaque TCP to Linkerd, without any policy. */
const service = (environment: InCluster, name: string, track?: Track): YamlMap => {
  const { namespace, port } = environment;
  const annotations = failureAccrual(environment, name);
  const head = { apiVersion: "v1", kind: "Service", name: track ? `${name}-${track}` : name, namespace };
  return object(
    { ...head, labels: selectorOf(name), annotations },
    {
      spec: {
        selector: { ...selectorOf(name), ...(track ? trackOf(track) : {}) },
        ports: [{ name: "grpc", port, targetPort: "grpc", appProtocol: "kubernetes.io/h2c" }],
      },
    },
  );
};

/** Linkerd tells versions apart by the Services that they stand behind; Istio by their labels. */
function versions(environment: InCluster, name: string): YamlMap[] {
  if (environment.cluster.mesh !== "linkerd" || !environment.workloads[name]?.canary) return [];
  return (["stable", "canary"] as const).map((track) => service(environment, name, track));
}

/** Linkerd reads from the Service when callers leave an instance out. */
function failureAccrual(environment: InCluster, name: string): YamlMap {
  if (environment.cluster.mesh !== "linkerd") return {};
  const { consecutiveErrors, ejectionMs } = limitsOf(environment, name).outlierDetection;
  const accrual = "balancer.linkerd.io/failure-accrual";
  return {
    [accrual]: "consecutive",
    [`${accrual}-consecutive-max-failures`]: String(consecutiveErrors),
    [`${accrual}-consecutive-min-penalty`]: `${ejectionMs}ms`,
    [`${accrual}-consecutive-max-penalty`]: `${10 * ejectionMs}ms`,
  };
}
