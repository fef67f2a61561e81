// The tables of docs/chaos.md from the results in .build/chaos, of whole runs: `node test/chaos/table.ts`.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Recovery, recoveryRows } from "./recovery.ts";
import type { Figures } from "./report.ts";
import type { DiskFull } from "./storm.ts";
import type { Verdict } from "./verdict.ts";

type Results = Omit<Figures, "disk"> & {
  readonly verdict: Verdict;
  readonly recoveries: readonly Recovery[];
  readonly disk: DiskFull | string;
};

const folder = join(import.meta.dirname, "../../.build/chaos");
const all = readdirSync(folder)
  .filter((name) => name.endsWith(".json"))
  .map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as Results)
  .filter(({ short }) => !short)
  .sort((a, b) => b.log.localeCompare(a.log) || a.seed - b.seed);

const table = (...rows: readonly (readonly (string | number)[])[]): void => {
  for (const row of rows) console.log(`| ${row.join(" | ")} |`);
  console.log();
};

const verdictOf = ({ verdict: { findings, shortfalls } }: Results): string =>
  findings.length > 0 ? `${findings.length} findings` : shortfalls.join("; ") || "passed";

const seedRow = (run: Results) => [
  ...[run.seed, run.log, ["CONFIRMED", "REFUSED", "CANCELLED"].map((state) => run.orders[state] ?? 0).join(", ")],
  ...[run.compensated, run.kills, run.mostInFlight, run.rotations, run.clock],
  ...[typeof run.disk === "string" ? run.disk : `${run.disk.confirmed}, ${run.disk.waited}`],
  ...[run.events, Math.round(run.seconds.all), verdictOf(run)],
];

/** Services are alike, and so are sidecars; the two engines are not. */
function kindOf(component: string, log: string): string {
  if (component.endsWith(".sidecar")) return "a sidecar";
  if (component.endsWith("-0")) return "a service";
  return component.includes("log") ? `${component}, ${log}` : component;
}

const recoveries = all.flatMap(({ log, recoveries, disk }) =>
  [...recoveries, ...(typeof disk === "string" ? [] : [disk.recovery])].map((recovery) => ({
    ...recovery,
    component: kindOf(recovery.component, log),
  })),
);
const seconds = (ms: number): string => (Number.isFinite(ms) ? (ms / 1000).toFixed(1) : "never");

table(
  ["seed", "log", "confirmed, refused, cancelled", "compensated", "kills", "in flight", "rotations", "clock"].concat([
    "disk full: confirmed, waiting",
    "events",
    "s",
    "verdict",
  ]),
  Array.from({ length: 12 }, () => "---"),
  ...all.map(seedRow),
);
table(
  ["seconds until", "kills", "ready p50", "max", "works p50", "max"],
  Array.from({ length: 6 }, () => "---"),
  ...recoveryRows(recoveries).map((row) => [
    ...[row.what, row.kills, seconds(row.readyP50), seconds(row.readyMax)],
    ...[seconds(row.worksP50), seconds(row.worksMax)],
  ]),
);
