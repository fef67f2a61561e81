// The notification service: events in, letters out.
import { CustomerService } from "@larder/contract/larder/customer/v1/customer_service_pb.js";
import { NotificationService } from "@larder/contract/larder/notification/v1/notification_service_pb.js";
import { inboxMigrations, openEventLog } from "@larder/events";
import { client, implement, run, serve } from "@larder/platform";
import { migrate, openDatabase, repeatedly } from "@larder/store";
import { loadConfig } from "./config.ts";
import { notificationHandler } from "./handler.ts";
import { openQueue } from "./queue.ts";
import { type Channels, emailCarrier, entriesOf, sending } from "./sender.ts";
import { smsCarrier } from "./sms.ts";
import { notificationStore } from "./store.ts";
import { subscriptions } from "./subscriptions.ts";

await run(async () => {
  const config = loadConfig();
  const db = openDatabase(config.databaseUrl, { max: 8, applicationName: "notification" });
  await migrate(db, inboxMigrations, new URL("./migrations/", import.meta.url));
  const store = notificationStore(db);
  const log = openEventLog(config.eventLogUrl, { clientName: "notification" });
  const channels: Channels = {
    EMAIL: { queue: openQueue(config.cacheUrl, "email"), carrier: emailCarrier(config.smtpUrl, config.sender) },
    ...(config.sms && {
      SMS: { queue: openQueue(config.cacheUrl, "sms"), carrier: smsCarrier(config.sms.url, config.sms.keys) },
    }),
  };
  const customers = client(CustomerService, "customer", config.platform);
  const requeue = async () => {
    for (const [channel, { queue }] of entriesOf(channels))
      queue.add(await store.waiting(channel, config.requeueSeconds));
  };
  await serve(config.platform, {
    workload: "notification",
    routes: [implement(NotificationService, notificationHandler(store))],
    ready: store.ping,
    background: [
      ...subscriptions(log, db, store, customers, channels, config.deadLetterHours * 3_600_000),
      ...entriesOf(channels).map(
        ([channel, { queue, carrier }]) =>
          (signal: AbortSignal) =>
            queue.work(sending(store, channel, carrier), signal),
      ),
      repeatedly("requeue", config.requeueSeconds * 1000, requeue),
    ],
    close: async () => {
      for (const [, { queue, carrier }] of entriesOf(channels)) {
        queue.close();
        carrier.close();
      }
      await Promise.all([log.close(), store.close()]);
    },
  });
});
