// The inventory service: stock per warehouse, and the rooms in which it lies.
import { SensorAttachedSchema } from "@larder/contract/larder/coldchain/v1/cold_chain_events_pb.js";
import { InventoryService } from "@larder/contract/larder/inventory/v1/inventory_service_pb.js";
import { openEventLog, openRelay, outboxMigrations, retain, retentionOf } from "@larder/events";
import { implement, run, serve } from "@larder/platform";
import { migrate, openDatabase, repeatedly, requestMigrations } from "@larder/store";
import { loadConfig } from "./config.ts";
import { inventoryHandler } from "./handler.ts";
import { seedStock } from "./seed.ts";
import { inventoryStore } from "./store.ts";

const hour = 3_600_000;

await run(async () => {
  const config = loadConfig();
  const db = openDatabase(config.databaseUrl, { max: 8, applicationName: "inventory" });
  await migrate(db, requestMigrations, outboxMigrations, new URL("./migrations/", import.meta.url));
  if (config.seed) await seedStock(db);
  const store = inventoryStore(db);
  const log = openEventLog(config.eventLogUrl, { clientName: "inventory" });
  const relay = openRelay(db, log);
  const topics = [retentionOf(SensorAttachedSchema, config.eventRetentionHours)];
  await serve(config.platform, {
    workload: "inventory",
    routes: [implement(InventoryService, inventoryHandler(store))],
    ready: store.ping,
    background: [
      (signal) => relay.run(signal),
      (signal) => retain(log, topics, signal),
      repeatedly("expiry", config.expirySeconds * 1000, store.lapse),
      repeatedly("forget requests", hour, store.forgetRequests),
    ],
    close: async () => {
      await Promise.all([log.close(), store.close()]);
    },
  });
});
