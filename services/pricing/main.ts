// The pricing service: quotes by rules.
import { CatalogService } from "@larder/contract/larder/catalog/v1/catalog_service_pb.js";
import { PricingService } from "@larder/contract/larder/pricing/v1/pricing_service_pb.js";
import { client, implement, run, serve } from "@larder/platform";
import { migrate, openDatabase } from "@larder/store";
import { loadConfig } from "./config.ts";
import { pricingHandler } from "./handler.ts";
import { seedRules } from "./seed.ts";
import { pricingStore } from "./store.ts";

await run(async () => {
  const config = loadConfig();
  const db = openDatabase(config.databaseUrl, { max: 4, applicationName: "pricing" });
  await migrate(db, new URL("./migrations/", import.meta.url));
  if (config.seed) await seedRules(db);
  const store = pricingStore(db);
  const catalog = client(CatalogService, "catalog", config.platform);
  await serve(config.platform, {
    workload: "pricing",
    routes: [implement(PricingService, pricingHandler(store, catalog))],
    ready: store.ping,
    close: store.close,
  });
});
