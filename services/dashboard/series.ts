// How a range of time is cut into the stretches of a series.

/** Times and lengths are milliseconds since 1970, and milliseconds. */
export interface Stretches {
  readonly lengthMs: number;
  /** Stretches begin at this time and at every multiple of their length before and after it. */
  readonly originMs: number;
}

export const TUMBLING_MS = 10_000;
export const FIVE_MINUTES_MS = 300_000;
export const LONGEST_RANGE_MS = 31 * 86_400_000;

const SECONDS = [10, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200];
const DAYS = [1, 2, 4, 8, 16, 32];
const LENGTHS_MS = [...SECONDS.map((seconds) => seconds * 1000), ...DAYS.map((days) => days * 86_400_000)];

/**
 * The shortest stretches of which at most `maxPoints` touch the range. They begin at round times, so that a range that moves
 * on shows the same ones again; where one point is asked for that is not possible, and it begins with the range.
 */
export function stretchesOf(fromMs: number, untilMs: number, maxPoints: number): Stretches {
  const lengthMs = LENGTHS_MS.find((length) => touched(fromMs, untilMs, length) <= maxPoints);
  if (lengthMs !== undefined) return { lengthMs, originMs: 0 };
  return { lengthMs: Math.ceil((untilMs - fromMs) / TUMBLING_MS) * TUMBLING_MS, originMs: fromMs };
}

const touched = (fromMs: number, untilMs: number, lengthMs: number): number =>
  Math.ceil(untilMs / lengthMs) - Math.floor(fromMs / lengthMs);

/**
 * From where on windows of five minutes may stand in for those of ten seconds, of which there are thirty times as many: not at
 * all where stretches are shorter, or do not begin where they do.
 */
export function fiveMinutesFrom(fromMs: number, untilMs: number, { lengthMs, originMs }: Stretches): number {
  const fits = lengthMs % FIVE_MINUTES_MS === 0 && originMs % FIVE_MINUTES_MS === 0;
  return fits ? Math.ceil(fromMs / FIVE_MINUTES_MS) * FIVE_MINUTES_MS : untilMs;
}
