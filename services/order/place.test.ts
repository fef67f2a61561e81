// PlaceOrder as its callers see it: the service runs in this process, on a real database, with participants on sockets.
import { OrderCancelledSchema, OrderConfirmedSchema } from "@larder/contract/larder/order/v1/order_events_pb.js";
import type { Order } from "@larder/contract/larder/order/v1/order_pb.js";
import { payload } from "@larder/events";
import { Code } from "@larder/platform";
import { fromCents } from "@larder/types";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { basket, basketCents, type Instance, idOf, refusal, Shop, stateOf } from "./testing/shop.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let shop: Shop;
let service: Instance;
beforeAll(async () => {
  shop = await Shop.open();
  service = await shop.start();
});
beforeEach(() => shop.quiet());
afterAll(async () => {
  await service?.stop();
  await shop?.close();
});

const everything = { reservation: "COMMITTED", hold: "CAPTURED", shipment: "CONFIRMED" };
const wallet = () => shop.participants.wallets.available.get("ada");
const milk = () => shop.participants.stock.available.get("milk");

describe("PlaceOrder", () => {
  test("answers CONFIRMED with the quote, and carries the order out to the end", async () => {
    const order = await service.place(basket({ expectedTotal: fromCents(basketCents) }));
    expect(stateOf(order)).toBe("CONFIRMED");
    expect(order).toMatchObject({ customer: "customers/ada", slot: "slots/morning", version: 2n, settled: false });
    expect(order.quote?.total).toMatchObject({ units: 4n, nanos: 870_000_000, currencyCode: "EUR" });
    expect(order.quote?.lines[0]).toMatchObject({
      product: "products/milk",
      displayName: "A pack of milk",
      quantity: 2,
    });

    await shop.settled(idOf(order));
    expect(shop.participants.holdings(idOf(order))).toEqual(everything);
    expect(wallet()).toBe(1_000_000 - basketCents);
    expect(milk()).toBe(998);
    const after = await service.get(order.name);
    expect(stateOf(after)).toBe("CONFIRMED");
    expect(after.settled).toBe(true);
    const steps = after.steps.map(({ name }) => name);
    expect(steps.slice(0, 3).sort()).toEqual(["book", "hold", "reserve"]);
    expect(steps[3]).toBe("decide");
    expect(steps.slice(4).sort()).toEqual(["capture", "commit", "confirm"]);
    expect(steps.indexOf("confirm")).toBeGreaterThan(steps.indexOf("commit"));
  });

  test("costs three statements and three commits of the order database", async () => {
    await shop.settled(idOf(await service.place()));
    const before = service.stats();
    await shop.settled(idOf(await service.place()));
    const after = service.stats();
    const used = (name: string) => (after.byStatement[name] ?? 0) - (before.byStatement[name] ?? 0);
    expect({ place: used("order_place"), change: used("order_change") }).toEqual({ place: 1, change: 2 });
    const orders = Object.keys(after.byStatement).filter((name) => name.startsWith("order_") && used(name) > 0);
    // The recovery looks for orders by the clock, not by the order.
    expect(orders.filter((name) => name !== "order_take").sort()).toEqual(["order_change", "order_place"]);
  });

  test("joins the statements of orders that are placed at the same time", async () => {
    const before = service.stats();
    const orders = await Promise.all(Array.from({ length: 40 }, () => service.place()));
    for (const order of orders) await shop.settled(idOf(order));
    const after = service.stats();
    const used = (name: string) => (after.byStatement[name] ?? 0) - (before.byStatement[name] ?? 0);
    expect(used("order_place")).toBeLessThan(40);
    expect(used("order_change")).toBeLessThan(80);
    expect(new Set(orders.map(({ name }) => name)).size).toBe(40);
    for (const order of orders) expect(shop.participants.holdings(idOf(order))).toEqual(everything);
  });

  test("tells of the confirmation in the statement that decides it", async () => {
    const order = await service.place();
    const [event, ...more] = await shop.eventsOf(order.name);
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
    const before = await shop.orderCount();
    expect(await refusal(service.place(basket(request)))).toMatchObject({ code, reason, domain: "order" });
    expect(await shop.orderCount()).toBe(before);
    expect(shop.participants.calls).toEqual([]);
  });

  test("names both totals when the price has changed", async () => {
    const error = await refusal(service.place(basket({ expectedTotal: fromCents(5) })));
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
    const error = await refusal(service.place(asked, "grace"));
    expect(error).toMatchObject({ reason, domain: "order", message: `refused: ${reason}`, metadata });

    const [order] = (await service.as("grace", (orders) => orders.listOrders({}))).orders as [Order];
    await shop.settled(idOf(order));
    const after = await service.get(order.name, "grace");
    expect(stateOf(after)).toBe("REFUSED");
    expect(after.failure).toMatchObject({ reason, message: `refused: ${reason}` });
    const { reservation, hold, shipment } = shop.participants.holdings(idOf(order));
    expect([undefined, "RELEASED"]).toContain(reservation);
    expect([undefined, "VOIDED"]).toContain(hold);
    expect([undefined, "CANCELLED"]).toContain(shipment);
    expect(shop.participants.wallets.available.get("grace")).toBe(1000);
    expect(milk()).toBe(5);

    const [event, ...more] = await shop.eventsOf(order.name);
    expect(more).toEqual([]);
    expect(event && payload(OrderCancelledSchema, event)).toMatchObject({
      refunded: false,
      version: 2n,
      failure: { reason },
    });
    // A repeat meets the same refusal, although there is enough by now.
    shop.participants.reset();
    expect(await refusal(service.place(asked, "grace"))).toMatchObject({ reason, message: error.message, metadata });
  });

  test("an order that costs nothing does not touch the wallet", async () => {
    const order = await service.place(basket({ lines: [{ product: "products/air", quantity: 3 }] }));
    expect(stateOf(order)).toBe("CONFIRMED");
    await shop.settled(idOf(order));
    expect(shop.participants.holdings(idOf(order))).toEqual({ ...everything, hold: undefined });
  });
});

describe("a repeat", () => {
  test("returns the order as it stands, without a second charge", async () => {
    const request = basket();
    const first = await service.place(request);
    await shop.settled(idOf(first));
    shop.participants.inflation = 2; // The price has changed since.
    const again = await service.place({ ...request, expectedTotal: undefined as never });
    expect(again.name).toBe(first.name);
    expect(again.settled).toBe(true);
    expect(wallet()).toBe(1_000_000 - basketCents);
  });

  test("stands although its price has changed since, or pricing is away", async () => {
    const request = basket({ expectedTotal: fromCents(basketCents) });
    const first = await service.place(request);
    shop.participants.inflation = 2;
    expect((await service.place(request)).name).toBe(first.name);
    shop.participants.pricingAway = true;
    expect((await service.place(request)).name).toBe(first.name);
    const other = service.as("ada", (orders) => orders.placeOrder(basket()));
    expect(await refusal(other)).toMatchObject({ code: Code.UNAVAILABLE });
  });

  test("with another body is refused, and charges nothing", async () => {
    const request = basket();
    await service.place(request);
    const error = await refusal(service.place({ ...request, slot: "slots/full" }));
    expect(error).toMatchObject({ code: Code.ALREADY_EXISTS, reason: "REQUEST_ID_REUSED" });
    expect(wallet()).toBe(1_000_000 - basketCents);
  });

  test("by another user is an order of its own", async () => {
    const request = basket();
    const first = await service.place(request);
    expect((await service.place(request, "grace")).name).not.toBe(first.name);
  });

  test("at the same time makes one order", async () => {
    const request = basket();
    const orders = await Promise.all(Array.from({ length: 10 }, () => service.place(request)));
    expect(new Set(orders.map(({ name }) => name)).size).toBe(1);
    expect(wallet()).toBe(1_000_000 - basketCents);
    for (const order of orders) expect(stateOf(order)).toBe("CONFIRMED");
  });

  test("is a new order once seven days have passed", async () => {
    const request = basket();
    const first = await service.place(request);
    await shop.settled(idOf(first));
    const age = (days: number) =>
      shop.database.query("age", "update orders set create_time = now() - $2 * interval '1 day' where id = $1", [
        idOf(first),
        days,
      ]);
    await age(6);
    await shop.store.forgetRequests();
    expect((await service.place(request)).name).toBe(first.name);
    await age(8);
    await shop.store.forgetRequests();
    expect((await service.place(request)).name).not.toBe(first.name);
  });
});
