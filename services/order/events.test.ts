// What other workloads hear of orders: through the real relay into a real event log.
import { OrderCancelledSchema, OrderConfirmedSchema } from "@larder/contract/larder/order/v1/order_events_pb.js";
import { decodeEvent, type Event, openEventLog, partitionOf, payload, topicOf } from "@larder/events";
import { startValkey, type TestValkey } from "@larder/events/testing";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { basket, eventually, type Instance, idOf, Shop, stateOf } from "./testing/shop.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let shop: Shop;
let valkey: TestValkey;
let service: Instance;
let log: ReturnType<typeof openEventLog>;
beforeAll(async () => {
  shop = await Shop.open();
  valkey = await startValkey();
  log = openEventLog(valkey.url);
  service = await shop.start({ ORDER_EVENT_LOG_URL: valkey.url });
});
afterAll(async () => {
  await log?.close();
  await service?.stop();
  await valkey?.stop();
  await shop?.close();
});

/** The events about an order in the log of a topic. */
async function heard(
  schema: typeof OrderConfirmedSchema | typeof OrderCancelledSchema,
  order: string,
): Promise<Event[]> {
  const { name } = topicOf(schema);
  const partition = partitionOf(order, await log.partitions(name));
  const records = await log.read(name, new Map([[partition, 0n]]));
  return records.map(({ value }) => decodeEvent(value)).filter(({ subject }) => subject === order);
}

test("a confirmed order is heard of once, and once more when it is cancelled", async () => {
  const order = await service.place();
  await shop.settled(idOf(order));
  const [confirmed] = await eventually(async () => {
    const events = await heard(OrderConfirmedSchema, order.name);
    return events.length > 0 && events;
  });
  expect(confirmed && payload(OrderConfirmedSchema, confirmed)).toMatchObject({
    order: order.name,
    customer: "customers/ada",
  });

  await service.cancel(order.name);
  const [cancelled] = await eventually(async () => {
    const events = await heard(OrderCancelledSchema, order.name);
    return events.length > 0 && events;
  });
  expect(cancelled && payload(OrderCancelledSchema, cancelled)).toMatchObject({ order: order.name, refunded: true });
  expect(await heard(OrderConfirmedSchema, order.name)).toHaveLength(1);
});

test("orders go on while the log is away, and are heard of when it is back", async () => {
  await valkey.kill();
  const order = await service.place(basket());
  expect(stateOf(order)).toBe("CONFIRMED");
  await shop.settled(idOf(order));
  await valkey.start();
  const events = await eventually(async () => {
    const found = await heard(OrderConfirmedSchema, order.name).catch(() => []);
    return found.length > 0 && found;
  }, 30_000);
  expect(events).toHaveLength(1);
});
