// Who reads the metrics of a workload, and where.

import { type InCluster, object, selectorOf } from "../cluster.ts";
import type { YamlMap } from "../yaml.ts";

/** Where the agent beside Istio's proxy shows its metrics together with those of the process. */
const agentPort = 15020;

/** The port of a pod that answers with metrics. */
export const metricsPort = ({ cluster }: InCluster): number => (cluster.mesh === "istio" ? agentPort : cluster.opsPort);

/** A monitor finds ports that a container declares, and none declares that of the agent: it is found by the port of the process. */
const atAgent = ({ cluster }: InCluster): YamlMap => ({
  sourceLabels: ["__address__"],
  regex: `(.+):${cluster.opsPort}`,
  replacement: `$1:${agentPort}`,
  targetLabel: "__address__",
});

/** For the operator of Prometheus; none where the environment has no monitoring. */
export function podMonitor(environment: InCluster, name: string): YamlMap[] {
  const { cluster, namespace } = environment;
  if (!cluster.monitoring) return [];
  const endpoint: YamlMap =
    cluster.mesh === "istio"
      ? { port: "ops", path: "/stats/prometheus", relabelings: [atAgent(environment)] }
      : { port: "ops", path: "/metrics" };
  const head = {
    apiVersion: "monitoring.coreos.com/v1",
    kind: "PodMonitor",
    name,
    namespace,
    labels: { ...cluster.monitoring.discoveryLabels, ...selectorOf(name) },
  };
  return [
    object(head, {
      spec: { selector: { matchLabels: selectorOf(name) }, podMetricsEndpoints: [{ ...endpoint, interval: "15s" }] },
    }),
  ];
}
