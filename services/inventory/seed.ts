// Demo warehouses with their rooms, their stock and what measures the temperature. Loading them again changes nothing, but that goods
// which have passed their date meanwhile are fresh again.
import { readFile } from "node:fs/promises";
import { writeEvents } from "@larder/events";
import type { Database } from "@larder/store";
import { type Attachment, attachedEvent } from "./message.ts";

const warehouses = { north: "North", harbour: "Harbour", airfield: "Airfield" };
const storageClasses = ["AMBIENT", "CHILLED", "FROZEN"];
/** Probes of the one device that hangs in each room: `north-chilled.p1` to `.p4`. */
const PROBES = 4;

// Demo goods arrived some days ago, no two products on the same ones: from a day to their whole shelf life is left.
const leftDays = "1 + abs(hashtext(product_id || warehouse_id)::bigint) % shelf_life_days";
const demoDate = `date_trunc('day', now(), 'UTC') + make_interval(days => (${leftDays})::int)`;

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
    await tx.query(
      "seed_rooms",
      `insert into rooms (id, warehouse_id, storage_class)
       select w.id || '-' || lower(class), w.id, class from warehouses w, unnest($1::text[]) as class
       where w.id = any($2) on conflict do nothing`,
      [storageClasses, Object.keys(warehouses)],
    );
    await tx.query(
      "seed_goods",
      `insert into goods (product_id, storage_class, shelf_life_days)
       select row ->> 'product', upper(row ->> 'storageClass'), (row ->> 'shelfLifeDays')::int
       from jsonb_array_elements($1::jsonb) as row on conflict do nothing`,
      [stock],
    );
    await tx.query(
      "seed_arrivals",
      `insert into arrivals (product_id, warehouse_id, quantity, best_before)
       select product_id, warehouse_id, received, ${demoDate}
       from stock s join goods using (product_id) where received > 0 and not exists (
         select from arrivals a where a.product_id = s.product_id and a.warehouse_id = s.warehouse_id
       )`,
    );
    await tx.query(
      "seed_dates",
      `update arrivals set best_before = fresh.best_before from (
         select a.id, ${demoDate} as best_before from arrivals a join goods using (product_id) where a.best_before <= now()
       ) fresh where arrivals.id = fresh.id`,
    );
    const { rows: attached } = await tx.query<Attachment>(
      "seed_sensors",
      `with attached as (
         insert into sensors (device, room_id, attach_time)
         select r.id || '.p' || probe, r.id, now() from rooms r, generate_series(1, $1) as probe
         on conflict do nothing returning device, room_id, attach_time
       )
       select a.device, r.id as room, r.storage_class as "storageClass", a.attach_time as "attachTime"
       from attached a join rooms r on r.id = a.room_id order by a.device`,
      [PROBES],
    );
    await writeEvents(tx, attached.map(attachedEvent));
  });
}
