// Sensors on shipments, on a real PostgreSQL: what they are attached to, and what is told of that.
import { create } from "@bufbuild/protobuf";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import { StorageClass } from "@larder/contract/larder/catalog/v1/product_pb.js";
import { SensorAttachedSchema } from "@larder/contract/larder/coldchain/v1/cold_chain_events_pb.js";
import {
  AttachSensorRequestSchema,
  CompleteDeliveryRequestSchema,
  DispatchRequestSchema,
  FailDeliveryRequestSchema,
} from "@larder/contract/larder/shipping/v1/shipping_service_pb.js";
import { decodeEvent, outboxMigrations, payload } from "@larder/events";
import { Call } from "@larder/platform";
import { type Database, migrate, openDatabase, requestMigrations } from "@larder/store";
import { startPostgres, type TestPostgres } from "@larder/store/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { shippingHandler } from "./handler.ts";
import { shippingStore } from "./store.ts";

let postgres: TestPostgres;
let db: Database;
let handler: ReturnType<typeof shippingHandler>;

beforeAll(async () => {
  postgres = await startPostgres();
  db = openDatabase(await postgres.createDatabase("shipping"));
  await migrate(db, requestMigrations, outboxMigrations, new URL("./migrations/", import.meta.url));
  await db.query("van", "insert into slots values ('van', now(), now() + interval '2 hours', 99)");
  handler = shippingHandler(shippingStore(db));
});

afterAll(async () => {
  await db.close();
  await postgres.stop();
});

const context = new Call({ method: "test", caller: "backoffice" });
const reason = (name: string) => expect.objectContaining({ reason: name });
let orders = 0;
/** A shipment that has come as far as that. */
async function shipment(state: string): Promise<string> {
  const order = `t${++orders}`;
  await db.query("shipment in a state", "insert into shipments values ($1, 'ada', 'van', $2, $3)", [
    ...[order, state, state === "FAILED" ? "NOBODY_THERE" : null],
  ]);
  return `shipments/${order}`;
}
const attach = (name: string, device: string, storageClass = StorageClass.CHILLED) =>
  handler.attachSensor(create(AttachSensorRequestSchema, { shipment: name, device, storageClass }), context);
/** What was told of a sensor, oldest first. */
async function told(device: string) {
  const { rows } = await db.query<{ event: Buffer }>("told", "select event from outbox order by id");
  const events = rows.map(({ event }) => decodeEvent(event)).filter(({ subject }) => subject === device);
  return events.map((event) => payload(SensorAttachedSchema, event));
}

test.each([
  ["BOOKED", "NOT_PICKED"],
  ["CONFIRMED", "NOT_PICKED"],
  ["CANCELLED", "NOT_PICKED"],
  ["DELIVERED", "DELIVERY_OVER"],
  ["FAILED", "DELIVERY_OVER"],
])("a shipment that is %s takes no sensor: %s", async (state, why) => {
  const device = `devices/none-${state.toLowerCase()}`;
  await expect(attach(await shipment(state), device)).rejects.toThrow(reason(why));
  expect(await told(device)).toEqual([]);
});

test("a shipment that nobody booked takes no sensor", async () => {
  await expect(attach("shipments/nobody", "devices/none")).rejects.toThrow(reason("SHIPMENT_NOT_FOUND"));
  expect(await told("devices/none")).toEqual([]);
});

test("a sensor goes along until the shipment is handed over or given up, and not a moment longer", async () => {
  for (const [end, schema] of [
    ["completeDelivery", CompleteDeliveryRequestSchema],
    ["failDelivery", FailDeliveryRequestSchema],
  ] as const) {
    const device = `devices/box.${end.toLowerCase()}`;
    const name = await shipment("PICKING");
    const { shipment: attached } = await attach(name, device, StorageClass.FROZEN);
    expect(attached).toMatchObject({ name, sensor: device });
    await handler.dispatch(create(DispatchRequestSchema, { shipment: name }), context);
    const request = create(schema as typeof FailDeliveryRequestSchema, { shipment: name, failure: 1 });
    for (let times = 0; times < 2; times += 1)
      expect((await handler[end](request as never, context)).shipment).toMatchObject({ sensor: "" });
    const events = await told(device);
    expect(events.map(({ subject, storageClass }) => [subject, storageClass])).toEqual([
      [name, StorageClass.FROZEN],
      ["", StorageClass.UNSPECIFIED],
    ]);
    const [since, until] = events.map(({ attachTime }) => (attachTime ? timestampMs(attachTime) : 0));
    expect(until).toBeGreaterThan(since ?? 0);
  }
});

test("a delivery without a sensor ends without a word about one", async () => {
  const name = await shipment("DISPATCHED");
  const before = await db.query("all told", "select from outbox");
  await handler.completeDelivery(create(CompleteDeliveryRequestSchema, { shipment: name }), context);
  expect((await db.query("all told", "select from outbox")).count).toBe(before.count + 1);
});

test("another sensor replaces the one before, and a sensor is on one shipment alone, also of many at once", async () => {
  const [first, second] = [await shipment("PICKING"), await shipment("DISPATCHED")];
  await attach(first, "devices/old");
  await attach(first, "devices/new");
  expect((await told("devices/old")).map(({ subject }) => subject)).toEqual([first, ""]);
  await Promise.all([attach(second, "devices/new"), attach(first, "devices/new"), attach(second, "devices/new")]);
  const { rows } = await db.query<{ order_id: string }>(
    "holders",
    "select order_id from shipments where sensor = 'new'",
  );
  const events = await told("devices/new");
  expect(rows.map(({ order_id }) => `shipments/${order_id}`)).toEqual([events.at(-1)?.subject]);
  // A repeat is told again, each time as the latest: somebody else may have had the sensor meanwhile.
  const times = events.map(({ attachTime }) => (attachTime ? timestampMs(attachTime) : 0));
  expect(times).toHaveLength(4);
  expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
});
