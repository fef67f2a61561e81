// Joins the work of concurrent callers into few statements and commits.

import { AsyncLocalStorage } from "node:async_hooks";
import { Code, CodedError } from "@larder/platform";

/** How work is joined. */
export interface CoalesceOptions {
  /** The most items of one batch. Absent: 100. */
  readonly max?: number;
  /** How many batches may run at the same time. Absent: 1, so that whatever arrives meanwhile makes up the next one. */
  readonly concurrency?: number;
}

interface Waiting<Item, Value> {
  readonly item: Item;
  readonly resolve: (value: Value) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Returns a function of one item that runs `batch` on the items of all callers who ask in the same turn of the event loop, or while an
 * earlier batch runs.
 *
 * `batch` answers with one result per item, in order: a value, or an Error for that caller alone. It must be all or nothing (one statement,
 * or one transaction): if it throws, its items are tried again in halves, so that only those at fault fail. Nothing is tried
 * again after an error that is no item's fault: a database out of reach (`StoreUnavailable`), a statement out of time.
 *
 * `batch` runs outside the request of any caller: deadline, trace and user of the callers do not reach it.
 * Rows should be locked in one order by all batches (sort the items), or two processes may deadlock.
 */
export function coalesce<Item, Value>(
  batch: (items: readonly Item[]) => Promise<readonly (Value | Error)[]>,
  options: CoalesceOptions = {},
): (item: Item) => Promise<Value> {
  const { max = 100, concurrency = 1 } = options;
  const outside = AsyncLocalStorage.snapshot();
  let queue: Waiting<Item, Value>[] = [];
  let running = 0;
  let scheduled = false;

  const schedule = () => {
    if (scheduled || running >= concurrency || queue.length === 0) return;
    scheduled = true;
    outside(setImmediate, start);
  };
  const start = () => {
    scheduled = false;
    while (running < concurrency && queue.length > 0) {
      const taken = queue.slice(0, max);
      queue = queue.slice(max);
      running += 1;
      settle(batch, taken).finally(() => {
        running -= 1;
        schedule();
      });
    }
  };
  return (item) =>
    new Promise((resolve, reject) => {
      queue.push({ item, resolve, reject });
      schedule();
    });
}

async function settle<Item, Value>(
  batch: (items: readonly Item[]) => Promise<readonly (Value | Error)[]>,
  taken: readonly Waiting<Item, Value>[],
): Promise<void> {
  try {
    const results = await batch(taken.map(({ item }) => item));
    if (results.length !== taken.length) {
      throw new BatchError(`a batch of ${taken.length} items gave ${results.length} results`);
    }
    taken.forEach(({ resolve, reject }, index) => {
      const result = results[index] as Value | Error;
      if (result instanceof Error) reject(result);
      else resolve(result);
    });
  } catch (error) {
    if (taken.length === 1 || isNobodysFault(error)) {
      for (const { reject } of taken) reject(error);
      return;
    }
    const middle = taken.length >> 1;
    await settle(batch, taken.slice(0, middle));
    await settle(batch, taken.slice(middle));
  }
}

/** The function given to `coalesce` is wrong: a fault of the program. */
class BatchError extends Error {}

const isNobodysFault = (error: unknown): boolean =>
  error instanceof BatchError ||
  (error instanceof CodedError && (error.code === Code.UNAVAILABLE || error.code === Code.DEADLINE_EXCEEDED));
