// Shipments and their events as the contract writes them.
import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromDate, timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { StorageClass } from "@larder/contract/larder/catalog/v1/product_pb.js";
import { SensorAttachedSchema } from "@larder/contract/larder/coldchain/v1/cold_chain_events_pb.js";
import {
  ShipmentAtRiskSchema,
  ShipmentDeliveredSchema,
  ShipmentDispatchedSchema,
  ShipmentFailedSchema,
  ShipmentPickingStartedSchema,
} from "@larder/contract/larder/shipping/v1/shipment_events_pb.js";
import {
  DeliveryFailure,
  type ShipmentSchema,
  ShipmentState,
  type SpoilageFlagSchema,
} from "@larder/contract/larder/shipping/v1/shipment_pb.js";
import { newEvent, type OutgoingEvent } from "@larder/events";
import { nameOf } from "@larder/types";
import type { DeliveryStep, Flag, Shipment } from "./shipment.ts";

type Shown = Pick<Shipment, "order" | "slot" | "state" | "sensor" | "flag">;

export const showShipment = ({ order, slot, state, sensor, flag }: Shown): MessageInitShape<typeof ShipmentSchema> => ({
  name: nameOf("shipments", order),
  order: nameOf("orders", order),
  slot: nameOf("slots", slot),
  state: ShipmentState[state],
  sensor: sensor === null ? "" : nameOf("devices", sensor),
  ...(flag && { flag: showFlag(flag) }),
});

const showFlag = ({
  excursion,
  risk,
  model,
  peakCelsius,
  time,
}: Flag): MessageInitShape<typeof SpoilageFlagSchema> => ({
  excursion: nameOf("excursions", excursion),
  spoilageRisk: risk,
  model: nameOf("models", model),
  peakCelsius,
  flagTime: timestampFromMs(Date.parse(time)),
});

/** The events of shipments, and of the sensors on them. */
export const events = [
  SensorAttachedSchema,
  ShipmentAtRiskSchema,
  ShipmentPickingStartedSchema,
  ShipmentDispatchedSchema,
  ShipmentDeliveredSchema,
  ShipmentFailedSchema,
];

/** What every event of a shipment says of it. */
const aboutOf = ({ order, customer, version }: Shipment) => ({
  shipment: nameOf("shipments", order),
  order: nameOf("orders", order),
  customer: nameOf("customers", customer),
  version: BigInt(version),
});

/** The event that tells of the step which led to the shipment as it is now. */
export function eventFor(step: DeliveryStep, shipment: Shipment): OutgoingEvent {
  const about = aboutOf(shipment);
  const time = timestampFromDate(shipment.updateTime);
  const options = { aggregateVersion: about.version, time: shipment.updateTime };
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

/** The event that tells since when a sensor is attached to a shipment and how the goods beside it must be kept; to nothing, where `to` is absent. */
export const sensorEvent = (
  sensor: string,
  time: Date,
  to?: { order: string; storageClass: StorageClass },
): OutgoingEvent =>
  newEvent(
    SensorAttachedSchema,
    {
      device: nameOf("devices", sensor),
      subject: to ? nameOf("shipments", to.order) : "",
      ...(to && { storageClass: to.storageClass }),
      attachTime: timestampFromDate(time),
    },
    { source: "shipping", time },
  );

/** The event that tells of an excursion which put the goods of a shipment at risk. `shipment` is as that made it. */
export function riskEvent(shipment: Shipment, flag: Flag): OutgoingEvent {
  const about = aboutOf(shipment);
  const options = { aggregateVersion: about.version, time: new Date(flag.time) };
  return newEvent(ShipmentAtRiskSchema, { ...about, flag: showFlag(flag) }, options);
}
