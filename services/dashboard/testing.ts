// A read model for tests: a real PostgreSQL, and events as they would be told.
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { StorageClass } from "@larder/contract/larder/catalog/v1/product_pb.js";
import { ExcursionSchema, ExcursionState } from "@larder/contract/larder/coldchain/v1/excursion_pb.js";
import { WindowKind, WindowSchema } from "@larder/contract/larder/coldchain/v1/window_pb.js";
import type { DashboardService } from "@larder/contract/larder/dashboard/v1/dashboard_service_pb.js";
import { inboxMigrations, outboxMigrations } from "@larder/events";
import type { Handler } from "@larder/platform";
import { type Database, migrate, openDatabase } from "@larder/store";
import { startPostgres, type TestPostgres } from "@larder/store/testing";
import { Days } from "./days.ts";
import { Feed } from "./feed.ts";
import { dashboardHandler } from "./handler.ts";
import { type ExcursionRow, readExcursion, readWindow } from "./message.ts";
import { Projection } from "./projection.ts";
import { dashboardStore, type Store } from "./store.ts";

export interface ReadModel {
  readonly postgres: TestPostgres;
  readonly db: Database;
  readonly days: Days;
  readonly store: Store;
  readonly feed: Feed;
  readonly projection: Projection;
  readonly handler: Handler<typeof DashboardService>;
  /** Writes windows as one batch of events told now, or at `time`. */
  windows(windows: readonly MessageInitShape<typeof WindowSchema>[], time?: Date): Promise<void>;
  /** Writes excursions as one batch. */
  excursions(...excursions: readonly ExcursionRow[]): Promise<void>;
  /** A database of the same kind, empty. */
  another(): Promise<ReadModel>;
  close(): Promise<void>;
}

export const startReadModel = async (): Promise<ReadModel> => readModel(await startPostgres());

async function readModel(postgres: TestPostgres): Promise<ReadModel> {
  const url = await postgres.createDatabase();
  const db = openDatabase(url);
  await migrate(db, inboxMigrations, outboxMigrations, new URL("./migrations/", import.meta.url));
  const days = new Days(db, 31);
  await days.move();
  const feed = new Feed(db);
  const store = dashboardStore(db);
  const projection = new Projection(days, feed);
  return {
    postgres,
    db,
    days,
    store,
    feed,
    projection,
    handler: dashboardHandler(store, feed, 50),
    windows: (windows, time = new Date()) =>
      db.transaction((tx) =>
        projection.windows(
          tx,
          windows.flatMap((init) => {
            const window = readWindow(create(WindowSchema, init));
            return window ? [{ window, time }] : [];
          }),
        ),
      ),
    excursions: (...excursions) => db.transaction((tx) => projection.excursions(tx, excursions)),
    another: () => readModel(postgres),
    close: () => db.close(),
  };
}

/** A window of ten seconds, or of five minutes. */
export const window = (
  subject: string,
  startMs: number,
  { lengthMs = 10_000, revision = 1, count = 10, min = 1, mean = 2, max = 4, p95 = 3 } = {},
): MessageInitShape<typeof WindowSchema> => ({
  subject,
  kind: lengthMs === 10_000 ? WindowKind.TUMBLING : WindowKind.SLIDING,
  startTime: timestampFromMs(startMs),
  endTime: timestampFromMs(startMs + lengthMs),
  count: BigInt(count),
  minCelsius: min,
  meanCelsius: mean,
  maxCelsius: max,
  p95Celsius: p95,
  revision,
});

/** An excursion as an event tells it. */
export const excursion = (id: string, startMs: number, change: MessageInitShape<typeof ExcursionSchema> = {}) =>
  readExcursion(
    create(ExcursionSchema, {
      name: `excursions/${id}`,
      device: "devices/north-chilled.p1",
      subject: "rooms/north-chilled",
      storageClass: StorageClass.CHILLED,
      state: ExcursionState.OPEN,
      limitCelsius: 7,
      startTime: timestampFromMs(startMs),
      peakCelsius: 9,
      version: 1n,
      ...change,
    }),
  );
