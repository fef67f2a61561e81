// What orders hear of their shipments. Each event leaves its mark in the transaction that remembers it; old news leave none.
import {
  type ShipmentAtRisk,
  ShipmentAtRiskSchema,
  ShipmentDeliveredSchema,
  ShipmentDispatchedSchema,
  ShipmentFailedSchema,
  ShipmentPickingStartedSchema,
} from "@larder/contract/larder/shipping/v1/shipment_events_pb.js";
import { DeliveryFailure } from "@larder/contract/larder/shipping/v1/shipment_pb.js";
import { consume, type DeliveredEvent, type EventLog, RejectEvent, subscription } from "@larder/events";
import type { Tx } from "@larder/store";
import { idOf } from "@larder/types";
import { readFlag } from "./message.ts";
import type { Order } from "./order.ts";
import type { Delivery } from "./saga.ts";
import type { Store } from "./store.ts";
import type { Watchers } from "./watchers.ts";

interface ShipmentEvent {
  readonly order: string;
  readonly version: bigint;
}

/** Consumes the topics of shipments until the signal aborts. `deadLetterMs` as `consume` has it. */
export function subscriptions(log: EventLog, store: Store, watchers: Watchers, deadLetterMs: number) {
  const hear =
    <Message extends ShipmentEvent>(state: Delivery["state"], failureIn?: (message: Message) => string | undefined) =>
    async (tx: Tx, message: Message, { time }: DeliveredEvent): Promise<void> => {
      const delivery = { state, failure: failureIn?.(message), version: Number(message.version), updateTime: time };
      publish(tx, message.order, await store.deliver(tx, idOf(message.order), delivery));
    };
  const hearOfRisk = async (tx: Tx, { order, flag }: ShipmentAtRisk): Promise<void> => {
    if (!flag) throw new RejectEvent(`nothing is said of what became of ${order}`);
    publish(tx, order, await store.flag(tx, idOf(order), readFlag(flag)));
  };
  function publish(tx: Tx, name: string, heard: Order | "old" | "unknown"): void {
    if (heard === "unknown") throw new RejectEvent(`${name} does not exist`);
    if (heard !== "old") tx.afterCommit(() => watchers.publish(heard));
  }
  const topics = [
    subscription(ShipmentPickingStartedSchema, hear("PICKING")),
    subscription(ShipmentDispatchedSchema, hear("DISPATCHED")),
    subscription(ShipmentDeliveredSchema, hear("DELIVERED")),
    subscription(
      ShipmentFailedSchema,
      hear("FAILED", ({ failure }) => DeliveryFailure[failure]),
    ),
    subscription(ShipmentAtRiskSchema, hearOfRisk),
  ];
  return topics.map(
    (topic) => (signal: AbortSignal) =>
      consume(log, store.database, { ...topic, group: "order", deadLetterMs }, signal),
  );
}
