// How many instances there are, and how many may be missing.

import { limitsOf } from "../../environment-model.ts";
import { type InCluster, object, selectorOf } from "../cluster.ts";
import type { YamlMap } from "../yaml.ts";

/** Nodes are emptied one instance at a time, and an instance that does not get ready holds up nobody. */
export const disruptionBudget = ({ namespace }: InCluster, name: string): YamlMap =>
  object(
    { apiVersion: "policy/v1", kind: "PodDisruptionBudget", name, namespace, labels: selectorOf(name) },
    {
      spec: {
        maxUnavailable: 1,
        unhealthyPodEvictionPolicy: "AlwaysAllow",
        selector: { matchLabels: selectorOf(name) },
      },
    },
  );

/** Adds instances by the CPU they use of what they request; none where the environment keeps their number. */
export function autoscaler(environment: InCluster, name: string): YamlMap[] {
  const { replicas, autoscaling } = limitsOf(environment, name);
  if (!autoscaling) return [];
  const { maxReplicas, cpuPercent } = autoscaling;
  const head = {
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    name,
    namespace: environment.namespace,
    labels: selectorOf(name),
  };
  const target = { type: "Utilization", averageUtilization: cpuPercent };
  return [
    object(head, {
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name },
        minReplicas: replicas,
        maxReplicas,
        // Of the process alone: a proxy beside it that idles would hide its load.
        metrics: [{ type: "ContainerResource", containerResource: { name: "cpu", container: name, target } }],
      },
    }),
  ];
}
