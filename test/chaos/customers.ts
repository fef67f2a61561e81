// The customers of a run. Each orders at the edge by one of the protocols, and asks again under the same request id until it knows what
// became of the order: so every order that was accepted is known.

import { setTimeout as delay } from "node:timers/promises";
import { create } from "@bufbuild/protobuf";
import { type Order, OrderState } from "@larder/contract/larder/order/v1/order_pb.js";
import {
  CancelOrderRequestSchema,
  type CancelOrderResponse,
  PlaceOrderRequestSchema,
  type PlaceOrderResponse,
} from "@larder/contract/larder/storefront/v1/storefront_service_pb.js";
import { bearer, methods, placeOrder } from "../edge/shop.ts";
import type { Outcome, Way } from "../edge/ways.ts";
import type { Kind, PlannedOrder } from "./plan.ts";
import type { End, Warehouse } from "./warehouse.ts";

/** What one customer was told. */
export interface Told {
  readonly requestId: string;
  readonly customer: string;
  readonly kind: Kind;
  /** The state of the order, or the reason of a refusal. Absent: there never was an answer. */
  placed?: string;
  /** The name of the order, where an answer gave it. */
  order?: string;
  /** `CANCELLED`, or the reason of a refusal. Absent: nobody asked, or there never was an answer. */
  cancelled?: string;
  /** How it was brought, once the carrier was answered. Absent: nobody brought it, or there never was an answer. */
  brought?: End;
}

/** What the shop sells, to whom, and when it delivers. */
export interface Offers {
  readonly customers: readonly string[];
  /** Of which there is plenty. */
  readonly products: readonly string[];
  readonly slots: readonly string[];
  readonly shortProduct: string;
  readonly smallSlot: string;
  readonly poorCustomer: string;
}

/** An order that was confirmed. Times by `performance.now()`. */
export interface Confirmed {
  readonly order: string;
  /** When it was first asked for. */
  readonly begun: number;
  readonly at: number;
}

/** Answers that say nothing about the order: the customer asks again. */
const UNKNOWN = ["UNAVAILABLE", "DEADLINE_EXCEEDED", "RESOURCE_EXHAUSTED", "CANCELLED"];
/** What is PENDING or being undone goes on by itself: the customer asks again. */
const DECIDED = [OrderState.CONFIRMED, OrderState.CANCELLING, OrderState.CANCELLED];
/**
 * A connection or a stream that broke before the status came, in the words of the client libraries, which call that ABORTED or INTERNAL. The edge
 * resets a stream too if the time is over after an answer has begun.
 */
const CUT_OFF = /RST_STREAM|NGHTTP2_|socket hang up|ECONNRESET|EPIPE/;
const REFUSED = ["FAILED_PRECONDITION", "NOT_FOUND"];
const FIRST_PAUSE_MS = 150;
const LONGEST_PAUSE_MS = 8000;

export class Customers {
  readonly #ways: readonly Way[];
  readonly #offers: Offers;
  readonly #tokenOf: (customer: string) => string;
  readonly #warehouse: Pick<Warehouse, "bring">;
  readonly #prefix: string;
  readonly #told: Told[] = [];
  readonly #strange = new Map<string, number>();
  readonly #codes = new Map<string, number>();
  readonly #going = new Set<Promise<void>>();
  readonly #closing = new AbortController();
  #inFlight = 0;
  #confirmed: (order: Confirmed) => void = () => {};

  /** `prefix` begins every request id. */
  constructor(
    ways: readonly Way[],
    offers: Offers,
    tokenOf: (customer: string) => string,
    warehouse: Pick<Warehouse, "bring">,
    prefix: string,
  ) {
    this.#ways = ways;
    this.#offers = offers;
    this.#tokenOf = tokenOf;
    this.#warehouse = warehouse;
    this.#prefix = prefix;
  }

  get told(): readonly Told[] {
    return this.#told;
  }

  /** Orders that were asked for and whose customers do not yet know what became of them. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** How often each code was answered. */
  get codes(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#codes);
  }

  /** Answers that the contract does not know for an order, each with how often it came. */
  get strange(): readonly string[] {
    return [...this.#strange].map(([what, count]) => `${count} x ${what}`);
  }

  onConfirmed(tell: (order: Confirmed) => void): void {
    this.#confirmed = tell;
  }

  order(planned: PlannedOrder): void {
    const going = this.#buy(planned, this.#told.length).finally(() => this.#going.delete(going));
    this.#going.add(going);
  }

  /** Waits until every customer knows what became of the orders, but no longer than said. */
  async rest(withinMs: number): Promise<void> {
    const timer = setTimeout(() => this.#closing.abort(), withinMs);
    await Promise.all(this.#going);
    clearTimeout(timer);
  }

  async #buy(planned: PlannedOrder, number: number): Promise<void> {
    const { customers, products, slots, shortProduct, smallSlot, poorCustomer } = this.#offers;
    const { kind } = planned;
    const customer = kind === "poor" ? poorCustomer : at(customers, planned.customer);
    const told: Told = { requestId: `${this.#prefix}-${String(number).padStart(6, "0")}`, customer, kind };
    this.#told.push(told);
    const packs = new Map(planned.lines.map(({ product, quantity }) => [at(products, product), quantity]));
    if (kind === "short") packs.set(shortProduct, 2);
    const request = create(PlaceOrderRequestSchema, {
      requestId: told.requestId,
      lines: [...packs].map(([product, quantity]) => ({ product, quantity: kind === "poor" ? 9 : quantity })),
      slot: kind === "full" ? smallSlot : at(slots, planned.slot),
    });
    const way = at(this.#ways, planned.way);
    const headers = bearer(this.#tokenOf(customer));
    const begun = performance.now();
    this.#inFlight += 1;
    const answer = await this.#insist(
      () => placeOrder(way, request, headers),
      (outcome) => {
        const order = orderIn(outcome);
        if (order) told.order = order.name;
        return order !== undefined && DECIDED.includes(order.state);
      },
    );
    this.#inFlight -= 1;
    if (!answer) return;
    const state = orderIn(answer)?.state;
    told.placed = answer.reason || (OrderState[state ?? OrderState.UNSPECIFIED] ?? "");
    if (state !== OrderState.CONFIRMED || !told.order) return;
    this.#confirmed({ order: told.order, begun, at: performance.now() });
    const name = told.order;
    if (kind === "delivered" || kind === "failed") {
      if (await this.#warehouse.bring(name, kind, this.#closing.signal)) told.brought = kind;
      return;
    }
    if (kind !== "cancelled") return;
    const cancelled = await this.#insist(
      () => way.call(methods.cancelOrder, create(CancelOrderRequestSchema, { name }), headers),
      (outcome) => orderIn(outcome) !== undefined,
    );
    if (cancelled) told.cancelled = cancelled.reason || "CANCELLED";
  }

  /** Calls until there is an outcome: a refusal, or an answer that decides. Absent: there was none before the end. */
  async #insist(call: () => Promise<Outcome>, decides: (outcome: Outcome) => boolean): Promise<Outcome | undefined> {
    for (let pause = FIRST_PAUSE_MS; !this.#closing.signal.aborted; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      const outcome = await call();
      this.#codes.set(outcome.code, (this.#codes.get(outcome.code) ?? 0) + 1);
      if (outcome.code === "OK" ? decides(outcome) : REFUSED.includes(outcome.code) && outcome.reason) return outcome;
      const unknown = UNKNOWN.includes(outcome.code) || (!outcome.reason && CUT_OFF.test(outcome.message));
      if (outcome.code !== "OK" && !unknown) this.#wonder(outcome);
      await delay(pause * (0.75 + Math.random() / 2), undefined, { signal: this.#closing.signal }).catch(() => {});
    }
    return undefined;
  }

  #wonder({ code, reason, message }: Outcome): void {
    const what = `${code} ${reason}: ${message.slice(0, 120)}`;
    this.#strange.set(what, (this.#strange.get(what) ?? 0) + 1);
  }
}

const orderIn = ({ response }: Outcome): Order | undefined =>
  (response as PlaceOrderResponse | CancelOrderResponse | undefined)?.order;

const at = <T>(list: readonly T[], number: number): T => list[number % list.length] as T;
