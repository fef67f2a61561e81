// Slots and shipments on a real PostgreSQL: steps, their repeats and undos.
import { create } from "@bufbuild/protobuf";
import { DeliveryFailure, ShipmentState } from "@larder/contract/larder/shipping/v1/shipment_pb.js";
import {
  BookRequestSchema,
  CancelRequestSchema,
  CompleteDeliveryRequestSchema,
  ConfirmRequestSchema,
  DispatchRequestSchema,
  FailDeliveryRequestSchema,
  ListSlotsRequestSchema,
  StartPickingRequestSchema,
} from "@larder/contract/larder/shipping/v1/shipping_service_pb.js";
import { decodeEvent, outboxMigrations, payload } from "@larder/events";
import { Call } from "@larder/platform";
import { type Database, migrate, openDatabase, requestMigrations } from "@larder/store";
import { startPostgres, type TestPostgres } from "@larder/store/testing";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { shippingHandler } from "./handler.ts";
import { events } from "./message.ts";
import { type Store, shippingStore } from "./store.ts";

const capacity = 3;
let postgres: TestPostgres;
let db: Database;
let store: Store;

beforeAll(async () => {
  postgres = await startPostgres();
  db = openDatabase(await postgres.createDatabase("shipping"));
  await migrate(db, requestMigrations, outboxMigrations, new URL("./migrations/", import.meta.url));
  store = shippingStore(db);
  await store.openSlots(capacity);
  await db.query(
    "past",
    "insert into slots values ('past', now() - interval '1 hour', now() + interval '1 hour', 9), ('far', now() + interval '6 days', now() + interval '7 days', 3), ('van', now() + interval '6 days', now() + interval '7 days', 99)",
  );
});

// Whatever a test did, a slot counts the shipments that are in it.
afterEach(async () => {
  const { rows } = await db.query(
    "miscounted",
    `select id from slots where booked <>
       (select count(*) from shipments where slot_id = slots.id and state <> 'CANCELLED')`,
  );
  expect(rows).toEqual([]);
});

afterAll(async () => {
  await db.close();
  await postgres.stop();
});

const context = (caller = "order") => new Call({ method: "test", caller });
let orders = 0;
const newOrder = () => `t${++orders}`;
const reason = (name: string) => expect.objectContaining({ reason: name });

const book = (order: string, slot: string) =>
  shippingHandler(store).book(
    create(BookRequestSchema, {
      requestId: `${order}/book`,
      order: `orders/${order}`,
      slot,
      customer: "customers/ada",
    }),
    context(),
  );
const confirm = (order: string) =>
  shippingHandler(store).confirm(
    create(ConfirmRequestSchema, { requestId: `${order}/confirm`, shipment: `shipments/${order}` }),
    context(),
  );
const cancel = (order: string) =>
  shippingHandler(store).cancel(
    create(CancelRequestSchema, { undoneRequestId: `${order}/book`, shipment: `shipments/${order}` }),
    context(),
  );
const pick = (order: string) =>
  shippingHandler(store).startPicking(
    create(StartPickingRequestSchema, { shipment: `shipments/${order}` }),
    context("backoffice"),
  );
const dispatch = (order: string) =>
  shippingHandler(store).dispatch(
    create(DispatchRequestSchema, { shipment: `shipments/${order}` }),
    context("backoffice"),
  );
const complete = (order: string) =>
  shippingHandler(store).completeDelivery(
    create(CompleteDeliveryRequestSchema, { shipment: `shipments/${order}` }),
    context("carrier"),
  );
const fail = (order: string, failure = DeliveryFailure.NOBODY_THERE) =>
  shippingHandler(store).failDelivery(
    create(FailDeliveryRequestSchema, { shipment: `shipments/${order}`, failure }),
    context("carrier"),
  );
/** The events about the shipment of an order, oldest first: what they say, and under which version. */
const told = async (order: string) => {
  const { rows } = await db.query<{ event: Buffer }>("told", "select event from outbox order by id");
  return rows
    .map(({ event }) => decodeEvent(event))
    .filter(({ subject }) => subject === `shipments/${order}`)
    .map((event) => {
      const schema = events.find(({ typeName }) => typeName === event.type);
      if (!schema) throw new Error(`${event.type} is no event of shipping`);
      return { is: schema.name, aggregateVersion: event.aggregateVersion, ...payload(schema, event) };
    });
};
const slots = async (pageSize: number, pageToken = "") =>
  shippingHandler(store).listSlots(create(ListSlotsRequestSchema, { pageSize, pageToken }), context("gateway"));
const freeSlot = async () => (await slots(1)).slots?.[0]?.name ?? "";
const freeOf = async (slot: string) => (await slots(200)).slots?.find(({ name }) => name === slot)?.free ?? 0;

test("a slot is booked, confirmed and given back", async () => {
  const [order, slot] = [newOrder(), await freeSlot()];
  const before = await freeOf(slot);
  await book(order, slot);
  expect(await freeOf(slot)).toBe(before - 1);
  expect((await confirm(order)).shipment).toMatchObject({ slot });
  await cancel(order);
  await cancel(order);
  expect(await freeOf(slot)).toBe(before);
});

test("a slot takes no more than its capacity, also of many orders at once", async () => {
  const results = await Promise.allSettled(Array.from({ length: 12 }, () => book(newOrder(), "slots/far")));
  expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(capacity);
  await expect(book(newOrder(), "slots/far")).rejects.toThrow(reason("SLOT_FULL"));
  expect((await slots(200)).slots?.map(({ name }) => name)).not.toContain("slots/far");
});

test("steps that come at once share a commit, and each has an outcome of its own", async () => {
  const [order, twice, slot] = [newOrder(), newOrder(), await freeSlot()];
  const [before, { commits }] = [await freeOf(slot), db.stats()];
  const booked = await Promise.allSettled([
    book(twice, slot),
    book(newOrder(), "slots/never"),
    book(order, slot),
    book(newOrder(), "slots/past"),
    book(twice, slot),
  ]);
  expect(booked.map((result) => (result.status === "rejected" ? result.reason.reason : "OK"))).toEqual([
    "OK",
    "SLOT_NOT_FOUND",
    "OK",
    "SLOT_PAST",
    "OK",
  ]);
  expect(db.stats().commits).toBe(commits + 1);
  expect(await freeOf(slot)).toBe(before - 2);

  const confirmed = await Promise.allSettled([confirm(newOrder()), confirm(order)]);
  expect(confirmed).toMatchObject([
    { status: "rejected", reason: { reason: "SHIPMENT_NOT_FOUND" } },
    { value: { shipment: { slot } } },
  ]);
  await Promise.all([cancel(order), cancel(twice)]);
  expect(await freeOf(slot)).toBe(before);
});

test("a slot that has begun or does not exist is refused", async () => {
  await expect(book(newOrder(), "slots/past")).rejects.toThrow(reason("SLOT_PAST"));
  await expect(book(newOrder(), "slots/never")).rejects.toThrow(reason("SLOT_NOT_FOUND"));
});

test("a repeat books once, another body under the same id is refused", async () => {
  const [order, slot] = [newOrder(), await freeSlot()];
  const first = await book(order, slot);
  const free = await freeOf(slot);
  expect(await book(order, slot)).toEqual(first);
  expect(await freeOf(slot)).toBe(free);
  await expect(book(order, "slots/never")).rejects.toThrow(reason("REQUEST_ID_REUSED"));
});

test("an undo that overtakes its step makes the step fail when it comes", async () => {
  const order = newOrder();
  await cancel(order);
  await expect(book(order, await freeSlot())).rejects.toThrow(reason("UNDONE"));
});

test("a cancelled shipment cannot be confirmed or picked, an unknown one neither", async () => {
  const order = newOrder();
  await book(order, await freeSlot());
  await expect(pick(order)).rejects.toThrow(reason("NOT_CONFIRMED"));
  await cancel(order);
  await expect(confirm(order)).rejects.toThrow(reason("UNDONE"));
  await expect(pick(order)).rejects.toThrow(reason("NOT_CONFIRMED"));
  await expect(confirm(newOrder())).rejects.toThrow(reason("SHIPMENT_NOT_FOUND"));
  await expect(pick(newOrder())).rejects.toThrow(reason("SHIPMENT_NOT_FOUND"));
});

test("once picking has begun, it is too late to cancel, and a late confirm changes nothing", async () => {
  const order = newOrder();
  await book(order, await freeSlot());
  await confirm(order);
  await pick(order);
  await pick(order);
  await expect(cancel(order)).rejects.toThrow(reason("ALREADY_PICKED"));
  await confirm(order);
  await expect(cancel(order)).rejects.toThrow(reason("ALREADY_PICKED"));
});

describe("a delivery", () => {
  const confirmed = async () => {
    const [order, slot] = [newOrder(), "slots/van"];
    await book(order, slot);
    await confirm(order);
    return { order, slot };
  };

  test("goes from the warehouse to the customer, and each step is told of once", async () => {
    const { order, slot } = await confirmed();
    for (const step of [pick, dispatch, complete]) {
      const first = await step(order);
      expect(await step(order)).toEqual(first);
    }
    const about = { shipment: `shipments/${order}`, order: `orders/${order}`, customer: "customers/ada" };
    expect(await told(order)).toMatchObject([
      { is: "ShipmentPickingStarted", ...about, version: 3n, aggregateVersion: 3n },
      { is: "ShipmentDispatched", ...about, slot, version: 4n, aggregateVersion: 4n },
      { is: "ShipmentDelivered", ...about, version: 5n, aggregateVersion: 5n },
    ]);
    // A step that was passed long ago answers with the shipment as it is.
    expect((await pick(order)).shipment).toMatchObject({ state: ShipmentState.DELIVERED, slot });
    await expect(cancel(order)).rejects.toThrow(reason("ALREADY_PICKED"));
  });

  test("that fails says why, once, and keeps its slot", async () => {
    const { order, slot } = await confirmed();
    await pick(order);
    await dispatch(order);
    await expect(cancel(order)).rejects.toThrow(reason("ALREADY_PICKED"));
    const free = await freeOf(slot);
    await fail(order);
    await fail(order, DeliveryFailure.NOT_ACCEPTED);
    expect((await told(order)).at(-1)).toMatchObject({
      is: "ShipmentFailed",
      failure: DeliveryFailure.NOBODY_THERE,
      version: 5n,
    });
    expect(await told(order)).toHaveLength(3);
    // Its order is undone: there is nothing left to give back.
    await cancel(order);
    expect(await freeOf(slot)).toBe(free);
    await expect(complete(order)).rejects.toThrow(reason("NOT_DISPATCHED"));
    expect(await told(order)).toHaveLength(3);
  });

  test("leaves out no step, and nothing is told of one that is refused", async () => {
    const { order } = await confirmed();
    await expect(dispatch(order)).rejects.toThrow(reason("NOT_PICKED"));
    for (const end of [complete, fail]) await expect(end(order)).rejects.toThrow(reason("NOT_DISPATCHED"));
    await pick(order);
    for (const end of [complete, fail]) await expect(end(order)).rejects.toThrow(reason("NOT_DISPATCHED"));
    await dispatch(order);
    await complete(order);
    await expect(fail(order)).rejects.toThrow(reason("NOT_DISPATCHED"));
    const unknown = newOrder();
    for (const step of [dispatch, complete, fail])
      await expect(step(unknown)).rejects.toThrow(reason("SHIPMENT_NOT_FOUND"));
    expect(await told(order)).toHaveLength(3);
  });

  test("is told of once when it is asked for many times at once", async () => {
    const { order } = await confirmed();
    await Promise.all(Array.from({ length: 8 }, () => pick(order)));
    expect(await told(order)).toHaveLength(1);
  });
});

test("slots are listed earliest first, page by page, and opened once", async () => {
  await store.openSlots(99);
  const seen: string[] = [];
  let token = "";
  do {
    const page = await slots(5, token);
    seen.push(...(page.slots ?? []).map(({ name }) => name ?? ""));
    token = page.nextPageToken ?? "";
  } while (token);
  const hours = seen.filter((name) => /^slots\/\d/.test(name));
  expect(hours).toEqual([...new Set(hours)].sort());
  expect(hours.length).toBeGreaterThanOrEqual(42);
  await expect(slots(1, "nonsense")).rejects.toThrow(reason("PAGE_TOKEN_INVALID"));
});
