// How callers spread calls over the instances of a workload, and when they leave one out.

import { hostOf, limitsOf } from "../../environment-model.ts";
import type { Workload } from "../../model.ts";
import { retryBudgetPercent } from "../back-off.ts";
import { seconds } from "../backstop.ts";
import { type InCluster, object, selectorOf } from "../cluster.ts";
import { type Track, trackOf } from "../tracks.ts";
import { note, type YamlMap } from "../yaml.ts";
import { networking } from "./names.ts";

export function destinationRule(environment: InCluster, { name }: Workload): YamlMap {
  const { namespace } = environment;
  const { outlierDetection, concurrency, replicas, autoscaling } = limitsOf(environment, name);
  const tracks: Track[] = environment.workloads[name]?.canary ? ["stable", "canary"] : [];
  const instances = autoscaling?.maxReplicas ?? replicas;
  const head = { apiVersion: networking, kind: "DestinationRule", name, namespace, labels: selectorOf(name) };
  return object(head, {
    spec: {
      host: hostOf(environment, name),
      trafficPolicy: {
        tls: { mode: "ISTIO_MUTUAL" },
        loadBalancer: note(
          "Over all zones: with outlier detection Istio would keep calls in that of the caller, however few instances are there.",
          { simple: "LEAST_REQUEST", localityLbSetting: { enabled: false } },
        ),
        connectionPool: {
          tcp: { connectTimeout: "1s" },
          http: note(
            "For each proxy of a caller: as much as all instances take together. What one instance takes is in its Sidecar.",
            { http2MaxRequests: concurrency.maxRequests * instances },
          ),
        },
        retryBudget: { percent: retryBudgetPercent, minRetryConcurrency: 3 },
        outlierDetection: {
          consecutiveGatewayErrors: outlierDetection.consecutiveErrors,
          consecutive5xxErrors: outlierDetection.consecutiveErrors,
          interval: seconds(outlierDetection.intervalMs),
          baseEjectionTime: seconds(outlierDetection.ejectionMs),
          maxEjectionPercent: outlierDetection.maxEjectionPercent,
        },
      },
      subsets: tracks.length > 0 ? tracks.map((track) => ({ name: track, labels: trackOf(track) })) : undefined,
    },
  });
}
