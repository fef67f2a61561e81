// OrderService: contract in, saga and store behind it.

import { randomUUIDv7 } from "node:crypto";
import { equals } from "@bufbuild/protobuf";
import { type OrderService, PlaceOrderRequestSchema } from "@larder/contract/larder/order/v1/order_service_pb.js";
import { type Money, MoneySchema } from "@larder/contract/larder/type/v1/money_pb.js";
import type { CallContext, Handler } from "@larder/platform";
import { fromCents, hashRequest, idOf, nameOf, pageOf, readPage, subjectOf } from "@larder/types";
import type { Pricing } from "./clients.ts";
import * as errors from "./errors.ts";
import { showOrder } from "./message.ts";
import { isOrderId, type Order, type Quote } from "./order.ts";
import type { Runner } from "./runner.ts";
import { cancellation, isDone, takenBack } from "./saga.ts";
import type { Store } from "./store.ts";
import type { Watchers } from "./watchers.ts";

export interface HandlerOptions {
  readonly store: Store;
  readonly runner: Runner;
  readonly watchers: Watchers;
  readonly pricing: Pricing;
}

// With less than this left of the caller's deadline the answer is on its way.
const ANSWER_MS = 150;
// For callers without a deadline.
const LONGEST_WAIT_MS = 10_000;

export function orderHandler({ store, runner, watchers, pricing }: HandlerOptions): Handler<typeof OrderService> {
  /** The order of that name, if it is the user's own: a foreign one does not exist. */
  async function own(name: string, context: CallContext): Promise<Order> {
    const id = idOf(name);
    const order = isOrderId(id) ? await store.find(id) : undefined;
    if (order?.customer !== subjectOf(context)) throw errors.orderNotFound(name);
    return order;
  }

  /** The answer to PlaceOrder, once the order is decided or the time is up. */
  async function answer(order: Order, context: CallContext) {
    const seen = await watchers.until(order, ({ state }) => state !== "PENDING", waitMs(context));
    const refused = seen.state === "UNDOING" || seen.state === "REFUSED";
    if (refused && seen.failure && seen.failure.reason !== takenBack.reason) throw errors.refused(seen.failure);
    return { order: showOrder(seen) };
  }

  /** The order that was placed under the request id before; undefined if none was. */
  async function earlier(customer: string, requestId: string, bodyHash: string): Promise<Order | undefined> {
    const found = await store.findRequest(customer, requestId);
    if (found && found.bodyHash !== bodyHash) throw errors.requestIdReused(requestId);
    return found?.order;
  }

  return {
    async placeOrder(request, context) {
      const customer = subjectOf(context);
      const { requestId, lines, coupons, slot } = request;
      const bodyHash = hashRequest(PlaceOrderRequestSchema, request);
      let quote: Quote;
      try {
        quote = await pricing.quote({ customer: nameOf("customers", customer), lines, coupons });
        checkTotal(request.expectedTotal, quote.total);
      } catch (error) {
        // What was placed stands, whatever a basket costs by now.
        const order = await earlier(customer, requestId, bodyHash);
        if (order) return answer(order, context);
        throw error;
      }
      const since = performance.now();
      const order = await store.place({ id: randomUUIDv7(), customer, requestId, bodyHash, slot: idOf(slot), quote });
      if (order) {
        runner.start(order, since);
        return answer(order, context);
      }
      const first = await earlier(customer, requestId, bodyHash);
      if (!first) throw new Error(`request id ${requestId} was taken and is gone`);
      return answer(first, context);
    },

    async getOrder({ name }, context) {
      return { order: showOrder(await own(name, context)) };
    },

    async listOrders(request, context) {
      const customer = subjectOf(context);
      const scope = `orders:${customer}`;
      const page = readPage("order", scope, request, { usual: 20, most: 100 });
      const found = await store.list(customer, page.size + 1, page.after);
      const { rows, nextPageToken } = pageOf(scope, page, found, ({ id }) => id);
      return { orders: rows.map(showOrder), nextPageToken };
    },

    async *watchOrder({ name, untilDelivered }, context) {
      const order = await own(name, context);
      for await (const seen of watchers.follow(order, untilDelivered, context.signal)) yield { order: showOrder(seen) };
    },

    async cancelOrder({ name }, context) {
      for (;;) {
        const order = await own(name, context);
        const wish = cancellation(order);
        if (wish === "refused") throw errors.notCancellable(name);
        if (wish === "late") throw errors.alreadyPicked(name);
        if (wish === "stands") return { order: showOrder(order) };
        if (wish === "wait") return afterShipping(order);
        const to = await runner.takeOver(order, wish);
        if (!to) continue;
        return to.state === "CANCELLING" ? afterShipping(to) : { order: showOrder(to) };
      }

      async function afterShipping(order: Order) {
        const decided = (seen: Order) => seen.version > order.version || isDone(seen, "cancel");
        const seen = await watchers.until(order, decided, waitMs(context));
        if (seen.state === "CONFIRMED") throw errors.alreadyPicked(name);
        return { order: showOrder(seen) };
      }
    },
  };
}

function checkTotal(expected: Money | undefined, cents: number): void {
  const total = fromCents(cents);
  if (expected && !equals(MoneySchema, expected, total)) throw errors.priceChanged(inWords(expected), inWords(total));
}

function inWords({ units, nanos, currencyCode }: Money): string {
  const digits = String(Math.abs(nanos))
    .padStart(9, "0")
    .replace(/0{1,7}$/, "");
  const sign = units < 0n || nanos < 0 ? "-" : "";
  return `${sign}${units < 0n ? -units : units}.${digits} ${currencyCode}`;
}

const waitMs = (context: CallContext) => Math.min(context.remainingMs() - ANSWER_MS, LONGEST_WAIT_MS);
