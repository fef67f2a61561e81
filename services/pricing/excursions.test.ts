// From an excursion of a room to a quote.
import { durationMs, timestampFromDate, timestampMs } from "@bufbuild/protobuf/wkt";
import { ExcursionChangedSchema } from "@larder/contract/larder/coldchain/v1/cold_chain_events_pb.js";
import { ExcursionEndReason, ExcursionState } from "@larder/contract/larder/coldchain/v1/excursion_pb.js";
import { RuleKind } from "@larder/contract/larder/pricing/v1/quote_pb.js";
import { ProductClass } from "@larder/contract/larder/scoring/v1/score_pb.js";
import { topicOf } from "@larder/events";
import { fromCents, toCents } from "@larder/types";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { DAY_MS } from "./markdown.ts";
import { ColdRoom, type Pack, soon } from "./testing.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let cold: ColdRoom;

beforeAll(async () => {
  cold = await ColdRoom.start();
});
afterAll(() => cold.stop());
beforeEach(() => cold.empty());

test("goods of a room that became too warm cost less, and the quote says why", async () => {
  cold.room = {
    "e1-trout": { category: "fish", quantity: 12, until: soon(2) },
    "e1-milk": { category: "dairy", until: soon(30) },
  };
  cold.scored = ({ productClass }) =>
    productClass === ProductClass.FISH ? { risk: 0.238, percent: 30 } : { risk: 0.01, percent: 0 };
  expect(toCents((await cold.quote("e1-trout")).total)).toBe(1000);
  await cold.tell("e1", 1);
  await cold.costs("e1-trout", 700);
  const [line] = (await cold.quote("e1-trout", 2)).lines;
  expect(line?.adjustments).toMatchObject([
    {
      ...{ rule: "rules/markdown-e1", kind: RuleKind.MARKDOWN, amount: fromCents(-600) },
      description: "Was too warm for a while, 24 % risk of spoiling early: 30 % off",
    },
  ]);
  // Nothing off is nothing kept, and nothing told.
  expect(toCents((await cold.quote("e1-milk")).total)).toBe(1000);
  expect(await cold.told("e1-milk")).toEqual([]);
  expect(await cold.told("e1-trout")).toMatchObject([
    {
      ...{ room: "rooms/north-chilled", excursion: "excursions/e1", percent: 30, spoilageRisk: 0.238, version: 1n },
      model: "models/spoilage-1",
    },
  ]);
  expect(cold.asked[0]).toMatchObject({
    history: [{ celsius: 12 }, { celsius: 11 }],
    lots: [
      { productClass: ProductClass.FISH, stock: 12 },
      { productClass: ProductClass.DAIRY, stock: 7 },
    ],
  });
  const left = cold.asked[0]?.lots.map(({ remainingShelfLife }) =>
    remainingShelfLife ? durationMs(remainingShelfLife) : 0,
  );
  expect(left?.map((ms) => Math.round(ms / DAY_MS))).toEqual([2, 30]);
});

test("a markdown ends with the date of its goods or after three days, whichever comes first, and not with the excursion", async () => {
  cold.room = { "e2-trout": { category: "fish", until: soon(1) }, "e2-cheese": { category: "dairy", until: soon(40) } };
  await cold.tell("e2", 1);
  await cold.tell("e2", 2, { state: ExcursionState.CLOSED });
  await cold.costs("e2-trout", 700);
  const price = async (product: string, days: number) => toCents((await cold.quote(product, 1, soon(days))).total);
  expect([await price("e2-trout", 0.9), await price("e2-trout", 1.1)]).toEqual([700, 1000]);
  expect([await price("e2-cheese", 2.9), await price("e2-cheese", 4.1)]).toEqual([700, 1000]);
  await cold.db.query("over", "update markdowns set expire_time = now() where product_id like 'e2-%'");
  await cold.store.forgetMarkdowns();
  const { count } = await cold.db.query("kept", "select from markdowns where product_id like 'e2-%'");
  expect(count).toBe(0);
});

test("a sensor that falls silent takes nothing back, and what it measured last counts", async () => {
  cold.room = { "silent-trout": { category: "fish", until: soon(2) } };
  await cold.tell("silent", 1);
  await cold.costs("silent-trout", 700);
  cold.scored = () => ({ risk: 0.5, percent: 60 });
  await cold.tell("silent", 2, { state: ExcursionState.CLOSED, endReason: ExcursionEndReason.SENSOR_SILENT });
  await cold.costs("silent-trout", 400);
  expect(toCents((await cold.quote("silent-trout", 1, soon(1.9))).total)).toBe(400);
});

test("an excursion that goes on changes its markdowns, and is told of where a price changes", async () => {
  cold.room = { "e3-trout": { category: "fish", until: soon(2) }, "e3-milk": { category: "dairy", until: soon(2) } };
  const milk = cold.room["e3-milk"] as Pack;
  const time = timestampFromDate(new Date());
  const history = [{ time, celsius: 12 }];
  await cold.tell("e3", 1, { history });
  cold.scored = ({ productClass }) => ({ risk: 0.5, percent: productClass === ProductClass.FISH ? 60 : 30 });
  await cold.tell("e3", 2, { history });
  await cold.costs("e3-trout", 400);
  expect((await cold.told("e3-trout")).map(({ percent, version }) => [percent, version])).toEqual([
    [30, 1n],
    [60, 2n],
  ]);
  // What behind a price has changed is kept, and not told.
  expect(await cold.told("e3-milk")).toHaveLength(1);
  expect((await cold.quote("e3-milk")).lines[0]?.adjustments[0]?.description).toContain("50 % risk");
  // What is sold out, or has become worth its price again, is as before.
  cold.room = { "e3-milk": milk };
  cold.scored = () => ({ risk: 0.01, percent: 0 });
  await cold.tell("e3", 3, { history });
  await cold.costs("e3-trout", 1000);
  await cold.costs("e3-milk", 1000);
  for (const product of ["e3-trout", "e3-milk"])
    expect((await cold.told(product)).at(-1)).toMatchObject({ percent: 0, version: 3n, excursion: "excursions/e3" });
});

test("the highest of several markdowns counts, and the next one when it has gone", async () => {
  cold.room = { "e4-trout": { category: "fish", until: soon(2) } };
  await cold.tell("e4-low", 1);
  cold.scored = () => ({ risk: 0.9, percent: 80 });
  await cold.tell("e4-high", 1);
  await cold.costs("e4-trout", 200);
  expect((await cold.quote("e4-trout")).lines[0]?.adjustments).toHaveLength(1);
  cold.scored = () => ({ risk: 0, percent: 0 });
  await cold.tell("e4-high", 2);
  await cold.costs("e4-trout", 700);
});

test("news that come late or twice change nothing, and nobody is asked for a score", async () => {
  cold.room = { "e5-trout": { category: "fish", until: soon(2) } };
  await cold.tell("e5", 7);
  cold.scored = () => ({ risk: 0.9, percent: 90 });
  const calls = cold.asked.length;
  for (const version of [7, 3]) await cold.tell("e5", version);
  expect(cold.asked).toHaveLength(calls);
  await cold.costs("e5-trout", 700);
  expect(await cold.told("e5-trout")).toHaveLength(1);
});

test("goods past their date are not marked down, for nobody may sell them, and what lies beside them is", async () => {
  cold.room = { "e6-trout": { category: "fish", until: soon(-1) }, "e6-milk": { category: "dairy", until: soon(2) } };
  await cold.tell("e6", 1);
  await cold.costs("e6-milk", 700);
  expect(cold.asked[0]?.lots).toMatchObject([{ productClass: ProductClass.DAIRY }]);
  expect(await cold.told("e6-trout")).toEqual([]);
});

test("an excursion of long ago, told again, marks nothing down", async () => {
  cold.room = { "e7-cheese": { category: "dairy", until: soon(40) } };
  await cold.tell("e7", 1, { history: [{ time: timestampFromDate(soon(-10)), celsius: 12 }] });
  expect(cold.asked[0]?.lots).toHaveLength(1);
  expect(await cold.told("e7-cheese")).toEqual([]);
});

test("goods of unknown date keep as long as the catalogue says of new ones, and for ever is three years", async () => {
  cold.room = { "e8-new": { category: "dairy" }, "e8-salt": { category: "dairy", until: soon(2000) } };
  await cold.tell("e8", 1);
  const left = cold.asked[0]?.lots.map(({ remainingShelfLife }) =>
    remainingShelfLife ? durationMs(remainingShelfLife) : 0,
  );
  expect(left).toEqual([5 * DAY_MS, 3 * 365 * DAY_MS]);
});

test("a room with more goods than the catalogue takes at once is looked up in parts, without what is not on sale", async () => {
  cold.room = Object.fromEntries(
    Array.from({ length: 250 }, (_, index) => [`e9-p${index}`, { category: "dairy", until: soon(2) }]),
  );
  cold.delisted = ["products/e9-p3", "products/e9-p240"];
  const history = Array.from({ length: 1440 }, (_, minute) => ({
    ...{ time: timestampFromDate(new Date(Date.now() - (1440 - minute) * 60_000)), celsius: 12 },
  }));
  await cold.tell("e9", 1, { history });
  // The first and the last once more, without what is unknown; all of it again, should a busy machine need another delivery.
  expect(cold.lookups.slice(-5)).toEqual([100, 100, 100, 49, 48]);
  expect(cold.asked[0]?.lots).toHaveLength(248);
  // Once, whole and in its order.
  const times = cold.asked[0]?.history.map(({ time }) => (time ? timestampMs(time) : 0)) ?? [];
  expect(times).toEqual(history.map(({ time }) => timestampMs(time)));
  await cold.costs("e9-p0", 700);
});

test("excursions of shipments are not for pricing", async () => {
  const letters = (await cold.deadLetters()).length;
  await cold.tell("shipment", 1, { subject: "shipments/t1" });
  expect(cold.asked).toEqual([]);
  expect(await cold.deadLetters()).toHaveLength(letters);
});

test.each([
  ["of a room that does not exist", { subject: "rooms/nowhere" }],
  ["without temperatures", { history: [] }],
  ["with temperatures that cannot be", { history: [{ time: timestampFromDate(new Date()), celsius: 900 }] }],
])("an excursion %s goes to the dead letters at once, and changes nothing", async (what, more) => {
  cold.room = { "e10-trout": { category: "fish", until: soon(2) } };
  const excursion = what.replaceAll(" ", "-");
  await cold.tell(excursion, 1, more);
  expect(await cold.deadLetters()).toContain(`excursions/${excursion}`);
  expect(await cold.told("e10-trout")).toEqual([]);
});

test("while scoring is away an excursion is tried again, and comes to its end when it is back", async () => {
  cold.room = { "e11-trout": { category: "fish", until: soon(2) } };
  // Each delivery is two tries of the call: the generated service config says so.
  cold.failures = 4;
  await cold.tell("e11", 1);
  expect(cold.asked.length).toBeGreaterThanOrEqual(5);
  await cold.costs("e11-trout", 700);
});

test("an excursion that scoring never takes goes to the dead letters after the deliveries that the contract names", async () => {
  cold.room = { "e12-trout": { category: "fish", until: soon(2) } };
  cold.failures = Number.POSITIVE_INFINITY;
  await cold.tell("e12", 1);
  expect(await cold.deadLetters()).toContain("excursions/e12");
  expect(cold.asked.length).toBeGreaterThanOrEqual(topicOf(ExcursionChangedSchema).maxDeliveries);
  expect(await cold.told("e12-trout")).toEqual([]);
});
