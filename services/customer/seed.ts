// Demo customers with money in their wallets. Loading them again changes nothing.
import { readFile } from "node:fs/promises";
import type { Database } from "@larder/store";

export async function seedCustomers(db: Database): Promise<void> {
  const customers = await readFile(new URL("./seed/customers.json", import.meta.url), "utf8");
  await db.transaction(async (tx) => {
    await tx.query(
      "seed_customers",
      `insert into customers (id, display_name, email, phone)
       select id, "displayName", email, phone
       from jsonb_to_recordset($1::jsonb) as c(id text, "displayName" text, email text, phone text)
       on conflict do nothing`,
      [customers],
    );
    await tx.query(
      "seed_wallets",
      "insert into wallets (customer_id) select id from customers on conflict do nothing",
      [],
    );
    await tx.query(
      "seed_deposits",
      `select deposit('seed', 'welcome-' || id, '', id, cents)
       from jsonb_to_recordset($1::jsonb) as c(id text, cents bigint)`,
      [customers],
    );
  });
}
