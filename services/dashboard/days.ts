// The days whose temperatures are kept: each has a partition of its own.
import type { Database } from "@larder/store";

const DAY_MS = 86_400_000;
// So many days are opened in advance, so that none is missing should the job be late.
const AHEAD = 7;

/** How far back temperatures are kept; whole days, by UTC. */
export class Days {
  readonly #db: Database;
  readonly #kept: number;

  constructor(db: Database, kept: number) {
    this.#db = db;
    this.#kept = kept;
  }

  /** The first moment whose temperatures are kept, in milliseconds since 1970. */
  firstMs(): number {
    return startOf(Date.now()) - this.#kept * DAY_MS;
  }

  /** The first moment for which there is no partition yet, in milliseconds since 1970. */
  lastMs(): number {
    return startOf(Date.now()) + (AHEAD + 1) * DAY_MS;
  }

  /** Opens the days that have come near, and forgets those that are too old. */
  async move(): Promise<void> {
    await this.#db.query("open_days", "select open_days($1, $2)", [day(this.firstMs()), day(this.lastMs() - DAY_MS)]);
    // A day more, since other instances look at their own clocks.
    await this.#db.query("close_days", "select close_days($1)", [day(this.firstMs() - DAY_MS)]);
  }
}

const startOf = (ms: number): number => ms - (ms % DAY_MS);

const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
