// What the inventory service keeps in PostgreSQL. The rules of stock are functions of the database
// (migrations), so that a step costs one statement and one commit; those of an order are joined with what other orders
// ask for at the same moment.
import { writeEvent } from "@larder/events";
import { coalesce, type Database, forgetRequests, type Write } from "@larder/store";
import { type Attachment, attachedEvent, type Room, type RoomStock } from "./message.ts";

export interface Line {
  readonly product: string;
  readonly warehouse: string;
  readonly quantity: number;
}

/** What a function of the database answered. */
export interface Answer {
  /** 'OK', or the reason of an error. */
  readonly outcome: string;
  /** The product of which there is too little. */
  readonly product: string | null;
  /** How many packs of it are left. */
  readonly remaining: number | null;
  readonly lines: readonly Line[] | null;
  readonly expire_time: Date | null;
}

export type Store = ReturnType<typeof inventoryStore>;

interface Step {
  readonly write: Write;
  readonly order: string;
}

interface Reserve extends Step {
  readonly products: readonly string[];
  readonly quantities: readonly number[];
}

/** The parameters that the steps of a batch have in common. */
const stepsOf = (batch: readonly Step[]): string[][] => [
  batch.map(({ write }) => write.caller),
  batch.map(({ write }) => write.requestId),
  batch.map(({ write }) => write.hash),
  batch.map(({ order }) => order),
];

const roomColumns = `id, warehouse_id as warehouse, storage_class as "storageClass",
  array(select device from sensors s where s.room_id = rooms.id order by device) as sensors`;

const answer = "outcome, product, remaining, lines, expire_time";

export function inventoryStore(db: Database) {
  const one = async <Row extends object>(name: string, sql: string, params: unknown[]): Promise<Row> => {
    const { rows } = await db.query<Row>(name, sql, params);
    if (!rows[0]) throw new Error(`${name} gave no row`);
    return rows[0];
  };

  const reserve = coalesce<Reserve, Answer>(async (batch) => {
    const { rows } = await db.query<Answer>(
      "reserve_all",
      `select ${answer} from reserve_all($1, $2, $3, $4, $5, $6, $7) order by place`,
      [
        ...stepsOf(batch),
        // To which order each line belongs, counted from 1.
        batch.flatMap(({ products }, index) => products.map(() => index + 1)),
        batch.flatMap(({ products }) => products),
        batch.flatMap(({ quantities }) => quantities),
      ],
    );
    return rows;
  });

  const commit = coalesce<Step, Answer>(async (batch) => {
    const { rows } = await db.query<Answer>(
      "commit_all",
      `select ${answer} from commit_all($1, $2, $3, $4) order by place`,
      stepsOf(batch),
    );
    return rows;
  });

  return {
    /** In the order asked for; 0 for a product that no warehouse has. */
    async stock(products: readonly string[]): Promise<{ product: string; available: number; reserved: number }[]> {
      const { rows } = await db.query<{ product: string; available: number; reserved: number }>(
        "stock",
        `select w.product, coalesce(sum(s.available), 0)::int as available, coalesce(sum(s.reserved), 0)::int as reserved
         from unnest($1::text[]) with ordinality as w (product, position) left join stock s on s.product_id = w.product
         group by w.product, w.position order by w.position`,
        [products],
      );
      return rows;
    },

    reserve: (write: Write, order: string, products: readonly string[], quantities: readonly number[]) =>
      reserve({ write, order, products, quantities }),

    commit: (write: Write, order: string) => commit({ write, order }),

    release: (caller: string, undone: string, order: string) =>
      one<Pick<Answer, "outcome">>("release", "select release($1, $2, $3) as outcome", [caller, undone, order]),

    restock: (caller: string, undone: string, order: string) =>
      one<Pick<Answer, "outcome">>("restock", "select restock($1, $2, $3) as outcome", [caller, undone, order]),

    receive: (write: Write, product: string, warehouse: string, quantity: number) =>
      one<Pick<Answer, "outcome">>("receive", "select receive($1, $2, $3, $4, $5, $6) as outcome", [
        write.caller,
        write.requestId,
        write.hash,
        product,
        warehouse,
        quantity,
      ]),

    /** In the order of their ids; `after` is that of the last room of the page before. */
    async rooms(limit: number, after: string | undefined): Promise<Room[]> {
      const { rows } = await db.query<Room>(
        "rooms",
        `select ${roomColumns} from rooms where $2::text is null or id > $2 order by id limit $1`,
        [limit, after ?? null],
      );
      return rows;
    },

    async room(id: string): Promise<Room | undefined> {
      const { rows } = await db.query<Room>("room", `select ${roomColumns} from rooms where id = $1`, [id]);
      return rows[0];
    },

    /** What lies in a room, in the order of the products' ids. */
    async roomStock(id: string, limit: number): Promise<RoomStock[]> {
      const { rows } = await db.query<RoomStock>(
        "room_stock",
        `select product, quantity, first_date(product, warehouse, quantity) as "bestBefore" from (
           select s.product_id as product, s.warehouse_id as warehouse, s.available + s.reserved as quantity
           from rooms r join goods g using (storage_class) join stock s using (product_id, warehouse_id)
           where r.id = $1 and s.available + s.reserved > 0 order by s.product_id limit $2
         ) lying order by product`,
        [id, limit],
      );
      return rows;
    },

    /**
     * Attaches a sensor to a room and tells of it; answers the room, undefined if there is none. A repeat is told again: the sensor
     * may have been with a shipment meanwhile, which nobody told this service.
     */
    attachSensor: (room: string, device: string): Promise<Room | undefined> =>
      db.transaction(async (tx) => {
        const { rows } = await tx.query<Attachment>(
          "attach_sensor",
          `with attached as (
             insert into sensors as s (device, room_id, attach_time) select $2, id, clock_timestamp() from rooms where id = $1
             on conflict (device) do update set room_id = excluded.room_id,
               attach_time = greatest(clock_timestamp(), s.attach_time + interval '1 millisecond')
             returning device, room_id, attach_time
           )
           select a.device, r.id as room, r.storage_class as "storageClass", a.attach_time as "attachTime"
           from attached a join rooms r on r.id = a.room_id`,
          [room, device],
        );
        for (const attachment of rows) await writeEvent(tx, attachedEvent(attachment));
        const { rows: rooms } = await tx.query<Room>("room", `select ${roomColumns} from rooms where id = $1`, [room]);
        return rooms[0];
      }),

    /** Puts every reservation whose time is over back on sale, and answers how many there were. */
    async lapse(): Promise<number> {
      let count = 0;
      while ((await one<{ lapsed: boolean }>("lapse", "select lapse_one() as lapsed", [])).lapsed) count++;
      return count;
    },

    forgetRequests: () => forgetRequests(db),
    ping: () => db.ping(),
    close: () => db.close(),
  };
}
