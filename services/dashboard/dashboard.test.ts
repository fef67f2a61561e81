// Series, excursions and the overview on a real PostgreSQL, fed as events feed them.
import { create } from "@bufbuild/protobuf";
import { timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import { ExcursionEndReason, ExcursionState } from "@larder/contract/larder/coldchain/v1/excursion_pb.js";
import {
  GetOverviewRequestSchema,
  GetSeriesRequestSchema,
  ListExcursionsRequestSchema,
} from "@larder/contract/larder/dashboard/v1/dashboard_service_pb.js";
import { RejectEvent } from "@larder/events";
import { Call } from "@larder/platform";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { excursion, type ReadModel, startReadModel, window } from "./testing.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const context = new Call({ method: "test", caller: "gateway" });
const reason = (name: string) => expect.objectContaining({ reason: name });
// Yesterday at noon, by UTC: all of it is over, and kept.
const noon = Math.floor(Date.now() / 86_400_000) * 86_400_000 - 43_200_000;
const minute = 60_000;
const hour = 60 * minute;

let model: ReadModel;

beforeAll(async () => {
  model = await startReadModel();
});

afterAll(async () => {
  await model.close();
  await model.postgres.stop();
});

async function series(subject: string, fromMs: number, untilMs: number | undefined, maxPoints = 0) {
  const request = create(GetSeriesRequestSchema, {
    subject,
    startTime: timestampFromMs(fromMs),
    ...(untilMs !== undefined && { endTime: timestampFromMs(untilMs) }),
    maxPoints,
  });
  const { points, resolution } = await model.handler.getSeries(request, context);
  return { points: points ?? [], seconds: Number(resolution?.seconds) };
}

describe("a series", () => {
  test("joins windows: the lowest, the mean of all readings, the highest, and the highest p95", async () => {
    await model.windows([
      window("rooms/joined", noon, { count: 30, min: 2, mean: 3, max: 5, p95: 4.5 }),
      window("rooms/joined", noon + 10_000, { count: 10, min: 1, mean: 7, max: 9, p95: 8 }),
      window("rooms/joined", noon + 20_000, { count: 1, min: -3, mean: -3, max: -3, p95: -3 }),
    ]);
    const { points, seconds } = await series("rooms/joined", noon, noon + minute, 3);
    expect(seconds).toBe(20);
    expect(points).toMatchObject([
      { count: 40n, minCelsius: 1, meanCelsius: 4, maxCelsius: 9, p95Celsius: 8 },
      { count: 1n, minCelsius: -3, meanCelsius: -3, maxCelsius: -3 },
    ]);
    expect(points.map(({ startTime }) => timestampMs(startTime as never) - noon)).toEqual([0, 20_000]);
  });

  test("holds what begins in its range, and no point for what nobody measured", async () => {
    const subject = "devices/range.p1";
    await model.windows([-10_000, 0, 50_000, 60_000].map((offset) => window(subject, noon + offset)));
    const { points } = await series(subject, noon, noon + minute, 300);
    expect(points.map(({ startTime }) => timestampMs(startTime as never) - noon)).toEqual([0, 50_000]);
    expect((await series("devices/unknown", noon, noon + minute)).points).toEqual([]);
    // From within a stretch on: what is shown does not reach out of the range.
    const [first] = (await series(subject, noon + 45_000, noon + hour, 2)).points;
    expect(timestampMs(first?.startTime as never)).toBe(noon + 45_000);
    expect(first?.count).toBe(20n);
  });

  test("takes overlapping windows for nothing but what those of ten seconds say too", async () => {
    const subject = "rooms/overlapping";
    const tens = Array.from({ length: 360 }, (_, index) => window(subject, noon + index * 10_000));
    const fives = Array.from({ length: 56 }, (_, index) =>
      window(subject, noon + index * minute, { lengthMs: 5 * minute, count: 300 }),
    );
    await model.windows(tens);
    const wanted = async (from: number, until: number, points: number) => {
      const answer = await series(subject, noon + from, noon + until, points);
      return answer.points.map(({ count, startTime }) => [timestampMs(startTime as never) - noon, Number(count)]);
    };
    const ranges: [number, number, number][] = [
      [0, hour, 300],
      [0, hour, 12],
      [70_000, hour - 80_000, 7],
      [0, 4 * minute, 1],
      [130_000, 170_000, 1],
    ];
    const before = await Promise.all(ranges.map((range) => wanted(...range)));
    await model.windows(fives);
    expect(await Promise.all(ranges.map((range) => wanted(...range)))).toEqual(before);
    expect(before[1]).toEqual(Array.from({ length: 12 }, (_, index) => [index * 5 * minute, 300]));
    // What late windows of five minutes do not tell yet, those of ten seconds do.
    await model.windows([window(subject, noon + hour), window(subject, noon + hour + 10_000)]);
    expect((await wanted(0, 2 * hour, 24)).at(-1)).toEqual([hour, 20]);
  });

  test("reads windows of five minutes where they stand in", async () => {
    const subject = "rooms/standing-in";
    await model.windows([window(subject, noon), window(subject, noon, { lengthMs: 5 * minute, p95: 2.5 })]);
    expect((await series(subject, noon, noon + hour, 12)).points).toMatchObject([{ p95Celsius: 2.5 }]);
    expect((await series(subject, noon, noon + hour, 300)).points).toMatchObject([{ p95Celsius: 3 }]);
  });

  test.each([
    ["ends before it begins", noon, noon - 1],
    ["is longer than 31 days", noon, noon + 31 * 24 * hour + 1],
    ["begins in the future and ends now", Date.now() + hour, undefined],
    ["begins before there were times", -1e14, noon],
  ])("whose range %s is refused", async (_why, from, until) => {
    await expect(series("rooms/any", from, until)).rejects.toThrow(reason("RANGE_INVALID"));
  });

  test("of a moment, and of times far away, is empty", async () => {
    expect((await series("rooms/any", noon, noon)).points).toEqual([]);
    expect((await series("rooms/any", 253_402_300_799_000 - hour, 253_402_300_799_000)).points).toEqual([]);
  });
});

describe("news in any order", () => {
  const stored = async (subject: string) => (await series(subject, noon, noon + minute)).points;

  test("leave the highest revision of a window, also within one batch", async () => {
    const subject = "rooms/revised";
    await model.windows([window(subject, noon, { revision: 2, max: 12 })]);
    await model.windows([window(subject, noon, { revision: 1, max: 11 })]);
    expect(await stored(subject)).toMatchObject([{ maxCelsius: 12 }]);
    await model.windows([3, 5, 4].map((revision) => window(subject, noon, { revision, max: 10 + revision })));
    expect(await stored(subject)).toMatchObject([{ maxCelsius: 15 }]);
  });

  test("of many batches at once end with the highest revision of every window", async () => {
    const subjects = Array.from({ length: 20 }, (_, index) => `devices/crowd-${index}`);
    const batches = Array.from({ length: 12 }, (_, batch) =>
      subjects
        .map((subject) => window(subject, noon, { revision: batch + 1, max: batch + 1 }))
        .sort(() => (batch % 2 ? 1 : -1)),
    );
    await Promise.all(batches.map((batch) => model.windows(batch)));
    for (const subject of subjects) expect(await stored(subject)).toMatchObject([{ maxCelsius: 12 }]);
  });

  test("that are too old leave no trace, and those that are none are refused", async () => {
    const old = noon - 40 * 24 * hour;
    await model.windows([window("rooms/old", old), window("rooms/old", noon)]);
    expect((await series("rooms/old", old, old + hour)).points).toEqual([]);
    expect(await stored("rooms/old")).toHaveLength(1);
    for (const wrong of [
      window("rooms/wrong", noon + 30 * 24 * hour),
      window("rooms/wrong", noon, { count: 0 }),
      window("", noon),
      { ...window("rooms/wrong", noon), endTime: timestampFromMs(noon) },
      { ...window("rooms/wrong", noon), startTime: timestampFromMs(1e15) },
    ])
      await expect((async () => model.windows([wrong]))()).rejects.toThrow(RejectEvent);
    expect(await stored("rooms/wrong")).toEqual([]);
  });
});

describe("excursions", () => {
  const list = async (change: {
    subject?: string;
    state?: ExcursionState;
    after?: number;
    size?: number;
    token?: string;
  }) => {
    const { subject = "rooms/listed", state = 0, after, size = 0, token = "" } = change;
    const request = create(ListExcursionsRequestSchema, {
      subject,
      state,
      ...(after !== undefined && { startAfter: timestampFromMs(after) }),
      pageSize: size,
      pageToken: token,
    });
    const { excursions = [], nextPageToken = "" } = await model.handler.listExcursions(request, context);
    return { reports: excursions, names: excursions.map(({ excursion }) => excursion?.name), nextPageToken };
  };
  const subject = "rooms/listed";

  beforeAll(() =>
    model.excursions(
      ...[0, 1, 2, 2, 2, 3].map((hours, index) =>
        excursion(`e${index}`, noon + hours * hour, {
          subject,
          ...(index > 3 && { state: ExcursionState.CLOSED, endTime: timestampFromMs(noon + 4 * hour) }),
        }),
      ),
    ),
  );

  test("come newest first, page by page, those that began together among them", async () => {
    const seen: unknown[] = [];
    let token = "";
    do {
      const page = await list({ size: 2, token });
      seen.push(...page.names);
      token = page.nextPageToken;
    } while (token);
    expect(seen).toEqual(["e5", "e4", "e3", "e2", "e1", "e0"].map((id) => `excursions/${id}`));
  });

  test("are filtered by room, state and time", async () => {
    expect((await list({ state: ExcursionState.OPEN })).names).toHaveLength(4);
    expect((await list({ state: ExcursionState.CLOSED })).names).toEqual(["excursions/e5", "excursions/e4"]);
    expect((await list({ after: noon + 3 * hour })).names).toEqual(["excursions/e5"]);
    expect((await list({ after: noon + 3 * hour + 1 })).names).toEqual([]);
    expect((await list({ subject: "rooms/other" })).names).toEqual([]);
    expect((await list({ subject: "" })).names.length).toBeGreaterThanOrEqual(6);
  });

  test("are not listed by a token of another filter, or of nobody", async () => {
    const { nextPageToken } = await list({ size: 1 });
    const forged = (after: string) => Buffer.from(`excursions:${subject}:0:\n${after}`).toString("base64url");
    for (const change of [
      { token: nextPageToken, state: ExcursionState.OPEN },
      { token: nextPageToken, subject: "" },
      { token: "nonsense" },
      ...["", "x", "12", "1e9 x", "999999999999999 e"].map((after) => ({ token: forged(after) })),
    ])
      await expect(list(change)).rejects.toThrow(reason("PAGE_TOKEN_INVALID"));
  });

  test("stay at their highest version, and carry what came of them, whichever was known first", async () => {
    const note = { excursion: "early", spoilageRisk: 0.75, model: "models/spoilage-1" };
    const markdown = (version: bigint, percent: number, product = "products/milk") =>
      model.db.transaction((tx) => model.projection.markdowns(tx, [{ ...note, product, percent, version }]));
    await markdown(2n, 30);
    await markdown(1n, 20);
    await markdown(1n, 10, "products/cheese");
    await model.db.transaction((tx) => model.projection.risks(tx, [{ ...note, shipment: "shipments/7", version: 4n }]));
    const room = "rooms/early";
    expect((await list({ subject: room })).reports).toEqual([]);
    await model.excursions(excursion("early", noon, { subject: room, version: 2n, peakCelsius: 12 }));
    await model.excursions(excursion("early", noon, { subject: room, version: 1n, peakCelsius: 9 }));
    expect((await list({ subject: room })).reports).toMatchObject([
      {
        excursion: { name: "excursions/early", peakCelsius: 12, version: 2n, limitCelsius: 7 },
        markdowns: [
          { product: "products/cheese", percent: 10 },
          { product: "products/milk", percent: 30, spoilageRisk: 0.75, model: "models/spoilage-1" },
        ],
        shipment: { shipment: "shipments/7", spoilageRisk: 0.75 },
      },
    ]);
  });
});

test("the overview counts sensors and excursions that fell silent beside those that did not, and shows the warmest rooms first", async () => {
  const fresh = await model.another();
  const now = Math.floor(Date.now() / 10_000) * 10_000;
  const ago = (ms: number) => new Date(Date.now() - ms);
  await fresh.windows([
    window("devices/a", now),
    window("devices/b.p1", now),
    window("rooms/cool", now - 10_000, { mean: 9 }),
    window("rooms/cool", now, { mean: 3 }),
    window("shipments/7", now, { mean: 8 }),
  ]);
  await fresh.windows([window("devices/c", now), window("rooms/silent", now)], ago(10 * minute));
  await fresh.windows([window("devices/d", now)], ago(25 * hour));
  await fresh.excursions(
    excursion("o1", now, { subject: "shipments/7" }),
    excursion("o2", now, { subject: "shipments/7", state: ExcursionState.CLOSED }),
    ...(["SENSOR_SILENT", "SENSOR_SILENT", "SENSOR_MOVED", "RECOVERED"] as const).map((reason, index) =>
      excursion(`ended-${index}`, now - 30 * hour, {
        ...{ state: ExcursionState.CLOSED, endReason: ExcursionEndReason[reason] },
        // The first one a moment ago, the second one too long ago to count.
        endTime: timestampFromMs(now - (index === 1 ? 25 : 1) * hour),
      }),
    ),
  );
  const { overview } = await fresh.handler.getOverview(create(GetOverviewRequestSchema), context);
  expect(overview).toMatchObject({
    reporting: 2,
    silent: 1,
    openExcursions: 1,
    silentExcursions: 1,
    subjects: [
      { subject: "shipments/7", openExcursions: 1, last: { meanCelsius: 8 } },
      { subject: "rooms/cool", openExcursions: 0, last: { meanCelsius: 3 } },
    ],
  });
  await fresh.close();
});

test("what is too old is forgotten, day by day, and what is not stays", async () => {
  const fresh = await model.another();
  const partitions = async () => {
    const { rows } = await fresh.db.query<{ name: string }>(
      "partitions",
      "select inhrelid::regclass::text as name from pg_inherits where inhparent = 'windows'::regclass order by 1",
    );
    return rows.map(({ name }) => name);
  };
  expect(await partitions()).toHaveLength(31 + 1 + 7);
  await fresh.windows([window("rooms/kept", noon)]);
  await fresh.db.query("ancient", "select open_days('2020-01-01', '2020-01-03')");
  await fresh.db.query("closed", "select close_days('2020-01-03')");
  expect((await partitions())[0]).toBe("windows_20200103");
  await fresh.days.move();
  expect(await partitions()).toHaveLength(31 + 1 + 7);
  await fresh.excursions(
    excursion("over", noon - 400 * 24 * hour, {
      state: ExcursionState.CLOSED,
      endTime: timestampFromMs(noon - 390 * 24 * hour),
    }),
    excursion("long", noon - 400 * 24 * hour),
  );
  await fresh.store.forget(366, 31);
  const { excursions } = await fresh.handler.listExcursions(create(ListExcursionsRequestSchema), context);
  expect(excursions).toMatchObject([{ excursion: { name: "excursions/long" } }]);
  const request = create(GetSeriesRequestSchema, {
    subject: "rooms/kept",
    startTime: timestampFromMs(noon),
    endTime: timestampFromMs(noon + minute),
  });
  expect((await fresh.handler.getSeries(request, context)).points).toHaveLength(1);
  await fresh.close();
});
