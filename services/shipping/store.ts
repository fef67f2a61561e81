// What the shipping service keeps in PostgreSQL. The rules of slots are functions of the database
// (migrations), so that a step costs one statement and one commit; those of an order are joined with what other orders
// ask for at the same moment.
import { writeEvent } from "@larder/events";
import { coalesce, type Database, forgetRequests, type Write } from "@larder/store";
import { eventFor } from "./message.ts";
import { type DeliveryStep, type Shipment, type ShipmentState, stepFrom } from "./shipment.ts";

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
  readonly state?: ShipmentState;
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

const shipmentColumns = `order_id as "order", customer_id as customer, slot_id as slot, state, failure, version,
  update_time as "updateTime"`;

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
        const { rows: found } = await tx.query<Shipment>(
          "shipment",
          `select ${shipmentColumns} from shipments where order_id = $1 for update`,
          [order],
        );
        const [shipment] = found;
        if (!shipment) return { outcome: "SHIPMENT_NOT_FOUND" };
        const { slot, state } = shipment;
        const outcome = stepFrom(state, step);
        if (outcome !== "next") return { outcome, slot, state };
        const { rows: changed } = await tx.query<Shipment>(
          "advance_shipment",
          `update shipments set state = $2, failure = $3 where order_id = $1 returning ${shipmentColumns}`,
          [order, step, failure ?? null],
        );
        for (const now of changed) await writeEvent(tx, eventFor(step, now));
        return { outcome: "OK", slot, state: step };
      }),

    forgetRequests: () => forgetRequests(db),
    ping: () => db.ping(),
    close: () => db.close(),
  };
}
