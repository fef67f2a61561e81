// Every reason that the pricing service can give.
import { Code, rpcError } from "@larder/platform";

const domain = "pricing";

export const couponInvalid = (coupon: string, message: string) =>
  rpcError(domain, Code.FAILED_PRECONDITION, "COUPON_INVALID", message, { coupon });

export const notOwner = (customer: string) =>
  rpcError(domain, Code.PERMISSION_DENIED, "NOT_OWNER", `the basket is not priced for ${customer}`, { customer });

/** Passed on from the catalogue. */
export const productNotFound = (name: string) =>
  rpcError(domain, Code.NOT_FOUND, "PRODUCT_NOT_FOUND", `${name} is not on sale`, { name });
