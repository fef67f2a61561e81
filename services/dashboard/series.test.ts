import { expect, test } from "vitest";
import { FIVE_MINUTES_MS, fiveMinutesFrom, LONGEST_RANGE_MS, stretchesOf } from "./series.ts";

const hour = 3_600_000;
const noon = Date.UTC(2026, 10, 28, 12);

test.each([
  ["an hour in 300 points", hour, 300, 20_000],
  ["an hour in 360 points", hour, 360, 10_000],
  ["a day in 300 points", 24 * hour, 300, 300_000],
  ["31 days in 300 points", LONGEST_RANGE_MS, 300, 3 * hour],
  ["31 days in 2,000 points", LONGEST_RANGE_MS, 2000, 0.5 * hour],
  ["nothing at all", 0, 300, 10_000],
])("%s", (_what, rangeMs, maxPoints, lengthMs) => {
  expect(stretchesOf(noon, noon + rangeMs, maxPoints)).toEqual({ lengthMs, originMs: 0 });
});

test("whatever the range, no more stretches touch it than are asked for, and shorter ones would be more", () => {
  for (let seed = 1; seed < 3000; seed += 1) {
    const fromMs = noon + ((seed * 7919) % 86_400) * 1000;
    const untilMs = fromMs + ((seed * 104_729) % (LONGEST_RANGE_MS / 1000)) * 1000;
    const maxPoints = 1 + ((seed * 31) % 2000);
    const { lengthMs, originMs } = stretchesOf(fromMs, untilMs, maxPoints);
    const first = Math.floor((fromMs - originMs) / lengthMs);
    const last = Math.ceil((untilMs - originMs) / lengthMs);
    expect(last - first).toBeLessThanOrEqual(maxPoints);
    expect(lengthMs % 10_000).toBe(0);
  }
});

test("one point begins with its range and holds all of it", () => {
  const from = noon - 5 * hour + 1;
  expect(stretchesOf(from, from + 31 * 24 * hour - 1, 1)).toEqual({ lengthMs: 31 * 24 * hour, originMs: from });
});

test("windows of five minutes stand in only where stretches are made of them", () => {
  const until = noon + hour;
  expect(fiveMinutesFrom(noon, until, { lengthMs: FIVE_MINUTES_MS, originMs: 0 })).toBe(noon);
  expect(fiveMinutesFrom(noon + 1, until, { lengthMs: 2 * FIVE_MINUTES_MS, originMs: 0 })).toBe(noon + FIVE_MINUTES_MS);
  expect(fiveMinutesFrom(noon, until, { lengthMs: 120_000, originMs: 0 })).toBe(until);
  expect(fiveMinutesFrom(noon, until, { lengthMs: FIVE_MINUTES_MS, originMs: noon + 10_000 })).toBe(until);
});
