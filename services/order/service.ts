// The order service put together from its settings.

import { OrderCancelledSchema, OrderConfirmedSchema } from "@larder/contract/larder/order/v1/order_events_pb.js";
import { OrderService } from "@larder/contract/larder/order/v1/order_service_pb.js";
import { openEventLog, openRelay, retain, retentionOf } from "@larder/events";
import { implement, type ServiceOptions } from "@larder/platform";
import { type Database, openDatabase, repeatedly } from "@larder/store";
import { participants, pricing } from "./clients.ts";
import type { Config } from "./config.ts";
import { orderHandler } from "./handler.ts";
import { recover } from "./recovery.ts";
import { type Hooks, Runner } from "./runner.ts";
import { createStore, prepare } from "./store.ts";
import { subscriptions } from "./subscriptions.ts";
import { Watchers } from "./watchers.ts";

const HOUR_MS = 3_600_000;

export interface Service extends ServiceOptions {
  readonly database: Database;
}

/** Brings the database up to date and returns what to serve. `hooks` are for tests. */
export async function orderService(config: Config, hooks: Hooks = {}): Promise<Service> {
  const { platform, leaseMs } = config;
  const database = openDatabase(config.databaseUrl, { max: config.databaseConnections, applicationName: "order" });
  await prepare(database);
  const log = openEventLog(config.eventLogUrl, { clientName: "order" });
  const relay = openRelay(database, log);
  const store = createStore(database, config);
  const watchers = new Watchers();
  const runner = new Runner({ store, participants: participants(platform), watchers, leaseMs, hooks });
  const recovery = { store, runner, pauseMs: config.recoveryPauseMs, limit: config.recoveryLimit };

  const topics = [OrderConfirmedSchema, OrderCancelledSchema].map((event) =>
    retentionOf(event, config.eventRetentionHours),
  );

  return {
    database,
    workload: "order",
    routes: [implement(OrderService, orderHandler({ store, runner, watchers, pricing: pricing(platform) }))],
    ready: () => database.ping(),
    background: [
      (signal) => recover(recovery, signal),
      (signal) => watchers.run((ids) => store.findAll(ids), signal),
      (signal) => relay.run(signal),
      (signal) => retain(log, topics, signal),
      ...subscriptions(log, store, watchers, config.deadLetterHours * HOUR_MS),
      repeatedly("forget requests", HOUR_MS, () => store.forgetRequests()),
    ],
    close: async () => {
      await runner.drain();
      await Promise.all([database.close(), log.close()]);
    },
  };
}
