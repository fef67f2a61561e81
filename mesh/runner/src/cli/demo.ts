// larder demo: an order through the edge as a demo user, by gRPC, with its steps as they happen.
import { randomBytes, randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { Code, ConnectError, createClient, type Interceptor } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { type Order, OrderState, StepResult } from "@larder/contract/larder/order/v1/order_pb.js";
import { ShipmentState } from "@larder/contract/larder/shipping/v1/shipment_pb.js";
import { StorefrontService } from "@larder/contract/larder/storefront/v1/storefront_service_pb.js";
import type { Money } from "@larder/contract/larder/type/v1/money_pb.js";
import { Refusal } from "../refusal.ts";
import type { SupervisorState } from "../state.ts";
import { deliver } from "./deliver.ts";
import { PLACE_USAGE } from "./place.ts";
import { runningMesh } from "./running.ts";
import { demoToken } from "./token.ts";
import { parseWords } from "./words.ts";

export const name = "demo";
export const summary = "Places an order as a demo user and shows its steps: 0 when it is confirmed.";
export const usage = `[--user ada] [--search milk] [--deliver] ${PLACE_USAGE}

  --deliver       has the order picked, dispatched and delivered, as the warehouse and the carrier would`;

export async function run(args: readonly string[]): Promise<number> {
  const { place, text, on } = parseWords(args, ["user", "search"], ["deliver"], 0);
  const state = runningMesh(place);
  const user = text("user") ?? "ada";
  const shop = shopOf(state, await demoToken(state, user));
  const traceId = randomBytes(16).toString("hex");
  try {
    const order = await buy(shop, user, text("search") ?? "milk", traceId);
    const confirmed = order.state === OrderState.CONFIRMED;
    if (on("deliver") && confirmed)
      await deliver(state, shop, order.name, (now) => console.log(`  ${word(ShipmentState[now])}`));
    const { mail, traces } = state.addresses;
    if (mail) console.log(`\nThe e-mail to ${user}: ${mail}`);
    if (traces) console.log(`The trace of the order: ${traces}/traces/${traceId}`);
    return confirmed ? 0 : 1;
  } catch (error) {
    if (error instanceof Refusal) throw error;
    const { code, rawMessage } = ConnectError.from(error);
    throw new Refusal(`${Code[code]}: ${rawMessage}`);
  }
}

/** The shop, as whoever has the token sees it. */
export function shopOf(state: SupervisorState, token: string): Shop {
  const withToken: Interceptor = (next) => (request) => {
    request.header.set("authorization", `Bearer ${token}`);
    return next(request);
  };
  const transport = createGrpcTransport({ baseUrl: state.addresses.shop ?? "", interceptors: [patient, withToken] });
  return createClient(StorefrontService, transport);
}

const PATIENCE_MS = 15_000;
const PAUSE_MS = 250;

/** Calls again where the shop is late, as the first calls after a start may be: reads are safe to repeat, an order by its request id. */
const patient: Interceptor = (next) => async (request) => {
  for (const end = Date.now() + PATIENCE_MS; ; await delay(PAUSE_MS)) {
    try {
      return await next(request);
    } catch (error) {
      const { code } = ConnectError.from(error);
      const late = code === Code.DeadlineExceeded || code === Code.Unavailable;
      if (request.stream || !late || Date.now() > end) throw error;
    }
  }
};

type Shop = ReturnType<typeof createClient<typeof StorefrontService>>;

/** Buys what fits the query, and shows the steps of the order until it is settled. */
export async function buy(shop: Shop, user: string, query: string, traceId: string): Promise<Order> {
  const { products } = await shop.searchProducts({ query, pageSize: 3 });
  if (products.length === 0) throw new Refusal(`Nothing on the shelves fits ${query}.`);
  const lines = products.map(({ name: product }, index) => ({ product, quantity: index + 1 }));
  const { quote } = await shop.getQuote({ lines });
  console.log(`${user} buys`);
  for (const line of quote?.lines ?? [])
    console.log(`  ${line.quantity} x ${line.displayName.padEnd(40)} ${amount(line.total)}`);
  console.log(`  ${"total".padEnd(44)} ${amount(quote?.total)}`);
  const { slots } = await shop.listSlots({ pageSize: 1 });
  const slot = slots[0]?.name;
  if (!slot) throw new Refusal("No delivery slot is free.");

  const expectedTotal = quote?.total ? { expectedTotal: quote.total } : {};
  // Says that this order is to be traced, whichever others are.
  const headers = { traceparent: `00-${traceId}-${randomBytes(8).toString("hex")}-01` };
  const request = { requestId: randomUUID(), lines, slot, ...expectedTotal };
  const { order: placed } = await shop.placeOrder(request, { headers });
  if (!placed) throw new Refusal("The shop answered without an order.");
  console.log(`\n${placed.name} for ${slot}`);
  let shown = 0;
  let last = placed;
  for await (const { order } of shop.watchOrder({ name: placed.name })) {
    if (!order) continue;
    for (const step of order.steps.slice(shown))
      console.log(`  ${step.name.padEnd(10)} ${word(StepResult[step.result])} ${step.reason}`.trimEnd());
    shown = order.steps.length;
    last = order;
  }
  console.log(`  ${word(OrderState[last.state])}`);
  return last;
}

const word = (name: string | undefined): string => (name ?? "unknown").toLowerCase();

const amount = (money: Money | undefined): string =>
  `${(Number(money?.units ?? 0) + (money?.nanos ?? 0) / 1e9).toFixed(2)} ${money?.currencyCode ?? ""}`.padStart(14);
