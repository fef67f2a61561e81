// Nothing that was acknowledged is lost, and nothing counts twice, when the services of the cold chain are killed while readings come in.
// Each is killed where it is hardest for it: at work, with something begun that is not done.
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { StorageClass } from "@larder/contract/larder/catalog/v1/product_pb.js";
import { SensorAttachedSchema } from "@larder/contract/larder/coldchain/v1/cold_chain_events_pb.js";
import {
  GetQuoteRequestSchema,
  type GetQuoteResponse,
} from "@larder/contract/larder/storefront/v1/storefront_service_pb.js";
import { type EventLog, newEvent, openEventLog } from "@larder/events";
import { tell } from "@larder/events/testing";
import { linesInto } from "@larder/runner";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { methods, responseOf } from "../edge/shop.ts";
import { sharedWays } from "../edge/ways.ts";
import { sharedMesh } from "../mesh.ts";
import { until as untilSoon } from "../until.ts";
import { Devices } from "./devices.ts";
import { excursionsOf, keptOf, leftToCount, type Query } from "./kept.ts";
import { type Attached, audit } from "./readings.ts";

const mesh = sharedMesh();
const ways = sharedWays(mesh);
vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 });
const until: typeof untilSoon = (what, look) => untilSoon(what, look, 120_000);
const query: Query = (sql, database) => mesh.query(sql, database);

// As many as make it likely that every partition of readings has some of them.
const COUNT = 12;
/** Devices measure so much faster than time goes: an excursion is a matter of minutes. */
const [EVERY_MS, STEP_MS] = [50, 2000];
/** They began so long ago, or their clocks would get ahead. */
const AGO_MS = 3 * 3_600_000;
const [COLD, WARM] = [4, 24];
/** So many readings come in between, that a service shows that it works again. */
const SOME = 20 * COUNT;

const names = Array.from({ length: COUNT }, (_, index) => `devices/kill-${randomUUID()}-${index}`);
const [sensor = ""] = names;
const began = Date.now() - AGO_MS;
const attached: Attached = { device: sensor, subject: "rooms/north-chilled", sinceMs: began };
let log: EventLog;
let devices: Devices;
let celsius = COLD;
let time = began;
const over = new AbortController();
let measuring = Promise.resolve();

async function measure(): Promise<void> {
  for (; !over.signal.aborted; await delay(EVERY_MS)) {
    time += STEP_MS;
    devices.measure(time, (device) => (device === sensor ? celsius : COLD));
  }
}

const [acknowledged, measured] = [() => devices.acknowledged, () => devices.measured];
/** Waits until a count has grown by some readings more than it comes to when all that is there now is in it. */
const goesOn = (what: string, count: () => number | Promise<number>) => {
  const enough = devices.measured + SOME;
  return until(what, async () => (await count()) >= enough);
};
const subjects = names.map((name) => `'${name}'`).join(",");
const counted = async () =>
  Number(await query(`select coalesce(sum(count), 0) from panes where subject in (${subjects})`, "aggregator"));

/** Kills a service and waits until the supervisor has it up again. */
async function kill(name: string): Promise<void> {
  const before = await childOf(name);
  await mesh.kill(name);
  await mesh.waitReady(name);
  const { pid, restarts } = await childOf(name);
  expect(pid).not.toBe(before.pid);
  expect(restarts).toBeGreaterThan(before.restarts);
}

async function childOf(name: string) {
  const child = (await mesh.state()).children.find((one) => one.name === name);
  if (!child?.pid) throw new Error(`${name} does not run`);
  return { ...child, pid: child.pid };
}

beforeAll(async () => {
  const { eventLog } = JSON.parse(readFileSync(mesh.data("secrets.json"), "utf8")) as { eventLog: string };
  log = openEventLog(`redis+unix://:${eventLog}@${mesh.run("log", "valkey.sock")}`);
  const attachment = { ...attached, storageClass: StorageClass.CHILLED, attachTime: timestampFromMs(began) };
  await tell(log, newEvent(SensorAttachedSchema, attachment, { aggregateVersion: 1n, source: "inventory" }));
  await until("the sensor to be attached", () =>
    query(`select subject from attachments where device = '${sensor}'`, "aggregator"),
  );
  devices = await Devices.open(names, linesInto(await mesh.state()));
  measuring = measure();
  await goesOn("readings to be counted", counted);
});

afterAll(async () => {
  over.abort();
  await measuring;
  await devices?.close();
  await log?.close();
  // Other suites find the prices that the catalogue gives.
  await mesh.query("delete from markdowns", "pricing");
});

test("scoring is killed when a room gets too warm, and what lay there is marked down all the same", async () => {
  celsius = WARM;
  await kill("scoring-0");
  const [excursion] = await until("an excursion", async () => {
    const told = await excursionsOf(log, devices.names);
    return told.length > 0 && told;
  });
  const id = excursion?.excursion.replace("excursions/", "");
  const product = await until("a markdown", async () => {
    const rows = await query(`select product_id from markdowns where excursion_id = '${id}'`, "pricing");
    return rows.split("\n")[0];
  });
  const request = create(GetQuoteRequestSchema, { lines: [{ product: `products/${product}`, quantity: 1 }] });
  const adjustments = await until("the quote", async () => {
    const outcome = await ways[0]?.call(methods.getQuote, request, {});
    const { quote } = outcome?.response ? responseOf<GetQuoteResponse>(outcome) : {};
    return quote?.lines[0]?.adjustments.length ? quote.lines[0].adjustments : undefined;
  });
  expect(adjustments).toMatchObject([
    { rule: `rules/markdown-${id}`, description: expect.stringMatching(/too warm for a while, .*: \d+ % off/) },
  ]);
});

/** Ingestion is killed while the log says nothing, with readings on their way. `then` is done to the log before it goes on. */
async function killWhileTheLogIsSilent(then: (log: number) => Promise<unknown>): Promise<void> {
  const { pid } = await childOf("event-log");
  const { breaks } = devices;
  process.kill(pid, "SIGSTOP");
  try {
    await goesOn("readings to wait for the log", measured);
    expect(devices.acknowledged).toBeLessThan(devices.measured);
    await mesh.kill("ingestion-0");
  } finally {
    await then(pid);
  }
  await mesh.waitReady("ingestion-0");
  await goesOn("readings to be acknowledged again", acknowledged);
  expect(devices.breaks).toBeGreaterThanOrEqual(breaks + COUNT);
}

test("ingestion is killed while the log holds back its answer, which then takes what nobody was told of", () =>
  killWhileTheLogIsSilent(async (log) => process.kill(log, "SIGCONT")));

test("ingestion is killed together with the log, which forgets what it had not answered", () =>
  killWhileTheLogIsSilent(() => mesh.kill("event-log")));

test("the aggregator is killed in the middle of a transaction", async () => {
  const database = await mesh.database("aggregator");
  try {
    // What it writes last: all the rest of its batch is written then, and not committed.
    await database.query("begin; lock table sources in exclusive mode");
    await until("a batch to wait", async () => {
      const waiting = "select count(*) from pg_locks where relation = 'sources'::regclass and not granted";
      return Number(await query(waiting, "aggregator")) > 0;
    });
    await mesh.kill("aggregator-0");
  } finally {
    await database.end();
  }
  await mesh.waitReady("aggregator-0");
  await goesOn("readings to be counted again", counted);
});

test("each acknowledged reading is in the log and counted once, and the excursion opened and closed once", async () => {
  celsius = COLD;
  await until("the end of the excursion", async () =>
    (await excursionsOf(log, devices.names)).some(({ open }) => !open),
  );
  over.abort();
  await measuring;
  // With it all windows from before have come to their end.
  devices.measure(time + 900_000, () => COLD);
  await devices.settled(120_000);
  await until("all to be counted", async () => (await leftToCount(query, log)) === 0);
  const kept = await keptOf(query, log, devices.names, [attached.subject]);
  expect(audit({ ...devices.books, ...kept, attached: [attached] })).toEqual([]);
  expect(devices.acknowledged).toBe(devices.measured);
  expect(new Set(kept.excursions.map(({ excursion }) => excursion)).size).toBe(1);
  expect(Math.min(...Object.values(kept.toldUntilMs))).toBeGreaterThan(time);
  expect(kept.windows.length).toBeGreaterThan(COUNT * 10);
});
