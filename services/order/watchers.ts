// Who waits for news of an order. Steps taken in this process are told at once; an order that another instance works on
// is looked up again and again. (Not by NOTIFY: PostgreSQL lets transactions that NOTIFY commit only one after the other.)
import { setTimeout as sleep } from "node:timers/promises";
import { log } from "@larder/platform";
import { isOver, type Order, together } from "./order.ts";

type Listener = (order: Order) => void;

interface Watcher {
  readonly heard: Listener;
  /** Whether it has waited for a whole pause already: most orders are through long before. */
  waited: boolean;
}

const PAUSE_MS = 200;

export class Watchers {
  readonly #byOrder = new Map<string, Set<Watcher>>();

  /** Tells how far an order has come. */
  publish(order: Order): void {
    for (const { heard } of this.#byOrder.get(order.id) ?? []) heard(order);
  }

  /** Calls back with every newer view of the order until the returned function is called. */
  subscribe(order: Order, heard: Listener): () => void {
    let latest = order;
    const watcher: Watcher = {
      waited: false,
      heard: (seen) => {
        const known = latest;
        latest = together(known, seen);
        if (latest !== known) heard(latest);
      },
    };
    const watchers = this.#byOrder.get(order.id) ?? new Set();
    this.#byOrder.set(order.id, watchers.add(watcher));
    return () => {
      watchers.delete(watcher);
      if (watchers.size === 0 && this.#byOrder.get(order.id) === watchers) this.#byOrder.delete(order.id);
    };
  }

  /** Waits until the order has come as far as asked. Returns the order as last seen: when the time is up, not so far. */
  until(order: Order, reached: (order: Order) => boolean, withinMs: number): Promise<Order> {
    if (reached(order) || withinMs <= 0) return Promise.resolve(order);
    return new Promise((resolve) => {
      let latest = order;
      const end = () => {
        unsubscribe();
        clearTimeout(timer);
        resolve(latest);
      };
      const unsubscribe = this.subscribe(order, (seen) => {
        latest = seen;
        if (reached(seen)) end();
      });
      const timer = setTimeout(end, withinMs);
    });
  }

  /** The order as it stands, then every newer view of it, until it is settled (or delivered) or the signal aborts. */
  async *follow(order: Order, untilDelivered: boolean, signal: AbortSignal): AsyncGenerator<Order> {
    const news: Order[] = [order];
    let wake = () => {};
    const unsubscribe = this.subscribe(order, (seen) => {
      news.push(seen);
      wake();
    });
    const leave = () => wake();
    signal.addEventListener("abort", leave);
    try {
      while (!signal.aborted) {
        const seen = news.shift();
        if (seen) {
          yield seen;
          if (untilDelivered ? isOver(seen) : seen.settled) return;
          continue;
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    } finally {
      unsubscribe();
      signal.removeEventListener("abort", leave);
    }
  }

  /** Looks up what is waited for, until the signal aborts. */
  async run(lookUp: (ids: readonly string[]) => Promise<Order[]>, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await sleep(PAUSE_MS, undefined, { signal }).catch(() => {});
      const ids = this.#overdue();
      if (ids.length === 0 || signal.aborted) continue;
      try {
        for (const order of await lookUp(ids)) this.publish(order);
      } catch (error) {
        log.warn("watched orders could not be looked up", { error: String(error) });
      }
    }
  }

  #overdue(): string[] {
    const overdue: string[] = [];
    for (const [id, watchers] of this.#byOrder) {
      if ([...watchers].some(({ waited }) => waited)) overdue.push(id);
      for (const watcher of watchers) watcher.waited = true;
    }
    return overdue;
  }
}
