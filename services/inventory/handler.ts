// InventoryService: contract in, outcome of the database out.
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import {
  CommitRequestSchema,
  type InventoryService,
  ReceiveStockRequestSchema,
  ReserveRequestSchema,
} from "@larder/contract/larder/inventory/v1/inventory_service_pb.js";
import { ReservationState } from "@larder/contract/larder/inventory/v1/stock_pb.js";
import type { Handler } from "@larder/platform";
import { callerOf, idOf, nameOf, pageOf, readPage, writeOf } from "@larder/types";
import * as errors from "./errors.ts";
import { type Room, showRoom, showRoomStock } from "./message.ts";
import type { Answer, Store } from "./store.ts";

// The most products that a room is listed with.
const MOST_PRODUCTS = 1000;

export function inventoryHandler(store: Store): Handler<typeof InventoryService> {
  const stockOf = async (products: readonly string[]) => {
    const rows = await store.stock(products.map(idOf));
    return rows.map((row) => ({ ...row, product: nameOf("products", row.product) }));
  };

  return {
    async batchGetStock({ products }) {
      return { stocks: await stockOf(products) };
    },

    async listRooms(request) {
      const page = readPage("inventory", "rooms", request, { usual: 50, most: 200 });
      const found = await store.rooms(page.size + 1, page.after);
      const { rows, nextPageToken } = pageOf("rooms", page, found, ({ id }) => id);
      return { rooms: rows.map(showRoom), nextPageToken };
    },

    async listRoomStock({ room }) {
      const [found, stock] = await Promise.all([store.room(idOf(room)), store.roomStock(idOf(room), MOST_PRODUCTS)]);
      return { room: showRoom(known(found, room)), stock: stock.map(showRoomStock) };
    },

    async attachRoomSensor({ room, device }) {
      return { room: showRoom(known(await store.attachSensor(idOf(room), idOf(device)), room)) };
    },

    async reserve(request, context) {
      const { requestId, order, lines } = request;
      const write = writeOf(ReserveRequestSchema, request, context);
      const products = lines.map(({ product }) => idOf(product));
      const quantities = lines.map(({ quantity }) => quantity);
      const answer = await store.reserve(write, idOf(order), products, quantities);
      accept(answer, { requestId });
      return { reservation: toReservation(idOf(order), answer, ReservationState.HELD) };
    },

    async commit(request, context) {
      const { requestId, reservation } = request;
      const write = writeOf(CommitRequestSchema, request, context);
      const answer = await store.commit(write, idOf(reservation));
      accept(answer, { requestId, reservation });
      return { reservation: toReservation(idOf(reservation), answer, ReservationState.COMMITTED) };
    },

    async release({ undoneRequestId, reservation }, context) {
      const answer = await store.release(callerOf(context), undoneRequestId, idOf(reservation));
      accept(answer, { requestId: undoneRequestId, reservation });
      return {};
    },

    async restock({ undoneRequestId, reservation }, context) {
      const answer = await store.restock(callerOf(context), undoneRequestId, idOf(reservation));
      accept(answer, { requestId: undoneRequestId, reservation });
      return {};
    },

    async receiveStock(request, context) {
      const { requestId, product, warehouse, quantity } = request;
      const write = writeOf(ReceiveStockRequestSchema, request, context);
      accept(await store.receive(write, idOf(product), idOf(warehouse), quantity), { requestId, warehouse });
      const [stock] = await stockOf([product]);
      return stock ? { stock } : {};
    },
  };
}

function known(room: Room | undefined, name: string): Room {
  if (!room) throw errors.roomNotFound(name);
  return room;
}

const toReservation = (order: string, { lines, expire_time }: Answer, state: ReservationState) => ({
  name: nameOf("reservations", order),
  order: nameOf("orders", order),
  lines: (lines ?? []).map(({ product, warehouse, quantity }) => ({
    product: nameOf("products", product),
    warehouse: nameOf("warehouses", warehouse),
    quantity,
  })),
  state,
  ...(expire_time ? { expireTime: timestampFromDate(expire_time) } : {}),
});

function accept(
  answer: Pick<Answer, "outcome"> & Partial<Answer>,
  about: { requestId: string; reservation?: string; warehouse?: string },
): void {
  const product = nameOf("products", answer.product ?? "");
  switch (answer.outcome) {
    case "OK":
      return;
    case "PRODUCT_NOT_FOUND":
      throw errors.productNotFound(product);
    case "STOCK_SHORT":
      throw errors.stockShort(product, answer.remaining ?? 0);
    case "RESERVATION_NOT_FOUND":
      throw errors.reservationNotFound(about.reservation ?? "");
    case "WAREHOUSE_NOT_FOUND":
      throw errors.warehouseNotFound(about.warehouse ?? "");
    case "ALREADY_COMMITTED":
      throw errors.alreadyCommitted(about.reservation ?? "");
    case "UNDONE":
      throw errors.undone(about.requestId);
    case "REQUEST_ID_REUSED":
      throw errors.requestIdReused(about.requestId);
    default:
      throw new Error(`the database answered ${answer.outcome}`);
  }
}
