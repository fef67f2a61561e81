// Rooms on a real PostgreSQL: what lies in them and until when it is good, and what measures their temperature.
import { create } from "@bufbuild/protobuf";
import { timestampDate } from "@bufbuild/protobuf/wkt";
import { StorageClass } from "@larder/contract/larder/catalog/v1/product_pb.js";
import { SensorAttachedSchema } from "@larder/contract/larder/coldchain/v1/cold_chain_events_pb.js";
import {
  AttachRoomSensorRequestSchema,
  CommitRequestSchema,
  ListRoomStockRequestSchema,
  type ListRoomStockResponse,
  ListRoomsRequestSchema,
  type ListRoomsResponse,
  ReceiveStockRequestSchema,
  ReserveRequestSchema,
  RestockRequestSchema,
} from "@larder/contract/larder/inventory/v1/inventory_service_pb.js";
import { decodeEvent, outboxMigrations, payload } from "@larder/events";
import { Call } from "@larder/platform";
import { type Database, migrate, openDatabase, requestMigrations } from "@larder/store";
import { startPostgres, type TestPostgres } from "@larder/store/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import catalogue from "../catalog/seed/products.json" with { type: "json" };
import { inventoryHandler } from "./handler.ts";
import { seedStock } from "./seed.ts";
import { inventoryStore } from "./store.ts";

let postgres: TestPostgres;
let db: Database;
let handler: ReturnType<typeof inventoryHandler>;

beforeAll(async () => {
  postgres = await startPostgres();
  db = openDatabase(await postgres.createDatabase("inventory"));
  await migrate(db, requestMigrations, outboxMigrations, new URL("./migrations/", import.meta.url));
  await seedStock(db);
  handler = inventoryHandler(inventoryStore(db));
});

afterAll(async () => {
  await db.close();
  await postgres.stop();
});

const context = new Call({ method: "test", caller: "backoffice" });
const reason = (name: string) => expect.objectContaining({ reason: name });
const rooms = async (pageSize = 0, pageToken = "") =>
  (await handler.listRooms(create(ListRoomsRequestSchema, { pageSize, pageToken }), context)) as ListRoomsResponse;
const lyingIn = async (room: string) =>
  (await handler.listRoomStock(create(ListRoomStockRequestSchema, { room }), context)) as ListRoomStockResponse;
const attach = (room: string, device: string) =>
  handler.attachRoomSensor(create(AttachRoomSensorRequestSchema, { room, device }), context);
/** What was told of sensors since the last time. */
const told = async () => {
  const { rows } = await db.query<{ event: Buffer }>(
    "told",
    "with gone as (delete from outbox returning *) select event from gone order by id",
  );
  return rows
    .map(({ event }) => decodeEvent(event))
    .map((event) => ({ source: event.source, ...payload(SensorAttachedSchema, event) }));
};

test("every warehouse has a room for each way to keep goods, and loading the demo again tells of no sensor twice", async () => {
  await seedStock(db);
  const listed = (await rooms()).rooms;
  expect(listed.map(({ name, storageClass }) => [name, storageClass])).toEqual(
    ["airfield", "harbour", "north"].flatMap((warehouse) => [
      [`rooms/${warehouse}-ambient`, StorageClass.AMBIENT],
      [`rooms/${warehouse}-chilled`, StorageClass.CHILLED],
      [`rooms/${warehouse}-frozen`, StorageClass.FROZEN],
    ]),
  );
  expect(listed[7]).toMatchObject({
    warehouse: "warehouses/north",
    sensors: [1, 2, 3, 4].map((probe) => `devices/north-chilled.p${probe}`),
  });
  const events = await told();
  expect(events.map(({ device }) => device).sort()).toEqual(listed.flatMap(({ sensors }) => sensors).sort());
  expect(events.find(({ device }) => device === "devices/harbour-frozen.p2")).toMatchObject({
    ...{ source: "inventory", subject: "rooms/harbour-frozen", storageClass: StorageClass.FROZEN },
    attachTime: expect.anything(),
  });
});

test("rooms are listed page by page, and a token of another list is refused", async () => {
  const first = await rooms(5);
  const second = await rooms(5, first.nextPageToken);
  expect([...first.rooms, ...second.rooms]).toEqual((await rooms()).rooms);
  expect(second.nextPageToken).toBe("");
  await expect(rooms(5, "nonsense")).rejects.toThrow(reason("PAGE_TOKEN_INVALID"));
});

test("a room holds what must be kept as it is kept there, until a date within its shelf life", async () => {
  for (const storageClass of ["ambient", "chilled", "frozen"]) {
    const { room, stock } = await lyingIn(`rooms/north-${storageClass}`);
    expect(room?.name).toBe(`rooms/north-${storageClass}`);
    const kept = catalogue.filter((product) => product.storageClass === storageClass);
    expect(stock.map(({ product }) => product)).toEqual(kept.map(({ id }) => `products/${id}`).sort());
    const shelfLife = new Map(kept.map(({ id, shelfLifeDays }) => [`products/${id}`, shelfLifeDays]));
    for (const { product, quantity, bestBeforeTime } of stock) {
      expect(quantity).toBeGreaterThan(0);
      const days = ((bestBeforeTime && timestampDate(bestBeforeTime).getTime()) ?? 0) - Date.now();
      expect(days / 86_400_000).toBeGreaterThan(-0.1);
      expect(days / 86_400_000).toBeLessThanOrEqual(shelfLife.get(product) ?? 0);
    }
  }
  await expect(lyingIn("rooms/nowhere")).rejects.toThrow(reason("ROOM_NOT_FOUND"));
});

test("demo goods that have passed their date are fresh after the next start", async () => {
  await db.query("old", "update arrivals set best_before = now() - interval '1 day' where warehouse_id = 'airfield'");
  await seedStock(db);
  for (const { bestBeforeTime } of (await lyingIn("rooms/airfield-chilled")).stock)
    expect(bestBeforeTime && timestampDate(bestBeforeTime).getTime()).toBeGreaterThan(Date.now());
});

test("the date is that of the packs that must be sold first, of those that are left", async () => {
  await db.query("shelves", "insert into warehouses values ('test', 'Test') on conflict do nothing");
  await db.query("cold", "insert into rooms values ('test-cold', 'test', 'CHILLED')");
  await db.query("kept", "insert into goods values ('trout', 'CHILLED', 4)");
  const receive = (quantity: number, product = "trout") =>
    handler.receiveStock(
      create(ReceiveStockRequestSchema, {
        requestId: `test/${product}/${quantity}`,
        product: `products/${product}`,
        warehouse: "warehouses/test",
        quantity,
      }),
      context,
    );
  // A repeat brings nothing.
  for (const quantity of [10, 10]) await receive(quantity);
  await db.query("days ago", "update arrivals set best_before = now() + interval '1 day' where product_id = 'trout'");
  await receive(5);
  await receive(3, "what-nobody-knows");
  /** How much of what lies there, and how many days it keeps at most. */
  const lying = async () =>
    (await lyingIn("rooms/test-cold")).stock.map(({ product, quantity, bestBeforeTime }) => {
      const left = bestBeforeTime ? timestampDate(bestBeforeTime).getTime() - Date.now() : 0;
      return [product, quantity, Math.ceil(left / 86_400_000)];
    });
  expect(await lying()).toEqual([["products/trout", 15, 1]]);

  const order = { requestId: "t/reserve", order: "orders/t", lines: [{ product: "products/trout", quantity: 10 }] };
  const reservation = "reservations/t";
  await handler.reserve(create(ReserveRequestSchema, order), context);
  // Held packs lie there too.
  expect(await lying()).toEqual([["products/trout", 15, 1]]);
  await handler.commit(create(CommitRequestSchema, { requestId: "t/commit", reservation }), context);
  expect(await lying()).toEqual([["products/trout", 5, 4]]);
  await handler.restock(create(RestockRequestSchema, { undoneRequestId: "t/commit", reservation }), context);
  expect(await lying()).toEqual([["products/trout", 15, 1]]);
});

test("a sensor that is attached to a room leaves the one before, and each time is told as a later one", async () => {
  await told();
  expect((await attach("rooms/north-frozen", "devices/spare.p1")).room?.sensors).toContain("devices/spare.p1");
  const { room } = await attach("rooms/north-chilled", "devices/spare.p1");
  expect(room).toMatchObject({ name: "rooms/north-chilled", sensors: expect.arrayContaining(["devices/spare.p1"]) });
  expect(await attach("rooms/north-chilled", "devices/spare.p1")).toEqual({ room });
  const inFrozen = (await lyingIn("rooms/north-frozen")).room?.sensors;
  expect(inFrozen).not.toContain("devices/spare.p1");
  const events = await told();
  expect(events.map(({ subject }) => subject)).toEqual([
    "rooms/north-frozen",
    "rooms/north-chilled",
    "rooms/north-chilled",
  ]);
  const times = events.map(({ attachTime }) => (attachTime ? timestampDate(attachTime).getTime() : 0));
  expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
  await expect(attach("rooms/nowhere", "devices/spare.p1")).rejects.toThrow(reason("ROOM_NOT_FOUND"));
  expect(await told()).toEqual([]);
});
