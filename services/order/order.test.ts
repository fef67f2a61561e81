// What customers see of the order service: it runs in this process, on a real database, with callers and participants on sockets.
import { OrderCancelledSchema, OrderConfirmedSchema } from "@larder/contract/larder/order/v1/order_events_pb.js";
import type { Order } from "@larder/contract/larder/order/v1/order_pb.js";
import { decodeEvent, payload } from "@larder/events";
import { Code, RpcError } from "@larder/platform";
import { fromCents } from "@larder/types";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Basket, basket, basketCents, eventually, type Instance, idOf, Shop, stateOf } from "./testing/shop.ts";

let shop: Shop;
let service: Instance;
beforeAll(async () => {
  shop = await Shop.open();
  service = await shop.start();
}, 60_000);
beforeEach(() => shop.quiet());
afterAll(async () => {
  await service?.stop();
  await shop?.close();
});

const place = async (request: Basket = basket(), user = "ada") =>
  (await service.as(user, (orders) => orders.placeOrder(request))).order as Order;
const get = async (name: string, user = "ada") =>
  (await service.as(user, (orders) => orders.getOrder({ name }))).order as Order;
const cancel = async (name: string, user = "ada") =>
  (await service.as(user, (orders) => orders.cancelOrder({ name }))).order as Order;
const watch = async (name: string, user = "ada", each = () => {}) => {
  const seen: Order[] = [];
  for await (const { order } of await service.as(user, async (orders) => orders.watchOrder({ name }))) {
    seen.push(order as Order);
    each();
  }
  return seen;
};
const settled = async (order: Order) =>
  eventually(async () => {
    const seen = await shop.store.find(idOf(order));
    return seen?.settled && seen;
  });
const refusal = async (call: Promise<unknown>): Promise<RpcError> => {
  const error = await call.then(
    () => new Error("it was not refused"),
    (thrown) => thrown,
  );
  if (error instanceof RpcError) return error;
  throw error;
};
const orderCount = async () =>
  Number((await shop.database.query<{ count: bigint }>("count", "select count(*) from orders")).rows[0]?.count);
const eventsOf = async (name: string) => {
  const { rows } = await shop.database.query<{ event: Buffer }>("events", "select event from outbox order by id");
  return rows.map(({ event }) => decodeEvent(event)).filter(({ subject }) => subject === name);
};

const everything = { reservation: "COMMITTED", hold: "CAPTURED", shipment: "CONFIRMED" };
const wallet = () => shop.participants.wallets.available.get("ada");
const milk = () => shop.participants.stock.available.get("milk");

describe("PlaceOrder", () => {
  test("answers CONFIRMED with the quote, and carries the order out to the end", async () => {
    const order = await place(basket({ expectedTotal: fromCents(basketCents) }));
    expect(stateOf(order)).toBe("CONFIRMED");
    expect(order).toMatchObject({ customer: "customers/ada", slot: "slots/morning", version: 2n, settled: false });
    expect(order.quote?.total).toMatchObject({ units: 4n, nanos: 870_000_000, currencyCode: "EUR" });
    expect(order.quote?.lines[0]).toMatchObject({
      product: "products/milk",
      displayName: "A pack of milk",
      quantity: 2,
    });

    await settled(order);
    expect(shop.participants.holdings(idOf(order))).toEqual(everything);
    expect(wallet()).toBe(1_000_000 - basketCents);
    expect(milk()).toBe(998);
    const after = await get(order.name);
    expect(stateOf(after)).toBe("CONFIRMED");
    expect(after.settled).toBe(true);
    const steps = after.steps.map(({ name }) => name);
    expect(steps.slice(0, 3).sort()).toEqual(["book", "hold", "reserve"]);
    expect(steps[3]).toBe("decide");
    expect(steps.slice(4).sort()).toEqual(["capture", "commit", "confirm"]);
    expect(steps.indexOf("confirm")).toBeGreaterThan(steps.indexOf("commit"));
  });

  test("costs three statements and three commits of the order database", async () => {
    await settled(await place());
    const before = service.stats();
    await settled(await place());
    const after = service.stats();
    const used = (name: string) => (after.byStatement[name] ?? 0) - (before.byStatement[name] ?? 0);
    expect({ place: used("order_place"), change: used("order_change") }).toEqual({ place: 1, change: 2 });
    const orders = Object.keys(after.byStatement).filter((name) => name.startsWith("order_") && used(name) > 0);
    // The recovery looks for orders by the clock, not by the order.
    expect(orders.filter((name) => name !== "order_take").sort()).toEqual(["order_change", "order_place"]);
  });

  test("joins the statements of orders that are placed at the same time", async () => {
    const before = service.stats();
    const orders = await Promise.all(Array.from({ length: 40 }, () => place()));
    for (const order of orders) await settled(order);
    const after = service.stats();
    const used = (name: string) => (after.byStatement[name] ?? 0) - (before.byStatement[name] ?? 0);
    expect(used("order_place")).toBeLessThan(40);
    expect(used("order_change")).toBeLessThan(80);
    expect(new Set(orders.map(({ name }) => name)).size).toBe(40);
    for (const order of orders) expect(shop.participants.holdings(idOf(order))).toEqual(everything);
  });

  test("tells of the confirmation in the statement that decides it", async () => {
    const order = await place();
    const [event, ...more] = await eventsOf(order.name);
    expect(more).toEqual([]);
    expect(event?.aggregateVersion).toBe(2n);
    expect(event && payload(OrderConfirmedSchema, event)).toMatchObject({
      ...{ order: order.name, customer: "customers/ada", slot: "slots/morning", version: 2n },
      ...{
        total: { units: 4n, nanos: 870_000_000 },
        lines: [{ product: "products/milk" }, { product: "products/bread" }],
      },
    });
  });

  test.each([
    [
      "a product that is not on sale",
      { lines: [{ product: "products/nothing", quantity: 1 }] },
      Code.NOT_FOUND,
      "PRODUCT_NOT_FOUND",
    ],
    ["a coupon that is not valid", { coupons: ["FREE"] }, Code.FAILED_PRECONDITION, "COUPON_INVALID"],
    [
      "another price than expected",
      { expectedTotal: fromCents(basketCents - 1) },
      Code.FAILED_PRECONDITION,
      "PRICE_CHANGED",
    ],
    [
      "an expected price with parts of a cent",
      { expectedTotal: { ...fromCents(basketCents), nanos: 870_000_001 } },
      Code.FAILED_PRECONDITION,
      "PRICE_CHANGED",
    ],
    [
      "another currency than ours",
      { expectedTotal: { ...fromCents(basketCents), currencyCode: "USD" } },
      Code.FAILED_PRECONDITION,
      "PRICE_CHANGED",
    ],
    ["no lines", { lines: [] }, Code.INVALID_ARGUMENT, "INVALID_REQUEST"],
    [
      "a product twice",
      {
        lines: [
          { product: "products/milk", quantity: 1 },
          { product: "products/milk", quantity: 1 },
        ],
      },
      Code.INVALID_ARGUMENT,
      "INVALID_REQUEST",
    ],
    [
      "a quantity of zero",
      { lines: [{ product: "products/milk", quantity: 0 }] },
      Code.INVALID_ARGUMENT,
      "INVALID_REQUEST",
    ],
    [
      "a huge quantity",
      { lines: [{ product: "products/milk", quantity: 1_000_000 }] },
      Code.INVALID_ARGUMENT,
      "INVALID_REQUEST",
    ],
  ])("refuses %s before anything is stored", async (_, request, code, reason) => {
    const before = await orderCount();
    expect(await refusal(place(basket(request)))).toMatchObject({ code, reason, domain: "order" });
    expect(await orderCount()).toBe(before);
    expect(shop.participants.calls).toEqual([]);
  });

  test("names both totals when the price has changed", async () => {
    const error = await refusal(place(basket({ expectedTotal: fromCents(5) })));
    expect(error.metadata).toEqual({ expected_total: "0.05 EUR", total: "4.87 EUR" });
  });

  test.each([
    [
      "stock",
      { lines: [{ product: "products/milk", quantity: 99 }] },
      "STOCK_SHORT",
      { product: "milk", available: "5" },
    ],
    ["money", { lines: [{ product: "products/cheese", quantity: 2 }] }, "FUNDS_SHORT", { customer: "grace" }],
    ["a free delivery", { slot: "slots/full" }, "SLOT_FULL", { slot: "full" }],
    ["the slot", { slot: "slots/never" }, "SLOT_NOT_FOUND", { slot: "never" }],
  ])("is refused for want of %s, and leaves nothing behind", async (_, request, reason, metadata) => {
    shop.participants.stock.available.set("milk", 5);
    shop.participants.wallets.available.set("grace", 1000);
    const asked = basket(request);
    const error = await refusal(place(asked, "grace"));
    expect(error).toMatchObject({ reason, domain: "order", message: `refused: ${reason}`, metadata });

    const [order] = (await service.as("grace", (orders) => orders.listOrders({}))).orders as [Order];
    await settled(order);
    const after = await get(order.name, "grace");
    expect(stateOf(after)).toBe("REFUSED");
    expect(after.failure).toMatchObject({ reason, message: `refused: ${reason}` });
    const { reservation, hold, shipment } = shop.participants.holdings(idOf(order));
    expect([undefined, "RELEASED"]).toContain(reservation);
    expect([undefined, "VOIDED"]).toContain(hold);
    expect([undefined, "CANCELLED"]).toContain(shipment);
    expect(shop.participants.wallets.available.get("grace")).toBe(1000);
    expect(milk()).toBe(5);

    const [event, ...more] = await eventsOf(order.name);
    expect(more).toEqual([]);
    expect(event && payload(OrderCancelledSchema, event)).toMatchObject({
      refunded: false,
      version: 2n,
      failure: { reason },
    });
    // A repeat meets the same refusal, although there is enough by now.
    shop.participants.reset();
    expect(await refusal(place(asked, "grace"))).toMatchObject({ reason, message: error.message, metadata });
  });

  test("an order that costs nothing does not touch the wallet", async () => {
    const order = await place(basket({ lines: [{ product: "products/air", quantity: 3 }] }));
    expect(stateOf(order)).toBe("CONFIRMED");
    await settled(order);
    expect(shop.participants.holdings(idOf(order))).toEqual({ ...everything, hold: undefined });
  });
});

describe("a repeat", () => {
  test("returns the order as it stands, without a second charge", async () => {
    const request = basket();
    const first = await place(request);
    await settled(first);
    shop.participants.inflation = 2; // The price has changed since.
    const again = await place({ ...request, expectedTotal: undefined as never });
    expect(again.name).toBe(first.name);
    expect(again.settled).toBe(true);
    expect(wallet()).toBe(1_000_000 - basketCents);
  });

  test("stands although its price has changed since, or pricing is away", async () => {
    const request = basket({ expectedTotal: fromCents(basketCents) });
    const first = await place(request);
    shop.participants.inflation = 2;
    expect((await place(request)).name).toBe(first.name);
    shop.participants.pricingAway = true;
    expect((await place(request)).name).toBe(first.name);
    expect(await refusal(place())).toMatchObject({ code: Code.UNAVAILABLE });
  });

  test("with another body is refused, and charges nothing", async () => {
    const request = basket();
    await place(request);
    const error = await refusal(place({ ...request, slot: "slots/full" }));
    expect(error).toMatchObject({ code: Code.ALREADY_EXISTS, reason: "REQUEST_ID_REUSED" });
    expect(wallet()).toBe(1_000_000 - basketCents);
  });

  test("by another user is an order of its own", async () => {
    const request = basket();
    const first = await place(request);
    expect((await place(request, "grace")).name).not.toBe(first.name);
  });

  test("at the same time makes one order", async () => {
    const request = basket();
    const orders = await Promise.all(Array.from({ length: 10 }, () => place(request)));
    expect(new Set(orders.map(({ name }) => name)).size).toBe(1);
    expect(wallet()).toBe(1_000_000 - basketCents);
    for (const order of orders) expect(stateOf(order)).toBe("CONFIRMED");
  });

  test("is a new order once seven days have passed", async () => {
    const request = basket();
    const first = await place(request);
    await settled(first);
    const age = (days: number) =>
      shop.database.query("age", "update orders set create_time = now() - $2 * interval '1 day' where id = $1", [
        idOf(first),
        days,
      ]);
    await age(6);
    await shop.store.forgetRequests();
    expect((await place(request)).name).toBe(first.name);
    await age(8);
    await shop.store.forgetRequests();
    expect((await place(request)).name).not.toBe(first.name);
  });
});

describe("orders of others", () => {
  test("do not exist, whatever is asked of them", async () => {
    const { name } = await place();
    for (const call of [get, cancel, watch]) {
      expect(await refusal(call(name, "grace"))).toMatchObject({ code: Code.NOT_FOUND, reason: "ORDER_NOT_FOUND" });
    }
    expect(stateOf(await get(name))).toBe("CONFIRMED");
    expect(
      (await service.as("grace", (orders) => orders.listOrders({}))).orders.map((order) => order.name),
    ).not.toContain(name);
  });

  test.each(["orders/0", "orders/01900000-0000-7000-8000-000000000000"])("nor does %s", async (name) => {
    expect(await refusal(get(name))).toMatchObject({ reason: "ORDER_NOT_FOUND" });
  });
});

describe("ListOrders", () => {
  test("lists newest first, page by page", async () => {
    const placed: string[] = [];
    for (let index = 0; index < 5; index += 1) placed.unshift((await place(basket(), "linus")).name);
    const seen: string[] = [];
    let pageToken = "";
    do {
      const page = await service.as("linus", (orders) => orders.listOrders({ pageSize: 2, pageToken }));
      expect(page.orders.length).toBeLessThanOrEqual(2);
      seen.push(...page.orders.map(({ name }) => name));
      pageToken = page.nextPageToken;
    } while (pageToken !== "");
    expect(seen).toEqual(placed);
  });

  test("refuses a token of another list", async () => {
    await place();
    await place();
    const { nextPageToken } = await service.as("ada", (orders) => orders.listOrders({ pageSize: 1 }));
    for (const [user, pageToken] of [
      ["grace", nextPageToken],
      ["ada", "nonsense"],
    ] as const) {
      const call = service.as(user, (orders) => orders.listOrders({ pageToken }));
      expect(await refusal(call)).toMatchObject({ code: Code.INVALID_ARGUMENT, reason: "PAGE_TOKEN_INVALID" });
    }
  });
});

describe("CancelOrder", () => {
  test("takes a confirmed order back, gives everything back and tells of it", async () => {
    const order = await place();
    await settled(order);
    const answer = await cancel(order.name);
    expect(["CANCELLING", "CANCELLED"]).toContain(stateOf(answer));
    await settled(order);
    const after = await get(order.name);
    expect(stateOf(after)).toBe("CANCELLED");
    expect(after.failure?.reason).toBe("CANCELLED");
    expect(shop.participants.holdings(idOf(order))).toEqual({
      reservation: "RESTOCKED",
      hold: "REFUNDED",
      shipment: "CANCELLED",
    });
    expect(wallet()).toBe(1_000_000);
    expect(milk()).toBe(1000);
    const events = await eventsOf(order.name);
    expect(events.map(({ type }) => type)).toEqual([OrderConfirmedSchema.typeName, OrderCancelledSchema.typeName]);
    const [, cancelled] = events;
    expect(cancelled && payload(OrderCancelledSchema, cancelled)).toMatchObject({ refunded: true, version: 4n });
    // Once more: as it stands.
    expect(stateOf(await cancel(order.name))).toBe("CANCELLED");
  });

  test("comes too late when the goods are being picked: the order stands", async () => {
    const order = await place();
    await settled(order);
    shop.participants.deliveries.startPicking(idOf(order));
    for (const _ of [1, 2]) {
      expect(await refusal(cancel(order.name))).toMatchObject({
        code: Code.FAILED_PRECONDITION,
        reason: "ALREADY_PICKED",
        domain: "order",
      });
      await settled(order);
      expect(stateOf(await get(order.name))).toBe("CONFIRMED");
    }
    expect((await get(order.name)).failure).toBeUndefined();
    expect(shop.participants.holdings(idOf(order))).toEqual({ ...everything, shipment: "PICKING" });
    expect(await eventsOf(order.name)).toHaveLength(1);
  });

  test("has nothing to say about an order that was refused", async () => {
    shop.participants.stock.available.set("milk", 0);
    await refusal(place());
    const [order] = (await service.as("ada", (orders) => orders.listOrders({ pageSize: 1 }))).orders as [Order];
    expect(await refusal(cancel(order.name))).toMatchObject({
      code: Code.FAILED_PRECONDITION,
      reason: "NOT_CANCELLABLE",
    });
  });
});

describe("WatchOrder", () => {
  test("shows a settled order once", async () => {
    const order = await place();
    await settled(order);
    expect(await watch(order.name)).toHaveLength(1);
  });

  test("shows every step of an order until it is settled", async () => {
    let confirm = () => {};
    const gate = new Promise<void>((resolve) => {
      confirm = resolve;
    });
    for (const step of ["commit", "capture"] as const) shop.participants.interpose(step, { arrived: () => gate });
    const order = await place();
    const seen = await watch(order.name, "ada", () => confirm());
    expect(seen.map(({ steps }) => steps.length)).toEqual([4, 5, 6, 7, 7]);
    expect(seen.at(-1)?.settled).toBe(true);
  });
});
