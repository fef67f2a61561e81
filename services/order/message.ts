// Orders, quotes and events as the contract writes them.
import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromDate, timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import { OrderCancelledSchema, OrderConfirmedSchema } from "@larder/contract/larder/order/v1/order_events_pb.js";
import { type OrderSchema, OrderState, StepResult } from "@larder/contract/larder/order/v1/order_pb.js";
import type * as wire from "@larder/contract/larder/pricing/v1/quote_pb.js";
import {
  ShipmentState,
  type SpoilageFlag,
  type SpoilageFlagSchema,
} from "@larder/contract/larder/shipping/v1/shipment_pb.js";
import { newEvent, type OutgoingEvent } from "@larder/events";
import { fromCents, idOf, nameOf, toCents } from "@larder/types";
import type { Adjustment, Flag, Order, Quote } from "./order.ts";
import { eventOf, type Failure, type OrderState as State } from "./saga.ts";

const result = { DONE: StepResult.DONE, REFUSED: StepResult.REFUSED, UNDONE: StepResult.UNDONE };

/** The order as its customer sees it. */
export function showOrder(order: Order): MessageInitShape<typeof OrderSchema> {
  const { delivery, flag } = order;
  const changed = Math.max(order.updateTime.getTime(), delivery?.updateTime.getTime() ?? 0, flag?.time ?? 0);
  return {
    name: nameOf("orders", order.id),
    customer: nameOf("customers", order.customer),
    state: OrderState[order.state],
    quote: showQuote(order.quote),
    slot: nameOf("slots", order.slot),
    steps: order.steps.map((step) => ({
      name: step.name,
      result: result[step.result],
      reason: step.reason,
      endTime: timestampFromMs(step.endTime),
    })),
    ...(order.failure && { failure: showFailure(order.failure) }),
    createTime: timestampFromDate(order.createTime),
    updateTime: timestampFromMs(changed),
    version: BigInt(order.version),
    settled: order.settled,
    ...(delivery && {
      delivery: {
        state: ShipmentState[delivery.state],
        updateTime: timestampFromDate(delivery.updateTime),
        ...(flag && { flag: showFlag(flag) }),
      },
    }),
  };
}

const showFlag = ({
  excursion,
  risk,
  model,
  peakCelsius,
  time,
}: Flag): MessageInitShape<typeof SpoilageFlagSchema> => ({
  excursion: nameOf("excursions", excursion),
  spoilageRisk: risk,
  model: nameOf("models", model),
  peakCelsius,
  flagTime: timestampFromMs(time),
});

/** Reads what shipping told of an excursion. */
export const readFlag = (flag: SpoilageFlag): Flag => ({
  excursion: idOf(flag.excursion),
  risk: flag.spoilageRisk,
  model: idOf(flag.model),
  peakCelsius: flag.peakCelsius,
  time: flag.flagTime ? timestampMs(flag.flagTime) : 0,
});

const showFailure = ({ reason, message }: Failure) => ({ reason, message });

function showQuote(quote: Quote): MessageInitShape<typeof wire.QuoteSchema> {
  return {
    lines: quote.lines.map((line) => ({
      product: nameOf("products", line.product),
      displayName: line.displayName,
      quantity: line.quantity,
      unitPrice: fromCents(line.unitPrice),
      adjustments: line.adjustments.map(showAdjustment),
      total: fromCents(line.total),
    })),
    subtotal: fromCents(quote.subtotal),
    discount: fromCents(quote.discount),
    total: fromCents(quote.total),
    quoteTime: timestampFromMs(quote.quoteTime),
    adjustments: quote.adjustments.map(showAdjustment),
  };
}

const showAdjustment = ({ rule, kind, description, amount }: Adjustment) => ({
  rule: nameOf("rules", rule),
  kind,
  description,
  amount: fromCents(amount),
});

/** Reads what pricing answered. Throws if it answered without a quote. */
export function readQuote(quote: wire.Quote | undefined): Quote {
  if (!quote) throw new Error("pricing answered without a quote");
  return {
    lines: quote.lines.map((line) => ({
      product: idOf(line.product),
      displayName: line.displayName,
      quantity: line.quantity,
      unitPrice: toCents(line.unitPrice),
      adjustments: line.adjustments.map(readAdjustment),
      total: toCents(line.total),
    })),
    subtotal: toCents(quote.subtotal),
    discount: toCents(quote.discount),
    total: toCents(quote.total),
    quoteTime: quote.quoteTime ? timestampMs(quote.quoteTime) : 0,
    adjustments: quote.adjustments.map(readAdjustment),
  };
}

const readAdjustment = ({ rule, kind, description, amount }: wire.Adjustment) => ({
  rule: idOf(rule),
  kind,
  description,
  amount: toCents(amount),
});

/** The event that tells of the move which led from a state to the order as it is now; undefined if none does. */
export function eventFor(from: State, order: Order): OutgoingEvent | undefined {
  const kind = eventOf(from, order.state);
  if (!kind) return undefined;
  const about = {
    order: nameOf("orders", order.id),
    customer: nameOf("customers", order.customer),
    version: BigInt(order.version),
  };
  const options = { aggregateVersion: BigInt(order.version), time: order.updateTime };
  if (kind === "confirmed") {
    const lines = order.quote.lines.map(({ product, displayName, quantity, total }) => ({
      product: nameOf("products", product),
      displayName,
      quantity,
      total: fromCents(total),
    }));
    return newEvent(
      OrderConfirmedSchema,
      {
        ...about,
        lines,
        total: fromCents(order.quote.total),
        slot: nameOf("slots", order.slot),
        confirmTime: timestampFromDate(order.updateTime),
      },
      options,
    );
  }
  // A cancellation is decided when shipping has let go of the delivery.
  const decided = order.steps.find((step) => step.name === "cancel" && step.result === "DONE")?.endTime;
  return newEvent(
    OrderCancelledSchema,
    {
      ...about,
      ...(order.failure && { failure: showFailure(order.failure) }),
      refunded: kind === "cancelled",
      cancelTime: timestampFromMs(decided ?? order.updateTime.getTime()),
    },
    options,
  );
}
