// The owners of stock, money, slots and prices as servers in the test's own process, which can be told to misbehave.
import { join } from "node:path";
import { WalletService } from "@larder/contract/larder/customer/v1/wallet_service_pb.js";
import { InventoryService } from "@larder/contract/larder/inventory/v1/inventory_service_pb.js";
import { PricingService } from "@larder/contract/larder/pricing/v1/pricing_service_pb.js";
import { ShippingService } from "@larder/contract/larder/shipping/v1/shipping_service_pb.js";
import {
  Code,
  type Handler,
  implement,
  platformSettings,
  type Route,
  RpcError,
  readEnv,
  rpcError,
  serve,
} from "@larder/platform";
import { fromCents, idOf, toCents } from "@larder/types";
import type { CallStep } from "../saga.ts";
import { Deliveries, Stock, Wallets } from "./ledgers.ts";

/** What happens to the calls of a step: `arrived` before its effect, `effected` between effect and answer. May wait or throw. */
export interface Interposed {
  arrived?(order: string): unknown;
  effected?(order: string): unknown;
}

export const unavailable = () => rpcError("test", Code.UNAVAILABLE, "OUT_OF_ORDER", "not now");

/** Prices of products, in cents. */
export const prices: Record<string, number> = { milk: 119, bread: 249, cheese: 1099, air: 0 };

export class Participants {
  readonly stock = new Stock();
  readonly wallets = new Wallets();
  readonly deliveries = new Deliveries();
  /** Every call of a step, oldest first. `answer`: absent while it has none, then `OK` or the reason of its refusal. */
  readonly calls: { step: CallStep; order: string; answer?: string }[] = [];
  /** Multiplies all prices. */
  inflation = 1;
  /** Pricing answers nobody. */
  pricingAway = false;
  readonly #interposed = new Map<CallStep, Interposed>();
  readonly #running: { stop(): Promise<void> }[] = [];
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Starts all four on sockets in a folder. */
  static async start(folder: string): Promise<Participants> {
    const participants = new Participants(folder);
    await participants.#serve("inventory", implement(InventoryService, participants.#inventory()));
    await participants.#serve("customer", implement(WalletService, participants.#wallet()));
    await participants.#serve("shipping", implement(ShippingService, participants.#shipping()));
    await participants.#serve("pricing", implement(PricingService, participants.#pricing()));
    return participants;
  }

  /** Where they listen, as settings of the order service. */
  get environment(): Record<string, string> {
    return Object.fromEntries(
      ["inventory", "customer", "shipping", "pricing"].map((name) => [
        `LARDER_ADDR_${name.toUpperCase()}`,
        `unix:${join(this.#folder, `${name}.sock`)}`,
      ]),
    );
  }

  /** Changes how the calls of a step go, until `reset`. */
  interpose(step: CallStep, interposed: Interposed): void {
    this.#interposed.set(step, interposed);
  }

  /** The first `times` calls of the step fail, before or after they have had their effect. */
  fail(step: CallStep, when: keyof Interposed, times = Number.POSITIVE_INFINITY): void {
    let left = times;
    this.interpose(step, {
      [when]: () => {
        left -= 1;
        if (left >= 0) throw unavailable();
      },
    });
  }

  /** Calls of the step wait until the returned function is called. */
  hold(step: CallStep, when: keyof Interposed): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.interpose(step, { [when]: () => promise });
    return resolve;
  }

  /** Everybody behaves again, and has enough of everything. */
  reset(): void {
    this.#interposed.clear();
    this.calls.length = 0;
    this.inflation = 1;
    this.pricingAway = false;
    for (const product of Object.keys(prices)) this.stock.available.set(product, 1000);
    for (const customer of ["ada", "grace", "linus"]) this.wallets.available.set(customer, 1_000_000);
    this.deliveries.free.set("morning", 1000);
    this.deliveries.free.set("full", 0);
  }

  /** How often a step arrived for an order. */
  count(step: CallStep, order: string): number {
    return this.calls.filter((call) => call.step === step && call.order === order).length;
  }

  /** What the calls of a step were answered for an order, as far as they were. */
  answers(step: CallStep, order: string): string[] {
    return this.calls.flatMap((call) => (call.step === step && call.order === order ? [call.answer ?? []].flat() : []));
  }

  /** Whether every call of the step for the order has been answered. */
  answered(step: CallStep, order: string): boolean {
    return this.count(step, order) > 0 && this.answers(step, order).length === this.count(step, order);
  }

  /** What the three owners have for an order. */
  holdings(order: string) {
    return {
      reservation: this.stock.reservations.get(order)?.state,
      hold: this.wallets.holds.get(order)?.state,
      shipment: this.deliveries.shipments.get(order)?.state,
    };
  }

  /**
   * What has become of the only basket of two packs of milk that ada has ordered since `reset`: `all` of it is hers and paid
   * for, or `nothing` is left of it. Otherwise says what there is.
   */
  balance(order: string, cents: number): string {
    const { reservation, hold, shipment } = this.holdings(order);
    const spent = 1_000_000 - (this.wallets.available.get("ada") ?? 0);
    const gone = 1000 - (this.stock.available.get("milk") ?? 0);
    const booked = 1000 - (this.deliveries.free.get("morning") ?? 0);
    const all = reservation === "COMMITTED" && hold === "CAPTURED" && shipment === "CONFIRMED";
    if (all && spent === cents && gone === 2 && booked === 1) return "all";
    const nothing =
      [undefined, "RELEASED", "RESTOCKED"].includes(reservation) &&
      [undefined, "VOIDED", "REFUNDED"].includes(hold) &&
      [undefined, "CANCELLED"].includes(shipment);
    if (nothing && spent === 0 && gone === 0 && booked === 0) return "nothing";
    return JSON.stringify({ reservation, hold, shipment, spent, gone, booked });
  }

  async stop(): Promise<void> {
    await Promise.all(this.#running.map((one) => one.stop()));
  }

  async #serve(workload: string, route: Route): Promise<void> {
    const prefix = workload.toUpperCase();
    const environment = {
      [`${prefix}_LISTEN`]: `unix:${join(this.#folder, `${workload}.sock`)}`,
      [`${prefix}_OPS_LISTEN`]: `unix:${join(this.#folder, `${workload}-ops.sock`)}`,
      [`${prefix}_LOG_LEVEL`]: "error",
      [`${prefix}_DRAIN_SECONDS`]: "1",
      LARDER_USER_JWKS: join(this.#folder, "jwks.json"),
    };
    const { platform } = readEnv(platformSettings(prefix), environment);
    this.#running.push(await serve(platform, { workload, routes: [route] }));
  }

  async #take(step: CallStep, order: string, effect: () => void): Promise<Record<string, never>> {
    const call: (typeof this.calls)[number] = { step, order };
    this.calls.push(call);
    const interposed = this.#interposed.get(step);
    try {
      await interposed?.arrived?.(order);
      effect();
      await interposed?.effected?.(order);
      call.answer = "OK";
      return {};
    } catch (error) {
      call.answer = error instanceof RpcError ? error.reason : String(error);
      throw error;
    }
  }

  #inventory(): Handler<typeof InventoryService> {
    const { stock } = this;
    return {
      reserve: ({ requestId, order, lines }) =>
        this.#take("reserve", idOf(order), () =>
          stock.reserve(
            requestId,
            idOf(order),
            lines.map(({ product, quantity }) => ({ product: idOf(product), quantity })),
          ),
        ),
      commit: ({ requestId, reservation }) =>
        this.#take("commit", idOf(reservation), () => stock.commit(requestId, idOf(reservation))),
      release: ({ undoneRequestId, reservation }) =>
        this.#take("release", idOf(reservation), () => stock.release(undoneRequestId, idOf(reservation))),
      restock: ({ undoneRequestId, reservation }) =>
        this.#take("restock", idOf(reservation), () => stock.restock(undoneRequestId, idOf(reservation))),
      batchGetStock: unused,
      listRooms: unused,
      listRoomStock: unused,
      attachRoomSensor: unused,
      receiveStock: unused,
    };
  }

  #wallet(): Handler<typeof WalletService> {
    const { wallets } = this;
    return {
      hold: ({ requestId, order, customer, amount }) =>
        this.#take("hold", idOf(order), () => wallets.hold(requestId, idOf(order), idOf(customer), toCents(amount))),
      capture: ({ requestId, hold }) => this.#take("capture", idOf(hold), () => wallets.capture(requestId, idOf(hold))),
      void: ({ undoneRequestId, hold }) =>
        this.#take("void", idOf(hold), () => wallets.void(undoneRequestId, idOf(hold))),
      refund: ({ undoneRequestId, hold }) =>
        this.#take("refund", idOf(hold), () => wallets.refund(undoneRequestId, idOf(hold))),
      getWallet: unused,
      listPostings: unused,
      deposit: unused,
    };
  }

  #shipping(): Handler<typeof ShippingService> {
    const { deliveries } = this;
    return {
      book: ({ requestId, order, slot }) =>
        this.#take("book", idOf(order), () => deliveries.book(requestId, idOf(order), idOf(slot))),
      confirm: ({ requestId, shipment }) =>
        this.#take("confirm", idOf(shipment), () => deliveries.confirm(requestId, idOf(shipment))),
      cancel: ({ undoneRequestId, shipment }) =>
        this.#take("cancel", idOf(shipment), () => deliveries.cancel(undoneRequestId, idOf(shipment))),
      listSlots: unused,
      startPicking: unused,
      dispatch: unused,
      attachSensor: unused,
      completeDelivery: unused,
      failDelivery: unused,
    };
  }

  #pricing(): Handler<typeof PricingService> {
    return {
      quote: ({ customer, lines, coupons }, { user }) => {
        if (this.pricingAway) throw unavailable();
        if (customer !== `customers/${user?.subject}`) throw new Error("a quote for somebody else");
        if (coupons.length > 0) throw rpcError("pricing", Code.FAILED_PRECONDITION, "COUPON_INVALID", "no such coupon");
        const priced = lines.map(({ product, quantity }) => {
          const price = prices[idOf(product)];
          if (price === undefined) {
            throw rpcError("pricing", Code.NOT_FOUND, "PRODUCT_NOT_FOUND", `${product} is not on sale`, { product });
          }
          return { product, quantity, displayName: `A pack of ${idOf(product)}`, cents: price * this.inflation };
        });
        const total = priced.reduce((sum, { cents, quantity }) => sum + cents * quantity, 0);
        return {
          quote: {
            lines: priced.map(({ cents, ...line }) => ({
              ...line,
              unitPrice: fromCents(cents),
              total: fromCents(cents * line.quantity),
            })),
            subtotal: fromCents(total),
            discount: fromCents(0),
            total: fromCents(total),
          },
        };
      },
    };
  }
}

const unused = () => {
  throw new Error("the order service does not call this");
};
