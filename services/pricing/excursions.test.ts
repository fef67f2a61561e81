// From an excursion of a room to a quote: a real PostgreSQL, a real event log, and inventory, catalogue and scoring of the test's own on sockets.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { durationMs, timestampFromDate, timestampMs } from "@bufbuild/protobuf/wkt";
import {
  BatchGetProductsResponseSchema,
  CatalogService,
} from "@larder/contract/larder/catalog/v1/catalog_service_pb.js";
import { StorageClass } from "@larder/contract/larder/catalog/v1/product_pb.js";
import { ExcursionChangedSchema } from "@larder/contract/larder/coldchain/v1/cold_chain_events_pb.js";
import {
  ExcursionEndReason,
  type ExcursionSchema,
  ExcursionState,
} from "@larder/contract/larder/coldchain/v1/excursion_pb.js";
import { InventoryService } from "@larder/contract/larder/inventory/v1/inventory_service_pb.js";
import { MarkdownChangedSchema } from "@larder/contract/larder/pricing/v1/markdown_events_pb.js";
import { QuoteRequestSchema } from "@larder/contract/larder/pricing/v1/pricing_service_pb.js";
import { type Quote, RuleKind } from "@larder/contract/larder/pricing/v1/quote_pb.js";
import { type KeptTogether, type Lot, ProductClass } from "@larder/contract/larder/scoring/v1/score_pb.js";
import { ScoringService } from "@larder/contract/larder/scoring/v1/scoring_service_pb.js";
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
import {
  Call,
  type Client,
  Code,
  client,
  implement,
  platformSettings,
  type Route,
  readEnv,
  rpcError,
  serve,
} from "@larder/platform";
import { type Database, migrate, openDatabase } from "@larder/store";
import { startPostgres, type TestPostgres } from "@larder/store/testing";
import { fromCents, toCents } from "@larder/types";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { pricingHandler } from "./handler.ts";
import { DAY_MS } from "./markdown.ts";
import { pricingStore, type Store } from "./store.ts";
import { excursions } from "./subscriptions.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

interface Pack {
  readonly category: string;
  readonly storageClass?: StorageClass;
  readonly quantity?: number;
  /** Absent where nobody knows. */
  readonly until?: Date;
}

let postgres: TestPostgres;
let valkey: TestValkey;
let db: Database;
let store: Store;
let log: EventLog;
let folder: string;
let quote: (product: string, quantity?: number, at?: Date) => Promise<Quote>;
const serving: { stop(): Promise<void> }[] = [];
const ending = new AbortController();
let consuming: Promise<unknown>;

/** What lies in the room, by product, and what of it is not in the catalogue. */
let room: Record<string, Pack> = {};
let delisted: string[] = [];
/** What scoring says of goods, what it was asked, and how often it fails before. */
let scored: (goods: Lot) => { risk: number; percent: number };
const asked: KeptTogether[] = [];
let failures = 0;
/** How often the catalogue was asked. */
let lookups = 0;

const unused = () => {
  throw new Error("the pricing service does not call this");
};
const soon = (days: number) => new Date(Date.now() + days * DAY_MS);

const inventory = implement(InventoryService, {
  listRoomStock: (request) => {
    if (request.room !== "rooms/north-chilled")
      throw rpcError("inventory", Code.NOT_FOUND, "ROOM_NOT_FOUND", `${request.room} does not exist`);
    return {
      room: { name: request.room },
      stock: Object.entries(room).map(([id, { quantity = 7, until }]) => ({
        ...{ product: `products/${id}`, quantity },
        ...(until && { bestBeforeTime: timestampFromDate(until) }),
      })),
    };
  },
  ...{ batchGetStock: unused, listRooms: unused, attachRoomSensor: unused, reserve: unused, commit: unused },
  ...{ release: unused, restock: unused, receiveStock: unused },
});
function productOf(name: string) {
  const { category = "dairy", storageClass = StorageClass.CHILLED } = room[name.slice("products/".length)] ?? {};
  return { name, displayName: name, category, storageClass, shelfLifeDays: 5, price: fromCents(1000) };
}
const catalogue = implement(CatalogService, {
  batchGetProducts: ({ names }) => {
    lookups += 1;
    const unknown = names.find((name) => delisted.includes(name));
    if (unknown) throw rpcError("catalog", Code.NOT_FOUND, "PRODUCT_NOT_FOUND", `no ${unknown}`, { name: unknown });
    const products = names.map(productOf);
    return { products };
  },
  ...{
    getProduct: unused,
    listProducts: unused,
    searchProducts: unused,
    listPriceChanges: unused,
    changePrice: unused,
  },
});
const scoring = implement(ScoringService, {
  scoreBatch: ({ goods, together }) => {
    expect([goods.length, together.length]).toEqual([0, 1]);
    asked.push(...together);
    if (failures > 0) {
      failures -= 1;
      throw rpcError("scoring", Code.UNAVAILABLE, "MODEL_UNAVAILABLE", "no model yet");
    }
    const lots = together.flatMap((each) => each.lots);
    const scores = lots.map(scored).map(({ risk, percent }) => ({
      ...{ spoilageRisk: risk, markdownPercent: percent, model: "models/spoilage-1" },
    }));
    return { scores };
  },
  ...{ score: unused, scoreStream: unused, listModels: unused, activateModel: unused },
});

// Five deliveries take two seconds: a busy machine may miss a deadline or two.
const patience = (failed: number) => 20 * 3 ** failed;

/** The catalogue as quotes ask it: at once, however busy the machine is. */
const shelf = {
  async batchGetProducts({ names = [] }: { names?: string[] }) {
    return create(BatchGetProductsResponseSchema, { products: names.map(productOf) });
  },
} as unknown as Client<typeof CatalogService>;

beforeAll(async () => {
  [postgres, valkey] = await Promise.all([startPostgres(), startValkey()]);
  db = openDatabase(await postgres.createDatabase("pricing"));
  await migrate(db, outboxMigrations, inboxMigrations, new URL("./migrations/", import.meta.url));
  store = pricingStore(db);
  log = openEventLog(valkey.url);
  folder = mkdtempSync(join(tmpdir(), "pricing-"));
  const own: Record<string, string> = { PRICING_LISTEN: "unused:0", PRICING_OPS_LISTEN: "unused:0" };
  const start = async (workload: string, route: Route) => {
    const prefix = workload.toUpperCase();
    const address = `unix:${join(folder, `${workload}.sock`)}`;
    const listen = {
      [`${prefix}_LISTEN`]: address,
      [`${prefix}_OPS_LISTEN`]: `unix:${join(folder, `${workload}.ops`)}`,
    };
    const { platform } = readEnv(platformSettings(prefix), { ...listen, [`${prefix}_LOG_LEVEL`]: "error" });
    serving.push(await serve(platform, { workload, routes: [route] }));
    own[`LARDER_ADDR_${prefix}`] = address;
  };
  await start("inventory", inventory);
  await start("catalog", catalogue);
  await start("scoring", scoring);
  const { platform } = readEnv(platformSettings("PRICING"), own);
  const sources = {
    inventory: client(InventoryService, "inventory", platform),
    catalog: client(CatalogService, "catalog", platform),
    scoring: client(ScoringService, "scoring", platform),
  };
  consuming = excursions(log, db, store, sources, { days: 3, backoff: patience })(ending.signal);
  quote = async (product, quantity = 1, at = new Date()) => {
    const request = create(QuoteRequestSchema, { lines: [{ product: `products/${product}`, quantity }] });
    const answer = await pricingHandler(store, shelf, () => at).quote(request, new Call({ method: "test" }));
    return answer.quote as Quote;
  };
});

afterAll(async () => {
  ending.abort();
  await consuming;
  await Promise.all(serving.map((one) => one.stop()));
  await log.close();
  await store.close();
  rmSync(folder, { recursive: true });
  await Promise.all([postgres.stop(), valkey.stop()]);
});

beforeEach(() => {
  [room, delisted, asked.length, failures, lookups] = [{}, [], 0, 0, 0];
  scored = () => ({ risk: 0.24, percent: 30 });
});

/** Tells of an excursion, and waits until whoever listens is done with it. */
async function tell(
  excursion: string,
  version: number,
  more: MessageInitShape<typeof ExcursionSchema> = {},
): Promise<void> {
  const name = `excursions/${excursion}`;
  const current = {
    ...{ name, device: "devices/north-chilled.p1", subject: "rooms/north-chilled", version: BigInt(version) },
    ...{ storageClass: StorageClass.CHILLED, state: ExcursionState.OPEN },
    history: [12, 11].map((celsius, minute) => ({ time: timestampFromDate(new Date(Date.now() + minute)), celsius })),
    ...more,
  };
  const message = { excursion: name, current };
  const options = { aggregateVersion: BigInt(version) };
  await consumed(db, "pricing", await append(log, newEvent(ExcursionChangedSchema, message, options)));
}

/** What a pack of a product costs, once everybody knows of the last change. */
const costs = (product: string, cents: number) =>
  expect.poll(async () => toCents((await quote(product)).total), { timeout: 20_000 }).toBe(cents);

/** What was told of a product, oldest first. */
async function told(product: string) {
  const { rows } = await db.query<{ event: Buffer }>("told", "select event from outbox order by id");
  const events = rows.map(({ event }) => decodeEvent(event));
  return events
    .filter(({ subject }) => subject === `products/${product}`)
    .map((event) => payload(MarkdownChangedSchema, event));
}

const deadLetters = async (): Promise<string[]> =>
  (await eventsIn(log, deadTopic(topicOf(ExcursionChangedSchema).name))).map(({ subject }) => subject);

test("goods of a room that became too warm cost less, and the quote says why", async () => {
  room = {
    "e1-trout": { category: "fish", quantity: 12, until: soon(2) },
    "e1-milk": { category: "dairy", until: soon(30) },
  };
  scored = ({ productClass }) =>
    productClass === ProductClass.FISH ? { risk: 0.238, percent: 30 } : { risk: 0.01, percent: 0 };
  expect(toCents((await quote("e1-trout")).total)).toBe(1000);
  await tell("e1", 1);
  await costs("e1-trout", 700);
  const [line] = (await quote("e1-trout", 2)).lines;
  expect(line?.adjustments).toMatchObject([
    {
      ...{ rule: "rules/markdown-e1", kind: RuleKind.MARKDOWN, amount: fromCents(-600) },
      description: "Was too warm for a while, 24 % risk of spoiling early: 30 % off",
    },
  ]);
  // Nothing off is nothing kept, and nothing told.
  expect(toCents((await quote("e1-milk")).total)).toBe(1000);
  expect(await told("e1-milk")).toEqual([]);
  expect(await told("e1-trout")).toMatchObject([
    {
      ...{ room: "rooms/north-chilled", excursion: "excursions/e1", percent: 30, spoilageRisk: 0.238, version: 1n },
      model: "models/spoilage-1",
    },
  ]);
  expect(asked[0]).toMatchObject({
    history: [{ celsius: 12 }, { celsius: 11 }],
    lots: [
      { productClass: ProductClass.FISH, stock: 12 },
      { productClass: ProductClass.DAIRY, stock: 7 },
    ],
  });
  const left = asked[0]?.lots.map(({ remainingShelfLife }) =>
    remainingShelfLife ? durationMs(remainingShelfLife) : 0,
  );
  expect(left?.map((ms) => Math.round(ms / DAY_MS))).toEqual([2, 30]);
});

test("a markdown ends with the date of its goods or after three days, whichever comes first, and not with the excursion", async () => {
  room = { "e2-trout": { category: "fish", until: soon(1) }, "e2-cheese": { category: "dairy", until: soon(40) } };
  await tell("e2", 1);
  await tell("e2", 2, { state: ExcursionState.CLOSED });
  await costs("e2-trout", 700);
  const price = async (product: string, days: number) => toCents((await quote(product, 1, soon(days))).total);
  expect([await price("e2-trout", 0.9), await price("e2-trout", 1.1)]).toEqual([700, 1000]);
  expect([await price("e2-cheese", 2.9), await price("e2-cheese", 4.1)]).toEqual([700, 1000]);
  await db.query("over", "update markdowns set expire_time = now() where product_id like 'e2-%'");
  await store.forgetMarkdowns();
  const { count } = await db.query("kept", "select from markdowns where product_id like 'e2-%'");
  expect(count).toBe(0);
});

test("a sensor that falls silent takes nothing back, and what it measured last counts", async () => {
  room = { "silent-trout": { category: "fish", until: soon(2) } };
  await tell("silent", 1);
  await costs("silent-trout", 700);
  scored = () => ({ risk: 0.5, percent: 60 });
  await tell("silent", 2, { state: ExcursionState.CLOSED, endReason: ExcursionEndReason.SENSOR_SILENT });
  await costs("silent-trout", 400);
  expect(toCents((await quote("silent-trout", 1, soon(1.9))).total)).toBe(400);
});

test("an excursion that goes on changes its markdowns, and is told of where a price changes", async () => {
  room = { "e3-trout": { category: "fish", until: soon(2) }, "e3-milk": { category: "dairy", until: soon(2) } };
  const milk = room["e3-milk"] as Pack;
  const time = timestampFromDate(new Date());
  const history = [{ time, celsius: 12 }];
  await tell("e3", 1, { history });
  scored = ({ productClass }) => ({ risk: 0.5, percent: productClass === ProductClass.FISH ? 60 : 30 });
  await tell("e3", 2, { history });
  await costs("e3-trout", 400);
  expect((await told("e3-trout")).map(({ percent, version }) => [percent, version])).toEqual([
    [30, 1n],
    [60, 2n],
  ]);
  // What behind a price has changed is kept, and not told.
  expect(await told("e3-milk")).toHaveLength(1);
  expect((await quote("e3-milk")).lines[0]?.adjustments[0]?.description).toContain("50 % risk");
  // What is sold out, or has become worth its price again, is as before.
  room = { "e3-milk": milk };
  scored = () => ({ risk: 0.01, percent: 0 });
  await tell("e3", 3, { history });
  await costs("e3-trout", 1000);
  await costs("e3-milk", 1000);
  for (const product of ["e3-trout", "e3-milk"])
    expect((await told(product)).at(-1)).toMatchObject({ percent: 0, version: 3n, excursion: "excursions/e3" });
});

test("the highest of several markdowns counts, and the next one when it has gone", async () => {
  room = { "e4-trout": { category: "fish", until: soon(2) } };
  await tell("e4-low", 1);
  scored = () => ({ risk: 0.9, percent: 80 });
  await tell("e4-high", 1);
  await costs("e4-trout", 200);
  expect((await quote("e4-trout")).lines[0]?.adjustments).toHaveLength(1);
  scored = () => ({ risk: 0, percent: 0 });
  await tell("e4-high", 2);
  await costs("e4-trout", 700);
});

test("news that come late or twice change nothing, and nobody is asked for a score", async () => {
  room = { "e5-trout": { category: "fish", until: soon(2) } };
  await tell("e5", 7);
  scored = () => ({ risk: 0.9, percent: 90 });
  const calls = asked.length;
  for (const version of [7, 3]) await tell("e5", version);
  expect(asked).toHaveLength(calls);
  await costs("e5-trout", 700);
  expect(await told("e5-trout")).toHaveLength(1);
});

test("goods past their date are not marked down, for nobody may sell them, and what lies beside them is", async () => {
  room = { "e6-trout": { category: "fish", until: soon(-1) }, "e6-milk": { category: "dairy", until: soon(2) } };
  await tell("e6", 1);
  await costs("e6-milk", 700);
  expect(asked[0]?.lots).toMatchObject([{ productClass: ProductClass.DAIRY }]);
  expect(await told("e6-trout")).toEqual([]);
});

test("an excursion of long ago, told again, marks nothing down", async () => {
  room = { "e7-cheese": { category: "dairy", until: soon(40) } };
  await tell("e7", 1, { history: [{ time: timestampFromDate(soon(-10)), celsius: 12 }] });
  expect(asked[0]?.lots).toHaveLength(1);
  expect(await told("e7-cheese")).toEqual([]);
});

test("goods of unknown date keep as long as the catalogue says of new ones, and for ever is three years", async () => {
  room = { "e8-new": { category: "dairy" }, "e8-salt": { category: "dairy", until: soon(2000) } };
  await tell("e8", 1);
  const left = asked[0]?.lots.map(({ remainingShelfLife }) =>
    remainingShelfLife ? durationMs(remainingShelfLife) : 0,
  );
  expect(left).toEqual([5 * DAY_MS, 3 * 365 * DAY_MS]);
});

test("a room with more goods than the catalogue takes at once is looked up in parts, without what is not on sale", async () => {
  room = Object.fromEntries(
    Array.from({ length: 250 }, (_, index) => [`e9-p${index}`, { category: "dairy", until: soon(2) }]),
  );
  delisted = ["products/e9-p3", "products/e9-p240"];
  const history = Array.from({ length: 1440 }, (_, minute) => ({
    ...{ time: timestampFromDate(new Date(Date.now() - (1440 - minute) * 60_000)), celsius: 12 },
  }));
  await tell("e9", 1, { history });
  // Three parts, and two that were asked for again; each time anew, should a busy machine need another delivery.
  expect(lookups % 5).toBe(0);
  expect(asked[0]?.lots).toHaveLength(248);
  // Once, whole and in its order.
  const times = asked[0]?.history.map(({ time }) => (time ? timestampMs(time) : 0)) ?? [];
  expect(times).toEqual(history.map(({ time }) => timestampMs(time)));
  await costs("e9-p0", 700);
});

test("excursions of shipments are not for pricing", async () => {
  const letters = (await deadLetters()).length;
  await tell("shipment", 1, { subject: "shipments/t1" });
  expect(asked).toEqual([]);
  expect(await deadLetters()).toHaveLength(letters);
});

test.each([
  ["of a room that does not exist", { subject: "rooms/nowhere" }],
  ["without temperatures", { history: [] }],
  ["with temperatures that cannot be", { history: [{ time: timestampFromDate(new Date()), celsius: 900 }] }],
])("an excursion %s goes to the dead letters at once, and changes nothing", async (what, more) => {
  room = { "e10-trout": { category: "fish", until: soon(2) } };
  const excursion = what.replaceAll(" ", "-");
  await tell(excursion, 1, more);
  expect(await deadLetters()).toContain(`excursions/${excursion}`);
  expect(await told("e10-trout")).toEqual([]);
});

test("while scoring is away an excursion is tried again, and comes to its end when it is back", async () => {
  room = { "e11-trout": { category: "fish", until: soon(2) } };
  // Each delivery is two tries of the call: the generated service config says so.
  failures = 4;
  await tell("e11", 1);
  expect(asked.length).toBeGreaterThanOrEqual(5);
  await costs("e11-trout", 700);
});

test("an excursion that scoring never takes goes to the dead letters after the deliveries that the contract names", async () => {
  room = { "e12-trout": { category: "fish", until: soon(2) } };
  failures = Number.POSITIVE_INFINITY;
  await tell("e12", 1);
  expect(await deadLetters()).toContain("excursions/e12");
  expect(asked.length).toBeGreaterThanOrEqual(topicOf(ExcursionChangedSchema).maxDeliveries);
  expect(await told("e12-trout")).toEqual([]);
});
