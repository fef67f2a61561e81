// The other methods as their callers see them: whose orders they are, lists, cancellation, the stream of steps.
import { OrderCancelledSchema, OrderConfirmedSchema } from "@larder/contract/larder/order/v1/order_events_pb.js";
import type { Order } from "@larder/contract/larder/order/v1/order_pb.js";
import { payload } from "@larder/events";
import { Code } from "@larder/platform";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { basket, type Instance, idOf, refusal, Shop, stateOf } from "./testing/shop.ts";

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

describe("orders of others", () => {
  test("do not exist, whatever is asked of them", async () => {
    const { name } = await service.place();
    for (const call of [service.get, service.cancel, service.watch]) {
      expect(await refusal(call(name, "grace"))).toMatchObject({ code: Code.NOT_FOUND, reason: "ORDER_NOT_FOUND" });
    }
    expect(stateOf(await service.get(name))).toBe("CONFIRMED");
    expect(
      (await service.as("grace", (orders) => orders.listOrders({}))).orders.map((order) => order.name),
    ).not.toContain(name);
  });

  test.each(["orders/0", "orders/01900000-0000-7000-8000-000000000000"])("nor does %s", async (name) => {
    expect(await refusal(service.get(name))).toMatchObject({ reason: "ORDER_NOT_FOUND" });
  });
});

describe("ListOrders", () => {
  test("lists newest first, page by page", async () => {
    const placed: string[] = [];
    for (let index = 0; index < 5; index += 1) placed.unshift((await service.place(basket(), "linus")).name);
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
    await service.place();
    await service.place();
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
    const order = await service.place();
    await shop.settled(idOf(order));
    const answer = await service.cancel(order.name);
    expect(["CANCELLING", "CANCELLED"]).toContain(stateOf(answer));
    await shop.settled(idOf(order));
    const after = await service.get(order.name);
    expect(stateOf(after)).toBe("CANCELLED");
    expect(after.failure?.reason).toBe("CANCELLED");
    expect(shop.participants.holdings(idOf(order))).toEqual({
      reservation: "RESTOCKED",
      hold: "REFUNDED",
      shipment: "CANCELLED",
    });
    expect(wallet()).toBe(1_000_000);
    expect(milk()).toBe(1000);
    const events = await shop.eventsOf(order.name);
    expect(events.map(({ type }) => type)).toEqual([OrderConfirmedSchema.typeName, OrderCancelledSchema.typeName]);
    const [, cancelled] = events;
    expect(cancelled && payload(OrderCancelledSchema, cancelled)).toMatchObject({ refunded: true, version: 4n });
    // Once more: as it stands.
    expect(stateOf(await service.cancel(order.name))).toBe("CANCELLED");
  });

  test("comes too late when the goods are being picked: the order stands", async () => {
    const order = await service.place();
    await shop.settled(idOf(order));
    shop.participants.deliveries.startPicking(idOf(order));
    for (const _ of [1, 2]) {
      expect(await refusal(service.cancel(order.name))).toMatchObject({
        code: Code.FAILED_PRECONDITION,
        reason: "ALREADY_PICKED",
        domain: "order",
      });
      await shop.settled(idOf(order));
      expect(stateOf(await service.get(order.name))).toBe("CONFIRMED");
    }
    expect((await service.get(order.name)).failure).toBeUndefined();
    expect(shop.participants.holdings(idOf(order))).toEqual({ ...everything, shipment: "PICKING" });
    expect(await shop.eventsOf(order.name)).toHaveLength(1);
  });

  test("has nothing to say about an order that was refused", async () => {
    shop.participants.stock.available.set("milk", 0);
    await refusal(service.place());
    const [order] = (await service.as("ada", (orders) => orders.listOrders({ pageSize: 1 }))).orders as [Order];
    expect(await refusal(service.cancel(order.name))).toMatchObject({
      code: Code.FAILED_PRECONDITION,
      reason: "NOT_CANCELLABLE",
    });
  });
});

describe("WatchOrder", () => {
  test("shows a settled order once", async () => {
    const order = await service.place();
    await shop.settled(idOf(order));
    expect(await service.watch(order.name)).toHaveLength(1);
  });

  test("shows every step of an order until it is settled", async () => {
    let confirm = () => {};
    const gate = new Promise<void>((resolve) => {
      confirm = resolve;
    });
    for (const step of ["commit", "capture"] as const) shop.participants.interpose(step, { arrived: () => gate });
    const order = await service.place();
    const seen = await service.watch(order.name, "ada", () => confirm());
    expect(seen.map(({ steps }) => steps.length)).toEqual([4, 5, 6, 7, 7]);
    expect(seen.at(-1)?.settled).toBe(true);
  });
});
