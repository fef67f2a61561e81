// What an order hears of its shipment: through a real event log, into what its customer sees and what becomes of it.
import type { DescMessage } from "@bufbuild/protobuf";
import { OrderCancelledSchema } from "@larder/contract/larder/order/v1/order_events_pb.js";
import type { Order } from "@larder/contract/larder/order/v1/order_pb.js";
import {
  ShipmentAtRiskSchema,
  ShipmentDeliveredSchema,
  ShipmentDispatchedSchema,
  ShipmentFailedSchema,
  ShipmentPickingStartedSchema,
} from "@larder/contract/larder/shipping/v1/shipment_events_pb.js";
import { DeliveryFailure, ShipmentState } from "@larder/contract/larder/shipping/v1/shipment_pb.js";
import { deadTopic, type EventLog, newEvent, openEventLog, payload, topicOf } from "@larder/events";
import { tell as append, eventsIn, startValkey, type TestValkey } from "@larder/events/testing";
import { Code, rpcError } from "@larder/platform";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { eventually, type Instance, idOf, refusal, Shop, stateOf } from "./testing/shop.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let shop: Shop;
let valkey: TestValkey;
let log: EventLog;
/** Consumes what shipping tells. */
let service: Instance;
/** Hears nothing itself. */
let deaf: Instance;

beforeAll(async () => {
  shop = await Shop.open();
  valkey = await startValkey();
  log = openEventLog(valkey.url);
  // So rarely that an order which is left to the recovery is seen lying there.
  const recovery = { ORDER_RECOVERY_PAUSE_MS: "250" };
  service = await shop.start({ ORDER_EVENT_LOG_URL: valkey.url, ...recovery });
  deaf = await shop.start(recovery);
});
beforeEach(() => shop.quiet());
afterAll(async () => {
  await log?.close();
  await Promise.all([service?.stop(), deaf?.stop()]);
  await valkey?.stop();
  await shop?.close();
});

const { PICKING, DISPATCHED, DELIVERED, FAILED } = ShipmentState;
const said = {
  [PICKING]: { schema: ShipmentPickingStartedSchema, version: 3n },
  [DISPATCHED]: { schema: ShipmentDispatchedSchema, version: 4n },
  [DELIVERED]: { schema: ShipmentDeliveredSchema, version: 5n },
  [FAILED]: { schema: ShipmentFailedSchema, version: 5n },
};
type Said = keyof typeof said;

/** Tells of a shipment as shipping would. */
const tell = (state: Said, order: string, more: object = {}) => {
  const { schema, version } = said[state];
  return appendFor(schema, order, version, more);
};
/** Tells that its goods became too warm. */
const tellRisk = (order: string, excursion: string, spoilageRisk: number, version = 5n) => {
  const flag = { excursion, spoilageRisk, model: "models/spoilage-1", peakCelsius: 12.5, flagTime: { seconds: 7n } };
  return appendFor(ShipmentAtRiskSchema, order, version, { flag });
};
async function appendFor(schema: DescMessage, order: string, version: bigint, more: object): Promise<void> {
  const fields = { shipment: order.replace("orders", "shipments"), order, customer: "customers/ada", version, ...more };
  await append(log, newEvent(schema, fields, { aggregateVersion: version }));
}

const shown = ({ delivery }: Order) => delivery?.state;
const shows = (order: string, state: Said) => eventually(async () => shown(await service.get(order)) === state, 30_000);

async function confirmed(): Promise<Order> {
  const order = await service.place();
  await shop.settled(idOf(order));
  return order;
}

test("an order shows how its delivery stands, and streams it to the end where that is asked for", async () => {
  const { name } = await confirmed();
  expect((await service.get(name)).delivery).toBeUndefined();
  // The rest is told as each is seen.
  const next = new Map<ShipmentState | undefined, Said>([
    [undefined, PICKING],
    [PICKING, DISPATCHED],
    [DISPATCHED, DELIVERED],
  ]);
  const streams = [service, deaf].map(async (instance, index) => {
    const told: Promise<void>[] = [];
    const each = (seen: Order) => {
      const state = next.get(shown(seen));
      if (index === 0 && state !== undefined) told.push(tell(state, name));
    };
    const seen = await instance.watch(name, "ada", each, true);
    await Promise.all(told);
    return seen;
  });
  const [here, elsewhere] = await Promise.all(streams);
  expect(here?.map(shown)).toEqual([undefined, PICKING, DISPATCHED, DELIVERED]);
  expect(elsewhere?.map(shown).at(-1)).toBe(DELIVERED);
  const now = await service.get(name);
  expect(stateOf(now)).toBe("CONFIRMED");
  expect(now.updateTime).toEqual(now.delivery?.updateTime);
  // Who asks for the order alone is not kept waiting.
  expect(await service.watch(name)).toHaveLength(1);
});

test("news that come late or twice change nothing", async () => {
  const { name } = await confirmed();
  await tell(DELIVERED, name);
  await shows(name, DELIVERED);
  const after = await service.get(name);
  for (const state of [DISPATCHED, PICKING, DELIVERED] as const) await tell(state, name);
  // Behind them, in each topic, stands news of another order with the same partition.
  const other = await confirmed();
  for (const state of [PICKING, DISPATCHED, DELIVERED] as const) {
    await tell(state, other.name);
    await shows(other.name, state);
  }
  await eventually(async () => (await behind()) === 0n, 30_000);
  expect(await service.get(name)).toEqual(after);
});

/** How many events the service has not handled yet. */
async function behind(): Promise<bigint> {
  const schemas = [ShipmentAtRiskSchema, ...Object.values(said).map(({ schema }) => schema)];
  const lags = await Promise.all(schemas.map((schema) => log.lag(topicOf(schema).name, "order")));
  return lags.flat().reduce((sum, lag) => sum + lag.behind, 0n);
}

test.each([PICKING, DISPATCHED, DELIVERED] as const)(
  "in state %i it is too late to cancel, also without asking shipping",
  async (state) => {
    const order = await confirmed();
    const { name } = order;
    await tell(state, name);
    await shows(name, state);
    expect(await refusal(service.cancel(name))).toMatchObject({
      ...{ code: Code.FAILED_PRECONDITION, reason: "ALREADY_PICKED", domain: "order" },
    });
    expect(shop.participants.count("cancel", idOf(order))).toBe(0);
    const after = await service.get(name);
    expect(stateOf(after)).toBe("CONFIRMED");
    expect(shown(after)).toBe(state);
  },
);

test("goods that became too warm are flagged with the worst of it, whatever comes first, and who watches sees it", async () => {
  const { name } = await confirmed();
  // That the goods are being picked is told in another topic, and may come later.
  await tellRisk(name, "excursions/e1", 0.4);
  await eventually(async () => (await behind()) === 0n, 30_000);
  expect((await service.get(name)).delivery).toBeUndefined();
  await tell(PICKING, name);
  await shows(name, PICKING);
  const first = (await service.get(name)).delivery;
  expect(first?.flag).toMatchObject({
    ...{ excursion: "excursions/e1", spoilageRisk: 0.4, model: "models/spoilage-1", peakCelsius: 12.5 },
    flagTime: { seconds: 7n },
  });

  const told: Promise<void>[] = [];
  const each = ({ delivery }: Order) => {
    if (told.length === 0) told.push(tellRisk(name, "excursions/e2", 0.9, 6n));
    else if (told.length === 1 && delivery?.flag?.spoilageRisk === 0.9) told.push(tell(DELIVERED, name));
  };
  const [here, elsewhere] = await Promise.all([
    service.watch(name, "ada", each, true),
    deaf.watch(name, "ada", undefined, true),
  ]);
  await Promise.all(told);
  const seen = here.map(({ delivery }) => [delivery?.state, delivery?.flag?.spoilageRisk]);
  expect(seen).toEqual([
    [PICKING, 0.4],
    [PICKING, 0.9],
    [DELIVERED, 0.9],
  ]);
  expect(elsewhere.at(-1)?.delivery?.flag?.excursion).toBe("excursions/e2");

  const after = await service.get(name);
  for (const [excursion, risk] of [
    ["excursions/e1", 0.4],
    ["excursions/e2", 0.9],
    ["excursions/e3", 0.2],
  ] as const)
    await tellRisk(name, excursion, risk, 9n);
  await eventually(async () => (await behind()) === 0n, 30_000);
  expect(await service.get(name)).toEqual(after);
  // Too warm is not too late: what becomes of the order is not the flag's to say.
  expect(stateOf(after)).toBe("CONFIRMED");
});

test("a flag of an order that does not exist, and one that says nothing, go to the dead letters", async () => {
  const { name } = await confirmed();
  const missing = "orders/01900000-0000-7000-8000-00000000000f";
  await tellRisk(missing, "excursions/e1", 0.4);
  await appendFor(ShipmentAtRiskSchema, name, 5n, {});
  const topic = deadTopic(topicOf(ShipmentAtRiskSchema).name);
  for (const order of [missing, name])
    await eventually(async () => {
      const letters = await eventsIn(log, topic);
      return letters.some(({ subject }) => subject === order.replace("orders", "shipments"));
    }, 30_000);
  expect((await service.get(name)).delivery).toBeUndefined();
});

/** The warehouse and the carrier as far as the ledgers go. */
function failDelivery(order: Order): void {
  shop.participants.deliveries.startPicking(idOf(order));
  shop.participants.deliveries.fail(idOf(order));
}
const undone = { reservation: "RESTOCKED", hold: "REFUNDED", shipment: "FAILED" };

test("an order that could not be handed over is cancelled, with its money and its goods back", async () => {
  const order = await confirmed();
  failDelivery(order);
  await tell(FAILED, order.name, { failure: DeliveryFailure.NOBODY_THERE });
  const after = await eventually(async () => {
    const now = await service.get(order.name);
    return stateOf(now) === "CANCELLED" && now;
  }, 30_000);
  expect(after).toMatchObject({ settled: true, delivery: { state: FAILED }, failure: { reason: "UNDELIVERED" } });
  expect(after.failure?.message).toContain("nobody was there");
  expect(shop.participants.holdings(idOf(order))).toEqual(undone);
  expect(shop.participants.wallets.available.get("ada")).toBe(1_000_000);
  const cancelled = await eventually(async () => {
    const events = await eventsIn(log, topicOf(OrderCancelledSchema).name);
    return events.find(({ subject }) => subject === order.name);
  });
  expect(payload(OrderCancelledSchema, cancelled)).toMatchObject({
    refunded: true,
    failure: { reason: "UNDELIVERED" },
  });
  // Nothing will become of it, whatever is waited for.
  expect(await service.watch(order.name, "ada", undefined, true)).toHaveLength(1);
  // Once more: it stands.
  await tell(FAILED, order.name, { failure: DeliveryFailure.NOT_ACCEPTED });
  await eventually(async () => (await behind()) === 0n, 30_000);
  expect(await service.get(order.name)).toEqual(after);
});

test("a delivery that fails while its customer cancels ends the order all the same", async () => {
  const order = await confirmed();
  // Shipping refuses, and its answer comes when the goods are on their way back.
  shop.participants.deliveries.startPicking(idOf(order));
  const { promise: late, resolve: answer } = Promise.withResolvers<void>();
  shop.participants.interpose("cancel", {
    arrived: async () => {
      if (shop.participants.count("cancel", idOf(order)) > 1) return;
      await late;
      throw rpcError("shipping", Code.FAILED_PRECONDITION, "ALREADY_PICKED", "too late");
    },
  });
  const wish = service.cancel(order.name).catch(() => undefined);
  await eventually(() => shop.participants.count("cancel", idOf(order)) > 0);
  shop.participants.deliveries.fail(idOf(order));
  await tell(FAILED, order.name, { failure: DeliveryFailure.NOT_ACCEPTED });
  await shows(order.name, FAILED);
  answer();
  await wish;
  await eventually(async () => stateOf(await service.get(order.name)) === "CANCELLED", 30_000);
  expect(shop.participants.holdings(idOf(order))).toEqual(undone);
});

test.each(["orders/01900000-0000-7000-8000-000000000000", "orders/nonsense"])(
  "news of %s, which does not exist, go to the dead letters",
  async (name) => {
    await tell(PICKING, name);
    const topic = deadTopic(topicOf(ShipmentPickingStartedSchema).name);
    await eventually(async () => {
      const letters = await eventsIn(log, topic);
      return letters.some(({ subject }) => subject === name.replace("orders", "shipments"));
    }, 30_000);
    const { name: real } = await confirmed();
    await tell(PICKING, real);
    await shows(real, PICKING);
  },
);
