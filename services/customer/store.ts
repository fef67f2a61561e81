// What the customer service keeps in PostgreSQL. The rules of the wallet are functions of the database
// (migrations/001_customer.sql), so that each step costs one statement and one commit.
import { type Database, forgetRequests, type Write } from "@larder/store";

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

export type Store = ReturnType<typeof customerStore>;

export function customerStore(db: Database) {
  const outcomeOf = async (name: string, sql: string, params: unknown[]): Promise<Outcome> => {
    const { rows } = await db.query<{ outcome: Outcome }>(name, sql, params);
    return rows[0]?.outcome ?? "OK";
  };

  return {
    async customer(id: string): Promise<CustomerRow | undefined> {
      const { rows } = await db.query<CustomerRow>(
        "customer",
        `select id, display_name as "displayName", email, phone, create_time as "createTime" from customers where id = $1`,
        [id],
      );
      return rows[0];
    },

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

    hold: (write: Write, order: string, customer: string, cents: number) =>
      outcomeOf("hold", "select hold($1, $2, $3, $4, $5, $6) as outcome", [
        write.caller,
        write.requestId,
        write.hash,
        order,
        customer,
        cents,
      ]),

    async capture(write: Write, order: string): Promise<{ outcome: Outcome; customer: string; cents: number }> {
      const { rows } = await db.query<{ outcome: Outcome; customer_id: string | null; amount: bigint | null }>(
        "capture",
        "select outcome, customer_id, amount from capture($1, $2, $3, $4)",
        [write.caller, write.requestId, write.hash, order],
      );
      const row = rows[0];
      return { outcome: row?.outcome ?? "OK", customer: row?.customer_id ?? "", cents: Number(row?.amount ?? 0) };
    },

    void: (caller: string, undone: string, order: string) =>
      outcomeOf("void", "select void_hold($1, $2, $3) as outcome", [caller, undone, order]),

    refund: (caller: string, undone: string, order: string) =>
      outcomeOf("refund", "select refund($1, $2, $3) as outcome", [caller, undone, order]),

    forgetRequests: () => forgetRequests(db),
    ping: () => db.ping(),
    close: () => db.close(),
  };
}
