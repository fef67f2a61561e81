// What became of readings: holds what devices measured against the event log and what the aggregator has made of it. Pure, so that each rule
// can be seen to find what it is for.

import type { Finding } from "../ledger/ledger.ts";

/** A reading as its device remembers it, or as it lies in the log. */
export interface Reading {
  /** Format: `devices/{device}`. */
  readonly device: string;
  readonly sequence: bigint;
  /** In milliseconds since 1970. */
  readonly measureMs: number;
  readonly celsius: number;
}

/** Ten seconds of somebody, as the aggregator keeps them, its partitions put together. Temperatures in millionths of a degree. */
export interface Pane {
  readonly subject: string;
  readonly startMs: number;
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly sum: number;
}

/** A window as it was told to others. */
export interface WindowTold {
  readonly subject: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly revision: number;
  readonly count: number;
}

/** An event of an excursion, in the order in which they were told. */
export interface ExcursionTold {
  readonly excursion: string;
  readonly device: string;
  readonly version: bigint;
  readonly open: boolean;
}

/** What a device is attached to, and since when. */
export interface Attached {
  readonly device: string;
  readonly subject: string;
  readonly sinceMs: number;
}

/** What devices know, and what is found when all has come to rest. */
export interface Books {
  readonly measured: readonly Reading[];
  /** Those of them that were acknowledged. */
  readonly acknowledged: readonly Reading[];
  /** Those that were acknowledged with a refusal, by its reason. */
  readonly refused: Readonly<Record<string, number>>;
  /** With repeats. */
  readonly logged: readonly Reading[];
  readonly attached: readonly Attached[];
  readonly panes: readonly Pane[];
  readonly windows: readonly WindowTold[];
  readonly excursions: readonly ExcursionTold[];
  /** Up to here the windows of a device must have been told, in milliseconds since 1970, by device. */
  readonly toldUntilMs: Readonly<Record<string, number>>;
}

type Expect = (holds: boolean, rule: string, about: string, detail?: unknown) => void;

export const PANE_MS = 10_000;
const SLIDING = { lengthMs: 300_000, stepMs: 60_000 };

/** Applies every rule. */
export function audit(books: Books): Finding[] {
  const findings: Finding[] = [];
  const expect: Expect = (holds, rule, about, detail = {}) => {
    if (!holds) findings.push({ rule, about, detail: JSON.stringify(detail) });
  };
  for (const [reason, count] of Object.entries(books.refused))
    expect(false, "what a good device measures is taken", reason, { count });
  const counted = auditLog(books, expect);
  const panes = panesOf(counted, books.attached);
  auditPanes(books, panes, expect);
  auditWindows(books, panes, expect);
  auditExcursions(books, expect);
  return findings;
}

const keyOf = ({ device, sequence }: Reading): string => `${device} ${sequence}`;

/** Answers the readings that are in the log, each once. */
function auditLog({ measured, acknowledged, logged }: Books, expect: Expect): Reading[] {
  const said = new Map(measured.map((reading) => [keyOf(reading), reading]));
  const found = new Map<string, Reading>();
  for (const reading of logged) {
    const key = keyOf(reading);
    found.set(key, reading);
    const { measureMs, celsius } = said.get(key) ?? {};
    const same = measureMs === reading.measureMs && celsius === reading.celsius;
    expect(same, "the log has what was measured, as it was measured", key, { measureMs, celsius });
  }
  for (const reading of acknowledged)
    expect(found.has(keyOf(reading)), "what was acknowledged is in the log", keyOf(reading));
  return [...found.values()];
}

const placeOf = ({ subject, startMs }: Pick<Pane, "subject" | "startMs">): string => `${subject} ${startMs}`;

/** What the readings come to if each counts once: with its device, and where that is. */
function panesOf(readings: readonly Reading[], attached: readonly Attached[]): Map<string, Pane> {
  const panes = new Map<string, Pane>();
  for (const { device, measureMs, celsius } of readings) {
    const micro = Math.round(celsius * 1e6);
    const startMs = Math.floor(measureMs / PANE_MS) * PANE_MS;
    const there = attached.filter((one) => one.device === device && one.sinceMs <= measureMs);
    for (const subject of [device, ...there.map(({ subject }) => subject)]) {
      const key = placeOf({ subject, startMs });
      const { count = 0, min = micro, max = micro, sum = 0 } = panes.get(key) ?? {};
      panes.set(key, {
        ...{ subject, startMs, count: count + 1, sum: sum + micro },
        ...{ min: Math.min(min, micro), max: Math.max(max, micro) },
      });
    }
  }
  return panes;
}

function auditPanes({ panes: kept, measured }: Books, panes: ReadonlyMap<string, Pane>, expect: Expect): void {
  const devices = new Set(measured.map(({ device }) => device));
  const times = [...panes.values()].map(({ startMs }) => startMs);
  const [from, to] = [Math.min(...times), Math.max(...times)];
  // Others may have measured in the same place, at other times.
  const ours = kept.filter(({ subject, startMs }) => devices.has(subject) || (startMs >= from && startMs <= to));
  const found = new Map(ours.map((pane) => [placeOf(pane), pane]));
  for (const key of new Set([...panes.keys(), ...found.keys()])) {
    const [wanted, pane] = [panes.get(key), found.get(key)];
    const same = (["count", "min", "max", "sum"] as const).every((name) => wanted?.[name] === pane?.[name]);
    expect(same, "a reading counts once", key, { wanted, pane });
  }
}

function auditWindows(
  { windows, measured, toldUntilMs }: Books,
  panes: ReadonlyMap<string, Pane>,
  expect: Expect,
): void {
  const devices = new Set(measured.map(({ device }) => device));
  const wanted = new Map<string, number>();
  for (const { subject, startMs, count } of panes.values()) {
    if (!devices.has(subject)) continue;
    for (const [from, to] of windowsAround(startMs)) {
      const key = `${subject} ${from} ${to}`;
      if (to <= (toldUntilMs[subject] ?? 0)) wanted.set(key, (wanted.get(key) ?? 0) + count);
    }
  }
  const told = Map.groupBy(windows, ({ subject, startMs, endMs }) => `${subject} ${startMs} ${endMs}`);
  for (const [key, count] of wanted) {
    const revisions = (told.get(key) ?? []).toSorted((a, b) => a.revision - b.revision);
    const holds = revisions.at(-1)?.count === count;
    expect(holds, "a window that has ended was told with all that is in it", key, { count, revisions });
    const once = new Set(revisions.map(({ revision }) => revision)).size === revisions.length;
    expect(once, "a window is told once in each revision", key, revisions);
  }
}

/** From and to of the windows that a pane is part of. */
function windowsAround(startMs: number): [from: number, to: number][] {
  const { lengthMs, stepMs } = SLIDING;
  const last = Math.floor(startMs / stepMs) * stepMs;
  const sliding = Array.from({ length: lengthMs / stepMs }, (_, back): [number, number] => [
    last - back * stepMs,
    last - back * stepMs + lengthMs,
  ]);
  return [[startMs, startMs + PANE_MS], ...sliding];
}

function auditExcursions({ excursions }: Books, expect: Expect): void {
  for (const [name, told] of Map.groupBy(excursions, ({ excursion }) => excursion)) {
    const versions = told.map(({ version }) => Number(version));
    const inOrder = versions.every((version, index) => version === index + 1);
    expect(inOrder, "an excursion tells each of its versions once, in their order", name, versions);
    const states = told.map(({ open }) => open);
    const closed = states.length > 1 && states.lastIndexOf(true) === states.length - 2 && !states.at(-1);
    expect(closed, "an excursion opens once and closes once", name, states);
  }
}
