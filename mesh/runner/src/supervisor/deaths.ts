// When a child that died is started again, and when it is reported as failing.

const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 5000;
const WINDOW_MS = 30_000;
const FAILING_AT = 5;
/** A child that lived this long starts again without delay from the past. */
const STEADY_MS = 10_000;

export class Deaths {
  #times: number[] = [];
  #inARow = 0;

  /** Notes a death at `now` after `livedMs`; returns how long to wait before the next start, in milliseconds. */
  note(now: number, livedMs: number): number {
    this.#times = [...this.#times, now].filter((time) => now - time < WINDOW_MS);
    this.#inARow = livedMs >= STEADY_MS ? 0 : this.#inARow + 1;
    return Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.max(0, this.#inARow - 1));
  }

  /** True after 5 deaths within 30 s, until fewer are that recent. */
  failing(now: number): boolean {
    return this.#times.filter((time) => now - time < WINDOW_MS).length >= FAILING_AT;
  }
}
