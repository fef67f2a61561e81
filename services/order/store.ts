// Orders in PostgreSQL. The statements of concurrent orders are joined, so that many orders share few commits.
import { inboxMigrations, type OutgoingEvent, outboxColumns, outboxMigrations, wakeRelay } from "@larder/events";
import { coalesce, type Database, migrate, type Tx } from "@larder/store";
import { type Flag, isOrderId, type NewOrder, type Order, type Quote } from "./order.ts";
import type { Delivery, Failure, OrderState, Step } from "./saga.ts";

/** A change of an order: from what it was, and who knew it so, to what it becomes. */
export interface Change {
  readonly from: Order;
  /** With an epoch above that of `from` the order changes hands. */
  readonly to: Order;
  readonly event: OutgoingEvent | undefined;
}

export interface Store {
  readonly database: Database;
  /** Stores an order as PENDING. Returns undefined if its customer has used the request id before. */
  place(order: NewOrder): Promise<Order | undefined>;
  /**
   * Changes an order and writes the event, if it still is as `from` says: same state, same epoch. Returns false if it is
   * not, and for a confirmation after the forward limit.
   */
  change(change: Change): Promise<boolean>;
  /** Takes up to `limit` unsettled orders whose lease is over, by raising their epoch. */
  take(limit: number): Promise<Order[]>;
  /**
   * Notes how the shipment of an order stands. Returns the order as it is then; `old` if as much was known before. An order whose
   * delivery failed is taken from whoever has it and left to be taken up: there is something to do for it again.
   */
  deliver(tx: Tx, id: string, delivery: Delivery): Promise<Order | "old" | "unknown">;
  /** Notes what an excursion did to the goods of an order. Returns the order as it is then; `old` if as bad was known before. */
  flag(tx: Tx, id: string, flag: Flag): Promise<Order | "old" | "unknown">;
  /** Gives an order back until later, with the steps that are known by now. Does nothing if somebody else has it. */
  postpone(order: Order, delayMs: number): Promise<void>;
  find(id: string): Promise<Order | undefined>;
  findAll(ids: readonly string[]): Promise<Order[]>;
  /** The order that a customer placed under a request id, with the hash of that request. */
  findRequest(customer: string, requestId: string): Promise<{ order: Order; bodyHash: string } | undefined>;
  /** The orders of a customer, newest first, from behind the order `after` on. */
  list(customer: string, limit: number, after: string | undefined): Promise<Order[]>;
  /** Forgets the request ids that are older than the contract promises to keep them: seven days. */
  forgetRequests(): Promise<void>;
}

/** How long an order may go forward, and how long it belongs to whoever took it. */
export interface Limits {
  readonly forwardLimitMs: number;
  readonly leaseMs: number;
}

/** Brings the database up to date. */
export const prepare = (db: Database): Promise<unknown> =>
  migrate(db, outboxMigrations, inboxMigrations, new URL("./migrations/", import.meta.url));

const columns = `id, customer, state, settled, slot, quote, steps, failure, version, create_time, update_time, lease_epoch,
  delivery_state, delivery_failure, delivery_version, delivery_time, delivery_flag,
  (extract(epoch from forward_until - clock_timestamp()) * 1000)::float8 as forward_left_ms`;

interface Row {
  id: string;
  customer: string;
  state: OrderState;
  settled: boolean;
  slot: string;
  quote: Quote;
  steps: Step[];
  failure: Failure | null;
  version: number;
  create_time: Date;
  update_time: Date;
  lease_epoch: number;
  forward_left_ms: number;
  delivery_state: Delivery["state"] | null;
  delivery_failure: string | null;
  delivery_version: bigint;
  delivery_time: Date;
  delivery_flag: Flag | null;
}

const orderOf = (row: Row): Order => ({
  id: row.id,
  customer: row.customer,
  slot: row.slot,
  quote: row.quote,
  state: row.state,
  settled: row.settled,
  steps: row.steps,
  paid: row.quote.total > 0,
  failure: row.failure ?? undefined,
  refusal: undefined,
  delivery: row.delivery_state
    ? {
        state: row.delivery_state,
        failure: row.delivery_failure ?? undefined,
        version: Number(row.delivery_version),
        updateTime: row.delivery_time,
      }
    : undefined,
  flag: row.delivery_flag ?? undefined,
  createTime: row.create_time,
  updateTime: row.update_time,
  version: row.version,
  epoch: row.lease_epoch,
  forwardLeftMs: row.forward_left_ms,
});

const PLACE = `
insert into orders (id, customer, request_id, body_hash, slot, total_cents, quote, forward_until, lease_until)
select id, customer, request_id, body_hash, slot, total_cents, quote::jsonb,
  clock_timestamp() + $8 * interval '1 millisecond', clock_timestamp() + $9 * interval '1 millisecond'
from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[])
  as placed (id, customer, request_id, body_hash, slot, total_cents, quote)
on conflict (customer, request_id) do nothing
returning id, create_time`;

// One compare-and-set on state and epoch, with the event in the same statement. A batch may hold two changes of one order
// (its run and a cancellation): at most one of them fits, and the answer says which. The outbox draws its ids from the
// rows that were changed, hence under their locks.
const CHANGE = `
with changed as (
  update orders o
  set state = w.state, settled = w.settled, steps = w.steps::jsonb, failure = w.failure::jsonb, version = w.version,
    update_time = w.update_time, lease_epoch = w.epoch,
    lease_until = case when w.epoch > o.lease_epoch then clock_timestamp() + $15 * interval '1 millisecond' else o.lease_until end
  from unnest($1::int[], $2::uuid[], $3::text[], $4::int[], $5::text[], $6::boolean[], $7::text[], $8::text[], $9::int[],
      $10::timestamptz[], $11::int[])
    as w (number, id, from_state, from_epoch, state, settled, steps, failure, version, update_time, epoch)
  where o.id = w.id and o.state = w.from_state and o.lease_epoch = w.from_epoch
    and (o.state <> 'PENDING' or w.state <> 'CONFIRMED' or clock_timestamp() < o.forward_until)
  returning w.number
), told as (
  insert into outbox (topic, key_hash, event)
  select e.topic, e.key_hash, e.event
  from changed join unnest($12::text[], $13::int[], $14::bytea[], $16::int[]) as e (topic, key_hash, event, number) using (number)
)
select number from changed`;

const TAKE = `
with due as (
  select id as due_id from orders where not settled and lease_until < now()
  order by lease_until limit $1 for update skip locked
)
update orders set lease_epoch = lease_epoch + 1, lease_until = clock_timestamp() + $2 * interval '1 millisecond'
from due where id = due_id
returning ${columns}`;

const DELIVER = `
update orders o
set delivery_state = $2, delivery_failure = $3, delivery_version = $4, delivery_time = $5, settled = o.settled and not w.back,
  lease_epoch = o.lease_epoch + w.back::int, lease_until = case when w.back then clock_timestamp() else o.lease_until end
from (
  select id as back_id, $2 = 'FAILED' and state in ('CONFIRMED', 'CANCELLING') as back from orders where id = $1 for update
) w
where o.id = w.back_id and o.delivery_version < $4
returning ${columns}`;

const FLAG = `
update orders set delivery_flag = $2::jsonb
where id = $1 and (delivery_flag is null or (delivery_flag ->> 'risk')::float8 < ($2::jsonb ->> 'risk')::float8)
returning ${columns}`;

const POSTPONE = `
update orders set steps = $3::jsonb, lease_until = clock_timestamp() + $4 * interval '1 millisecond'
where id = $1 and lease_epoch = $2 and not settled`;

export function createStore(database: Database, { forwardLimitMs, leaseMs }: Limits): Store {
  const orders = async (name: string, sql: string, params: unknown[]) =>
    (await database.query<Row>(name, sql, params)).rows.map(orderOf);

  const place = coalesce<NewOrder, Order | undefined>(async (batch) => {
    const { rows } = await database.query<{ id: string; create_time: Date }>("order_place", PLACE, [
      batch.map(({ id }) => id),
      batch.map(({ customer }) => customer),
      batch.map(({ requestId }) => requestId),
      batch.map(({ bodyHash }) => bodyHash),
      batch.map(({ slot }) => slot),
      batch.map(({ quote }) => quote.total),
      batch.map(({ quote }) => JSON.stringify(quote)),
      forwardLimitMs,
      leaseMs,
    ]);
    const placed = new Map(rows.map(({ id, create_time }) => [id, create_time]));
    return batch.map(({ id, customer, slot, quote }) => {
      const time = placed.get(id);
      return (
        time && {
          ...{ id, customer, slot, quote, state: "PENDING", settled: false, steps: [], paid: quote.total > 0 },
          ...{
            failure: undefined,
            refusal: undefined,
            delivery: undefined,
            flag: undefined,
            createTime: time,
            updateTime: time,
          },
          ...{ version: 1, epoch: 1, forwardLeftMs: forwardLimitMs },
        }
      );
    });
  });

  const change = coalesce<Change, boolean>(async (batch) => {
    const events = batch.flatMap(({ event }, number) => (event ? [{ event, number }] : []));
    const { rows } = await database.query<{ number: number }>("order_change", CHANGE, [
      batch.map((_, number) => number),
      batch.map(({ from }) => from.id),
      batch.map(({ from }) => from.state),
      batch.map(({ from }) => from.epoch),
      batch.map(({ to }) => to.state),
      batch.map(({ to }) => to.settled),
      batch.map(({ to }) => JSON.stringify(to.steps)),
      batch.map(({ to }) => (to.failure ? JSON.stringify(to.failure) : null)),
      batch.map(({ to }) => to.version),
      batch.map(({ to }) => to.updateTime),
      batch.map(({ to }) => to.epoch),
      ...outboxColumns(events.map(({ event }) => event)),
      leaseMs,
      events.map(({ number }) => number),
    ]);
    if (events.length > 0) wakeRelay(database);
    const changed = new Set(rows.map(({ number }) => number));
    return batch.map((_, number) => changed.has(number));
  });

  /** Changes an order by what shipping told; the statement changes nothing where that is old. */
  async function told(tx: Tx, id: string, name: string, sql: string, params: unknown[]) {
    if (!isOrderId(id)) return "unknown";
    const { rows } = await tx.query<Row>(name, sql, [id, ...params]);
    if (rows[0]) return orderOf(rows[0]);
    return (await tx.query("order_known", "select from orders where id = $1", [id])).count > 0 ? "old" : "unknown";
  }

  return {
    database,
    place,
    change,
    take: (limit) => orders("order_take", TAKE, [limit, leaseMs]),
    deliver: (tx, id, { state, failure, version, updateTime }) =>
      told(tx, id, "order_deliver", DELIVER, [state, failure ?? null, version, updateTime]),
    flag: (tx, id, flag) => told(tx, id, "order_flag", FLAG, [JSON.stringify(flag)]),
    async postpone({ id, epoch, steps }, delayMs) {
      await database.query("order_postpone", POSTPONE, [id, epoch, JSON.stringify(steps), delayMs]);
    },
    async find(id) {
      const [order] = await orders("order_find", `select ${columns} from orders where id = $1`, [id]);
      return order;
    },
    findAll: (ids) => orders("order_find_all", `select ${columns} from orders where id = any($1::uuid[])`, [ids]),
    async findRequest(customer, requestId) {
      const { rows } = await database.query<Row & { body_hash: string }>(
        "order_find_request",
        `select ${columns}, body_hash from orders where customer = $1 and request_id = $2`,
        [customer, requestId],
      );
      const [row] = rows;
      return row && { order: orderOf(row), bodyHash: row.body_hash };
    },
    list: (customer, limit, after) =>
      orders(
        "order_list",
        `select ${columns} from orders where customer = $1 and ($3::uuid is null or id < $3) order by id desc limit $2`,
        [customer, limit, after ?? null],
      ),
    async forgetRequests() {
      await database.query(
        "order_forget_requests",
        `update orders set request_id = null, body_hash = null
         where request_id is not null and create_time < now() - interval '7 days'`,
      );
    },
  };
}
