// What a run tells people: the plan, the figures, what is wrong, and one sentence at the end.

import type { Customers } from "./customers.ts";
import type { Options } from "./options.ts";
import type { Plan } from "./plan.ts";
import { recoveryRows } from "./recovery.ts";
import { compensated, type Evidence, mostInFlight, shipped, type Verdict } from "./verdict.ts";

/** What stands in the results beside the verdict. */
export interface Figures {
  readonly seed: number;
  readonly log: string;
  readonly short: boolean;
  readonly asked: number;
  readonly orders: Readonly<Record<string, number>>;
  readonly compensated: number;
  /** Orders that were handed over, and such that came back. */
  readonly delivered: number;
  readonly failed: number;
  /** Acknowledged, or why there are none. */
  readonly readings: string;
  readonly kills: number;
  readonly mostInFlight: number;
  readonly rotations: number;
  readonly disk: string;
  readonly clock: string;
  readonly events: number;
  readonly letters: number;
  readonly traces: number;
  readonly answers: Readonly<Record<string, number>>;
  readonly seconds: { readonly storm: number; readonly rest: number; readonly all: number };
}

const seconds = (ms: number): string => (Number.isFinite(ms) ? (ms / 1000).toFixed(1) : "never");

export function planLines({ seed, log, short, size }: Options, plan: Plan, diskReason: string | undefined): string[] {
  const again = `make chaos SEED=${seed} ORDERS=${size.orders}${log === "kafka" ? " LOG=kafka" : ""}${short ? " SHORT=1" : ""}`;
  const { clock, disk, kills } = plan;
  const form = short ? "a short run, which counts with less" : "a run";
  const { minimums } = size;
  return [
    `seed ${seed}: ${form}; the same again: ${again}`,
    `${size.orders} orders in ${seconds(plan.lastsMs)} s, ${size.bursts} x ${size.burst} of them at one moment; the event log is on ${log}`,
    `it counts with ${minimums.kills} kills${minimums.eachComponent ? ", each component among them" : ""}, ${minimums.inFlight} orders in flight at one of them, ${minimums.compensated} orders compensated, ${minimums.delivered} delivered, ${minimums.failed} come back, ${minimums.readings} readings acknowledged`,
    diskReason === undefined
      ? `the disk of the log is full from ${seconds(disk.from)} to ${seconds(disk.until)} s`
      : `skipped: the disk of the log does not fill (${diskReason})`,
    `the clock of ${clock.workload} is ${seconds(Math.abs(clock.aheadMs))} s ${clock.aheadMs > 0 ? "fast" : "slow"}`,
    ...kills.map(
      ({ at, targets, underBurst }) =>
        `  ${seconds(at).padStart(6)} s  kill ${targets.join(" and ")}${underBurst ? ", in a burst" : ""}`,
    ),
  ];
}

export function figuresOf(
  options: Options,
  plan: Plan,
  evidence: Evidence & { readonly traces: number },
  customers: Pick<Customers, "codes">,
  took: Figures["seconds"],
  diskReason: string | undefined,
): Figures {
  const { weather } = evidence;
  const states: Record<string, number> = {};
  for (const { state } of evidence.orders) states[state] = (states[state] ?? 0) + 1;
  const { disk } = weather;
  return {
    ...{ seed: options.seed, log: options.log, short: options.short, asked: evidence.told.length, orders: states },
    ...{ compensated: compensated(evidence), kills: weather.kills.length, mostInFlight: mostInFlight(evidence) },
    ...{ delivered: shipped(evidence, "DELIVERED"), failed: shipped(evidence, "FAILED") },
    readings: evidence.readings
      ? `${evidence.readings.acknowledged.length} readings acknowledged, ${evidence.readings.logged.length} in the log with repeats`
      : "skipped: no workload takes readings",
    rotations: Math.round(weather.rotations * 10) / 10,
    disk: disk
      ? `full for ${seconds(disk.forMs)} s: ${disk.confirmed} orders confirmed, up to ${disk.waited} events waited, the log ${disk.ended ?? "went on"}, back after ${seconds(disk.recovery.worksMs ?? Number.POSITIVE_INFINITY)} s`
      : `skipped: ${diskReason}`,
    clock: `${plan.clock.workload} ${plan.clock.aheadMs} ms`,
    ...{ events: evidence.events.length, letters: evidence.received.length, traces: evidence.traces },
    ...{ answers: customers.codes, seconds: took },
  };
}

export function recoveryLines({ weather }: Evidence): string[] {
  const rows = recoveryRows([...weather.kills, ...(weather.disk ? [weather.disk.recovery] : [])]);
  const cells = [
    ["seconds until", "kills", "ready p50", "max", "works p50", "max"],
    ...rows.map((row) => [
      ...[row.what, String(row.kills), seconds(row.readyP50), seconds(row.readyMax)],
      ...[seconds(row.worksP50), seconds(row.worksMax)],
    ]),
  ];
  return cells.map(([first = "", ...rest]) => `${first.padEnd(24)}${rest.map((cell) => cell.padStart(11)).join("")}`);
}

export function figureLines({ orders, answers, seconds: took, ...figures }: Figures): string[] {
  const counted = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts)
      .map(([what, count]) => `${count} ${what}`)
      .join(", ");
  return [
    `orders: ${counted(orders)}; answers: ${counted(answers)}`,
    `${figures.kills} kills, at most ${figures.mostInFlight} orders in flight at one; ${figures.compensated} compensated, ${figures.delivered} delivered, ${figures.failed} came back; each certificate replaced ${figures.rotations} times`,
    `disk of the log: ${figures.disk}`,
    `readings: ${figures.readings}`,
    `${figures.events} events, ${figures.letters} letters, ${figures.traces} traces looked through`,
    `storm ${took.storm.toFixed(0)} s, until all was at rest ${took.rest.toFixed(0)} s, altogether ${took.all.toFixed(0)} s`,
  ];
}

const SHOWN = 20;

export function findingLines({ findings, shortfalls }: Verdict): string[] {
  const counts = Map.groupBy(findings, ({ rule }) => rule);
  return [
    ...[...counts].map(([rule, list]) => `not so: ${rule}: ${list.length} times`),
    ...findings.slice(0, SHOWN).map(({ rule, about, detail }) => `  ${rule}: ${about}: ${detail}`),
    ...shortfalls.map((why) => `does not count: ${why}`),
  ];
}

/** 0: nothing was lost. 1: something was. 2: the run does not count. */
export const exitCode = ({ findings, shortfalls }: Verdict): 0 | 1 | 2 =>
  findings.length > 0 ? 1 : shortfalls.length > 0 ? 2 : 0;

export function sentence(verdict: Verdict, { seed, asked, kills, log }: Figures): string {
  const about = `${asked} orders, ${kills} kills, seed ${seed}, event log on ${log}`;
  const { findings, shortfalls } = verdict;
  if (findings.length > 0) return `FAILED: ${findings.length} findings after ${about}.`;
  if (shortfalls.length > 0) return `DID NOT COUNT: nothing was lost, but ${shortfalls.join("; ")} (${about}).`;
  return `PASSED: nothing was lost, doubled or told after ${about}.`;
}
