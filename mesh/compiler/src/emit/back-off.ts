// How long to wait between the tries of one call. A constant of the compiler: contracts say how often, not how.

/** Exponential, with full jitter: the wait before try n + 1 lies between 0 and baseMs * multiplier^(n - 1), at most maxMs. */
export const backOff = { baseMs: 10, maxMs: 100, multiplier: 2 } as const;

/** The share of the calls in progress that may be retries, in percent. */
export const retryBudgetPercent = 20;
