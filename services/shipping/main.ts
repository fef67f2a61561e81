// The shipping service: delivery slots and shipments.
import { ScoringService } from "@larder/contract/larder/scoring/v1/scoring_service_pb.js";
import { ShippingService } from "@larder/contract/larder/shipping/v1/shipping_service_pb.js";
import { inboxMigrations, openEventLog, openRelay, outboxMigrations, retain, retentionOf } from "@larder/events";
import { client, implement, run, serve } from "@larder/platform";
import { migrate, openDatabase, repeatedly, requestMigrations } from "@larder/store";
import { loadConfig } from "./config.ts";
import { shippingHandler } from "./handler.ts";
import { events } from "./message.ts";
import { shippingStore } from "./store.ts";
import { excursions } from "./subscriptions.ts";

const hour = 3_600_000;

await run(async () => {
  const config = loadConfig();
  const db = openDatabase(config.databaseUrl, { max: 8, applicationName: "shipping" });
  await migrate(db, requestMigrations, outboxMigrations, inboxMigrations, new URL("./migrations/", import.meta.url));
  const store = shippingStore(db);
  const log = openEventLog(config.eventLogUrl, { clientName: "shipping" });
  const relay = openRelay(db, log);
  const topics = events.map((event) => retentionOf(event, config.eventRetentionHours));
  const hearing = { atRisk: config.atRiskPercent / 100, deadLetterMs: config.deadLetterHours * hour };
  const scoring = client(ScoringService, "scoring", config.platform);
  await store.openSlots(config.slotCapacity);
  await serve(config.platform, {
    workload: "shipping",
    routes: [implement(ShippingService, shippingHandler(store))],
    ready: store.ping,
    background: [
      (signal) => relay.run(signal),
      (signal) => retain(log, topics, signal),
      excursions(log, db, store, scoring, hearing),
      repeatedly("open slots", hour, () => store.openSlots(config.slotCapacity)),
      repeatedly("forget requests", hour, store.forgetRequests),
    ],
    close: async () => {
      await Promise.all([log.close(), store.close()]);
    },
  });
});
