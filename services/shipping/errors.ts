// Every reason that the shipping service can give.
import { Code, rpcError } from "@larder/platform";

const domain = "shipping";

export const slotNotFound = (slot: string) =>
  rpcError(domain, Code.NOT_FOUND, "SLOT_NOT_FOUND", `${slot} does not exist`, { slot });

export const slotFull = (slot: string) =>
  rpcError(domain, Code.FAILED_PRECONDITION, "SLOT_FULL", `no delivery is free in ${slot}`, { slot });

export const slotPast = (slot: string) =>
  rpcError(domain, Code.FAILED_PRECONDITION, "SLOT_PAST", `${slot} has begun`, { slot });

export const shipmentNotFound = (shipment: string) =>
  rpcError(domain, Code.NOT_FOUND, "SHIPMENT_NOT_FOUND", `${shipment} does not exist`, { shipment });

export const notConfirmed = (shipment: string) =>
  rpcError(domain, Code.FAILED_PRECONDITION, "NOT_CONFIRMED", `${shipment} is not confirmed`, { shipment });

export const notPicked = (shipment: string) =>
  rpcError(domain, Code.FAILED_PRECONDITION, "NOT_PICKED", `nobody has started to pick the goods of ${shipment}`, {
    shipment,
  });

export const notDispatched = (shipment: string) =>
  rpcError(domain, Code.FAILED_PRECONDITION, "NOT_DISPATCHED", `${shipment} is not on its way`, { shipment });

export const deliveryOver = (shipment: string) =>
  rpcError(domain, Code.FAILED_PRECONDITION, "DELIVERY_OVER", `the delivery of ${shipment} is over`, { shipment });

export const alreadyPicked = (shipment: string) =>
  rpcError(domain, Code.FAILED_PRECONDITION, "ALREADY_PICKED", `the goods of ${shipment} are picked already`, {
    shipment,
  });

export const undone = (requestId: string) =>
  rpcError(domain, Code.FAILED_PRECONDITION, "UNDONE", `${requestId} was undone`, { request_id: requestId });

export const requestIdReused = (requestId: string) =>
  rpcError(domain, Code.ALREADY_EXISTS, "REQUEST_ID_REUSED", `${requestId} was used with another body`, {
    request_id: requestId,
  });
