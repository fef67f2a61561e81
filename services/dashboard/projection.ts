// What events make of the read model. Each function writes what is new of a batch, whatever the order in which news come,
// and makes that known. Rows are written in the order of their keys, so that two batches never wait for each other in turn,
// and the lock of the feed is the last one that a transaction takes.
import { create } from "@bufbuild/protobuf";
import { WindowKind } from "@larder/contract/larder/coldchain/v1/window_pb.js";
import { SubjectPointSchema } from "@larder/contract/larder/dashboard/v1/cold_chain_pb.js";
import { RejectEvent } from "@larder/events";
import type { Tx } from "@larder/store";
import type { Days } from "./days.ts";
import type { Feed } from "./feed.ts";
import { type ExcursionRow, type Note, showPoint, showReport, type WindowRow } from "./message.ts";
import { reportsOf } from "./report.ts";

/** A window, and when it was told. */
export interface ToldWindow {
  readonly window: WindowRow;
  readonly time: Date;
}

/** A markdown for an excursion. */
export interface ToldMarkdown extends Note {
  readonly excursion: string;
  readonly product: string;
  readonly percent: number;
  readonly version: bigint;
}

/** A shipment that an excursion put at risk. */
export interface ToldRisk extends Note {
  readonly excursion: string;
  readonly shipment: string;
  readonly version: bigint;
}

export class Projection {
  readonly #days: Days;
  readonly #feed: Feed;

  constructor(days: Days, feed: Feed) {
    this.#days = days;
    this.#feed = feed;
  }

  /** Writes windows. Those of days that are not kept any more are left out; throws `RejectEvent` for one of a day to come. */
  async windows(tx: Tx, told: readonly ToldWindow[]): Promise<void> {
    const [firstMs, lastMs] = [this.#days.firstMs(), this.#days.lastMs()];
    const kept = told.filter(({ window }) => window.startTime.getTime() >= firstMs);
    const ahead = kept.find(({ window }) => window.startTime.getTime() >= lastMs);
    if (ahead) throw new RejectEvent(`a window of ${ahead.window.subject} begins in days to come`);
    const newest = highest(
      kept,
      ({ window }) => keyOf(window),
      ({ window }) => BigInt(window.revision),
    );
    if (newest.length === 0) return;
    const rows = newest.map(({ window }) => window);
    const { rows: changed } = await tx.query<{ subject: string; kind: number; startTime: Date }>(
      "write_windows",
      `insert into windows as w (subject, kind, start_time, end_time, readings, min_celsius, mean_celsius, max_celsius, p95_celsius, revision)
       select * from unnest($1::text[], $2::smallint[], $3::timestamptz[], $4::timestamptz[], $5::bigint[], $6::float8[], $7::float8[],
         $8::float8[], $9::float8[], $10::int[]) as n (subject, kind, start_time) order by subject collate "C", kind, start_time
       on conflict (subject, kind, start_time) do update set end_time = excluded.end_time, readings = excluded.readings,
         min_celsius = excluded.min_celsius, mean_celsius = excluded.mean_celsius, max_celsius = excluded.max_celsius,
         p95_celsius = excluded.p95_celsius, revision = excluded.revision
       where w.revision < excluded.revision
       returning subject, kind, start_time as "startTime"`,
      [
        rows.map(({ subject }) => subject),
        rows.map(({ kind }) => kind),
        rows.map(({ startTime }) => startTime),
        rows.map(({ endTime }) => endTime),
        rows.map(({ readings }) => readings),
        rows.map(({ min }) => min),
        rows.map(({ mean }) => mean),
        rows.map(({ max }) => max),
        rows.map(({ p95 }) => p95),
        rows.map(({ revision }) => revision),
      ],
    );
    const fresh = new Set(changed.map(keyOf));
    const tumbling = newest.filter(({ window }) => window.kind === WindowKind.TUMBLING && fresh.has(keyOf(window)));
    if (tumbling.length === 0) return;
    await tx.query(
      "write_subjects",
      `insert into subjects as s (subject, last_start, heard_time)
       select subject, max(start_time), max(time) from unnest($1::text[], $2::timestamptz[], $3::timestamptz[]) as n (subject, start_time, time)
       group by subject order by subject collate "C"
       on conflict (subject) do update
       set last_start = greatest(s.last_start, excluded.last_start), heard_time = greatest(s.heard_time, excluded.heard_time)`,
      [
        tumbling.map(({ window }) => window.subject),
        tumbling.map(({ window }) => window.startTime),
        tumbling.map(({ time }) => time),
      ],
    );
    const points = tumbling.map(({ window }) =>
      create(SubjectPointSchema, { subject: window.subject, point: showPoint(window) }),
    );
    await this.#feed.lock(tx);
    await this.#feed.append(tx, points, []);
  }

  async excursions(tx: Tx, told: readonly ExcursionRow[]): Promise<void> {
    const newest = highest(
      told,
      ({ id }) => id,
      ({ version }) => version,
    );
    const { rows } = await tx.query<{ id: string }>(
      "write_excursions",
      `insert into excursions as e (id, device, subject, storage_class, state, limit_celsius, start_time, end_time, peak_celsius, above_ms, version, end_reason)
       select * from unnest($1::text[], $2::text[], $3::text[], $4::smallint[], $5::smallint[], $6::float8[], $7::timestamptz[],
         $8::timestamptz[], $9::float8[], $10::bigint[], $11::bigint[], $12::smallint[]) as n (id) order by id collate "C"
       on conflict (id) do update set device = excluded.device, subject = excluded.subject, storage_class = excluded.storage_class,
         state = excluded.state, limit_celsius = excluded.limit_celsius, start_time = excluded.start_time, end_time = excluded.end_time,
         peak_celsius = excluded.peak_celsius, above_ms = excluded.above_ms, version = excluded.version, end_reason = excluded.end_reason
       where e.version < excluded.version returning id`,
      [
        newest.map(({ id }) => id),
        newest.map(({ device }) => device),
        newest.map(({ subject }) => subject),
        newest.map(({ storageClass }) => storageClass),
        newest.map(({ state }) => state),
        newest.map(({ limit }) => limit),
        newest.map(({ startTime }) => startTime),
        newest.map(({ endTime }) => endTime),
        newest.map(({ peak }) => peak),
        newest.map(({ aboveMs }) => aboveMs),
        newest.map(({ version }) => version),
        newest.map(({ endReason }) => endReason),
      ],
    );
    await this.#report(tx, rows);
  }

  async markdowns(tx: Tx, told: readonly ToldMarkdown[]): Promise<void> {
    const newest = highest(
      told,
      ({ excursion, product }) => `${excursion} ${product}`,
      ({ version }) => version,
    );
    const { rows } = await tx.query<{ id: string }>(
      "write_markdowns",
      `insert into markdowns as m (excursion_id, product, percent, spoilage_risk, model, version)
       select * from unnest($1::text[], $2::text[], $3::int[], $4::float8[], $5::text[], $6::bigint[]) as n (excursion_id, product)
       order by excursion_id collate "C", product collate "C"
       on conflict (excursion_id, product) do update set percent = excluded.percent, spoilage_risk = excluded.spoilage_risk,
         model = excluded.model, version = excluded.version
       where m.version < excluded.version returning excursion_id as id`,
      [
        newest.map(({ excursion }) => excursion),
        newest.map(({ product }) => product),
        newest.map(({ percent }) => percent),
        newest.map(({ spoilageRisk }) => spoilageRisk),
        newest.map(({ model }) => model),
        newest.map(({ version }) => version),
      ],
    );
    await this.#report(tx, rows);
  }

  async risks(tx: Tx, told: readonly ToldRisk[]): Promise<void> {
    const newest = highest(
      told,
      ({ excursion }) => excursion,
      ({ version }) => version,
    );
    const { rows } = await tx.query<{ id: string }>(
      "write_risks",
      `insert into risks as r (excursion_id, shipment, spoilage_risk, model, version)
       select * from unnest($1::text[], $2::text[], $3::float8[], $4::text[], $5::bigint[]) as n (excursion_id)
       order by excursion_id collate "C"
       on conflict (excursion_id) do update set shipment = excluded.shipment, spoilage_risk = excluded.spoilage_risk,
         model = excluded.model, version = excluded.version
       where r.version < excluded.version returning excursion_id as id`,
      [
        newest.map(({ excursion }) => excursion),
        newest.map(({ shipment }) => shipment),
        newest.map(({ spoilageRisk }) => spoilageRisk),
        newest.map(({ model }) => model),
        newest.map(({ version }) => version),
      ],
    );
    await this.#report(tx, rows);
  }

  // Read under the lock: of two transactions that add to one excursion, the later one sees what the earlier one has written.
  async #report(tx: Tx, changed: readonly { readonly id: string }[]): Promise<void> {
    if (changed.length === 0) return;
    await this.#feed.lock(tx);
    const ids = [...new Set(changed.map(({ id }) => id))];
    const reports = await reportsOf(tx, ids);
    await this.#feed.append(tx, [], reports.map(showReport));
  }
}

const keyOf = ({ subject, kind, startTime }: Pick<WindowRow, "subject" | "kind" | "startTime">): string =>
  `${subject} ${kind} ${startTime.getTime()}`;

/** The item with the highest version of each key. */
function highest<Item>(items: readonly Item[], key: (item: Item) => string, version: (item: Item) => bigint): Item[] {
  const found = new Map<string, Item>();
  for (const item of items) {
    const other = found.get(key(item));
    if (!other || version(item) > version(other)) found.set(key(item), item);
  }
  return [...found.values()];
}
