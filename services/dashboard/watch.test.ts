// Who watches hears of every commit once and in order: from now on, after a break, and in another process.
import { create } from "@bufbuild/protobuf";
import { ExcursionEndReason, ExcursionState } from "@larder/contract/larder/coldchain/v1/excursion_pb.js";
import {
  WatchReadingsRequestSchema,
  type WatchReadingsResponse,
  WatchReadingsResponseSchema,
} from "@larder/contract/larder/dashboard/v1/dashboard_service_pb.js";
import { Call } from "@larder/platform";
import { openDatabase } from "@larder/store";
import { until } from "@larder/store/testing";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { Feed } from "./feed.ts";
import { dashboardHandler } from "./handler.ts";
import { excursion, type ReadModel, startReadModel, window } from "./testing.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const start = Math.floor(Date.now() / 10_000) * 10_000;
const reason = (name: string) => expect.objectContaining({ reason: name });

let model: ReadModel;
const ending = new AbortController();
let running: Promise<void>;
const watches: Call[] = [];

beforeAll(async () => {
  model = await startReadModel();
  running = model.feed.run(ending.signal);
});

afterEach(() => {
  for (const call of watches.splice(0)) call.abort(new Error("the test is over"));
});

afterAll(async () => {
  ending.abort();
  await running;
  await model.close();
  await model.postgres.stop();
});

/** A watcher that reads when it is asked to. The first answer, which tells where it begins, is read. */
async function watch(subjects: string[] = [], resumeToken = "", handler = model.handler) {
  const call = new Call({ method: "test" });
  watches.push(call);
  const stream = handler.watchReadings(create(WatchReadingsRequestSchema, { subjects, resumeToken }), call);
  const answers = stream[Symbol.asyncIterator]();
  const next = async (): Promise<WatchReadingsResponse> => {
    const { value, done } = await answers.next();
    if (done) throw new Error("the stream has ended");
    return create(WatchReadingsResponseSchema, value);
  };
  /** The next answer that says something. */
  const news = async () => {
    for (;;) {
      const answer = await next();
      if (answer.points.length + answer.excursions.length > 0) return answer;
    }
  };
  return { next, news, end: () => call.abort(new Error("gone")), first: await next() };
}

const subjectsOf = ({ points }: WatchReadingsResponse) => points.map(({ subject }) => subject);

test("who watches hears of what is new from then on, and of nothing twice", async () => {
  await model.windows([window("rooms/before", start)]);
  const { first, news } = await watch();
  expect(first).toMatchObject({ points: [], excursions: [] });
  await model.windows([window("rooms/after", start), window("rooms/after", start, { revision: 2, max: 9 })]);
  await model.windows([window("rooms/after", start), window("rooms/after", start, { lengthMs: 300_000 })]);
  await model.excursions(excursion("watched", start));
  const points = await news();
  expect(points.points).toMatchObject([{ subject: "rooms/after", point: { maxCelsius: 9, count: 10n } }]);
  const reports = await news();
  expect(reports).toMatchObject({ points: [], excursions: [{ excursion: { name: "excursions/watched" } }] });
  const over = { state: ExcursionState.CLOSED, endReason: ExcursionEndReason.SENSOR_SILENT, version: 2n };
  await model.excursions(excursion("watched", start, over));
  expect(await news()).toMatchObject({ excursions: [{ excursion: over }] });
});

test("devices are told of only to those who ask for them, and others only of what they ask for", async () => {
  const [all, one] = [await watch(), await watch(["devices/x.p1", "rooms/none"])];
  await model.windows(["devices/x.p1", "devices/y", "rooms/y"].map((subject) => window(subject, start)));
  await model.excursions(
    excursion("of-y", start, { device: "devices/y", subject: "rooms/y" }),
    excursion("of-x", start, { device: "devices/x.p1", subject: "rooms/y" }),
  );
  expect(subjectsOf(await all.news())).toEqual(["rooms/y"]);
  expect((await all.news()).excursions).toHaveLength(2);
  expect(subjectsOf(await one.news())).toEqual(["devices/x.p1"]);
  expect((await one.news()).excursions).toMatchObject([{ excursion: { name: "excursions/of-x" } }]);
});

test("what came of an excursion is told with it, also where both become known at once", async () => {
  const { news } = await watch();
  const note = { excursion: "both", product: "products/milk", percent: 40, spoilageRisk: 0.5, model: "models/m-1" };
  await Promise.all([
    model.excursions(excursion("both", start)),
    model.db.transaction((tx) => model.projection.markdowns(tx, [{ ...note, version: 1n }])),
    model.db.transaction((tx) => model.projection.risks(tx, [{ ...note, shipment: "shipments/7", version: 1n }])),
  ]);
  for (;;) {
    const [report] = (await news()).excursions;
    if (report?.markdowns.length === 1 && report.shipment?.shipment === "shipments/7") break;
  }
});

test("after a break what was missed is sent first, from wherever the reader had come", async () => {
  const subjects = Array.from({ length: 90 }, (_, index) => `rooms/break-${index}`);
  const before = await watch();
  for (const subject of subjects) await model.windows([window(subject, start)]);
  const seen = subjectsOf(await before.news());
  const { resumeToken } = await before.news();
  before.end();
  const after = await watch([], resumeToken);
  await model.windows([window("rooms/break-end", start)]);
  seen.push("rooms/break-1");
  while (seen.at(-1) !== "rooms/break-end") seen.push(...subjectsOf(await after.news()));
  expect(seen).toEqual([...subjects, "rooms/break-end"]);
});

test("no commit is missed or told twice, however transactions overlap", async () => {
  const readers = await Promise.all(Array.from({ length: 3 }, () => watch()));
  const writers = 8;
  const rounds = 25;
  const write = async (writer: number) => {
    for (let round = 0; round < rounds; round += 1) {
      await model.windows([window(`rooms/overlap-${writer}-${round}`, start)]);
    }
  };
  // Each reader leaves in the middle now and then, and comes back with its token.
  const read = async (index: number) => {
    let reader = readers[index] as Awaited<ReturnType<typeof watch>>;
    const seen: string[] = [];
    while (seen.length < writers * rounds) {
      const answer = await reader.news();
      seen.push(...subjectsOf(answer));
      if (seen.length % (7 + index) === 0) {
        reader.end();
        reader = await watch([], answer.resumeToken);
      }
    }
    return seen;
  };
  const results = await Promise.all([
    ...readers.map((_, index) => read(index)),
    ...Array.from({ length: writers }, (_, writer) => write(writer)),
  ]);
  const all = results.slice(0, readers.length) as string[][];
  for (const seen of all) expect(new Set(seen).size).toBe(writers * rounds);
  expect(all[1]).toEqual(all[0]);
  expect(all[2]).toEqual(all[0]);
});

test("a transaction that has appended holds others back until it ends: nobody reads past it", async () => {
  const reader = await watch();
  const held = Promise.withResolvers<void>();
  const appended = Promise.withResolvers<void>();
  const slow = model.db.transaction(async (tx) => {
    await model.projection.excursions(tx, [excursion("slow", start)]);
    appended.resolve();
    await held.promise;
  });
  await appended.promise;
  const fast = model.windows([window("rooms/fast", start)]);
  await until(async () => {
    const { rows } = await model.db.query(
      "waiting",
      "select 1 from pg_locks where locktype = 'advisory' and not granted",
    );
    return rows.length > 0;
  });
  held.resolve();
  await Promise.all([slow, fast]);
  expect((await reader.news()).excursions).toMatchObject([{ excursion: { name: "excursions/slow" } }]);
  expect(subjectsOf(await reader.news())).toEqual(["rooms/fast"]);
});

test("a transaction that is rolled back is told of to nobody", async () => {
  const reader = await watch();
  const failing = model.db.transaction(async (tx) => {
    await model.projection.excursions(tx, [excursion("undone", start)]);
    throw new Error("on second thoughts");
  });
  await expect(failing).rejects.toThrow("on second thoughts");
  await model.windows([window("rooms/next", start)]);
  expect(subjectsOf(await reader.news())).toEqual(["rooms/next"]);
});

test("another instance tells of it too, and takes the tokens of this one", async () => {
  const here = await watch();
  const db = openDatabase(`${model.postgres.adminUrl.replace("/postgres?", "/test_1?")}`);
  const feed = new Feed(db);
  const stopping = new AbortController();
  const run = feed.run(stopping.signal);
  const there = await watch([], here.first.resumeToken, dashboardHandler(model.store, feed, 50));
  for (const name of ["rooms/one", "rooms/two"]) {
    await model.windows([window(name, start)]);
    expect(subjectsOf(await there.news())).toEqual([name]);
  }
  stopping.abort();
  await run;
  await db.close();
});

test("a silence is filled with answers that say nothing but how far the feed has come", async () => {
  const { first, next } = await watch(["rooms/never"]);
  await model.windows([window("rooms/other", start)]);
  let answer = await next();
  while (answer.resumeToken === first.resumeToken) answer = await next();
  expect(answer).toMatchObject({ points: [], excursions: [] });
});

test("who reads slower than what comes misses nothing, and nothing is kept for it", async () => {
  const slow = await watch(["rooms/last"]);
  const many = Array.from({ length: 1500 }, (_, index) => `rooms/wide-${index}`);
  for (let revision = 1; revision <= 60; revision += 1)
    await model.windows(many.map((subject) => window(subject, start, { revision })));
  await model.windows([window("rooms/last", start)]);
  const fast = await watch();
  await model.windows([window("rooms/last", start, { revision: 2 })]);
  expect(subjectsOf(await fast.news())).toEqual(["rooms/last"]);
  expect(subjectsOf(await slow.news())).toEqual(["rooms/last"]);
});

test("a stream ends when its caller goes, while it waits too", async () => {
  const { next, end } = await watch();
  const waiting = next().then(next);
  end();
  await expect(waiting).rejects.toThrow("the stream has ended");
});

test("tokens of nobody, of another database and of the future are refused", async () => {
  const other = await model.another();
  const foreign = (await other.feed.token())(0n);
  const future = (await model.feed.token())(10n ** 12n);
  for (const token of ["nonsense", foreign, future, Buffer.from("/1").toString("base64url")])
    await expect(watch([], token)).rejects.toThrow(reason("RESUME_TOKEN_INVALID"));
  await other.close();
});

test("what was missed too long ago cannot be told any more, and the end of the feed can always be gone on from", async () => {
  const old = await watch();
  await model.windows([window("rooms/forgotten", start)]);
  const { resumeToken } = await old.news();
  old.end();
  await model.windows([window("rooms/forgotten", start, { revision: 2 })]);
  await model.feed.forget();
  // Nothing is an hour old yet.
  expect(subjectsOf(await (await watch([], resumeToken)).news())).toEqual(["rooms/forgotten"]);
  await model.feed.forget(-1000);
  await expect(watch([], old.first.resumeToken)).rejects.toThrow(reason("RESUME_TOKEN_EXPIRED"));
  await expect(watch([], resumeToken)).rejects.toThrow(reason("RESUME_TOKEN_EXPIRED"));
  const now = await watch();
  const again = await watch([], now.first.resumeToken);
  await model.windows([window("rooms/forgotten", start, { revision: 3 })]);
  for (const { news } of [now, again]) expect(subjectsOf(await news())).toEqual(["rooms/forgotten"]);
});
