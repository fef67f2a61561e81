// Every reason that the order service can give.
import { Code, RpcError, rpcError } from "@larder/platform";
import type { Failure } from "./saga.ts";

const domain = "order";

export const orderNotFound = (name: string) =>
  rpcError(domain, Code.NOT_FOUND, "ORDER_NOT_FOUND", `${name} does not exist`, { name });

/** Both totals as decimal numbers with their currency: `12.50 EUR`. */
export const priceChanged = (expected: string, total: string) =>
  rpcError(domain, Code.FAILED_PRECONDITION, "PRICE_CHANGED", `the total is ${total}, not ${expected}`, {
    expected_total: expected,
    total,
  });

export const requestIdReused = (requestId: string) =>
  rpcError(domain, Code.ALREADY_EXISTS, "REQUEST_ID_REUSED", `request id ${requestId} was used with another body`, {
    request_id: requestId,
  });

export const alreadyPicked = (name: string) =>
  rpcError(domain, Code.FAILED_PRECONDITION, "ALREADY_PICKED", `the goods of ${name} are picked already`, { name });

export const notCancellable = (name: string) =>
  rpcError(domain, Code.FAILED_PRECONDITION, "NOT_CANCELLABLE", `${name} was refused`, { name });

/** Refusals that an order meets on its way: from the owner of a step, given on under order's own name, or from the clock. */
export const onTheWay = [
  "TIMED_OUT",
  "PRODUCT_NOT_FOUND",
  "SLOT_NOT_FOUND",
  "WALLET_NOT_FOUND",
  "COUPON_INVALID",
  "STOCK_SHORT",
  "FUNDS_SHORT",
  "SLOT_FULL",
  "SLOT_PAST",
] as const;

/** The refusal that an order met. */
export const refused = ({ code, reason, message, metadata }: Failure) =>
  rpcError(domain, code, reason, message, metadata);

// What a service says that has understood the request and will not do it, however often it is asked.
const FINAL: ReadonlySet<Code> = new Set([
  Code.FAILED_PRECONDITION,
  Code.NOT_FOUND,
  Code.INVALID_ARGUMENT,
  Code.ALREADY_EXISTS,
  Code.OUT_OF_RANGE,
]);

/**
 * The refusal in a failed call; undefined if the outcome is not known or may be another next time. A status without a
 * reason comes from a transport and refuses nothing.
 */
export function refusalIn(error: unknown): Failure | undefined {
  if (!(error instanceof RpcError) || error.reason === "" || !FINAL.has(error.code)) return undefined;
  const { code, reason, message, metadata } = error;
  return { code, reason, message, metadata };
}
