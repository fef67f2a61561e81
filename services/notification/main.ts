// The notification service: events in, letters out.
import { CustomerService } from "@larder/contract/larder/customer/v1/customer_service_pb.js";
import { NotificationService } from "@larder/contract/larder/notification/v1/notification_service_pb.js";
import { inboxMigrations, openEventLog } from "@larder/events";
import { client, implement, run, serve } from "@larder/platform";
import { migrate, openDatabase, repeatedly } from "@larder/store";
import { loadConfig } from "./config.ts";
import { notificationHandler } from "./handler.ts";
import { openQueue } from "./queue.ts";
import { emailSender } from "./sender.ts";
import { notificationStore } from "./store.ts";
import { subscriptions } from "./subscriptions.ts";

await run(async () => {
  const config = loadConfig();
  const db = openDatabase(config.databaseUrl, { max: 8, applicationName: "notification" });
  await migrate(db, inboxMigrations, new URL("./migrations/", import.meta.url));
  const store = notificationStore(db);
  const log = openEventLog(config.eventLogUrl, { clientName: "notification" });
  const queue = openQueue(config.cacheUrl);
  const email = emailSender(store, config.smtpUrl, config.sender);
  const customers = client(CustomerService, "customer", config.platform);
  const requeue = async () => (await store.waiting(config.requeueSeconds)).forEach(queue.add);
  await serve(config.platform, {
    workload: "notification",
    routes: [implement(NotificationService, notificationHandler(store))],
    ready: store.ping,
    background: [
      ...subscriptions(log, db, store, customers, queue),
      (signal) => queue.work(email.send, (id) => store.settle(id, "FAILED"), signal),
      repeatedly("requeue", config.requeueSeconds * 1000, requeue),
    ],
    close: async () => {
      email.close();
      await Promise.all([queue.close(), log.close(), store.close()]);
    },
  });
});
