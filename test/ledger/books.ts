// What the databases of order, customer, inventory and shipping have written down, read by plain SQL: this shares no code
// with the services. Amounts are whole cents, quantities are packs.
import pg from "pg";

/** Addresses of the databases, with a role that may read them. */
export interface LedgerUrls {
  readonly order: string;
  readonly customer: string;
  readonly inventory: string;
  readonly shipping: string;
}

export interface Books {
  readonly orders: readonly OrderRow[];
  readonly operations: readonly Operation[];
  readonly wallets: readonly Wallet[];
  readonly holds: readonly Hold[];
  readonly stock: readonly Stock[];
  readonly reservations: readonly Reservation[];
  readonly slots: readonly Slot[];
  readonly shipments: readonly Shipment[];
}

export interface OrderRow {
  readonly id: string;
  readonly customer: string;
  readonly state: string;
  readonly settled: boolean;
  readonly total: number;
  readonly slot: string;
  /** Packs by product. */
  readonly lines: Readonly<Record<string, number>>;
}

/** The postings of one operation of one request. */
export interface Operation {
  readonly request: string;
  readonly operation: string;
  readonly order: string;
  readonly sum: number;
  /** The largest amount that was moved into an account. */
  readonly moved: number;
}

export interface Wallet {
  /** Without a wallet, but with postings: undefined amounts. */
  readonly customer: string;
  readonly available: number | undefined;
  readonly held: number | undefined;
  readonly postedAvailable: number;
  readonly postedHeld: number;
}

export interface Hold {
  readonly order: string;
  readonly customer: string;
  readonly amount: number;
  readonly state: string;
}

export interface Stock {
  readonly product: string;
  readonly warehouse: string;
  readonly received: number;
  readonly available: number;
  readonly reserved: number;
  readonly sold: number;
}

export interface Reservation {
  readonly order: string;
  readonly state: string;
  readonly lines: readonly { readonly product: string; readonly warehouse: string; readonly quantity: number }[];
}

export interface Slot {
  readonly id: string;
  readonly capacity: number;
  readonly booked: number;
}

export interface Shipment {
  readonly order: string;
  readonly customer: string;
  readonly slot: string;
  readonly state: string;
}

const queries = {
  orders: `
    select id, customer, state, settled, total_cents as total, slot,
      (select jsonb_object_agg(line ->> 'product', line -> 'quantity') from jsonb_array_elements(quote -> 'lines') line) as lines
    from orders order by id`,
  operations: `
    select request_id as request, operation, order_id as "order", sum(amount) as sum, max(amount) as moved
    from postings group by 1, 2, 3 order by 1, 2`,
  wallets: `
    select coalesce(customer_id, posted.customer) as customer, available, held,
      coalesce(posted_available, 0) as "postedAvailable", coalesce(posted_held, 0) as "postedHeld"
    from wallets full join (
      select split_part(account, ':', 2) as customer,
        sum(amount) filter (where account like 'available:%') as posted_available,
        sum(amount) filter (where account like 'held:%') as posted_held
      from postings where account like '%:%' group by 1
    ) posted on posted.customer = customer_id order by 1`,
  holds: `select order_id as "order", customer_id as customer, amount, state from holds order by 1`,
  stock: `
    select product_id as product, warehouse_id as warehouse, received, available, reserved, sold from stock order by 1, 2`,
  reservations: `
    select order_id as "order", state, to_json(lines) as lines
    from reservations order by 1`,
  slots: "select id, capacity, booked from slots order by id",
  shipments: `select order_id as "order", customer_id as customer, slot_id as slot, state from shipments order by 1`,
};

/** Reads everything. The shop must be at rest: the four databases are read one after the other. */
export async function readBooks(urls: LedgerUrls): Promise<Books> {
  const [orders] = await read(urls.order, ["orders"]);
  const [operations, wallets, holds] = await read(urls.customer, ["operations", "wallets", "holds"]);
  const [stock, reservations] = await read(urls.inventory, ["stock", "reservations"]);
  const [slots, shipments] = await read(urls.shipping, ["slots", "shipments"]);
  return { orders, operations, wallets, holds, stock, reservations, slots, shipments } as unknown as Books;
}

/** Waits until every order is settled. Returns those that are not when the time is up. */
export async function waitForRest(orderUrl: string, withinMs: number): Promise<string[]> {
  return connected(orderUrl, async (client) => {
    for (const end = Date.now() + withinMs; ; ) {
      const { rows } = await client.query<{ id: string }>("select id from orders where not settled order by id");
      if (rows.length === 0 || Date.now() >= end) return rows.map(({ id }) => id);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  });
}

// bigint and numeric: whatever a shop adds up to fits into a number.
const types = {
  getTypeParser: (oid: number, format?: string) =>
    oid === 20 || oid === 1700 ? Number : pg.types.getTypeParser(oid, format as "text"),
} as pg.CustomTypesConfig;

async function connected<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, types, application_name: "ledger" });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

function read(url: string, names: readonly (keyof typeof queries)[]): Promise<object[][]> {
  return connected(url, async (client) => {
    await client.query("begin isolation level repeatable read read only");
    const answers: object[][] = [];
    for (const name of names) {
      const { rows } = await client.query(queries[name]);
      answers.push(
        rows.map((row) => Object.fromEntries(Object.entries(row).map(([key, value]) => [key, value ?? undefined]))),
      );
    }
    return answers;
  });
}
