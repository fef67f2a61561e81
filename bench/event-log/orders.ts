// What the outbox adds to an order: orders are placed and confirmed in the order service's own store, with their event or without.
import { randomUUID, randomUUIDv7 } from "node:crypto";
import { openEventLog, openRelay } from "@larder/events";
import { openDatabase } from "@larder/store";
import { eventFor } from "../../services/order/message.ts";
import type { Order } from "../../services/order/order.ts";
import { createStore, prepare } from "../../services/order/store.ts";
import type { Done, Place } from "./loops.ts";

const IN_FLIGHT = 50;

const quote = { lines: [], subtotal: 500, discount: 0, total: 500, quoteTime: 1, adjustments: [] };

/** Confirms so many orders, 50 at a time. With events a relay takes them to the log, and all have arrived in the end. */
export async function orders(
  { log: url, database: databaseUrl }: Place,
  count: number,
  withEvents: boolean,
): Promise<() => Promise<Done>> {
  const database = openDatabase(databaseUrl);
  await prepare(database);
  await database.session((session) => session.execute("truncate orders"));
  const store = createStore(database, { forwardLimitMs: 8000, leaseMs: 60_000 });
  const log = openEventLog(url);
  const controller = new AbortController();
  const relay = openRelay(database, log);
  const confirm = async () => {
    const id = randomUUIDv7();
    const from = (await store.place({
      id,
      customer: "ada",
      requestId: randomUUID(),
      bodyHash: "hash",
      slot: "am",
      quote,
    })) as Order;
    const to: Order = { ...from, state: "CONFIRMED", version: 2, updateTime: new Date() };
    await store.change({ from, to, event: withEvents ? eventFor(from.state, to) : undefined });
  };
  const some = async (left: number) => {
    const one = async () => {
      for (; left > 0; await confirm()) left -= 1;
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, one));
  };
  const running = withEvents ? relay.run(controller.signal) : undefined;
  await some(IN_FLIGHT);
  const before = database.stats();
  return async () => {
    await some(count);
    if (withEvents)
      while (relay.stats().appended < count + IN_FLIGHT) await new Promise((resolve) => setTimeout(resolve, 1));
    const { queries, commits } = database.stats();
    const done = {
      operations: count,
      times: [],
      statements: queries - before.queries,
      commits: commits - before.commits,
    };
    controller.abort();
    await running;
    await Promise.all([database.close(), log.close()]);
    return done;
  };
}
