// Objectives as Prometheus watches them: rates of failed and of slow calls over several windows, and alerts for when the
// budget of 30 days is being spent too fast, or nobody looks. On the metrics of the processes, since those of meshes know no methods.

import { tighten } from "../../environment-contract.ts";
import type { Environment, Metrics } from "../../environment-model.ts";
import { InputError } from "../../input-error.ts";
import type { Contract, Workload } from "../../model.ts";
import { deployed, type InCluster, inCluster, manifestFiles, object, selectorOf } from "../cluster.ts";
import type { YamlMap } from "../yaml.ts";
import { alerts, unread } from "./alerts.ts";
import { objectivesOf } from "./objectives.ts";
import { recordings } from "./recordings.ts";

/** The manifests, by file name; no file for a workload without objectives. */
export function emitPrometheus(contract: Contract, environment: Environment): Map<string, string> {
  const tightened = tighten(contract, environment);
  const here = inCluster(environment, "prometheus");
  const { metrics } = environment;
  if (!metrics) throw new InputError("the target prometheus needs the part metrics of the environment");
  const workloads = deployed(tightened, environment).map((workload): [string, YamlMap[]] => [
    workload.name,
    rulesOf(here, metrics, workload),
  ]);
  return manifestFiles({
    target: "prometheus",
    environment: here,
    common: [],
    workloads: new Map(workloads.filter(([, objects]) => objects.length > 0)),
    kinds: ["prometheusrules.monitoring.coreos.com"],
  });
}

function rulesOf({ namespace, cluster }: InCluster, metrics: Metrics, workload: Workload): YamlMap[] {
  const objectives = objectivesOf(workload);
  if (objectives.length === 0) return [];
  const { name } = workload;
  const head = {
    apiVersion: "monitoring.coreos.com/v1",
    kind: "PrometheusRule",
    name,
    namespace,
    labels: { ...cluster.monitoring?.discoveryLabels, ...selectorOf(name) },
  };
  return [
    object(head, {
      spec: {
        groups: [
          { name: `${name}.objectives`, rules: objectives.flatMap((objective) => recordings(metrics, objective)) },
          {
            name: `${name}.alerts`,
            rules: [
              ...objectives.flatMap((objective) => alerts(metrics, workload, objective)),
              ...(cluster.monitoring ? [unread(metrics, namespace, workload)] : []),
            ],
          },
        ],
      },
    }),
  ];
}
