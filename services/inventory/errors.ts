// Every reason that the inventory service can give.
import { Code, rpcError } from "@larder/platform";

const domain = "inventory";

export const productNotFound = (product: string) =>
  rpcError(domain, Code.NOT_FOUND, "PRODUCT_NOT_FOUND", `no warehouse has ever had ${product}`, { product });

export const warehouseNotFound = (warehouse: string) =>
  rpcError(domain, Code.NOT_FOUND, "WAREHOUSE_NOT_FOUND", `${warehouse} does not exist`, { warehouse });

export const roomNotFound = (room: string) =>
  rpcError(domain, Code.NOT_FOUND, "ROOM_NOT_FOUND", `${room} does not exist`, { room });

export const stockShort = (product: string, remaining: number) =>
  rpcError(domain, Code.FAILED_PRECONDITION, "STOCK_SHORT", `only ${remaining} of ${product} are left`, {
    product,
    remaining: String(remaining),
  });

export const reservationNotFound = (reservation: string) =>
  rpcError(domain, Code.NOT_FOUND, "RESERVATION_NOT_FOUND", `${reservation} does not exist`, { reservation });

export const alreadyCommitted = (reservation: string) =>
  rpcError(domain, Code.FAILED_PRECONDITION, "ALREADY_COMMITTED", `${reservation} is sold: restock it`, {
    reservation,
  });

export const undone = (requestId: string) =>
  rpcError(domain, Code.FAILED_PRECONDITION, "UNDONE", `${requestId} was undone`, { request_id: requestId });

export const requestIdReused = (requestId: string) =>
  rpcError(domain, Code.ALREADY_EXISTS, "REQUEST_ID_REUSED", `${requestId} was used with another body`, {
    request_id: requestId,
  });
