// Every reason that the customer service can give.
import { Code, rpcError } from "@larder/platform";

const domain = "customer";

export const customerNotFound = (name: string) =>
  rpcError(domain, Code.NOT_FOUND, "CUSTOMER_NOT_FOUND", `${name} does not exist`, { name });

export const notOwner = (name: string) =>
  rpcError(domain, Code.PERMISSION_DENIED, "NOT_OWNER", `${name} belongs to somebody else`, { name });

export const walletNotFound = (customer: string) =>
  rpcError(domain, Code.NOT_FOUND, "WALLET_NOT_FOUND", `${customer} has no wallet`, { customer });

export const fundsShort = (customer: string) =>
  rpcError(domain, Code.FAILED_PRECONDITION, "FUNDS_SHORT", `the wallet of ${customer} holds less than the amount`, {
    customer,
  });

export const holdNotFound = (hold: string) =>
  rpcError(domain, Code.NOT_FOUND, "HOLD_NOT_FOUND", `${hold} does not exist`, { hold });

export const alreadyCaptured = (hold: string) =>
  rpcError(domain, Code.FAILED_PRECONDITION, "ALREADY_CAPTURED", `${hold} is captured: refund it`, { hold });

export const undone = (requestId: string) =>
  rpcError(domain, Code.FAILED_PRECONDITION, "UNDONE", `${requestId} was undone`, { request_id: requestId });

export const requestIdReused = (requestId: string) =>
  rpcError(domain, Code.ALREADY_EXISTS, "REQUEST_ID_REUSED", `${requestId} was used with another body`, {
    request_id: requestId,
  });
