// Alerts for a budget that is being spent too fast. Each looks at a long window, which shows that it matters, and at a short
// one, which shows that it still goes on and lets the alert clear soon after. And one for when there is nothing to look at.

import type { Workload } from "../../model.ts";
import { from } from "../calls.ts";
import { note, type Yaml } from "../yaml.ts";
import { labelsOf, type Objective, unary } from "./objectives.ts";
import { failed, slow, type Window } from "./recordings.ts";

interface Burn {
  /** How many times faster than a budget of 30 days allows. */
  readonly rate: number;
  readonly long: Window;
  readonly short: Window;
  readonly severity: "page" | "ticket";
}

/** 2 % of the budget in an hour, 5 % in six, 10 % in a day, 10 % in three. */
const burns: readonly Burn[] = [
  { rate: 14.4, long: "1h", short: "5m", severity: "page" },
  { rate: 6, long: "6h", short: "30m", severity: "page" },
  { rate: 3, long: "1d", short: "2h", severity: "ticket" },
  { rate: 1, long: "3d", short: "6h", severity: "ticket" },
];

export function alerts(workload: Workload, { service, methods, slo }: Objective): Yaml[] {
  const timed = unary(methods);
  const make = (alert: string, record: (window: Window) => string, of: typeof methods, percent: number, what: string) =>
    burns.map(({ rate, long, short, severity }) => {
      const budget = rounded((100 - percent) / 100);
      const over = (window: Window) => `${record(window)}{${labelsOf(service, of)}} > ${rounded(rate * budget)}`;
      return note(of.map(from).join("\n"), {
        alert,
        expr: `${over(long)} and ${over(short)}`,
        labels: { severity, workload: workload.name, window: long },
        annotations: {
          summary: `{{ $labels.method }} of ${service.id}: ${what}, against an objective of ${percent} %`,
          description: `{{ $value | humanizePercentage }} over ${long}, ${rate} times what 30 days allow or more`,
        },
      });
    });
  const { availabilityPercent, latencyMs, latencyPercent } = slo;
  return [
    ...(availabilityPercent === undefined ? [] : make("CallsFail", failed, methods, availabilityPercent, "calls fail")),
    ...(latencyMs === undefined || latencyPercent === undefined || timed.length === 0
      ? []
      : make("CallsAreSlow", slow, timed, latencyPercent, `calls take longer than ${latencyMs} ms`)),
  ];
}

/** That no instance of a workload is read. The operator of Prometheus names what it reads after the monitor and its namespace. */
export const unread = (namespace: string, { name }: Workload): Yaml =>
  note("Without metrics no other alert can fire.", {
    alert: "MetricsAreMissing",
    expr: `absent(up{job="${namespace}/${name}"} == 1)`,
    for: "5m",
    labels: { severity: "page", workload: name },
    annotations: {
      summary: `nobody reads the metrics of ${name}`,
      description: "No instance has answered for five minutes: it does not run, or Prometheus does not find it",
    },
  });

/** Without the last digits, which are noise of the arithmetic. */
const rounded = (value: number): number => Number(value.toPrecision(6));
