// The ledger check of a shop at rest. Reads the addresses from ORDER_DATABASE_URL, CUSTOMER_DATABASE_URL,
// INVENTORY_DATABASE_URL and SHIPPING_DATABASE_URL; prints a line for each finding and ends with 1 if there is any.
import { checkLedger, waitForRest } from "./ledger.ts";

const url = (workload: string) => {
  const name = `${workload.toUpperCase()}_DATABASE_URL`;
  const value = process.env[name];
  if (value) return value;
  process.stderr.write(`${name} is not set\n`);
  process.exit(64);
};
const urls = {
  order: url("order"),
  customer: url("customer"),
  inventory: url("inventory"),
  shipping: url("shipping"),
};

await waitForRest(urls.order, 30_000);
const { findings, orders } = await checkLedger(urls);
for (const { rule, about, detail } of findings) process.stdout.write(`not so: ${rule}: ${about}: ${detail}\n`);
const counted = Object.entries(orders).map(([state, count]) => `${count} ${state}`);
process.stdout.write(`orders: ${counted.join(", ") || "none"}; findings: ${findings.length}\n`);
process.exit(findings.length > 0 ? 1 : 0);
