// The share of calls that failed, and that were slow, over each window that an alert looks at.

import type { Metrics } from "../../environment-model.ts";
import { from } from "../calls.ts";
import { note, type Yaml } from "../yaml.ts";
import { labelsOf, type Objective, unary } from "./objectives.ts";

export const windows = ["5m", "30m", "1h", "2h", "6h", "1d", "3d"] as const;
export type Window = (typeof windows)[number];

/** The names of what is recorded. */
export const failed = (window: Window): string => `mesh:calls_failed:ratio_rate${window}`;
export const slow = (window: Window): string => `mesh:calls_slow:ratio_rate${window}`;

/** The codes that are the fault of the service. The others are the caller's, or say that there is no room just now. */
const faults = ["UNKNOWN", "DEADLINE_EXCEEDED", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS"].join("|");

const by = "sum by (workload, service, method)";

export function recordings(metrics: Metrics, objective: Objective): Yaml[] {
  const { service, methods, slo } = objective;
  const timed = unary(methods);
  const origin = methods.map(from).join("\n");
  const rules: Yaml[] = [];
  for (const window of slo.availabilityPercent === undefined ? [] : windows) {
    const calls = `${metrics.handled}{${labelsOf(service, methods)}}[${window}]`;
    const bad = `${metrics.handled}{${labelsOf(service, methods)},code=~"${faults}"}[${window}]`;
    // A code that was never answered has no series: the share is 0 then, and not unknown.
    const expr = `(${by} (rate(${bad})) or 0 * ${by} (rate(${calls}))) / ${by} (rate(${calls}))`;
    rules.push(window === "5m" ? note(origin, { record: failed(window), expr }) : { record: failed(window), expr });
  }
  if (slo.latencyMs === undefined || timed.length === 0) return rules;
  const bound = boundFor(metrics, slo.latencyMs);
  for (const window of windows) {
    const labels = labelsOf(service, timed);
    const all = `${metrics.duration}_count{${labels}}[${window}]`;
    const quick = `${metrics.duration}_bucket{${labels},le=~"${le(bound)}"}[${window}]`;
    const expr = `1 - ${by} (rate(${quick})) / ${by} (rate(${all}))`;
    const why = `${timed.map(from).join("\n")}\nslower than ${slo.latencyMs} ms, by the bucket of ${bound * 1000} ms`;
    rules.push(window === "5m" ? note(why, { record: slow(window), expr }) : { record: slow(window), expr });
  }
  return rules;
}

/** The first bucket that ends at the target or above it; above them all, the last. */
function boundFor({ buckets }: Metrics, latencyMs: number): number {
  return buckets.find((bound) => bound * 1000 >= latencyMs) ?? (buckets.at(-1) as number);
}

/** The bound as a label: Prometheus 2 keeps `1`, Prometheus 3 writes `1.0`. */
const le = (bound: number): string =>
  `${String(bound).replace(".", "\\\\.")}${Number.isInteger(bound) ? "(\\\\.0)?" : ""}`;
