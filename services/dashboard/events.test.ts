// From the event log to an answer: a real PostgreSQL and a real event log.
import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import {
  ExcursionChangedSchema,
  WindowsClosedSchema,
} from "@larder/contract/larder/coldchain/v1/cold_chain_events_pb.js";
import { ExcursionEndReason, ExcursionState } from "@larder/contract/larder/coldchain/v1/excursion_pb.js";
import {
  GetOverviewRequestSchema,
  GetSeriesRequestSchema,
  ListExcursionsRequestSchema,
} from "@larder/contract/larder/dashboard/v1/dashboard_service_pb.js";
import { MarkdownChangedSchema } from "@larder/contract/larder/pricing/v1/markdown_events_pb.js";
import { ShipmentAtRiskSchema } from "@larder/contract/larder/shipping/v1/shipment_events_pb.js";
import {
  deadTopic,
  type EventLog,
  newEvent,
  type OutgoingEvent,
  openEventLog,
  openRelay,
  writeEvents,
} from "@larder/events";
import { startValkey, type TestValkey } from "@larder/events/testing";
import { Call } from "@larder/platform";
import { until } from "@larder/store/testing";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { subscriptions } from "./subscriptions.ts";
import { type ReadModel, startReadModel, window } from "./testing.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const context = new Call({ method: "test" });
const start = Math.floor(Date.now() / 10_000) * 10_000;
let model: ReadModel;
let valkey: TestValkey;
let log: EventLog;
const ending = new AbortController();
let running: Promise<unknown>;

beforeAll(async () => {
  [model, valkey] = await Promise.all([startReadModel(), startValkey()]);
  log = openEventLog(valkey.url);
  const relay = openRelay(model.db, log);
  running = Promise.all([
    ...subscriptions(log, model.db, model.projection).map((subscribe) => subscribe(ending.signal)),
    relay.run(ending.signal),
  ]);
});

afterAll(async () => {
  ending.abort();
  await running;
  await Promise.all([log.close(), model.close()]);
  await Promise.all([valkey.stop(), model.postgres.stop()]);
});

const tell = (...events: OutgoingEvent[]) => model.db.transaction((tx) => writeEvents(tx, events));

const excursion = (id: string, version: bigint, state = ExcursionState.OPEN) =>
  newEvent(ExcursionChangedSchema, {
    excursion: `excursions/${id}`,
    current: {
      name: `excursions/${id}`,
      device: "devices/van-7",
      subject: "shipments/7",
      state,
      limitCelsius: 7,
      startTime: timestampFromMs(start),
      ...(state === ExcursionState.CLOSED && {
        endTime: timestampFromMs(start + 60_000),
        endReason: ExcursionEndReason.SENSOR_SILENT,
      }),
      timeAboveLimit: { seconds: 30n },
      history: [{ time: timestampFromMs(start), celsius: 9 }],
      version,
    },
  });

const reports = async () => {
  const { excursions = [] } = await model.handler.listExcursions(create(ListExcursionsRequestSchema), context);
  return excursions;
};

test("windows, an excursion and what came of it are shown, whichever event comes first", async () => {
  await tell(
    newEvent(MarkdownChangedSchema, {
      product: "products/milk",
      room: "rooms/north",
      excursion: "excursions/e7",
      percent: 30,
      spoilageRisk: 0.6,
      model: "models/spoilage-1",
      version: 1n,
    }),
    newEvent(ShipmentAtRiskSchema, {
      shipment: "shipments/7",
      order: "orders/7",
      customer: "customers/ada",
      flag: { excursion: "excursions/e7", spoilageRisk: 0.7, model: "models/spoilage-1", peakCelsius: 9 },
      version: 5n,
    }),
    excursion("e7", 2n, ExcursionState.CLOSED),
    excursion("e7", 1n),
    ...[1, 2].map((source) =>
      newEvent(WindowsClosedSchema, {
        source: `sources/${source}`,
        windows: [
          window("shipments/7", start, { revision: source, max: source }),
          window(`devices/van-${source}`, start),
        ],
      }),
    ),
  );
  await until(async () => {
    const [report] = await reports();
    return report?.markdowns?.length === 1 && report.shipment !== undefined;
  });
  expect(await reports()).toMatchObject([
    {
      excursion: {
        ...{ name: "excursions/e7", version: 2n, state: ExcursionState.CLOSED, timeAboveLimit: { seconds: 30n } },
        endReason: ExcursionEndReason.SENSOR_SILENT,
      },
      markdowns: [{ product: "products/milk", percent: 30, spoilageRisk: 0.6, model: "models/spoilage-1" }],
      shipment: { shipment: "shipments/7", spoilageRisk: 0.7 },
    },
  ]);
  expect((await reports())[0]?.excursion?.history).toEqual([]);
  const overview = async () => (await model.handler.getOverview(create(GetOverviewRequestSchema), context)).overview;
  await until(async () => (await overview())?.reporting === 2);
  const request = create(GetSeriesRequestSchema, { subject: "shipments/7", startTime: timestampFromMs(start - 1000) });
  await until(async () => (await model.handler.getSeries(request, context)).points?.[0]?.maxCelsius === 2);
});

test("an event that says nothing is put aside, and those behind it are heard", async () => {
  const wrong = [
    newEvent(ExcursionChangedSchema, { excursion: "excursions/none" }),
    newEvent(WindowsClosedSchema, { source: "sources/9", windows: [{ subject: "rooms/none" }] }),
    newEvent(MarkdownChangedSchema, { product: "products/none", excursion: "" }),
    newEvent(ShipmentAtRiskSchema, {
      shipment: "shipments/none",
      flag: { excursion: "excursions/none", spoilageRisk: Number.NaN },
    }),
  ];
  await tell(...wrong, excursion("after", 1n));
  await until(async () => (await reports()).some(({ excursion }) => excursion?.name === "excursions/after"));
  await until(async () => {
    const buried = await Promise.all(
      wrong.map(async ({ topic }) => {
        const partitions = await log.partitions(deadTopic(topic)).catch(() => 0);
        const ranges = await Promise.all(
          Array.from({ length: partitions }, (_, partition) => log.range(deadTopic(topic), partition)),
        );
        return ranges.some(({ earliest, next }) => next > earliest);
      }),
    );
    return buried.every(Boolean);
  });
});
