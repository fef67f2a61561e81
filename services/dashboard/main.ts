// The dashboard service: events of the cold chain in, what people look at out.
import { DashboardService } from "@larder/contract/larder/dashboard/v1/dashboard_service_pb.js";
import { inboxMigrations, openEventLog } from "@larder/events";
import { implement, run, serve } from "@larder/platform";
import { migrate, openDatabase, repeatedly } from "@larder/store";
import { loadConfig } from "./config.ts";
import { Days } from "./days.ts";
import { Feed } from "./feed.ts";
import { dashboardHandler } from "./handler.ts";
import { Projection } from "./projection.ts";
import { dashboardStore } from "./store.ts";
import { subscriptions } from "./subscriptions.ts";

const minute = 60_000;

await run(async () => {
  const config = loadConfig();
  const db = openDatabase(config.databaseUrl, { max: config.databaseConnections, applicationName: "dashboard" });
  await migrate(db, inboxMigrations, new URL("./migrations/", import.meta.url));
  const days = new Days(db, config.retentionDays);
  await days.move();
  const store = dashboardStore(db);
  const feed = new Feed(db);
  const log = openEventLog(config.eventLogUrl, { clientName: "dashboard" });
  const retention = async () => {
    await Promise.all([days.move(), feed.forget(), store.forget(config.excursionDays, config.retentionDays)]);
  };
  await serve(config.platform, {
    workload: "dashboard",
    routes: [implement(DashboardService, dashboardHandler(store, feed))],
    ready: store.ping,
    background: [
      (signal) => feed.run(signal),
      ...subscriptions(log, db, new Projection(days, feed), config.deadLetterHours * 60 * minute),
      repeatedly("retention", minute, retention),
    ],
    close: async () => {
      await Promise.all([log.close(), store.close()]);
    },
  });
});
