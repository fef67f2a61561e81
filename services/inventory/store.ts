// What the inventory service keeps in PostgreSQL. The rules of stock are functions of the database
// (migrations), so that a step costs one statement and one commit; those of an order are joined with what other orders
// ask for at the same moment.
import { coalesce, type Database, forgetRequests, type Write } from "@larder/store";

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
