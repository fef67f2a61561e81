// Alerts for a budget that is being spent too fast. Each looks at a long window, which shows that it matters, and at a short
// one, which shows that it still goes on and lets the alert clear soon after. And one for when there is nothing to look at.

import type { Metrics } from "../../environment-model.ts";
import type { Method, Workload } from "../../model.ts";
import { from } from "../calls.ts";
import { note, type Yaml, type YamlMap } from "../yaml.ts";
import { labelsOf, type Objective, unary } from "./objectives.ts";
import { failed, failures, slow, slowCalls, type Window } from "./recordings.ts";

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

/** What an alert is about. */
interface Trouble {
  readonly alert: string;
  /** Of which methods it can be. */
  readonly methods: readonly Method[];
  /** The objective. */
  readonly percent: number;
  readonly what: string;
  /** The recorded share of such calls. */
  readonly share: (window: Window) => string;
  /** How many there were. */
  readonly count: (window: Window) => string;
}

export function alerts(metrics: Metrics, workload: Workload, objective: Objective): Yaml[] {
  const { service } = objective;
  return troublesOf(metrics, objective).flatMap(({ alert, methods, percent, what, share, count }) =>
    burns.map(({ rate, long, short, severity }) => {
      const limit = rounded((rate * (100 - percent)) / 100);
      const over = (window: Window) => `${share(window)}{${labelsOf(service, methods)}} > ${limit}`;
      // Counted between samples, five calls can come to a little less.
      const enough = `${count(long)} > ${metrics.minimumBadCalls - 0.5}`;
      return note(methods.map(from).join("\n"), {
        alert,
        expr: `${over(long)} and ${over(short)} and ${enough}`,
        labels: { severity, workload: workload.name, window: long },
        annotations: {
          summary: `{{ $labels.method }} of ${service.id}: ${what}, against an objective of ${percent} %`,
          description: `{{ $value | humanizePercentage }} over ${long}, ${rate} times what 30 days allow or more`,
          ...runbookOf(metrics, alert),
        },
      });
    }),
  );
}

function troublesOf(metrics: Metrics, objective: Objective): Trouble[] {
  const { methods, slo } = objective;
  const { availabilityPercent, latencyMs, latencyPercent } = slo;
  const timed = unary(methods);
  const troubles: Trouble[] = [];
  if (availabilityPercent !== undefined) {
    const count = (window: Window) => failures(metrics, objective, window);
    const what = "calls fail";
    troubles.push({ alert: "CallsFail", methods, percent: availabilityPercent, what, share: failed, count });
  }
  if (latencyMs !== undefined && latencyPercent !== undefined && timed.length > 0) {
    const count = (window: Window) => slowCalls(metrics, objective, latencyMs, window);
    const what = `calls take longer than ${latencyMs} ms`;
    troubles.push({ alert: "CallsAreSlow", methods: timed, percent: latencyPercent, what, share: slow, count });
  }
  return troubles;
}

const runbookOf = ({ runbook }: Metrics, alert: string): YamlMap =>
  runbook === undefined ? {} : { runbook_url: `${runbook}#${alert.toLowerCase()}` };

/** That no instance of a workload is read. The operator of Prometheus names what it reads after the monitor and its namespace. */
export const unread = (metrics: Metrics, namespace: string, { name }: Workload): Yaml =>
  note("Without metrics no other alert can fire.", {
    alert: "MetricsAreMissing",
    expr: `absent(up{job="${namespace}/${name}"} == 1)`,
    for: "5m",
    labels: { severity: "page", workload: name },
    annotations: {
      summary: `nobody reads the metrics of ${name}`,
      description: "No instance has answered for five minutes: it does not run, or Prometheus does not find it",
      ...runbookOf(metrics, "MetricsAreMissing"),
    },
  });

/** Without the last digits, which are noise of the arithmetic. */
const rounded = (value: number): number => Number(value.toPrecision(6));
