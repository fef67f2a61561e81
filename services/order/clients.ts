// The workloads that an order needs: pricing for its quote, and the owners of stock, money and slots for its steps.
import type { MessageInitShape } from "@bufbuild/protobuf";
import { WalletService } from "@larder/contract/larder/customer/v1/wallet_service_pb.js";
import { InventoryService } from "@larder/contract/larder/inventory/v1/inventory_service_pb.js";
import { PricingService, type QuoteRequestSchema } from "@larder/contract/larder/pricing/v1/pricing_service_pb.js";
import { ShippingService } from "@larder/contract/larder/shipping/v1/shipping_service_pb.js";
import { client, type Platform } from "@larder/platform";
import { fromCents, nameOf } from "@larder/types";
import { refusalIn, refused } from "./errors.ts";
import { readQuote } from "./message.ts";
import type { Order, Quote } from "./order.ts";
import type { CallStep, Failure } from "./saga.ts";

/** What became of a step. `unknown`: it may or may not have had its effect, and is to be tried again. */
export type Outcome =
  | { readonly kind: "done" }
  | { readonly kind: "refused"; readonly failure: Failure }
  | { readonly kind: "unknown"; readonly error: unknown };

/** The owners of stock, money and slots. */
export interface Participants {
  /** Takes a step, or repeats it. Never throws. */
  take(step: CallStep, order: Order): Promise<Outcome>;
}

export interface Pricing {
  /** Prices a basket for the user of the request in progress. Throws the refusals of the contract. */
  quote(basket: MessageInitShape<typeof QuoteRequestSchema>): Promise<Quote>;
}

export function participants(platform: Platform): Participants {
  const inventory = client(InventoryService, "inventory", platform);
  const wallet = client(WalletService, "customer", platform);
  const shipping = client(ShippingService, "shipping", platform);
  // A step has a budget of its own: whoever asked for the order may be gone by now.
  const detached = { detached: true };
  const id = (order: Order, step: CallStep) => `${order.id}/${step}`;

  const calls: Readonly<Record<CallStep, (order: Order) => Promise<unknown>>> = {
    reserve: (order) =>
      inventory.reserve(
        {
          requestId: id(order, "reserve"),
          order: nameOf("orders", order.id),
          lines: order.quote.lines.map(({ product, quantity }) => ({ product: nameOf("products", product), quantity })),
        },
        detached,
      ),
    commit: (order) =>
      inventory.commit({ requestId: id(order, "commit"), reservation: nameOf("reservations", order.id) }, detached),
    release: (order) =>
      inventory.release(
        { undoneRequestId: id(order, "reserve"), reservation: nameOf("reservations", order.id) },
        detached,
      ),
    restock: (order) =>
      inventory.restock(
        { undoneRequestId: id(order, "commit"), reservation: nameOf("reservations", order.id) },
        detached,
      ),
    hold: (order) =>
      wallet.hold(
        {
          requestId: id(order, "hold"),
          order: nameOf("orders", order.id),
          customer: nameOf("customers", order.customer),
          amount: fromCents(order.quote.total),
        },
        detached,
      ),
    capture: (order) => wallet.capture({ requestId: id(order, "capture"), hold: nameOf("holds", order.id) }, detached),
    void: (order) => wallet.void({ undoneRequestId: id(order, "hold"), hold: nameOf("holds", order.id) }, detached),
    refund: (order) =>
      wallet.refund({ undoneRequestId: id(order, "capture"), hold: nameOf("holds", order.id) }, detached),
    book: (order) =>
      shipping.book(
        {
          requestId: id(order, "book"),
          order: nameOf("orders", order.id),
          slot: nameOf("slots", order.slot),
          customer: nameOf("customers", order.customer),
        },
        detached,
      ),
    confirm: (order) =>
      shipping.confirm({ requestId: id(order, "confirm"), shipment: nameOf("shipments", order.id) }, detached),
    cancel: (order) =>
      shipping.cancel({ undoneRequestId: id(order, "book"), shipment: nameOf("shipments", order.id) }, detached),
  };

  return {
    async take(step, order) {
      try {
        await calls[step](order);
        return { kind: "done" };
      } catch (error) {
        const failure = refusalIn(error);
        return failure ? { kind: "refused", failure } : { kind: "unknown", error };
      }
    },
  };
}

export function pricing(platform: Platform): Pricing {
  const service = client(PricingService, "pricing", platform);
  return {
    async quote(basket) {
      try {
        return readQuote((await service.quote(basket)).quote);
      } catch (error) {
        const failure = refusalIn(error);
        throw failure ? refused(failure) : error;
      }
    },
  };
}
