// A first order, in every way in which somebody outside calls the shop: browse, quote, place, watch, read the mail, cancel.

import { randomUUID } from "node:crypto";
import { create, type Message } from "@bufbuild/protobuf";
import { type Order, OrderState, StepResult } from "@larder/contract/larder/order/v1/order_pb.js";
import {
  CancelOrderRequestSchema,
  type CancelOrderResponse,
  GetProductRequestSchema,
  type GetProductResponse,
  GetProfileRequestSchema,
  type GetProfileResponse,
  GetQuoteRequestSchema,
  type GetQuoteResponse,
  ListOrdersRequestSchema,
  type ListOrdersResponse,
  ListPostingsRequestSchema,
  type ListPostingsResponse,
  ListProductsRequestSchema,
  type ListProductsResponse,
  type PlaceOrderResponse,
  SearchProductsRequestSchema,
  type SearchProductsResponse,
  UpdatePreferencesRequestSchema,
  type UpdatePreferencesResponse,
  WatchOrderRequestSchema,
  type WatchOrderResponse,
} from "@larder/contract/larder/storefront/v1/storefront_service_pb.js";
import type { Money } from "@larder/contract/larder/type/v1/money_pb.js";
import { describe, expect, test } from "vitest";
import { sharedMesh } from "../mesh.ts";
import { until } from "../until.ts";
import { as, basket, mailsAbout, methods, placeOrder, product, responseOf, settled } from "./shop.ts";
import { type Headers, sharedWays, type Way } from "./ways.ts";

const mesh = sharedMesh();
const ways = sharedWays(mesh);

/** A user for each way, so that no wallet serves two of them. */
const customers = [
  ["gRPC", "ada"],
  ["gRPC over TLS", "chidi"],
  ["Connect with JSON", "fatou"],
  ["Connect with binary messages, HTTP/2 over TLS", "hana"],
  ["gRPC-Web", "luis"],
  ["gRPC-Web with JSON over TLS", "nils"],
  ["REST", "rosa"],
  ["REST over TLS", "tilda"],
] as const;

const cents = (money: Money | undefined): number =>
  Number(money?.units ?? 0) * 100 + Math.round((money?.nanos ?? 0) / 1e7);

const wayOf = (name: string): Way => {
  const way = ways.find((each) => each.name === name);
  if (!way) throw new Error(`there is no way ${name}`);
  return way;
};

async function profile(way: Way, headers: Headers): Promise<GetProfileResponse> {
  return responseOf(await way.call(methods.getProfile, create(GetProfileRequestSchema), headers));
}

const confirmedSteps = ["book", "capture", "commit", "confirm", "decide", "hold", "reserve"];

test("every way is tried", () => {
  expect(ways.map(({ name }) => name)).toEqual(customers.map(([name]) => name));
});

describe.each(customers)("by %s, as %s", (name, user) => {
  test("the shelves can be read without a token", async () => {
    const way = wayOf(name);
    const list = create(ListProductsRequestSchema, { category: "fruit", pageSize: 5 });
    const page = responseOf<ListProductsResponse>(await way.call(methods.listProducts, list, {}));
    expect(page.products).toHaveLength(5);
    expect(page.products.every(({ category }) => category === "fruit")).toBe(true);
    const next = create(ListProductsRequestSchema, { ...list, pageToken: page.nextPageToken });
    const second = responseOf<ListProductsResponse>(await way.call(methods.listProducts, next, {}));
    expect(second.products.map((each) => each.name)).not.toContain(page.products[0]?.name);

    const search = create(SearchProductsRequestSchema, { query: "abate pears" });
    const found = responseOf<SearchProductsResponse>(await way.call(methods.searchProducts, search, {}));
    expect(found.products[0]?.name).toBe(product);
    const get = create(GetProductRequestSchema, { name: product });
    const shown = responseOf<GetProductResponse>(await way.call(methods.getProduct, get, {}));
    expect(shown.product).toMatchObject({ displayName: "Abate Pears", price: { currencyCode: "EUR", units: 3n } });

    const quote = create(GetQuoteRequestSchema, { lines: [{ product, quantity: 2 }] });
    const priced = responseOf<GetQuoteResponse>(await way.call(methods.getQuote, quote, {})).quote;
    expect(priced?.lines).toMatchObject([{ product, quantity: 2, unitPrice: { units: 3n, nanos: 90_000_000 } }]);
    expect(cents(priced?.subtotal) + cents(priced?.discount)).toBe(cents(priced?.total));
  });

  test("an order is confirmed, told of by mail, and cancelled with all its money", async () => {
    const way = wayOf(name);
    const headers = await as(mesh, user);
    const before = await profile(way, headers);
    const request = await basket(way);
    const { order } = responseOf<PlaceOrderResponse>(await placeOrder(way, request, headers));
    if (!order) throw new Error("there is no order in the answer");
    expect(order).toMatchObject({ state: OrderState.CONFIRMED, customer: `customers/${user}`, slot: request.slot });
    const total = cents(order.quote?.total);
    expect(total).toBeGreaterThan(0);

    const placed = await watched(way, order.name, headers);
    expect(placed).toMatchObject({ state: OrderState.CONFIRMED, settled: true });
    expect(placed.steps.map((step) => step.name).sort()).toEqual(confirmedSteps);
    expect(placed.steps.every(({ result }) => result === StepResult.DONE)).toBe(true);
    expect(cents((await profile(way, headers)).wallet?.available)).toBe(cents(before.wallet?.available) - total);

    const list = create(ListOrdersRequestSchema, { pageSize: 1 });
    const { orders } = responseOf<ListOrdersResponse>(await way.call(methods.listOrders, list, headers));
    expect(orders).toMatchObject([{ name: order.name }]);
    const [mail] = await until("the mail", async () => {
      const mails = await mailsAbout(mesh, order.name, user);
      return mails.length > 0 ? mails : undefined;
    });
    expect(mail).toMatchObject({
      to: [`${user}@customers.larder.example`],
      subject: expect.stringMatching(/is confirmed$/),
    });
    expect(mail?.text).toContain("2 x Abate Pears");

    const cancel = create(CancelOrderRequestSchema, { name: order.name });
    const cancelling = responseOf<CancelOrderResponse>(await way.call(methods.cancelOrder, cancel, headers)).order;
    expect([OrderState.CANCELLING, OrderState.CANCELLED]).toContain(cancelling?.state);
    expect(await settled(way, order.name, headers)).toMatchObject({ state: OrderState.CANCELLED });
    expect(cents((await profile(way, headers)).wallet?.available)).toBe(cents(before.wallet?.available));
    const postings = create(ListPostingsRequestSchema, { pageSize: 3 });
    const page = responseOf<ListPostingsResponse>(await way.call(methods.listPostings, postings, headers));
    expect(page.postings.map(({ amount }) => cents(amount)).slice(0, 2)).toEqual([total, -total]);
    await until("the second mail", async () => (await mailsAbout(mesh, order.name, user)).length === 2);
    expect((await mailsAbout(mesh, order.name, user)).at(-1)?.subject).toMatch(/will not be delivered$/);
  });

  test("preferences are changed, one at a time", async () => {
    const way = wayOf(name);
    const headers = await as(mesh, user);
    for (const sms of [true, false]) {
      const change = create(UpdatePreferencesRequestSchema, { preferences: { sms }, updateMask: { paths: ["sms"] } });
      const answer = responseOf<UpdatePreferencesResponse>(await way.call(methods.updatePreferences, change, headers));
      expect(answer.preferences).toMatchObject({ email: true, sms });
      expect((await profile(way, headers)).preferences).toMatchObject({ email: true, sms });
    }
  });
});

/** The order as a watcher sees it last; where a protocol has no streams, as it stands once it is settled. */
async function watched(way: Way, order: string, headers: Headers, tell?: (seen: Message) => void): Promise<Order> {
  if (!way.stream) return settled(way, order, headers);
  const outcome = await way.stream(methods.watchOrder, create(WatchOrderRequestSchema, { name: order }), headers, tell);
  expect(outcome.code).toBe("OK");
  const seen = (outcome.responses as WatchOrderResponse[]).map((response) => response.order);
  // Each shows at least as many steps as the one before: the stream tells how the order comes along.
  const steps = seen.map((each) => each?.steps.length ?? 0);
  expect(steps).toEqual(steps.toSorted((a, b) => a - b));
  const last = seen.at(-1);
  if (!last) throw new Error("the stream was empty");
  return last;
}

test("who watches an order sees its steps as they happen", async () => {
  const headers = await as(mesh, "ada");
  const request = await basket(wayOf("gRPC"));
  const shipping = await mesh.database("shipping");
  // Nobody can book while the slots are locked, so that the order stays where it is.
  await shipping.query("begin; lock table slots");
  const placing = placeOrder(wayOf("gRPC"), request, headers);
  const name = await until("the order to be stored", async () => {
    const rows = await mesh.query(`select id from orders where request_id = '${request.requestId}'`, "order");
    return rows.trim() && `orders/${rows.trim()}`;
  });
  const watchers = [wayOf("gRPC"), wayOf("Connect with JSON"), wayOf("gRPC-Web")].map((way) => {
    const { promise: first, resolve } = Promise.withResolvers<Order | undefined>();
    const tell = (response: Message) => resolve((response as WatchOrderResponse).order);
    return { first, last: watched(way, name, headers, tell) };
  });
  for (const { first } of watchers) {
    const order = await first;
    expect(order?.state).toBe(OrderState.PENDING);
    expect(order?.steps.map((step) => step.name)).not.toContain("book");
  }
  await shipping.end();
  for (const { last } of watchers) {
    const order = await last;
    expect(order).toMatchObject({ state: OrderState.CONFIRMED, settled: true });
    expect(order.steps.map((step) => step.name).sort()).toEqual(confirmedSteps);
  }
  expect(responseOf<PlaceOrderResponse>(await placing).order?.name).toBe(name);
});

test("a repeat with the same request id is the same order, and costs nothing more", async () => {
  const headers = await as(mesh, "ada");
  const request = await basket(wayOf("gRPC"), { requestId: randomUUID() });
  const first = responseOf<PlaceOrderResponse>(await placeOrder(wayOf("gRPC"), request, headers)).order;
  await settled(wayOf("gRPC"), first?.name ?? "", headers);
  const wallet = (await profile(wayOf("gRPC"), headers)).wallet;
  for (const way of ways) {
    const again = responseOf<PlaceOrderResponse>(await placeOrder(way, request, headers)).order;
    expect(again?.name, way.name).toBe(first?.name);
  }
  expect((await profile(wayOf("gRPC"), headers)).wallet).toEqual(wallet);
});
