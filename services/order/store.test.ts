// The statements of the order store on a real PostgreSQL: who may change an order, and who may not any more.

import { randomUUID, randomUUIDv7 } from "node:crypto";
import { decodeEvent } from "@larder/events";
import { type Database, openDatabase } from "@larder/store";
import { startPostgres, type TestPostgres } from "@larder/store/testing";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { eventFor } from "./message.ts";
import type { NewOrder, Order } from "./order.ts";
import { createStore, prepare, type Store } from "./store.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const LEASE_MS = 60_000;
let postgres: TestPostgres;
let database: Database;
let store: Store;
beforeAll(async () => {
  postgres = await startPostgres();
  database = openDatabase(await postgres.createDatabase("order"));
  await prepare(database);
  store = createStore(database, { forwardLimitMs: 8000, leaseMs: LEASE_MS });
});
beforeEach(async () => {
  await database.query("clear_orders", "delete from orders");
  await database.query("clear_outbox", "delete from outbox");
});
afterAll(async () => {
  await database?.close();
  await postgres?.stop();
});

const wanted = (more: Partial<NewOrder> = {}): NewOrder => ({
  ...{ id: randomUUIDv7(), customer: "ada", requestId: randomUUID(), bodyHash: "hash", slot: "am" },
  quote: { lines: [], subtotal: 500, discount: 0, total: 500, quoteTime: 1, adjustments: [] },
  ...more,
});
const place = async (more: Partial<NewOrder> = {}) => (await store.place(wanted(more))) as Order;
const changed = (from: Order, to: Partial<Order>) => {
  const after = { ...from, version: from.version + 1, updateTime: new Date(), ...to };
  return { from, to: after, event: eventFor(from.state, after) };
};
const confirm = (order: Order) => changed(order, { state: "CONFIRMED" });
const endLease = (id: string) =>
  database.query("end_lease", "update orders set lease_until = now() where id = $1", [id]);
const eventTypes = async () => {
  const { rows } = await database.query<{ event: Buffer }>("all_events", "select event from outbox order by id");
  return rows.map(({ event }) => decodeEvent(event).type.split(".").at(-1));
};

test("an order comes back as it was placed and changed", async () => {
  const order = await place();
  expect(await store.find(order.id)).toEqual({ ...order, forwardLeftMs: expect.any(Number) });
  const failure = {
    code: 9,
    reason: "STOCK_SHORT",
    message: 'only "2" left, \\ or {fewer}',
    metadata: { product: "a,b" },
  };
  const change = changed(order, {
    state: "UNDOING",
    failure,
    steps: [{ name: "decide", result: "REFUSED", reason: "X", endTime: 5 }],
  });
  expect(await store.change(change)).toBe(true);
  expect(await store.find(order.id)).toEqual({ ...change.to, forwardLeftMs: expect.any(Number) });
});

test("of two orders under one request id the first is kept, in one batch as well as after it", async () => {
  const first = wanted();
  const answers = await Promise.all([store.place(first), store.place({ ...first, id: randomUUIDv7() })]);
  expect(answers.map((order) => order?.id)).toEqual([first.id, undefined]);
  expect(await store.place({ ...first, id: randomUUIDv7() })).toBeUndefined();
  expect(await store.findRequest("ada", first.requestId)).toMatchObject({ order: { id: first.id }, bodyHash: "hash" });
  expect(await store.findRequest("grace", first.requestId)).toBeUndefined();
});

test("a change stands only from the state that it is made from", async () => {
  const order = await place();
  expect(await store.change(confirm(order))).toBe(true);
  expect(await store.change(confirm(order))).toBe(false);
  expect(await store.change(changed(order, { state: "UNDOING" }))).toBe(false);
  expect(await eventTypes()).toEqual(["OrderConfirmed"]);
});

test("whoever has lost an order can change it no more, although its state is still the same", async () => {
  const order = await place();
  await endLease(order.id);
  const [taken] = await store.take(5);
  expect(taken).toMatchObject({ id: order.id, epoch: 2, state: "PENDING" });
  expect(await store.change(confirm(order))).toBe(false);
  expect(await eventTypes()).toEqual([]);
  await store.postpone({ ...order, steps: [{ name: "hold", result: "DONE", reason: "", endTime: 1 }] }, 0);
  expect(await store.find(order.id)).toMatchObject({ epoch: 2, steps: [] });
  expect(await store.take(5)).toEqual([]);
  expect(await store.change(confirm(taken as Order))).toBe(true);
});

test("of two changes of one order in a batch one stands, with its event and no other", async () => {
  for (let round = 0; round < 10; round += 1) {
    await database.query("clear_outbox", "delete from outbox");
    const order = await place();
    const confirmation = confirm(order);
    const cancellation = changed(order, { state: "UNDOING", epoch: 2 });
    const before = database.stats().byStatement.order_change ?? 0;
    const stands = await Promise.all([store.change(confirmation), store.change(cancellation)]);
    expect(database.stats().byStatement.order_change).toBe(before + 1);
    expect(stands.filter(Boolean)).toHaveLength(1);
    const { state, epoch } = (await store.find(order.id)) as Order;
    expect({ state, epoch }).toEqual(stands[0] ? { state: "CONFIRMED", epoch: 1 } : { state: "UNDOING", epoch: 2 });
    expect(await eventTypes()).toEqual([stands[0] ? "OrderConfirmed" : "OrderCancelled"]);
  }
});

test("after the forward limit an order can be undone, but not confirmed", async () => {
  const order = await place();
  await database.query("pass_limit", "update orders set forward_until = now() where id = $1", [order.id]);
  expect(await store.change(confirm(order))).toBe(false);
  expect(await store.change(changed(order, { state: "UNDOING" }))).toBe(true);
});

test("orders are taken when their lease is over, by one taker each, oldest first", async () => {
  const orders: Order[] = [];
  for (let index = 0; index < 6; index += 1) orders.push(await place());
  expect(await store.take(10)).toEqual([]);
  for (const order of orders) await endLease(order.id);
  const takers = await Promise.all([store.take(2), store.take(2), store.take(2)]);
  const taken = takers.flat().map(({ id }) => id);
  expect(taken.sort()).toEqual(orders.map(({ id }) => id).sort());
  expect(await store.take(10)).toEqual([]);
});

test("an order that is settled is not taken, and an order that is postponed only later", async () => {
  const done = await place();
  await store.change(changed(done, { state: "CONFIRMED", settled: true }));
  await endLease(done.id);
  const late = await place();
  await store.postpone(late, 60_000);
  expect(await store.take(10)).toEqual([]);
  await store.postpone(late, 0);
  expect((await store.take(10)).map(({ id }) => id)).toEqual([late.id]);
});
