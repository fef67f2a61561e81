// What becomes of goods that get too warm, in the running shop: sensors are told of, and an excursion becomes a lower price, a flag on the
// shipment and its order, and a letter.
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { StorageClass } from "@larder/contract/larder/catalog/v1/product_pb.js";
import {
  ExcursionChangedSchema,
  SensorAttachedSchema,
} from "@larder/contract/larder/coldchain/v1/cold_chain_events_pb.js";
import { type ExcursionSchema, ExcursionState } from "@larder/contract/larder/coldchain/v1/excursion_pb.js";
import type { Order } from "@larder/contract/larder/order/v1/order_pb.js";
import { type Quote, RuleKind } from "@larder/contract/larder/pricing/v1/quote_pb.js";
import {
  GetOrderRequestSchema,
  type GetOrderResponse,
  GetQuoteRequestSchema,
  type GetQuoteResponse,
} from "@larder/contract/larder/storefront/v1/storefront_service_pb.js";
import { type EventLog, newEvent, openEventLog, payload, topicOf } from "@larder/events";
import { tell as append, eventsIn } from "@larder/events/testing";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { larder } from "../../mesh/runner/test/world.ts";
import { as, basket, confirmedOrder, mailsAbout, methods, placeOrder, responseOf } from "../edge/shop.ts";
import { sharedWays, type Way } from "../edge/ways.ts";
import { sharedMesh } from "../mesh.ts";
import { until as untilSoon } from "../until.ts";

const mesh = sharedMesh();
const ways = sharedWays(mesh);
// Each test goes through half of the services, one event after the other.
vi.setConfig({ testTimeout: 300_000 });
const until: typeof untilSoon = (what, look) => untilSoon(what, look, 60_000);
let way: Way;
let log: EventLog;

beforeAll(() => {
  way = ways[0] as Way;
  const { eventLog } = JSON.parse(readFileSync(mesh.data("secrets.json"), "utf8")) as { eventLog: string };
  log = openEventLog(`redis+unix://:${eventLog}@${mesh.run("log", "valkey.sock")}`);
});
afterAll(async () => {
  await log?.close();
  // Other suites find the prices that the catalogue gives.
  await mesh.query("delete from markdowns", "pricing");
});

/** The back office or the carrier calls a method of a service behind the edge; answers what it was told. */
const call = (method: string, request: object, caller = "backoffice") =>
  until(`${method} to be answered`, async () => {
    const place = { runFolder: mesh.run(), dataFolder: mesh.data() };
    const said = await larder(place, ["call", method, JSON.stringify(request), "--as", caller]);
    return /^(DEADLINE_EXCEEDED|UNAVAILABLE):/m.test(said.err) ? undefined : said;
  });

/** The shipment of a new order of quinn, whose goods are being picked, with a sensor of its own. */
async function shipmentWithSensor() {
  const order = await confirmedOrder(mesh, way, "quinn");
  const shipment = order.name.replace("orders/", "shipments/");
  const device = `devices/van-${randomUUID()}.box`;
  const storageClass = "STORAGE_CLASS_CHILLED";
  expect(await call("ShippingService/StartPicking", { shipment })).toMatchObject({ code: 0 });
  expect(await call("ShippingService/AttachSensor", { shipment, device, storageClass })).toMatchObject({ code: 0 });
  return { order, shipment, device };
}

/** What was told of a sensor, oldest first. */
async function toldOf(device: string) {
  const events = await eventsIn(log, topicOf(SensorAttachedSchema).name);
  return events.filter(({ subject }) => subject === device).map((event) => payload(SensorAttachedSchema, event));
}

test("where sensors hang is told from the first start on, and when they are taken off", async () => {
  const first = await until("a seeded sensor", async () => {
    const events = await toldOf("devices/north-chilled.p1");
    return events.length > 0 && events;
  });
  expect(first).toMatchObject([{ subject: "rooms/north-chilled", storageClass: StorageClass.CHILLED }]);
  const { out } = await call("InventoryService/ListRooms", {});
  expect(out).toContain("devices/north-chilled.p1");

  const { shipment, device } = await shipmentWithSensor();
  expect(await call("ShippingService/Dispatch", { shipment })).toMatchObject({ code: 0 });
  expect(await call("ShippingService/CompleteDelivery", { shipment }, "carrier")).toMatchObject({ code: 0 });
  const told = await until("the end of the delivery", async () => {
    const events = await toldOf(device);
    return events.length > 1 && events;
  });
  expect(told.map(({ subject }) => subject)).toEqual([shipment, ""]);
});

// Hours at room temperature: no model can find that harmless.
const hours = 12;
const history = Array.from({ length: hours * 60 }, (_, minute) => ({
  time: timestampFromMs(Date.now() - (hours * 60 - minute) * 60_000),
  celsius: 24,
}));

/** Tells of an excursion as the aggregator does. */
async function tell(subject: string, more: MessageInitShape<typeof ExcursionSchema>): Promise<string> {
  const excursion = `excursions/${randomUUID()}`;
  const current = {
    ...{ name: excursion, device: "devices/suite", subject, state: ExcursionState.OPEN, version: 1n },
    ...{ peakCelsius: 24, startTime: timestampFromMs(Date.now() - hours * 3_600_000), history, ...more },
  };
  await append(log, newEvent(ExcursionChangedSchema, { excursion, current }, { aggregateVersion: 1n }));
  return excursion;
}

describe("an excursion", () => {
  test("of a room marks its goods down, in a quote that says why and holds when it is ordered", async () => {
    const lines = [{ product: "products/chocolate-ice-cream-500ml-northwind", quantity: 1 }];
    const quoted = async (): Promise<Quote | undefined> => {
      const outcome = await way.call(methods.getQuote, create(GetQuoteRequestSchema, { lines }), {});
      return outcome.response ? responseOf<GetQuoteResponse>(outcome).quote : undefined;
    };
    const before = await until("a quote", quoted);
    expect(before.lines[0]?.adjustments).toEqual([]);
    const excursion = await tell("rooms/harbour-frozen", { storageClass: StorageClass.FROZEN });
    const after = await until("a markdown", async () => {
      const quote = await quoted();
      return quote?.lines[0]?.adjustments.length ? quote : undefined;
    });
    const [markdown] = after.lines[0]?.adjustments ?? [];
    expect(markdown).toMatchObject({
      ...{ kind: RuleKind.MARKDOWN, rule: `rules/markdown-${excursion.replace("excursions/", "")}` },
      description: expect.stringMatching(/too warm for a while, \d+ % risk .*: \d+ % off/),
    });
    const headers = await as(mesh, "quinn");
    const order = async (total: Quote["total"]) => {
      if (!total) throw new Error("a quote without a total");
      const request = await basket(way, { lines, expectedTotal: total });
      return until("an answer", async () => {
        const outcome = await placeOrder(way, request, headers);
        return outcome.response || outcome.reason ? outcome : undefined;
      });
    };
    expect(await order(before.total)).toMatchObject({ reason: "PRICE_CHANGED" });
    const { response } = await order(after.total);
    expect(response).toMatchObject({ order: { quote: { total: after.total } } });
  });

  test("of a shipment flags it and its order, and its customer has one letter", async () => {
    const { order, shipment } = await shipmentWithSensor();
    const headers = await as(mesh, "quinn");
    const excursion = await tell(shipment, { storageClass: StorageClass.CHILLED });
    const flagged = await until("the flag", async () => {
      const request = create(GetOrderRequestSchema, { name: order.name });
      const { response } = await way.call(methods.getOrder, request, headers);
      const now: Order | undefined = (response as GetOrderResponse | undefined)?.order;
      return now?.delivery?.flag;
    });
    expect(flagged).toMatchObject({ excursion, peakCelsius: 24, model: expect.stringMatching(/^models\//) });
    expect(flagged.spoilageRisk).toBeGreaterThan(0.1);
    expect((await call("ShippingService/Dispatch", { shipment })).out).toContain(excursion);

    const letters = async () => {
      const mails = await mailsAbout(mesh, order.name, "quinn");
      return mails.filter(({ subject }) => subject.endsWith("became too warm"));
    };
    await until("the letter", async () => (await letters()).length > 0);
    // The letter of what came after it has nothing beside it.
    await until("the next letter", async () =>
      (await mailsAbout(mesh, order.name, "quinn")).some(({ subject }) => subject.endsWith("is on its way")),
    );
    expect(await letters()).toMatchObject([{ text: expect.stringContaining("24.0 °C") }]);
  });
});
