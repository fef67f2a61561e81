// What the shipping service keeps in PostgreSQL. The rules of slots are functions of the database
// (migrations), so that a step costs one statement and one commit; those of an order are joined with what other orders
// ask for at the same moment.
import type { StorageClass } from "@larder/contract/larder/catalog/v1/product_pb.js";
import { writeEvent, writeEvents } from "@larder/events";
import { coalesce, type Database, forgetRequests, type Tx, type Write } from "@larder/store";
import { eventFor, riskEvent, sensorEvent } from "./message.ts";
import { attachable, type DeliveryStep, type Flag, isOver, type Shipment, stepFrom } from "./shipment.ts";

export interface SlotRow {
  readonly id: string;
  readonly startTime: Date;
  readonly endTime: Date;
  readonly free: number;
}

/** What a function of the database answered. */
export interface Answer {
  /** 'OK', or the reason of an error. */
  readonly outcome: string;
  readonly slot?: string | null;
  /** The shipment as it is now, where the caller is shown it. */
  readonly shipment?: Shipment | undefined;
}

export type Store = ReturnType<typeof shippingStore>;

interface Step {
  readonly write: Write;
  readonly order: string;
}

interface Book extends Step {
  readonly slot: string;
  readonly customer: string;
}

const shipmentColumns = `order_id as "order", customer_id as customer, slot_id as slot, state, failure, sensor,
  sensor_time as "sensorTime", flag, version, update_time as "updateTime"`;

const LOCK = `select ${shipmentColumns} from shipments where order_id = $1 for update`;

/** The time now, and later than one before even if the two are told to the millisecond. */
const laterThan = (before: string) => `greatest(clock_timestamp(), ${before} + interval '1 millisecond')`;

/** The parameters that the steps of a batch have in common. */
const stepsOf = (batch: readonly Step[]): string[][] => [
  batch.map(({ write }) => write.caller),
  batch.map(({ write }) => write.requestId),
  batch.map(({ write }) => write.hash),
  batch.map(({ order }) => order),
];

export function shippingStore(db: Database) {
  const one = async (name: string, sql: string, params: unknown[]): Promise<Answer> => {
    const { rows } = await db.query<Answer>(name, sql, params);
    if (!rows[0]) throw new Error(`${name} gave no row`);
    return rows[0];
  };

  const book = coalesce<Book, Answer>(async (batch) => {
    const { rows } = await db.query<{ outcomes: string[] }>(
      "book_all",
      "select book_all($1, $2, $3, $4, $5, $6) as outcomes",
      [...stepsOf(batch), batch.map(({ slot }) => slot), batch.map(({ customer }) => customer)],
    );
    return (rows[0]?.outcomes ?? []).map((outcome) => ({ outcome }));
  });

  const confirm = coalesce<Step, Answer>(async (batch) => {
    const { rows } = await db.query<Answer>(
      "confirm_all",
      "select outcome, slot from confirm_all($1, $2, $3, $4) order by place",
      stepsOf(batch),
    );
    return rows;
  });

  return {
    /** Free slots, earliest first; `after` is the id of the last slot of the page before. */
    async slots(limit: number, after: string | undefined): Promise<SlotRow[]> {
      const { rows } = await db.query<SlotRow>(
        "slots",
        `select id, start_time as "startTime", end_time as "endTime", capacity - booked as free from slots
         where start_time > now() and booked < capacity and ($1::text is null or id > $1)
         order by start_time, id limit $2`,
        [after ?? null, limit],
      );
      return rows;
    },

    openSlots: (capacity: number) => db.query("open_slots", "select open_slots($1)", [capacity]),

    book: (write: Write, order: string, slot: string, customer: string) => book({ write, order, slot, customer }),

    confirm: (write: Write, order: string) => confirm({ write, order }),

    cancel: (caller: string, undone: string, order: string) =>
      one("cancel", "select cancel($1, $2, $3) as outcome", [caller, undone, order]),

    /** Makes a step of a delivery, and writes the event that tells of it. `failure` is the cause of FAILED, as the contract names it. */
    advance: (order: string, step: DeliveryStep, failure?: string): Promise<Answer> =>
      db.transaction(async (tx) => {
        const { rows: found } = await tx.query<Shipment>("lock_shipment", LOCK, [order]);
        const [shipment] = found;
        if (!shipment) return { outcome: "SHIPMENT_NOT_FOUND" };
        const outcome = stepFrom(shipment.state, step);
        if (outcome !== "next") return { outcome, shipment };
        const { rows: changed } = await tx.query<Shipment>(
          "advance_shipment",
          `update shipments set state = $2, failure = $3, sensor = case when $4 then null else sensor end,
             sensor_time = case when $4 then ${laterThan("sensor_time")} else sensor_time end
           where order_id = $1 returning ${shipmentColumns}`,
          [order, step, failure ?? null, shipment.sensor !== null && isOver(step)],
        );
        for (const now of changed) {
          await writeEvent(tx, eventFor(step, now));
          if (shipment.sensor && !now.sensor && now.sensorTime)
            await writeEvent(tx, sensorEvent(shipment.sensor, now.sensorTime));
        }
        return { outcome: "OK", shipment: changed[0] };
      }),

    /**
     * Attaches a sensor to a shipment, takes it off any other and what was there before off this one, and tells of it. A repeat is
     * told again: the sensor may have been in a room meanwhile, which nobody told this service.
     */
    attachSensor: (order: string, sensor: string, storageClass: StorageClass): Promise<Answer> =>
      db.transaction(async (tx) => {
        // Two shipments that want the same sensor wait here: it may be on neither of them yet.
        await tx.query("lock_sensor", "select pg_advisory_xact_lock(hashtextextended($1, 0))", [sensor]);
        const { rows } = await tx.query<Shipment>(
          "shipments_of_sensor",
          `select ${shipmentColumns} from shipments where order_id = $1 or sensor = $2 order by order_id for update`,
          [order, sensor],
        );
        const shipment = rows.find((row) => row.order === order);
        if (!shipment) return { outcome: "SHIPMENT_NOT_FOUND" };
        const outcome = attachable(shipment.state);
        if (outcome !== "OK") return { outcome };
        await tx.query("detach_sensor", "update shipments set sensor = null where sensor = $2 and order_id <> $1", [
          order,
          sensor,
        ]);
        const before = Math.max(...rows.map(({ sensorTime }) => sensorTime?.getTime() ?? 0));
        const { rows: attached } = await tx.query<Shipment & { sensorTime: Date }>(
          "attach_sensor",
          `update shipments set sensor = $2, sensor_time = ${laterThan("$3::timestamptz")}
           where order_id = $1 returning ${shipmentColumns}`,
          [order, sensor, new Date(before)],
        );
        for (const { sensorTime } of attached) {
          const old = shipment.sensor !== sensor && shipment.sensor;
          await writeEvents(tx, [
            ...(old ? [sensorEvent(old, sensorTime)] : []),
            sensorEvent(sensor, sensorTime, { order, storageClass }),
          ]);
        }
        return { outcome, shipment: attached[0] };
      }),

    async shipment(tx: Tx, order: string): Promise<Shipment | undefined> {
      const { rows } = await tx.query<Shipment>(
        "shipment",
        `select ${shipmentColumns} from shipments where order_id = $1`,
        [order],
      );
      return rows[0];
    },

    /** Whether an excursion was heard of before, under this version or a later one. */
    async knows(tx: Tx, excursion: string, version: bigint): Promise<boolean> {
      const sql = "select from excursions where id = $1 and version >= $2";
      return (await tx.query("knows_excursion", sql, [excursion, version])).count > 0;
    },

    /**
     * Notes what an excursion did to the goods of a shipment, unless a later version of it was heard of. If they are `atRisk`, the shipment is
     * flagged where it bears no worse flag, and its customer is told, once for each excursion.
     */
    async flag(tx: Tx, order: string, version: bigint, flag: Flag, atRisk: boolean): Promise<void> {
      const { rows: found } = await tx.query<Shipment>("lock_shipment", LOCK, [order]);
      const { rows: heard } = await tx.query<{ told: boolean }>(
        "hear_excursion",
        `insert into excursions as e (id, order_id, version, told) values ($1, $2, $3, $4)
         on conflict (id) do update set version = excluded.version, told = e.told or excluded.told
           where e.version < excluded.version
         returning coalesce(old.told, false) as told`,
        [flag.excursion, order, version, atRisk],
      );
      const [shipment, before] = [found[0], heard[0]];
      if (!shipment || !before || !atRisk) return;
      const worst = shipment.flag && shipment.flag.risk >= flag.risk ? shipment.flag : flag;
      if (worst !== flag && before.told) return;
      const { rows: flagged } = await tx.query<Shipment>(
        "flag_shipment",
        `update shipments set flag = $2 where order_id = $1 returning ${shipmentColumns}`,
        [order, JSON.stringify(worst)],
      );
      if (!before.told) for (const now of flagged) await writeEvent(tx, riskEvent(now, flag));
    },

    forgetRequests: () => forgetRequests(db),
    ping: () => db.ping(),
    close: () => db.close(),
  };
}
