// ShippingService: contract in, outcome of the database out.
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { DeliveryFailure } from "@larder/contract/larder/shipping/v1/shipment_pb.js";
import {
  BookRequestSchema,
  ConfirmRequestSchema,
  type ShippingService,
} from "@larder/contract/larder/shipping/v1/shipping_service_pb.js";
import type { Handler } from "@larder/platform";
import { callerOf, idOf, nameOf, pageOf, readPage, writeOf } from "@larder/types";
import * as errors from "./errors.ts";
import { showShipment } from "./message.ts";
import type { DeliveryStep } from "./shipment.ts";
import type { Answer, Store } from "./store.ts";

export function shippingHandler(store: Store): Handler<typeof ShippingService> {
  async function advance(shipment: string, step: DeliveryStep, failure?: DeliveryFailure) {
    const cause = failure === undefined ? undefined : DeliveryFailure[failure];
    const answer = await store.advance(idOf(shipment), step, cause);
    accept(answer, { shipment });
    return shown(answer);
  }

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
      return { shipment: showShipment({ ...bare, order: idOf(order), slot: idOf(slot), state: "BOOKED" }) };
    },

    async confirm(request, context) {
      const { requestId, shipment } = request;
      const write = writeOf(ConfirmRequestSchema, request, context);
      const answer = await store.confirm(write, idOf(shipment));
      accept(answer, { requestId, shipment });
      const slot = answer.slot ?? "";
      return { shipment: showShipment({ ...bare, order: idOf(shipment), slot, state: "CONFIRMED" }) };
    },

    async cancel({ undoneRequestId, shipment }, context) {
      const answer = await store.cancel(callerOf(context), undoneRequestId, idOf(shipment));
      accept(answer, { requestId: undoneRequestId, shipment });
      return {};
    },

    startPicking: ({ shipment }) => advance(shipment, "PICKING"),
    dispatch: ({ shipment }) => advance(shipment, "DISPATCHED"),

    async attachSensor({ shipment, device, storageClass }) {
      const answer = await store.attachSensor(idOf(shipment), idOf(device), storageClass);
      accept(answer, { shipment });
      return shown(answer);
    },

    completeDelivery: ({ shipment }) => advance(shipment, "DELIVERED"),
    failDelivery: ({ shipment, failure }) => advance(shipment, "FAILED", failure),
  };
}

/** What a shipment has none of before its goods are picked. */
const bare = { sensor: null, flag: null };

const shown = ({ shipment }: Answer) => (shipment ? { shipment: showShipment(shipment) } : {});

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
    case "NOT_PICKED":
      throw errors.notPicked(shipment);
    case "NOT_DISPATCHED":
      throw errors.notDispatched(shipment);
    case "DELIVERY_OVER":
      throw errors.deliveryOver(shipment);
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
