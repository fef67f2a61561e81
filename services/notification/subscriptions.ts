// The events that become messages: those of a batch are written down together, in the transaction that remembers their events.
import type { CustomerService } from "@larder/contract/larder/customer/v1/customer_service_pb.js";
import { OrderCancelledSchema, OrderConfirmedSchema } from "@larder/contract/larder/order/v1/order_events_pb.js";
import {
  type ShipmentAtRisk,
  ShipmentAtRiskSchema,
  ShipmentDeliveredSchema,
  ShipmentDispatchedSchema,
} from "@larder/contract/larder/shipping/v1/shipment_events_pb.js";
import { batchSubscription, consume, type Delivered, type EventLog, RejectEvent } from "@larder/events";
import type { Client } from "@larder/platform";
import type { Database, Tx } from "@larder/store";
import { idOf } from "@larder/types";
import { atRisk, cancelled, confirmed, delivered, dispatched, type Letter } from "./letters.ts";
import { type Channels, entriesOf } from "./sender.ts";
import type { Draft, Store } from "./store.ts";

/** Of an order or its shipment. */
interface OrderEvent {
  readonly order: string;
  readonly customer: string;
}

// Longer than a batch takes, so that orders that come thick share it; nobody waits for a letter that long.
const LINGER_MS = 200;

/** A customer hears once of an excursion, however often it is told. */
function excursionAt({ shipment, customer, flag }: ShipmentAtRisk): string {
  if (!flag) throw new RejectEvent(`nothing is said of what became of ${shipment}`);
  return `${idOf(flag.excursion)}.${idOf(customer)}`;
}

/** Consumes the topics of orders and shipments until the signal aborts. `deadLetterMs` as `consume` has it. */
export function subscriptions(
  log: EventLog,
  db: Database,
  store: Store,
  customers: Client<typeof CustomerService>,
  channels: Channels,
  deadLetterMs?: number,
) {
  const tell =
    <Message extends OrderEvent>(
      write: (message: Message, customerName: string) => Letter,
      // What a letter is about where several events may tell of it; absent: of each event.
      causeOf?: (message: Message) => string,
    ) =>
    async (tx: Tx, batch: readonly Delivered<Message>[]) => {
      const names = batch.map(({ message }) => message.customer);
      const { customers: found } = await customers.batchGetCustomers({ names }, { detached: true });
      const drafts = batch.flatMap(({ message, event }, index): Draft[] => {
        const customer = found[index];
        if (!customer) throw new Error(`${message.customer} has no account`);
        const cause = causeOf?.(message) ?? event.id;
        const about = { customer: idOf(message.customer), event: cause, order: idOf(message.order) };
        const { subject, text, html, sms } = write(message, customer.displayName);
        const drafts: Draft[] = [
          { ...about, channel: "EMAIL", recipient: customer.email, subject, text, html },
          { ...about, channel: "SMS", recipient: customer.phone, subject: sms, text: sms, html: "" },
        ];
        return drafts.filter(({ channel, recipient }) => recipient && channels[channel]);
      });
      const written = await store.write(tx, drafts);
      tx.afterCommit(() => {
        for (const [channel, { queue }] of entriesOf(channels))
          queue.add(written.flatMap((message) => (message.channel === channel ? [message.event] : [])));
      });
    };
  const topics = [
    batchSubscription(OrderConfirmedSchema, tell(confirmed)),
    batchSubscription(OrderCancelledSchema, tell(cancelled)),
    batchSubscription(ShipmentDispatchedSchema, tell(dispatched)),
    batchSubscription(ShipmentDeliveredSchema, tell(delivered)),
    batchSubscription(ShipmentAtRiskSchema, tell(atRisk, excursionAt)),
  ];
  const options = { group: "notification", lingerMs: LINGER_MS, ...(deadLetterMs && { deadLetterMs }) };
  return topics.map((topic) => (signal: AbortSignal) => consume(log, db, { ...topic, ...options }, signal));
}
