// The events that become messages: the message is written down in the transaction that remembers the event.
import type { CustomerService } from "@larder/contract/larder/customer/v1/customer_service_pb.js";
import { OrderCancelledSchema, OrderConfirmedSchema } from "@larder/contract/larder/order/v1/order_events_pb.js";
import { consume, type EventLog, subscription } from "@larder/events";
import type { Client } from "@larder/platform";
import type { Database, Tx } from "@larder/store";
import { idOf } from "@larder/types";
import { cancelled, confirmed, type Letter } from "./letters.ts";
import type { Queue } from "./queue.ts";
import type { Store } from "./store.ts";

interface OrderEvent {
  readonly order: string;
  readonly customer: string;
}

/** Consumes the topics of orders until the signal aborts. */
export function subscriptions(
  log: EventLog,
  db: Database,
  store: Store,
  customers: Client<typeof CustomerService>,
  queue: Queue,
) {
  const tell = async (tx: Tx, event: OrderEvent, eventId: string, write: (name: string) => Letter) => {
    const { customer } = await customers.getCustomer({ name: event.customer }, { detached: true });
    if (!customer) throw new Error(`${event.customer} has no account`);
    const about = { customer: idOf(event.customer), event: eventId, order: idOf(event.order) };
    const message = await store.writeEmail(tx, about, customer.email, write(customer.displayName));
    if (message) tx.afterCommit(() => queue.add(message));
  };
  const topics = [
    subscription(OrderConfirmedSchema, (tx, message, event) =>
      tell(tx, message, event.id, (name) => confirmed(message, name)),
    ),
    subscription(OrderCancelledSchema, (tx, message, event) =>
      tell(tx, message, event.id, (name) => cancelled(message, name)),
    ),
  ];
  // Letters do not build on each other, and most of the time goes by waiting for the customer service.
  const options = { group: "notification", sideBySide: true };
  return topics.map((topic) => (signal: AbortSignal) => consume(log, db, { ...topic, ...options }, signal));
}
