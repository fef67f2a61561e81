// The pricing service: quotes by rules and markdowns.
import { CatalogService } from "@larder/contract/larder/catalog/v1/catalog_service_pb.js";
import { InventoryService } from "@larder/contract/larder/inventory/v1/inventory_service_pb.js";
import { MarkdownChangedSchema } from "@larder/contract/larder/pricing/v1/markdown_events_pb.js";
import { PricingService } from "@larder/contract/larder/pricing/v1/pricing_service_pb.js";
import { ScoringService } from "@larder/contract/larder/scoring/v1/scoring_service_pb.js";
import { inboxMigrations, openEventLog, openRelay, outboxMigrations, retain, retentionOf } from "@larder/events";
import { client, implement, run, serve } from "@larder/platform";
import { migrate, openDatabase, repeatedly } from "@larder/store";
import { loadConfig } from "./config.ts";
import { pricingHandler } from "./handler.ts";
import { seedRules } from "./seed.ts";
import { pricingStore } from "./store.ts";
import { excursions } from "./subscriptions.ts";

const hour = 3_600_000;

await run(async () => {
  const config = loadConfig();
  const db = openDatabase(config.databaseUrl, { max: 8, applicationName: "pricing" });
  await migrate(db, outboxMigrations, inboxMigrations, new URL("./migrations/", import.meta.url));
  if (config.seed) await seedRules(db);
  const store = pricingStore(db);
  const log = openEventLog(config.eventLogUrl, { clientName: "pricing" });
  const relay = openRelay(db, log);
  const topics = [retentionOf(MarkdownChangedSchema, config.eventRetentionHours)];
  const catalog = client(CatalogService, "catalog", config.platform);
  const sources = {
    catalog,
    inventory: client(InventoryService, "inventory", config.platform),
    scoring: client(ScoringService, "scoring", config.platform),
  };
  const hearing = { days: config.markdownDays, deadLetterMs: config.deadLetterHours * hour };
  await serve(config.platform, {
    workload: "pricing",
    routes: [implement(PricingService, pricingHandler(store, catalog))],
    ready: store.ping,
    background: [
      (signal) => relay.run(signal),
      (signal) => retain(log, topics, signal),
      excursions(log, db, store, sources, hearing),
      repeatedly("forget markdowns", hour, store.forgetMarkdowns),
    ],
    close: async () => {
      await Promise.all([log.close(), store.close()]);
    },
  });
});
