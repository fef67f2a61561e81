// Demo warehouses and their stock. Loading them again changes nothing.
import { readFile } from "node:fs/promises";
import type { Database } from "@larder/store";

const warehouses = { north: "North", harbour: "Harbour", airfield: "Airfield" };

export async function seedStock(db: Database): Promise<void> {
  const stock = await readFile(new URL("./seed/stock.json", import.meta.url), "utf8");
  await db.transaction(async (tx) => {
    await tx.query(
      "seed_warehouses",
      "insert into warehouses (id, display_name) select * from jsonb_each_text($1::jsonb) on conflict do nothing",
      [JSON.stringify(warehouses)],
    );
    await tx.query(
      "seed_stock",
      `insert into stock (product_id, warehouse_id, received, available)
       select row ->> 'product', w.id, (row ->> w.id)::int, (row ->> w.id)::int
       from jsonb_array_elements($1::jsonb) as row join warehouses w on row ? w.id
       on conflict do nothing`,
      [stock],
    );
  });
}
