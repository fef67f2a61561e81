// Demo rules of each kind, and customers in segments. Loading them again changes nothing.
import { readFile } from "node:fs/promises";
import type { Database } from "@larder/store";

const load = (file: string) => readFile(new URL(`./seed/${file}`, import.meta.url), "utf8");

export async function seedRules(db: Database): Promise<void> {
  const [rules, segments] = await Promise.all([load("rules.json"), load("segments.json")]);
  await db.transaction(async (tx) => {
    await tx.query(
      "seed_rules",
      `insert into rules (id, kind, document)
       select id, kind, document from jsonb_to_recordset($1::jsonb) as r(id text, kind text, document jsonb)
       on conflict do nothing`,
      [rules],
    );
    await tx.query(
      "seed_segments",
      `insert into segments (customer_id, segment)
       select customer, segment from jsonb_to_recordset($1::jsonb) as s(customer text, segment text)
       on conflict do nothing`,
      [segments],
    );
  });
}
