// What a suite at the edge does in the shop again and again: orders to place, and what the shop has in its books.

import { randomUUID } from "node:crypto";
import { create } from "@bufbuild/protobuf";
import type { Order } from "@larder/contract/larder/order/v1/order_pb.js";
import { OrderState } from "@larder/contract/larder/order/v1/order_pb.js";
import {
  GetOrderRequestSchema,
  type GetOrderResponse,
  ListSlotsRequestSchema,
  type ListSlotsResponse,
  type PlaceOrderRequest,
  PlaceOrderRequestSchema,
  type PlaceOrderResponse,
  StorefrontService,
} from "@larder/contract/larder/storefront/v1/storefront_service_pb.js";
import type { SharedMesh } from "../mesh.ts";
import { until } from "../until.ts";
import { accessToken } from "../users.ts";
import type { Headers, Outcome, Way } from "./ways.ts";

export const methods = StorefrontService.method;

export const bearer = (token: string): Headers => ({ authorization: `Bearer ${token}` });

/** The header of a demo user with every scope. */
export const as = async (mesh: SharedMesh, user: string): Promise<Headers> => bearer(await accessToken(mesh, user));

/** A product that every warehouse has plenty of, at 3.09 EUR. */
export const product = "products/abate-pears-1kg-sunny-bank";

/** What an order asks for; what is left out is as `basket` has it. */
export interface Wanted {
  readonly requestId?: string;
  readonly lines?: readonly { readonly product: string; readonly quantity: number }[];
  readonly coupons?: readonly string[];
  readonly slot?: string;
  readonly expectedTotal?: { readonly currencyCode: string; readonly units: bigint; readonly nanos: number };
}

/** A request to order two packs, in a slot that is free. */
export async function basket(way: Way, wanted: Wanted = {}): Promise<PlaceOrderRequest> {
  const { lines = [{ product, quantity: 2 }], coupons = [], expectedTotal, ...rest } = wanted;
  return create(PlaceOrderRequestSchema, {
    requestId: randomUUID(),
    slot: await freeSlot(way),
    lines: [...lines],
    coupons: [...coupons],
    ...(expectedTotal ? { expectedTotal } : {}),
    ...rest,
  });
}

/** A slot of the last day that can be booked: it does not begin while a suite runs. */
async function freeSlot(way: Way): Promise<string> {
  const { slots } = responseOf<ListSlotsResponse>(
    await way.call(methods.listSlots, create(ListSlotsRequestSchema, { pageSize: 200 }), {}),
  );
  return slots.at(-1)?.name ?? "";
}

export const placeOrder = (way: Way, request: PlaceOrderRequest, headers: Headers): Promise<Outcome> =>
  way.call(methods.placeOrder, request, headers);

/** Places an order that is confirmed, and waits until nothing is left to do for it. A machine that is too busy for one gets another. */
export function confirmedOrder(mesh: SharedMesh, way: Way, user: string): Promise<Order> {
  return until(
    "a confirmed order",
    async () => {
      try {
        const headers = await as(mesh, user);
        const { order } = responseOf<PlaceOrderResponse>(await placeOrder(way, await basket(way), headers));
        const after = order && (await settled(way, order.name, headers));
        return after?.state === OrderState.CONFIRMED ? after : undefined;
      } catch (error) {
        if (isLate(error)) return undefined;
        throw error;
      }
    },
    50_000,
  );
}

/** Whether `responseOf` threw because there was no answer in time. */
export const isLate = (error: unknown): boolean =>
  /^(DEADLINE_EXCEEDED|UNAVAILABLE) /.test(String((error as Error).message));

/** The order, once nothing is left to do for it. */
export function settled(way: Way, name: string, headers: Headers): Promise<Order> {
  return until(`${name} to be settled`, async () => {
    const request = create(GetOrderRequestSchema, { name });
    const { order } = responseOf<GetOrderResponse>(await way.call(methods.getOrder, request, headers));
    return order?.settled ? order : undefined;
  });
}

/** The response of a call that went well; throws with what it met instead. */
export function responseOf<T>({ response, code, reason, message }: Outcome): T {
  if (!response) throw new Error(`${code} ${reason}: ${message}`);
  return response as T;
}

export interface Mail {
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
}

/** The mails to a user about an order, oldest first. */
export async function mailsAbout(mesh: SharedMesh, order: string, user: string): Promise<Mail[]> {
  const response = await fetch(`http://127.0.0.1:${mesh.ports.mail}/api/mails?to=${user}@`);
  const mails = (await response.json()) as Mail[];
  return mails.filter(({ subject }) => subject.includes(order.replace("orders/", ""))).reverse();
}

const books: Readonly<Record<string, readonly string[]>> = {
  customer: [
    "select * from wallets order by customer_id",
    "select count(*), coalesce(sum(abs(amount)), 0) from postings",
    "select state, count(*), sum(amount) from holds group by state order by state",
  ],
  inventory: [
    "select sum(received), sum(available), sum(reserved), sum(sold) from stock",
    "select md5(string_agg(stock::text, ',' order by product_id, warehouse_id)) from stock",
    "select state, count(*) from reservations group by state order by state",
  ],
  order: ["select id, state, version, settled from orders order by id"],
  shipping: ["select sum(booked) from slots", "select order_id, state from shipments order by order_id"],
};

/** Everything that the shop has in its books about money, stock, orders and deliveries, as text to compare. */
export async function allBooks(mesh: SharedMesh): Promise<string> {
  const pages = Object.entries(books).map(async ([database, queries]) => {
    const rows = await mesh.query(queries.join("; "), database);
    return `${database}\n${rows.trim()}`;
  });
  return (await Promise.all(pages)).join("\n");
}
