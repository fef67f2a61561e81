// Takes up orders that nobody works on: after a crash, or when a run had to leave one for later.
import { setTimeout as sleep } from "node:timers/promises";
import { log } from "@larder/platform";
import type { Order } from "./order.ts";
import type { Runner } from "./runner.ts";
import type { Store } from "./store.ts";

export interface RecoveryOptions {
  readonly store: Store;
  readonly runner: Runner;
  /** How long to wait when there is nothing to take. */
  readonly pauseMs: number;
  /** The most orders that are carried on at a time by the recovery. */
  readonly limit: number;
}

/** Recovers orders until the signal aborts. Any number of instances may do so side by side. */
export async function recover({ store, runner, pauseMs, limit }: RecoveryOptions, signal: AbortSignal): Promise<void> {
  const running = new Set<Promise<void>>();
  while (!signal.aborted) {
    const room = limit - running.size;
    const since = performance.now();
    const orders = room > 0 ? await store.take(room).catch(warn) : [];
    for (const order of orders) {
      const done = runner.start(order, since).finally(() => running.delete(done));
      running.add(done);
    }
    if (orders.length > 0) log.info("orders taken up", { orders: orders.length });
    // There may be more.
    if (orders.length === room) await Promise.race(running);
    else await sleep(pauseMs, undefined, { signal }).catch(() => {});
  }
}

function warn(error: unknown): Order[] {
  log.warn("orders could not be taken up", { error: String(error) });
  return [];
}
