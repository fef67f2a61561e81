// Shipments and their events as the contract writes them.
import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import {
  ShipmentDeliveredSchema,
  ShipmentDispatchedSchema,
  ShipmentFailedSchema,
  ShipmentPickingStartedSchema,
} from "@larder/contract/larder/shipping/v1/shipment_events_pb.js";
import {
  DeliveryFailure,
  type ShipmentSchema,
  ShipmentState,
} from "@larder/contract/larder/shipping/v1/shipment_pb.js";
import { newEvent, type OutgoingEvent } from "@larder/events";
import { nameOf } from "@larder/types";
import type { DeliveryStep, Shipment } from "./shipment.ts";

type Shown = Pick<Shipment, "order" | "slot" | "state">;

export const showShipment = ({ order, slot, state }: Shown): MessageInitShape<typeof ShipmentSchema> => ({
  name: nameOf("shipments", order),
  order: nameOf("orders", order),
  slot: nameOf("slots", slot),
  state: ShipmentState[state],
});

/** The events of shipments. */
export const events = [
  ShipmentPickingStartedSchema,
  ShipmentDispatchedSchema,
  ShipmentDeliveredSchema,
  ShipmentFailedSchema,
];

/** The event that tells of the step which led to the shipment as it is now. */
export function eventFor(step: DeliveryStep, shipment: Shipment): OutgoingEvent {
  const version = BigInt(shipment.version);
  const time = timestampFromDate(shipment.updateTime);
  const about = {
    shipment: nameOf("shipments", shipment.order),
    order: nameOf("orders", shipment.order),
    customer: nameOf("customers", shipment.customer),
    version,
  };
  const options = { aggregateVersion: version, time: shipment.updateTime };
  switch (step) {
    case "PICKING":
      return newEvent(ShipmentPickingStartedSchema, { ...about, startTime: time }, options);
    case "DISPATCHED": {
      const slot = nameOf("slots", shipment.slot);
      return newEvent(ShipmentDispatchedSchema, { ...about, slot, dispatchTime: time }, options);
    }
    case "DELIVERED":
      return newEvent(ShipmentDeliveredSchema, { ...about, deliverTime: time }, options);
    case "FAILED": {
      const failure = DeliveryFailure[shipment.failure as keyof typeof DeliveryFailure];
      return newEvent(ShipmentFailedSchema, { ...about, failure, failTime: time }, options);
    }
  }
}
