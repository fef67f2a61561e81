// ShippingService: contract in, outcome of the database out.
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { ShipmentState } from "@larder/contract/larder/shipping/v1/shipment_pb.js";
import {
  BookRequestSchema,
  ConfirmRequestSchema,
  type ShippingService,
} from "@larder/contract/larder/shipping/v1/shipping_service_pb.js";
import type { Handler } from "@larder/platform";
import { callerOf, idOf, nameOf, pageOf, readPage, writeOf } from "@larder/types";
import * as errors from "./errors.ts";
import type { Answer, Store } from "./store.ts";

export function shippingHandler(store: Store): Handler<typeof ShippingService> {
  return {
    async listSlots(request) {
      const page = readPage("shipping", "slots", request, { usual: 50, most: 200 });
      const { rows, nextPageToken } = pageOf(
        "slots",
        page,
        await store.slots(page.size + 1, page.after),
        ({ id }) => id,
      );
      const slots = rows.map(({ id, startTime, endTime, free }) => ({
        name: nameOf("slots", id),
        startTime: timestampFromDate(startTime),
        endTime: timestampFromDate(endTime),
        free,
      }));
      return { slots, nextPageToken };
    },

    async book(request, context) {
      const { requestId, order, slot, customer } = request;
      const write = writeOf(BookRequestSchema, request, context);
      accept(await store.book(write, idOf(order), idOf(slot), idOf(customer)), { requestId, slot });
      return { shipment: { name: nameOf("shipments", idOf(order)), order, slot, state: ShipmentState.BOOKED } };
    },

    async confirm(request, context) {
      const { requestId, shipment } = request;
      const write = writeOf(ConfirmRequestSchema, request, context);
      const answer = await store.confirm(write, idOf(shipment));
      accept(answer, { requestId, shipment });
      return { shipment: toShipment(shipment, answer, ShipmentState.CONFIRMED) };
    },

    async cancel({ undoneRequestId, shipment }, context) {
      const answer = await store.cancel(callerOf(context), undoneRequestId, idOf(shipment));
      accept(answer, { requestId: undoneRequestId, shipment });
      return {};
    },

    async startPicking({ shipment }) {
      const answer = await store.startPicking(idOf(shipment));
      accept(answer, { shipment });
      return { shipment: toShipment(shipment, answer, ShipmentState.PICKING) };
    },
  };
}

const toShipment = (name: string, { slot }: Answer, state: ShipmentState) => ({
  name,
  order: nameOf("orders", idOf(name)),
  slot: nameOf("slots", slot ?? ""),
  state,
});

function accept({ outcome }: Answer, about: { requestId?: string; slot?: string; shipment?: string }): void {
  const { requestId = "", slot = "", shipment = "" } = about;
  switch (outcome) {
    case "OK":
      return;
    case "SLOT_NOT_FOUND":
      throw errors.slotNotFound(slot);
    case "SLOT_FULL":
      throw errors.slotFull(slot);
    case "SLOT_PAST":
      throw errors.slotPast(slot);
    case "SHIPMENT_NOT_FOUND":
      throw errors.shipmentNotFound(shipment);
    case "NOT_CONFIRMED":
      throw errors.notConfirmed(shipment);
    case "ALREADY_PICKED":
      throw errors.alreadyPicked(shipment);
    case "UNDONE":
      throw errors.undone(requestId);
    case "REQUEST_ID_REUSED":
      throw errors.requestIdReused(requestId);
    default:
      throw new Error(`the database answered ${outcome}`);
  }
}
