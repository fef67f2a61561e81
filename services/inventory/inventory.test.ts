// Stock on a real PostgreSQL: steps, their repeats and undos, and what lapses.
import { create } from "@bufbuild/protobuf";
import {
  BatchGetStockRequestSchema,
  CommitRequestSchema,
  ReceiveStockRequestSchema,
  ReleaseRequestSchema,
  ReserveRequestSchema,
  RestockRequestSchema,
} from "@larder/contract/larder/inventory/v1/inventory_service_pb.js";
import { outboxMigrations } from "@larder/events";
import { Call } from "@larder/platform";
import { type Database, migrate, openDatabase, requestMigrations } from "@larder/store";
import { startPostgres, type TestPostgres } from "@larder/store/testing";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { inventoryHandler } from "./handler.ts";
import { seedStock } from "./seed.ts";
import { inventoryStore, type Store } from "./store.ts";

let postgres: TestPostgres;
let db: Database;
let store: Store;

beforeAll(async () => {
  postgres = await startPostgres();
  db = openDatabase(await postgres.createDatabase("inventory"));
  await migrate(db, requestMigrations, outboxMigrations, new URL("./migrations/", import.meta.url));
  await seedStock(db);
  store = inventoryStore(db);
});

beforeEach(async () => {
  for (const [warehouse, quantity] of [
    ["north", 5],
    ["harbour", 3],
    ["airfield", 2],
  ] as const)
    await db.query(
      "shelf",
      `insert into stock as s (product_id, warehouse_id, received, available)
       select p, $1, $2, $2 from unnest(array['apples', 'pears']) as p
       on conflict (product_id, warehouse_id) do update set received = $2, available = $2, reserved = 0, sold = 0`,
      [warehouse, quantity],
    );
});

afterAll(async () => {
  await db.close();
  await postgres.stop();
});

const context = (caller = "order") => new Call({ method: "test", caller });
let orders = 0;
const newOrder = () => `t${++orders}`;
const reason = (name: string, metadata: object = {}) =>
  expect.objectContaining({ reason: name, metadata: expect.objectContaining(metadata) });

const reserve = (order: string, lines: Record<string, number>) =>
  inventoryHandler(store).reserve(
    create(ReserveRequestSchema, {
      requestId: `${order}/reserve`,
      order: `orders/${order}`,
      lines: Object.entries(lines).map(([product, quantity]) => ({ product: `products/${product}`, quantity })),
    }),
    context(),
  );
const named = (order: string) => ({ reservation: `reservations/${order}` });
const commit = (order: string) =>
  inventoryHandler(store).commit(
    create(CommitRequestSchema, { requestId: `${order}/commit`, ...named(order) }),
    context(),
  );
const release = (order: string) =>
  inventoryHandler(store).release(
    create(ReleaseRequestSchema, { undoneRequestId: `${order}/reserve`, ...named(order) }),
    context(),
  );
const restock = (order: string) =>
  inventoryHandler(store).restock(
    create(RestockRequestSchema, { undoneRequestId: `${order}/commit`, ...named(order) }),
    context(),
  );
const shelf = async (product: string) => {
  const { rows } = await db.query<{ available: number; reserved: number; sold: number }>(
    "totals",
    `select sum(available)::int as available, sum(reserved)::int as reserved, sum(sold)::int as sold
     from stock where product_id = $1`,
    [product],
  );
  return rows[0];
};
const runOut = (order: string) =>
  db.query("run_out", "update reservations set expire_time = now() where order_id = $1", [order]);

test("stock is held, sold and put back", async () => {
  const order = newOrder();
  const { reservation } = await reserve(order, { apples: 4 });
  expect(reservation?.lines).toEqual([{ product: "products/apples", warehouse: "warehouses/north", quantity: 4 }]);
  expect(await shelf("apples")).toEqual({ available: 6, reserved: 4, sold: 0 });
  await commit(order);
  expect(await shelf("apples")).toEqual({ available: 6, reserved: 0, sold: 4 });
  await restock(order);
  await restock(order);
  expect(await shelf("apples")).toEqual({ available: 10, reserved: 0, sold: 0 });
});

test("an order larger than one warehouse takes from several, the fullest first", async () => {
  const { reservation } = await reserve(newOrder(), { apples: 9 });
  expect(reservation?.lines?.map(({ warehouse, quantity }) => [warehouse, quantity])).toEqual([
    ["warehouses/airfield", 1],
    ["warehouses/harbour", 3],
    ["warehouses/north", 5],
  ]);
});

test("an order gets all of its lines or none", async () => {
  await expect(reserve(newOrder(), { apples: 2, pears: 11 })).rejects.toThrow(
    reason("STOCK_SHORT", { product: "products/pears", remaining: "10" }),
  );
  await expect(reserve(newOrder(), { apples: 2, moonstone: 1 })).rejects.toThrow(
    reason("PRODUCT_NOT_FOUND", { product: "products/moonstone" }),
  );
  expect(await shelf("apples")).toEqual({ available: 10, reserved: 0, sold: 0 });
});

test("a repeat gives the first answer, also a refusal, and another body is refused", async () => {
  const order = newOrder();
  const first = await reserve(order, { apples: 2 });
  expect(await reserve(order, { apples: 2 })).toEqual(first);
  await expect(reserve(order, { apples: 3 })).rejects.toThrow(reason("REQUEST_ID_REUSED"));
  expect((await shelf("apples"))?.reserved).toBe(2);

  const short = newOrder();
  await expect(reserve(short, { pears: 11 })).rejects.toThrow(reason("STOCK_SHORT"));
  await receive("pears", 5);
  await expect(reserve(short, { pears: 11 })).rejects.toThrow(reason("STOCK_SHORT", { remaining: "10" }));
});

test("of many orders at once only as many pass as there are packs, whatever the order of their lines", async () => {
  const results = await Promise.allSettled(
    Array.from({ length: 20 }, (_, index) =>
      reserve(newOrder(), index % 2 ? { apples: 1, pears: 1 } : { pears: 1, apples: 1 }),
    ),
  );
  expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(10);
  expect(await shelf("apples")).toEqual({ available: 0, reserved: 10, sold: 0 });
});

test("steps that come at once share a commit, and each has an outcome of its own", async () => {
  const [one, two, short, twice] = [newOrder(), newOrder(), newOrder(), newOrder()];
  const { commits } = db.stats();
  const reserved = await Promise.allSettled([
    reserve(one, { pears: 2, apples: 1 }),
    reserve(short, { apples: 1, pears: 90 }),
    reserve(newOrder(), { moonstone: 1 }),
    reserve(twice, { pears: 1 }),
    reserve(twice, { pears: 1 }),
    reserve(two, { apples: 3 }),
  ]);
  expect(reserved.map((result) => (result.status === "rejected" ? result.reason.reason : "OK"))).toEqual([
    "OK",
    "STOCK_SHORT",
    "PRODUCT_NOT_FOUND",
    "OK",
    "OK",
    "OK",
  ]);
  expect(db.stats().commits).toBe(commits + 1);
  expect(await shelf("apples")).toEqual({ available: 6, reserved: 4, sold: 0 });
  expect(await shelf("pears")).toEqual({ available: 7, reserved: 3, sold: 0 });

  const [, none, last] = await Promise.allSettled([commit(one), commit(newOrder()), commit(two)]);
  expect(none).toMatchObject({ status: "rejected", reason: { reason: "RESERVATION_NOT_FOUND" } });
  expect(last).toMatchObject({ value: { reservation: { lines: [{ product: "products/apples", quantity: 3 }] } } });
  expect(await shelf("apples")).toEqual({ available: 6, reserved: 0, sold: 4 });
});

test("what is released cannot be sold, what is sold cannot be released", async () => {
  const [released, sold] = [newOrder(), newOrder()];
  await reserve(released, { apples: 1 });
  await release(released);
  await release(released);
  await expect(commit(released)).rejects.toThrow(reason("UNDONE"));
  await expect(commit(newOrder())).rejects.toThrow(reason("RESERVATION_NOT_FOUND"));
  await reserve(sold, { apples: 1 });
  await commit(sold);
  await expect(release(sold)).rejects.toThrow(reason("ALREADY_COMMITTED"));
  expect(await shelf("apples")).toEqual({ available: 9, reserved: 0, sold: 1 });
});

test("an undo that overtakes its step makes the step fail when it comes", async () => {
  const order = newOrder();
  await release(order);
  await expect(reserve(order, { apples: 1 })).rejects.toThrow(reason("UNDONE"));
  const late = newOrder();
  await reserve(late, { apples: 1 });
  await restock(late);
  await expect(commit(late)).rejects.toThrow(reason("UNDONE"));
  expect(await shelf("apples")).toEqual({ available: 10, reserved: 0, sold: 0 });
});

test("a reservation lapses at its time and not before, and selling it takes stock again", async () => {
  const [kept, lapsed] = [newOrder(), newOrder()];
  await reserve(kept, { apples: 1 });
  await reserve(lapsed, { apples: 9 });
  await runOut(lapsed);
  expect(await store.lapse()).toBe(1);
  expect(await shelf("apples")).toEqual({ available: 9, reserved: 1, sold: 0 });
  await commit(lapsed);
  expect(await shelf("apples")).toEqual({ available: 0, reserved: 1, sold: 9 });
});

test("selling a lapsed reservation fails when the stock is gone", async () => {
  const [lapsed, quicker] = [newOrder(), newOrder()];
  await reserve(lapsed, { apples: 9 });
  await runOut(lapsed);
  await store.lapse();
  await reserve(quicker, { apples: 8 });
  await expect(commit(lapsed)).rejects.toThrow(reason("STOCK_SHORT", { product: "products/apples", remaining: "2" }));
  await release(lapsed);
  expect(await shelf("apples")).toEqual({ available: 2, reserved: 8, sold: 0 });
});

test("lapsed reservations that are sold at once get what is left, one after the other", async () => {
  const [first, second, third, quicker] = [newOrder(), newOrder(), newOrder(), newOrder()];
  await Promise.all([reserve(first, { apples: 4 }), reserve(second, { apples: 5 }), reserve(third, { apples: 1 })]);
  await Promise.all([first, second, third].map(runOut));
  await store.lapse();
  await reserve(quicker, { apples: 5 });
  const results = await Promise.allSettled([first, first, second, third].map(commit));
  const reasons = results.map((result) => (result.status === "rejected" ? result.reason.reason : "OK"));
  expect(reasons).toEqual(["OK", "OK", "STOCK_SHORT", "OK"]);
  expect(await shelf("apples")).toEqual({ available: 0, reserved: 5, sold: 5 });
});

test("an order that finds too little leaves its products to those behind it", async () => {
  const [first, second, third] = [newOrder(), newOrder(), newOrder()];
  const results = await Promise.allSettled([
    reserve(first, { apples: 6 }),
    reserve(second, { apples: 5, pears: 9 }),
    reserve(third, { apples: 4, pears: 2 }),
  ]);
  const reasons = results.map((result) => (result.status === "rejected" ? result.reason.reason : "OK"));
  expect(reasons).toEqual(["OK", "STOCK_SHORT", "OK"]);
  expect(await shelf("apples")).toEqual({ available: 0, reserved: 10, sold: 0 });
  expect(await shelf("pears")).toEqual({ available: 8, reserved: 2, sold: 0 });
});

const receive = (product: string, quantity: number, warehouse = "north", requestId = `r${++orders}`) =>
  inventoryHandler(store).receiveStock(
    create(ReceiveStockRequestSchema, {
      requestId,
      product: `products/${product}`,
      warehouse: `warehouses/${warehouse}`,
      quantity,
    }),
    context("backoffice"),
  );

test("packs that arrive can be sold, once for each request, and only in a warehouse that exists", async () => {
  expect((await receive("plums", 7, "harbour", "truck-1")).stock).toMatchObject({ available: 7 });
  expect((await receive("plums", 7, "harbour", "truck-1")).stock).toMatchObject({ available: 7 });
  await expect(receive("plums", 8, "harbour", "truck-1")).rejects.toThrow(reason("REQUEST_ID_REUSED"));
  await expect(receive("plums", 1, "moon")).rejects.toThrow(reason("WAREHOUSE_NOT_FOUND"));
});

test("stock is told in the order asked for, and unknown products have none", async () => {
  const { stocks } = await inventoryHandler(store).batchGetStock(
    create(BatchGetStockRequestSchema, { products: ["products/pears", "products/moonstone", "products/apples"] }),
    context("gateway"),
  );
  expect(stocks?.map(({ product, available }) => [product, available])).toEqual([
    ["products/pears", 10],
    ["products/moonstone", 0],
    ["products/apples", 10],
  ]);
});

test("demo stock loads once: every product in three warehouses", async () => {
  const count = () => db.query("count", "select count(*)::int as rows, sum(received)::int as packs from stock");
  const before = await count();
  await seedStock(db);
  expect((await count()).rows).toEqual(before.rows);
});
