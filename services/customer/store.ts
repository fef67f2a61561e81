// What the customer service keeps in PostgreSQL. The rules of the wallet are functions of the database
// (migrations), so that a step costs one statement and one commit; those of an order are joined with what other orders
// ask for at the same moment.
import { coalesce, type Database, forgetRequests, type Write } from "@larder/store";

export interface CustomerRow {
  readonly id: string;
  readonly displayName: string;
  readonly email: string;
  readonly phone: string;
  readonly createTime: Date;
}

export interface PostingRow {
  readonly id: string;
  readonly operation: string;
  readonly cents: number;
  readonly orderId: string;
  readonly postTime: Date;
}

/** 'OK', or the reason of an error. */
export type Outcome = string;

/** What became of the wish to take what is held. */
export interface Captured {
  readonly outcome: Outcome;
  /** Empty, and 0 cents, where nothing is held. */
  readonly customer: string;
  readonly cents: number;
}

export type Store = ReturnType<typeof customerStore>;

interface Hold {
  readonly write: Write;
  readonly order: string;
  readonly customer: string;
  readonly cents: number;
}

interface Capture {
  readonly write: Write;
  readonly order: string;
}

/** The parameters that the writes of a batch have in common. */
const writesOf = (batch: readonly { readonly write: Write }[]): string[][] => [
  batch.map(({ write }) => write.caller),
  batch.map(({ write }) => write.requestId),
  batch.map(({ write }) => write.hash),
];

export function customerStore(db: Database) {
  const outcomeOf = async (name: string, sql: string, params: unknown[]): Promise<Outcome> => {
    const { rows } = await db.query<{ outcome: Outcome }>(name, sql, params);
    return rows[0]?.outcome ?? "OK";
  };

  const customer = coalesce<string, CustomerRow | undefined>(async (ids) => {
    const { rows } = await db.query<CustomerRow>(
      "customers_by_id",
      `select id, display_name as "displayName", email, phone, create_time as "createTime" from customers
       where id = any($1::text[])`,
      [ids],
    );
    const byId = new Map(rows.map((row) => [row.id, row]));
    return ids.map((id) => byId.get(id));
  });

  const hold = coalesce<Hold, Outcome>(async (batch) => {
    const { rows } = await db.query<{ outcomes: Outcome[] }>(
      "hold_all",
      "select hold_all($1, $2, $3, $4, $5, $6) as outcomes",
      [
        ...writesOf(batch),
        batch.map(({ order }) => order),
        batch.map(({ customer }) => customer),
        batch.map(({ cents }) => cents),
      ],
    );
    return rows[0]?.outcomes ?? [];
  });

  const capture = coalesce<Capture, Captured>(async (batch) => {
    const { rows } = await db.query<{ outcome: Outcome; customer_id: string | null; amount: bigint | null }>(
      "capture_all",
      "select outcome, customer_id, amount from capture_all($1, $2, $3, $4) order by place",
      [...writesOf(batch), batch.map(({ order }) => order)],
    );
    return rows.map(({ outcome, customer_id, amount }) => ({
      outcome,
      customer: customer_id ?? "",
      cents: Number(amount ?? 0),
    }));
  });

  return {
    customer,

    async wallet(id: string): Promise<{ available: number; held: number } | undefined> {
      const { rows } = await db.query<{ available: bigint; held: bigint }>(
        "wallet",
        "select available, held from wallets where customer_id = $1",
        [id],
      );
      const row = rows[0];
      return row && { available: Number(row.available), held: Number(row.held) };
    },

    /** Newest first; `before` is the id of the last posting of the page before. */
    async postings(id: string, limit: number, before: string | undefined): Promise<PostingRow[]> {
      const { rows } = await db.query<Omit<PostingRow, "cents"> & { amount: bigint }>(
        "postings",
        `select id::text as id, operation, amount, order_id as "orderId", post_time as "postTime" from postings
         where account = $1 and ($2::bigint is null or id < $2) order by postings.id desc limit $3`,
        [`available:${id}`, before ?? null, limit],
      );
      return rows.map(({ amount, ...row }) => ({ ...row, cents: Number(amount) }));
    },

    deposit: (write: Write, customer: string, cents: number) =>
      outcomeOf("deposit", "select deposit($1, $2, $3, $4, $5) as outcome", [
        write.caller,
        write.requestId,
        write.hash,
        customer,
        cents,
      ]),

    hold: (write: Write, order: string, customer: string, cents: number) => hold({ write, order, customer, cents }),

    capture: (write: Write, order: string) => capture({ write, order }),

    void: (caller: string, undone: string, order: string) =>
      outcomeOf("void", "select void_hold($1, $2, $3) as outcome", [caller, undone, order]),

    refund: (caller: string, undone: string, order: string) =>
      outcomeOf("refund", "select refund($1, $2, $3) as outcome", [caller, undone, order]),

    forgetRequests: () => forgetRequests(db),
    ping: () => db.ping(),
    close: () => db.close(),
  };
}
