// The shipping service: delivery slots and shipments.
import { ShippingService } from "@larder/contract/larder/shipping/v1/shipping_service_pb.js";
import { implement, run, serve } from "@larder/platform";
import { migrate, openDatabase, repeatedly, requestMigrations } from "@larder/store";
import { loadConfig } from "./config.ts";
import { shippingHandler } from "./handler.ts";
import { shippingStore } from "./store.ts";

const hour = 3_600_000;

await run(async () => {
  const config = loadConfig();
  const db = openDatabase(config.databaseUrl, { max: 8, applicationName: "shipping" });
  await migrate(db, requestMigrations, new URL("./migrations/", import.meta.url));
  const store = shippingStore(db);
  await store.openSlots(config.slotCapacity);
  await serve(config.platform, {
    workload: "shipping",
    routes: [implement(ShippingService, shippingHandler(store))],
    ready: store.ping,
    background: [
      repeatedly("open slots", hour, () => store.openSlots(config.slotCapacity)),
      repeatedly("forget requests", hour, store.forgetRequests),
    ],
    close: store.close,
  });
});
