// The judge of readings itself: a run in which all went well passes, and each way of losing or doubling something is found by the rule that is
// meant for it.
import { describe, expect, test } from "vitest";
import { audit, type Books, PANE_MS } from "./readings.ts";

type Mutable<T> = T extends object ? { -readonly [K in keyof T]: Mutable<T[K]> } : T;

const START = Date.UTC(2026, 10, 28, 12);

/** Two readings of one sensor in one pane and one in the next, and one of a sensor that hangs nowhere, which comes twice. */
function books(): Mutable<Books> {
  const reading = (device: string, sequence: bigint, atMs: number, celsius: number) => ({
    ...{ device: `devices/${device}`, sequence, measureMs: START + atMs, celsius },
  });
  const all = [
    ...[reading("a", 1n, 0, 4.1), reading("a", 2n, 9_999, 4.3), reading("a", 3n, 10_000, 24)],
    reading("b", 1n, 0, 5),
  ];
  const pane = (subject: string, index: number, celsius: number[]) => {
    const micros = celsius.map((one) => Math.round(one * 1e6));
    const sum = micros.reduce((a, b) => a + b, 0);
    const [min, max] = [Math.min(...micros), Math.max(...micros)];
    return { subject, startMs: START + index * PANE_MS, count: micros.length, min, max, sum };
  };
  const window = (subject: string, fromMs: number, lengthMs: number, count: number, revision = 0) => ({
    ...{ subject: `devices/${subject}`, startMs: START + fromMs, endMs: START + fromMs + lengthMs, revision, count },
  });
  const sliding = [-4, -3, -2, -1, 0].map((minute) => minute * 60_000);
  const told = { excursion: "excursions/1", device: "devices/a" };
  return {
    measured: all,
    acknowledged: structuredClone(all),
    refused: {},
    logged: structuredClone([...all, all[3] as (typeof all)[0]]),
    attached: [{ device: "devices/a", subject: "rooms/1", sinceMs: START + 5000 }],
    panes: [
      ...[pane("devices/a", 0, [4.1, 4.3]), pane("devices/a", 1, [24])],
      ...[pane("rooms/1", 0, [4.3]), pane("rooms/1", 1, [24]), pane("devices/b", 0, [5])],
      // Somebody else was in the room before.
      pane("rooms/1", -9, [8]),
    ],
    windows: [
      ...[window("a", 0, PANE_MS, 1), window("a", 0, PANE_MS, 2, 1), window("a", 10_000, PANE_MS, 1)],
      ...sliding.map((from) => window("a", from, 300_000, 3)),
      window("b", 0, PANE_MS, 1),
    ],
    excursions: [
      { ...told, version: 1n, open: true },
      { ...told, version: 2n, open: true },
      { ...told, version: 3n, open: false },
    ],
    toldUntilMs: { "devices/a": START + 300_000, "devices/b": START + PANE_MS },
  };
}

const rulesBroken = (spoil: (books: Mutable<Books>) => unknown): string[] => {
  const spoilt = books();
  spoil(spoilt);
  return audit(spoilt).map(({ rule, about }) => `${rule}: ${about}`);
};

test("readings that came once or more, and counted once, pass", () => {
  expect(rulesBroken(() => {})).toEqual([]);
});

test("a reading that is in the log and was never acknowledged may count", () => {
  expect(rulesBroken(({ acknowledged }) => acknowledged.pop())).toEqual([]);
});

test("a window that has not ended need not have been told", () => {
  const later = (books: Mutable<Books>) => {
    books.toldUntilMs["devices/b"] = START + PANE_MS - 1;
    books.windows.pop();
  };
  expect(rulesBroken(later)).toEqual([]);
});

const place = (subject: string, index: number) => `${subject} ${START + index * PANE_MS}`;

describe("what is wrong is found", () => {
  test.each<[rule: string, about: string, spoil: (books: Mutable<Books>) => unknown]>([
    ["what a good device measures is taken", "TIME_AHEAD", ({ refused }) => Object.assign(refused, { TIME_AHEAD: 2 })],
    ["what was acknowledged is in the log", "devices/a 2", ({ logged }) => logged.splice(1, 1)],
    [
      "the log has what was measured, as it was measured",
      "devices/a 3",
      ({ logged }) => Object.assign(logged[2] ?? {}, { celsius: 4 }),
    ],
    [
      "the log has what was measured, as it was measured",
      "devices/a 1",
      ({ logged }) => Object.assign(logged[0] ?? {}, { measureMs: START + 1 }),
    ],
    [
      "the log has what was measured, as it was measured",
      "devices/a 9",
      ({ logged }) => Object.assign(logged[0] ?? {}, { sequence: 9n }),
    ],
    ["a reading counts once", place("devices/a", 0), ({ panes }) => Object.assign(panes[0] ?? {}, { count: 3 })],
    ["a reading counts once", place("devices/a", 0), ({ panes }) => Object.assign(panes[0] ?? {}, { sum: 1 })],
    ["a reading counts once", place("devices/a", 1), ({ panes }) => Object.assign(panes[1] ?? {}, { max: 1 })],
    ["a reading counts once", place("rooms/1", 0), ({ panes }) => Object.assign(panes[2] ?? {}, { count: 2 })],
    ["a reading counts once", place("devices/b", 0), ({ panes }) => panes.splice(4, 1)],
    [
      "a reading counts once",
      place("devices/b", 7),
      ({ panes }) => panes.push({ ...(panes[4] as (typeof panes)[0]), startMs: START + 7 * PANE_MS }),
    ],
    [
      "a window that has ended was told with all that is in it",
      `devices/b ${START} ${START + PANE_MS}`,
      ({ windows }) => windows.pop(),
    ],
    [
      "a window that has ended was told with all that is in it",
      `devices/a ${START} ${START + PANE_MS}`,
      ({ windows }) => windows.splice(1, 1),
    ],
    [
      "a window that has ended was told with all that is in it",
      `devices/a ${START} ${START + 300_000}`,
      ({ windows }) => Object.assign(windows[7] ?? {}, { count: 4 }),
    ],
    [
      "a window is told once in each revision",
      `devices/a ${START} ${START + PANE_MS}`,
      ({ windows }) => windows.push(windows[1] as (typeof windows)[0]),
    ],
    [
      "an excursion tells each of its versions once, in their order",
      "excursions/1",
      ({ excursions }) => excursions.push(excursions[2] as (typeof excursions)[0]),
    ],
    [
      "an excursion tells each of its versions once, in their order",
      "excursions/1",
      ({ excursions }) => excursions.splice(1, 1),
    ],
    ["an excursion opens once and closes once", "excursions/1", ({ excursions }) => excursions.pop()],
    [
      "an excursion opens once and closes once",
      "excursions/1",
      ({ excursions }) => Object.assign(excursions[1] ?? {}, { open: false }),
    ],
  ])("%s: %s", (rule, about, spoil) => {
    expect(rulesBroken(spoil)).toContain(`${rule}: ${about}`);
  });
});
