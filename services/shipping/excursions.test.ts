// What shipments hear of excursions: a real PostgreSQL, a real event log, and a scoring service of the test's own on a socket.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { durationMs, timestampFromDate, timestampFromMs } from "@bufbuild/protobuf/wkt";
import { StorageClass } from "@larder/contract/larder/catalog/v1/product_pb.js";
import { ExcursionChangedSchema } from "@larder/contract/larder/coldchain/v1/cold_chain_events_pb.js";
import {
  ExcursionEndReason,
  type ExcursionSchema,
  ExcursionState,
} from "@larder/contract/larder/coldchain/v1/excursion_pb.js";
import { type Goods, ProductClass } from "@larder/contract/larder/scoring/v1/score_pb.js";
import { ScoringService } from "@larder/contract/larder/scoring/v1/scoring_service_pb.js";
import { ShipmentAtRiskSchema } from "@larder/contract/larder/shipping/v1/shipment_events_pb.js";
import {
  deadTopic,
  decodeEvent,
  type EventLog,
  inboxMigrations,
  newEvent,
  openEventLog,
  outboxMigrations,
  payload,
  topicOf,
} from "@larder/events";
import { tell as append, consumed, eventsIn, startValkey, type TestValkey } from "@larder/events/testing";
import { Code, client, implement, platformSettings, readEnv, rpcError, serve } from "@larder/platform";
import { type Database, migrate, openDatabase, requestMigrations } from "@larder/store";
import { startPostgres, type TestPostgres } from "@larder/store/testing";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { shippingStore } from "./store.ts";
import { excursions } from "./subscriptions.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let postgres: TestPostgres;
let valkey: TestValkey;
let db: Database;
let log: EventLog;
let folder: string;
let scoring: { stop(): Promise<void> };
const ending = new AbortController();
let consuming: Promise<unknown>;

/** What scoring is asked, and how it answers. */
const asked: Goods[] = [];
let risk = 0.5;
let failures = 0;
const unused = () => {
  throw new Error("the shipping service does not call this");
};

// Five deliveries take two seconds: a busy machine may miss a deadline or two.
const patience = (failed: number) => 20 * 3 ** failed;

beforeAll(async () => {
  [postgres, valkey] = await Promise.all([startPostgres(), startValkey()]);
  db = openDatabase(await postgres.createDatabase("shipping"));
  await migrate(db, requestMigrations, outboxMigrations, inboxMigrations, new URL("./migrations/", import.meta.url));
  await db.query("van", "insert into slots values ('van', now(), now() + interval '2 hours', 99)");
  log = openEventLog(valkey.url);
  folder = mkdtempSync(join(tmpdir(), "scoring-"));
  const address = `unix:${join(folder, "scoring.sock")}`;
  const settings = { SCORING_LISTEN: address, SCORING_OPS_LISTEN: `unix:${join(folder, "ops.sock")}` };
  const { platform } = readEnv(platformSettings("SCORING"), { ...settings, SCORING_LOG_LEVEL: "error" });
  const score = implement(ScoringService, {
    score: ({ goods }) => {
      if (goods) asked.push(goods);
      if (failures > 0) {
        failures -= 1;
        throw rpcError("scoring", Code.UNAVAILABLE, "MODEL_UNAVAILABLE", "no model yet");
      }
      return { score: { spoilageRisk: risk, markdownPercent: 20, model: "models/spoilage-1" } };
    },
    scoreBatch: unused,
    scoreStream: unused,
    listModels: unused,
    activateModel: unused,
  });
  scoring = await serve(platform, { workload: "scoring", routes: [score] });
  const own = { SHIPPING_LISTEN: "unused:0", SHIPPING_OPS_LISTEN: "unused:0", LARDER_ADDR_SCORING: address };
  const caller = readEnv(platformSettings("SHIPPING"), own).platform;
  const hearing = { atRisk: 0.1, backoff: patience };
  const consume = excursions(log, db, shippingStore(db), client(ScoringService, "scoring", caller), hearing);
  consuming = consume(ending.signal);
});

afterAll(async () => {
  ending.abort();
  await consuming;
  await scoring.stop();
  await log.close();
  await db.close();
  rmSync(folder, { recursive: true });
  await Promise.all([postgres.stop(), valkey.stop()]);
});

beforeEach(() => {
  [asked.length, risk, failures] = [0, 0.5, 0];
});

let orders = 0;
/** A shipment that has come as far as that. */
async function shipment(state = "DISPATCHED"): Promise<string> {
  const order = `t${++orders}`;
  await db.query("shipment in a state", "insert into shipments values ($1, 'ada', 'van', $2, $3)", [
    ...[order, state, state === "FAILED" ? "NOBODY_THERE" : null],
  ]);
  return `shipments/${order}`;
}

const anHourAgo = new Date(Date.now() - 3_600_000);
/** Tells of an excursion, and waits until whoever listens is done with it. */
async function tell(
  excursion: string,
  subject: string,
  version: number,
  more: MessageInitShape<typeof ExcursionSchema> = {},
): Promise<void> {
  const current = {
    ...{ name: excursion, device: "devices/box", subject, version: BigInt(version), peakCelsius: 12.5 },
    ...{ storageClass: StorageClass.CHILLED, startTime: timestampFromDate(anHourAgo) },
    ...{ history: [{ time: timestampFromDate(anHourAgo), celsius: 12.5 }] },
    ...more,
  };
  const options = { aggregateVersion: BigInt(version) };
  await consumed(db, "shipping", await append(log, newEvent(ExcursionChangedSchema, { excursion, current }, options)));
}

async function flagOf(name: string) {
  const { rows } = await db.query<{ flag: { excursion: string; risk: number } | null; version: number }>(
    "flag of",
    "select flag, version from shipments where order_id = $1",
    [name.slice("shipments/".length)],
  );
  return rows[0];
}
/** What customers are told of a shipment, oldest first. */
async function told(name: string) {
  const { rows } = await db.query<{ event: Buffer }>("told", "select event from outbox order by id");
  const events = rows.map(({ event }) => decodeEvent(event)).filter(({ subject }) => subject === name);
  return events.map((event) => ({
    aggregateVersion: event.aggregateVersion,
    ...payload(ShipmentAtRiskSchema, event),
  }));
}
const deadLetters = async (): Promise<string[]> =>
  (await eventsIn(log, deadTopic(topicOf(ExcursionChangedSchema).name))).map(({ subject }) => subject);

test("an excursion that puts goods at risk flags their shipment, and is told of once while it grows", async () => {
  const name = await shipment();
  await tell("excursions/e1", name, 1);
  risk = 0.7;
  await tell("excursions/e1", name, 2);
  risk = 0.6;
  await tell("excursions/e1", name, 3);
  expect(await flagOf(name)).toMatchObject({ flag: { excursion: "e1", risk: 0.7 }, version: 3 });
  expect(await told(name)).toMatchObject([
    {
      ...{ shipment: name, order: name.replace("shipments", "orders"), customer: "customers/ada" },
      ...{ version: 2n, aggregateVersion: 2n },
      flag: {
        ...{ excursion: "excursions/e1", spoilageRisk: 0.5, model: "models/spoilage-1", peakCelsius: 12.5 },
        flagTime: expect.anything(),
      },
    },
  ]);
});

test("the most delicate of what may lie beside the sensor stands for the goods", async () => {
  for (const [storageClass, productClass] of [
    [StorageClass.CHILLED, ProductClass.FISH],
    [StorageClass.FROZEN, ProductClass.FROZEN],
    [StorageClass.AMBIENT, ProductClass.AMBIENT],
  ] as const) {
    await tell(`excursions/class-${storageClass}`, await shipment(), 1, { storageClass });
    const goods = asked.at(-1);
    expect(goods).toMatchObject({ productClass, stock: 0, history: [{ celsius: 12.5 }] });
    expect(goods?.remainingShelfLife && durationMs(goods.remainingShelfLife)).toBeGreaterThan(0);
  }
});

test("what is hardly a risk is not told of before it becomes one", async () => {
  const name = await shipment();
  risk = 0.09;
  await tell("excursions/slight", name, 1);
  expect(await flagOf(name)).toMatchObject({ flag: null, version: 1 });
  expect(await told(name)).toEqual([]);
  risk = 0.1;
  await tell("excursions/slight", name, 2);
  expect(await told(name)).toHaveLength(1);
});

test("a sensor that falls silent lifts no flag, and what it measured last may set one", async () => {
  const silent = { state: ExcursionState.CLOSED, endReason: ExcursionEndReason.SENSOR_SILENT };
  const [flagged, spared] = [await shipment(), await shipment()];
  await tell("excursions/flagged", flagged, 1);
  risk = 0.05;
  await tell("excursions/spared", spared, 1);
  await tell("excursions/flagged", flagged, 2, silent);
  expect(await flagOf(flagged)).toMatchObject({ flag: { excursion: "flagged", risk: 0.5 } });
  expect(await told(flagged)).toHaveLength(1);
  expect(await told(spared)).toEqual([]);
  risk = 0.2;
  await tell("excursions/spared", spared, 2, silent);
  expect(await flagOf(spared)).toMatchObject({ flag: { excursion: "spared", risk: 0.2 } });
  expect(await told(spared)).toHaveLength(1);
});

test("of two excursions each is told of, and the worse one is the flag", async () => {
  const name = await shipment("PICKING");
  risk = 0.8;
  await tell("excursions/bad", name, 1);
  risk = 0.3;
  await tell("excursions/less-bad", name, 1);
  expect(await flagOf(name)).toMatchObject({ flag: { excursion: "bad", risk: 0.8 } });
  expect((await told(name)).map(({ flag, version }) => [flag?.excursion, flag?.spoilageRisk, version])).toEqual([
    ["excursions/bad", 0.8, 2n],
    ["excursions/less-bad", 0.3, 3n],
  ]);
});

test("news that come late or twice change nothing, and nobody is asked for a score", async () => {
  const name = await shipment();
  await tell("excursions/late", name, 7);
  const before = [await flagOf(name), await told(name), asked.length];
  risk = 0.9;
  for (const version of [7, 3]) await tell("excursions/late", name, version);
  expect([await flagOf(name), await told(name), asked.length]).toEqual(before);
});

test("goods that were handed over before it was too warm are not at risk, others are", async () => {
  const [early, late] = [await shipment("DELIVERED"), await shipment("DELIVERED")];
  await tell("excursions/after", early, 1, { startTime: timestampFromMs(Date.now() + 60_000) });
  expect(await told(early)).toEqual([]);
  await tell("excursions/before", late, 1);
  expect(await told(late)).toHaveLength(1);
});

test("excursions of rooms are not for shipping", async () => {
  const letters = (await deadLetters()).length;
  await tell("excursions/room", "rooms/north-chilled", 1);
  expect(asked).toEqual([]);
  expect(await deadLetters()).toHaveLength(letters);
});

test.each([
  ["a shipment that does not exist", async () => "shipments/nobody", {}],
  ["a shipment that was never picked", () => shipment("CONFIRMED"), {}],
  ["goods that nobody knows how to keep", shipment, { storageClass: StorageClass.UNSPECIFIED }],
  ["temperatures that cannot be scored", shipment, { history: [] }],
])("an excursion of %s goes to the dead letters at once", async (what, subject, more) => {
  const excursion = `excursions/${what.replaceAll(" ", "-")}`;
  const name = await subject();
  await tell(excursion, name, 1, more);
  expect(await deadLetters()).toContain(excursion);
  expect(await told(name)).toEqual([]);
});

test("while scoring is away an excursion is tried again, and comes to its end when it is back", async () => {
  const name = await shipment();
  // Each delivery is two tries of the call: the generated service config says so.
  failures = 4;
  await tell("excursions/patient", name, 1);
  expect(asked.length).toBeGreaterThanOrEqual(5);
  expect(await told(name)).toHaveLength(1);
});

test("an excursion that scoring never takes goes to the dead letters after the deliveries that the contract names", async () => {
  const name = await shipment();
  failures = Number.POSITIVE_INFINITY;
  await tell("excursions/hopeless", name, 1);
  expect(await deadLetters()).toContain("excursions/hopeless");
  expect(asked.length).toBeGreaterThanOrEqual(topicOf(ExcursionChangedSchema).maxDeliveries);
  expect(await flagOf(name)).toMatchObject({ flag: null });
  expect(await told(name)).toEqual([]);
});
