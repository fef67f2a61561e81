import { expect, test, vi } from "vitest";
import { readings } from "./fleet.ts";
import { Random } from "./random.ts";
import { NO_HABITS, type SensorPlan, USUAL_HABITS, warmth } from "./sensor.ts";

vi.setConfig({ testTimeout: 60_000 });

const start = Date.UTC(2026, 10, 28, 12);
const minute = 60_000;
const sensors = (count: number): SensorPlan[] =>
  Array.from({ length: count }, (_, index) => ({ device: `devices/d${index}`, setCelsius: 4 }));
const all = { dead: 1, drifting: 1, repeated: 1, late: 1 };

const take = (change: Partial<Parameters<typeof readings>[0]> = {}) => [
  ...readings({ sensors: sensors(20), rate: 10, seed: 7, startMs: start, durationMs: 10 * minute, ...change }),
];

test("the same seed gives the same readings, and another one others, whatever the seed and the habits", () => {
  for (const seed of [0, 1, 7, 2 ** 31, 2 ** 32 - 1])
    for (const habits of [NO_HABITS, USUAL_HABITS, all]) {
      const first = take({ seed, habits });
      expect(take({ seed, habits })).toEqual(first);
      expect(take({ seed: seed + 3, habits })).not.toEqual(first);
    }
});

test("what a sensor measures depends on no other one", () => {
  const of = (found: ReturnType<typeof take>) =>
    found.filter(({ device }) => device === "devices/d3").sort((a, b) => Number(a.sequence - b.sequence));
  // As many readings of each sensor: twice the sensors at twice the rate.
  expect(of(take({ sensors: sensors(40), rate: 20 }))).toEqual(of(take()));
});

test("readings come at their rate, in the order of their time, each sensor's evenly", () => {
  const found = take({ habits: NO_HABITS });
  expect(found).toHaveLength(10 * 60 * 10);
  expect(found.map(({ dueMs }) => dueMs)).toEqual(found.map(({ dueMs }) => dueMs).sort((a, b) => a - b));
  const one = found.filter(({ device }) => device === "devices/d0");
  for (const [index, { sequence, measureMs }] of one.entries()) {
    expect(sequence).toBe(BigInt(start) + BigInt(index + 1));
    if (index > 0) expect(measureMs - (one[index - 1]?.measureMs ?? 0)).toBeCloseTo(2000, -1);
  }
});

test("a closed room keeps its temperature, day and night", () => {
  for (const setCelsius of [-20, 4, 18]) {
    const plan = { device: "devices/room", setCelsius };
    const day = take({ sensors: [plan], rate: 0.1, durationMs: 24 * 60 * minute, habits: NO_HABITS });
    const celsius = day.map((reading) => reading.celsius);
    const mean = celsius.reduce((a, b) => a + b, 0) / celsius.length;
    expect(Math.abs(mean - setCelsius)).toBeLessThan(0.6);
    expect(Math.min(...celsius)).toBeGreaterThan(setCelsius - 1.5);
    // Doors are opened and closed: it never comes near what chilled goods cannot bear for long.
    if (setCelsius === 4) expect(Math.max(...celsius)).toBeLessThan(7);
  }
});

test("a door that is left open warms its room above what goods may bear, and closed again it cools down", () => {
  const openDoor = { fromMs: 2 * minute, untilMs: 8 * minute };
  const plans = [...sensors(2), { device: "devices/warm", setCelsius: 4, openDoor }];
  const found = take({ sensors: plans, rate: 3, durationMs: 40 * minute, habits: NO_HABITS });
  const at = (fromMs: number, untilMs: number) =>
    found.filter(({ device, dueMs }) => device === "devices/warm" && dueMs >= fromMs && dueMs < untilMs);
  expect(Math.max(...at(0, 2 * minute).map(({ celsius }) => celsius))).toBeLessThan(7);
  expect(Math.max(...at(2 * minute, 9 * minute).map(({ celsius }) => celsius))).toBeGreaterThan(12);
  expect(Math.max(...at(30 * minute, 40 * minute).map(({ celsius }) => celsius))).toBeLessThan(7);
  const others = found.filter(({ device }) => device !== "devices/warm");
  expect(Math.max(...others.map(({ celsius }) => celsius))).toBeLessThan(7);
});

test("warmth comes in through a door while it is open, and goes after", () => {
  const door = { fromMs: 0, untilMs: 10 * minute };
  expect([-1, 0].map((at) => warmth(door, at))).toEqual([0, 0]);
  for (let at = 0; at < 10 * minute; at += minute) expect(warmth(door, at + minute)).toBeGreaterThan(warmth(door, at));
  for (let at = 10 * minute; at < 60 * minute; at += minute)
    expect(warmth(door, at + minute)).toBeLessThan(warmth(door, at));
});

test("sensors repeat themselves, are late, drift and die, as often as they are said to", () => {
  const of = (habits: typeof NO_HABITS) => take({ sensors: sensors(10), rate: 5, durationMs: 40 * minute, habits });
  const quiet = of(NO_HABITS);
  const key = ({ device, sequence }: (typeof quiet)[number]) => `${device} ${sequence}`;
  expect(new Set(quiet.map(key)).size).toBe(quiet.length);

  const repeated = of({ ...NO_HABITS, repeated: 1 });
  // Those of the last moments have their repeat after the end.
  expect(new Set(repeated.map(key)).size / repeated.length).toBeCloseTo(0.5, 1);

  const late = of({ ...NO_HABITS, late: 1 });
  const one = late.filter(({ device }) => device === "devices/d0").map(({ sequence }) => sequence);
  expect(one).not.toEqual([...one].sort((a, b) => Number(a - b)));

  const drifting = of({ ...NO_HABITS, drifting: 1 });
  const ahead = drifting.map(({ measureMs, dueMs }) => measureMs - start - dueMs);
  expect(Math.max(...ahead.map(Math.abs))).toBeGreaterThan(1000);
  // Ingestion takes five minutes.
  expect(Math.max(...ahead)).toBeLessThan(minute);

  const dying = of({ ...NO_HABITS, dead: 1 });
  const alive = (fromMs: number) =>
    new Set(dying.filter(({ dueMs }) => dueMs >= fromMs).map(({ device }) => device)).size;
  expect([alive(0) > 8, alive(31 * minute)]).toEqual([true, 0]);
});

test("chance is even, and repeats itself only where it should", () => {
  const random = new Random(1, "a");
  const numbers = Array.from({ length: 20_000 }, () => random.next());
  expect(numbers.reduce((a, b) => a + b, 0) / numbers.length).toBeCloseTo(0.5, 1);
  expect(new Set(numbers).size).toBeGreaterThan(19_900);
  expect(new Random(1, "a").next()).not.toBe(new Random(1, "b").next());
  const normal = Array.from({ length: 20_000 }, () => random.normal());
  expect(Math.sqrt(normal.reduce((sum, value) => sum + value * value, 0) / normal.length)).toBeCloseTo(1, 1);
});
