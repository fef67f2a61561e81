// An order as this service keeps it: the saga's rules see a part of it, the contract shows another.

import type { Saga } from "./saga.ts";

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

/** Whether an order may have that id. */
export const isOrderId = (id: string): boolean => UUID.test(id);

/** Amounts are whole cents of EUR; ids stand without their collection (`milk`, not `products/milk`). */
export interface Order extends Saga {
  readonly id: string;
  readonly customer: string;
  readonly slot: string;
  readonly quote: Quote;
  /** Undefined unless the goods became too warm on their way: the worst that was told. */
  readonly flag: Flag | undefined;
  readonly createTime: Date;
  readonly updateTime: Date;
  /** Rises with every change of state. */
  readonly version: number;
  /** Who works on the order: whoever raised this last. */
  readonly epoch: number;
  /** What was left until the forward limit when the row was read, in milliseconds; negative once it has passed. */
  readonly forwardLeftMs: number;
}

/** What an excursion did to the goods of an order. */
export interface Flag {
  readonly excursion: string;
  /** The probability that they spoil before their date, from 0 to 1. */
  readonly risk: number;
  readonly model: string;
  readonly peakCelsius: number;
  /** Milliseconds since the epoch. */
  readonly time: number;
}

/** The price of an order, as pricing explained it. */
export interface Quote {
  readonly lines: readonly QuoteLine[];
  readonly subtotal: number;
  readonly discount: number;
  readonly total: number;
  /** Milliseconds since the epoch. */
  readonly quoteTime: number;
  readonly adjustments: readonly Adjustment[];
}

export interface QuoteLine {
  readonly product: string;
  readonly displayName: string;
  readonly quantity: number;
  readonly unitPrice: number;
  readonly adjustments: readonly Adjustment[];
  readonly total: number;
}

export interface Adjustment {
  readonly rule: string;
  /** The number of the contract's RuleKind. */
  readonly kind: number;
  readonly description: string;
  readonly amount: number;
}

/** What a customer asks for, priced. */
export interface NewOrder {
  readonly id: string;
  readonly customer: string;
  readonly requestId: string;
  readonly bodyHash: string;
  readonly slot: string;
  readonly quote: Quote;
}

/** What two views of an order show together: its saga, its delivery and its flag move on by themselves. `a` itself if `b` shows nothing new. */
export function together(a: Order, b: Order): Order {
  const seen = isNewer(b, a) ? b : a;
  const { delivery } = (b.delivery?.version ?? 0) > (a.delivery?.version ?? 0) ? b : a;
  const { flag } = (b.flag?.risk ?? -1) > (a.flag?.risk ?? -1) ? b : a;
  return seen.delivery === delivery && seen.flag === flag ? seen : { ...seen, delivery, flag };
}

/** Whether nothing will become of the order any more. */
export const isOver = ({ state, settled, delivery }: Order): boolean =>
  settled && (state !== "CONFIRMED" || delivery?.state === "DELIVERED");

/** Whether `a` shows the saga of the order further on its way than `b` does. */
const isNewer = (a: Order, b: Order): boolean =>
  a.version !== b.version
    ? a.version > b.version
    : a.steps.length !== b.steps.length
      ? a.steps.length > b.steps.length
      : a.settled && !b.settled;
