// The customer service: accounts and wallets.
import { CustomerService } from "@larder/contract/larder/customer/v1/customer_service_pb.js";
import { WalletService } from "@larder/contract/larder/customer/v1/wallet_service_pb.js";
import { implement, run, serve } from "@larder/platform";
import { migrate, openDatabase, repeatedly, requestMigrations } from "@larder/store";
import { loadConfig } from "./config.ts";
import { customerHandler } from "./customer-handler.ts";
import { seedCustomers } from "./seed.ts";
import { customerStore } from "./store.ts";
import { walletHandler } from "./wallet-handler.ts";

const hour = 3_600_000;

await run(async () => {
  const config = loadConfig();
  const db = openDatabase(config.databaseUrl, { max: 8, applicationName: "customer" });
  await migrate(db, requestMigrations, new URL("./migrations/", import.meta.url));
  if (config.seed) await seedCustomers(db);
  const store = customerStore(db);
  await serve(config.platform, {
    workload: "customer",
    routes: [implement(CustomerService, customerHandler(store)), implement(WalletService, walletHandler(store))],
    ready: store.ping,
    background: [repeatedly("forget requests", hour, store.forgetRequests)],
    close: store.close,
  });
});
