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

/** A series for each method: how fast its counters go, or how far they went within the window. */
const sum = (how: "rate" | "increase", counter: string, window: Window): string =>
  `sum by (workload, service, method) (${how}(${counter}[${window}]))`;

export function recordings(metrics: Metrics, objective: Objective): Yaml[] {
  const { methods, slo } = objective;
  const timed = unary(methods);
  const rules: Yaml[] = [];
  if (slo.availabilityPercent !== undefined) {
    const { all, bad } = countersOfFailures(metrics, objective);
    for (const window of windows) {
      const calls = sum("rate", all, window);
      // A code that was never answered has no series: the share is 0 then, and not unknown.
      const expr = `(${sum("rate", bad, window)} or 0 * ${calls}) / ${calls}`;
      const rule = { record: failed(window), expr };
      rules.push(window === "5m" ? note(methods.map(from).join("\n"), rule) : rule);
    }
  }
  if (slo.latencyMs === undefined || timed.length === 0) return rules;
  const { all, quick, bound } = countersOfTime(metrics, objective, slo.latencyMs);
  for (const window of windows) {
    const rule = { record: slow(window), expr: `1 - ${sum("rate", quick, window)} / ${sum("rate", all, window)}` };
    const why = `${timed.map(from).join("\n")}\nslower than ${slo.latencyMs} ms, by the bucket of ${bound * 1000} ms`;
    rules.push(window === "5m" ? note(why, rule) : rule);
  }
  return rules;
}

/** How many calls of each method failed within the window: no series for a method of which none did. */
export const failures = (metrics: Metrics, objective: Objective, window: Window): string =>
  sum("increase", countersOfFailures(metrics, objective).bad, window);

/** How many calls of each method took longer than so long within the window. */
export function slowCalls(metrics: Metrics, objective: Objective, latencyMs: number, window: Window): string {
  const { all, quick } = countersOfTime(metrics, objective, latencyMs);
  return `${sum("increase", all, window)} - ${sum("increase", quick, window)}`;
}

function countersOfFailures({ handled }: Metrics, { service, methods }: Objective) {
  const labels = labelsOf(service, methods);
  return { all: `${handled}{${labels}}`, bad: `${handled}{${labels},code=~"${faults}"}` };
}

function countersOfTime(metrics: Metrics, { service, methods }: Objective, latencyMs: number) {
  const { duration } = metrics;
  const labels = labelsOf(service, unary(methods));
  const bound = boundFor(metrics, latencyMs);
  return { all: `${duration}_count{${labels}}`, quick: `${duration}_bucket{${labels},le=~"${le(bound)}"}`, bound };
}

/** The first bucket that ends at the target or above it; above them all, the last. */
function boundFor({ buckets }: Metrics, latencyMs: number): number {
  return buckets.find((bound) => bound * 1000 >= latencyMs) ?? (buckets.at(-1) as number);
}

/** The bound as a label: Prometheus 2 keeps `1`, Prometheus 3 writes `1.0`. */
const le = (bound: number): string =>
  `${String(bound).replace(".", "\\\\.")}${Number.isInteger(bound) ? "(\\\\.0)?" : ""}`;
