// The stores go down under the running shop and come back: what fails meanwhile says so, nothing that was promised is
// lost, and no service has to be started again.

import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { create, type DescMethod, type Message } from "@bufbuild/protobuf";
import { type Order, OrderState } from "@larder/contract/larder/order/v1/order_pb.js";
import {
  GetOrderRequestSchema,
  GetProfileRequestSchema,
  GetQuoteRequestSchema,
  ListMessagesRequestSchema,
  ListOrdersRequestSchema,
  ListPostingsRequestSchema,
  ListSlotsRequestSchema,
  type PlaceOrderResponse,
  SearchProductsRequestSchema,
} from "@larder/contract/larder/storefront/v1/storefront_service_pb.js";
import { Redis } from "ioredis";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { as, basket, confirmedOrder, methods, placeOrder, product, responseOf, settled } from "../edge/shop.ts";
import { type Headers, sharedWays, type Way } from "../edge/ways.ts";
import { sharedMesh } from "../mesh.ts";
import { until } from "../until.ts";
import { crash, openAgain, processes, replaced } from "./weather.ts";

const mesh = sharedMesh();
const ways = sharedWays(mesh);
let grpc: Way;
let headers: Headers;
let before: Record<string, string>;

beforeAll(async () => {
  grpc = ways[0] as Way;
  headers = await as(mesh, "hana");
});

beforeEach(async () => {
  before = await processes(mesh);
});

/** Ends a store at once for as long as `meanwhile` takes. */
async function without(store: string, meanwhile: () => Promise<void>): Promise<void> {
  await mesh.stopChild(store, "SIGKILL");
  try {
    await meanwhile();
  } finally {
    await mesh.startChild(store);
  }
}

/** The subjects of the mails to hana about an order. */
async function mailsAbout(order: string): Promise<string[]> {
  const response = await fetch(`http://127.0.0.1:${mesh.ports.mail}/api/mails?to=hana@`);
  const mails = (await response.json()) as { subject: string }[];
  return mails.map(({ subject }) => subject).filter((subject) => subject.includes(order.replace("orders/", "")));
}

async function confirmed(): Promise<Order> {
  const { order } = responseOf<PlaceOrderResponse>(await placeOrder(grpc, await basket(grpc), headers));
  expect(order?.state).toBe(OrderState.CONFIRMED);
  return order as Order;
}

describe("PostgreSQL", () => {
  afterEach(() => openAgain(grpc, headers));

  test("away: every call that needs it is UNAVAILABLE, and works again when it is back, in the same processes", async () => {
    const { name } = await confirmedOrder(mesh, grpc, "hana");
    const order = await basket(grpc);
    const calls: [DescMethod, Message][] = [
      [methods.getProfile, create(GetProfileRequestSchema)],
      [methods.listPostings, create(ListPostingsRequestSchema)],
      [methods.getQuote, create(GetQuoteRequestSchema, { lines: [{ product, quantity: 1 }] })],
      [methods.searchProducts, create(SearchProductsRequestSchema, { query: "pears" })],
      [methods.listSlots, create(ListSlotsRequestSchema)],
      [methods.placeOrder, order],
      [methods.getOrder, create(GetOrderRequestSchema, { name })],
      [methods.listOrders, create(ListOrdersRequestSchema)],
      [methods.listMessages, create(ListMessagesRequestSchema)],
    ];
    await without("postgres", async () => {
      for (const way of ways) {
        for (const [method, request] of calls) {
          const { code, http, message } = await way.call(method, request, headers);
          expect({ way: way.name, method: method.name, code, message }).toMatchObject({ code: "UNAVAILABLE" });
          expect(message).not.toMatch(/ECONN|ENOENT|PGSQL|\/tmp|postgres/i);
          if (http !== undefined) expect(http).toBe(503);
        }
      }
    });
    await openAgain(grpc, headers);
    for (const [method, request] of calls) {
      expect({ method: method.name, ...(await grpc.call(method, request, headers)) }).toMatchObject({ code: "OK" });
    }
    expect(await replaced(mesh, before)).toEqual(["postgres"]);
  });

  test("killed under orders: the supervisor starts it again, and every order that was taken comes to its end", async () => {
    let going = true;
    const codes = new Map<string, number>();
    const customers = ["ada", "chidi", "fatou", "luis"].map(async (user) => {
      const own = await as(mesh, user);
      const request = await basket(grpc, { lines: [{ product, quantity: 1 }] });
      while (going) {
        const { code } = await placeOrder(grpc, { ...request, requestId: crypto.randomUUID() }, own);
        codes.set(code, (codes.get(code) ?? 0) + 1);
        // No faster than their wallets last.
        await delay(25);
      }
    });
    await until("orders", () => (codes.get("OK") ?? 0) >= 8);
    await crash(mesh, "postgres");
    const after = codes.get("OK") ?? 0;
    await until("orders again", () => (codes.get("OK") ?? 0) >= after + 8);
    going = false;
    await Promise.all(customers);
    // What was under way when the connection broke may be told of as late, never as something else.
    expect([...codes.keys()].filter((code) => !["OK", "UNAVAILABLE", "DEADLINE_EXCEEDED"].includes(code))).toEqual([]);
    await until(
      "every order to be settled",
      async () => (await mesh.query("select count(*) from orders where not settled", "order")).trim() === "0",
    );
    const states = await mesh.query("select distinct state from orders", "order");
    expect(
      states
        .trim()
        .split("\n")
        .filter((state) => !["CONFIRMED", "REFUSED", "CANCELLED"].includes(state)),
    ).toEqual([]);
    expect((await mesh.query("select count(*) from reservations where state = 'HELD'", "inventory")).trim()).toBe("0");
    expect((await mesh.query("select sum(held) from wallets", "customer")).trim()).toBe("0");
    expect((await mesh.query("select sum(amount) from postings", "customer")).trim()).toBe("0");
    expect(await replaced(mesh, before)).toEqual(["postgres"]);
  });

  test("commits to the disk, in the sessions of every service too", async () => {
    const settings = ["fsync", "synchronous_commit", "full_page_writes"];
    const databases = ["catalog", "customer", "dashboard", "inventory", "notification", "order", "pricing", "shipping"];
    for (const workload of databases) {
      const session = await mesh.database(workload);
      for (const setting of settings) {
        const { rows } = await session.query(`select current_setting('${setting}') as value`);
        expect({ workload, setting, value: rows[0].value }).toEqual({ workload, setting, value: "on" });
      }
      await session.end();
    }
  });
});

describe("the event log", () => {
  test("away: orders are confirmed all the same, and the mail comes when it is back", async () => {
    const orders: string[] = [];
    await without("event-log", async () => {
      for (let i = 0; i < 3; i++) orders.push((await settled(grpc, (await confirmed()).name, headers)).name);
      for (const order of orders) expect(await mailsAbout(order)).toEqual([]);
    });
    for (const order of orders) {
      const mails = await until(`the mail about ${order}`, async () => {
        const found = await mailsAbout(order);
        return found.length > 0 && found;
      });
      expect(mails).toHaveLength(1);
    }
    expect(await replaced(mesh, before)).toEqual(["event-log"]);
  });

  test("killed: the supervisor starts it again, and nothing that was in it is lost", async () => {
    const first = await confirmed();
    await crash(mesh, "event-log");
    const second = await confirmed();
    for (const { name } of [first, second]) await until("the mail", async () => (await mailsAbout(name)).length === 1);
    expect(await replaced(mesh, before)).toEqual(["event-log"]);
  });

  test("writes every append to the disk and drops nothing", async () => {
    const { eventLog } = JSON.parse(readFileSync(mesh.data("secrets.json"), "utf8"));
    const log = new Redis({ path: mesh.run("log", "valkey.sock"), password: eventLog, lazyConnect: true });
    await log.connect();
    expect(await log.config("GET", "appendfsync")).toEqual(["appendfsync", "always"]);
    expect(await log.config("GET", "maxmemory-policy")).toEqual(["maxmemory-policy", "noeviction"]);
    log.disconnect();
  });
});

describe("the cache", () => {
  test("away: the shop is open, and mails wait at most until it is back", async () => {
    const orders: string[] = [];
    await without("cache", async () => {
      for (const way of ways) {
        const { code } = await way.call(methods.getProfile, create(GetProfileRequestSchema), headers);
        expect({ way: way.name, code }).toEqual({ way: way.name, code: "OK" });
      }
      orders.push((await settled(grpc, (await confirmed()).name, headers)).name);
    });
    for (const order of orders)
      await until(`the mail about ${order}`, async () => (await mailsAbout(order)).length === 1);
    expect(await replaced(mesh, before)).toEqual(["cache"]);
  });

  test("killed: the supervisor starts it again", async () => {
    await crash(mesh, "cache");
    const { name } = await confirmed();
    await until("the mail", async () => (await mailsAbout(name)).length === 1);
    expect(await replaced(mesh, before)).toEqual(["cache"]);
  });
});
