// What the dashboard service is asked for, in PostgreSQL. What is written there: `projection.ts`.
import { ExcursionEndReason } from "@larder/contract/larder/coldchain/v1/excursion_pb.js";
import { WindowKind } from "@larder/contract/larder/coldchain/v1/window_pb.js";
import type { Database } from "@larder/store";
import type { PointRow, ReportRow } from "./message.ts";
import { REPORT_COLUMNS } from "./report.ts";
import { FIVE_MINUTES_MS, fiveMinutesFrom, type Stretches } from "./series.ts";

/** Which excursions are asked for. */
export interface ExcursionFilter {
  /** Empty: those of all. */
  readonly subject: string;
  /** 0: those of any state. */
  readonly state: number;
  /** Those that began at this time or later; absent: all. */
  readonly startAfter: Date | undefined;
}

/** Where an excursion stands in a list. */
export interface Place {
  readonly startTime: Date;
  readonly id: string;
}

export interface StatusRow extends PointRow {
  readonly subject: string;
  readonly openExcursions: number;
}

export interface OverviewRow {
  readonly reporting: number;
  readonly silent: number;
  readonly openExcursions: number;
  readonly silentExcursions: number;
  readonly time: Date;
}

export type Store = ReturnType<typeof dashboardStore>;

const POINT_COLUMNS = `start_time as "startTime", end_time as "endTime", readings, min_celsius as min, mean_celsius as mean,
  max_celsius as max, p95_celsius as p95`;
const MOST_SUBJECTS = 50;

export function dashboardStore(db: Database) {
  return {
    /** The temperatures of the windows that begin in the range, joined into stretches, oldest first. */
    async series(subject: string, fromMs: number, untilMs: number, stretches: Stretches): Promise<PointRow[]> {
      // Those of five minutes in the middle, where they may stand in, and those of ten seconds before and behind.
      const { rows } = await db.query<PointRow>(
        "series",
        `with five as materialized (
           select * from windows where subject = $1 and kind = ${WindowKind.SLIDING}
             and start_time >= $4 and start_time <= $3::timestamptz - make_interval(secs => ${FIVE_MINUTES_MS / 1000})
         ), part as (
           select * from five
           union all
           select * from windows where subject = $1 and kind = ${WindowKind.TUMBLING}
             and start_time >= $2 and start_time < least($3::timestamptz, $4::timestamptz)
           union all
           select * from windows where subject = $1 and kind = ${WindowKind.TUMBLING}
             and start_time >= (select coalesce(max(end_time), $4) from five) and start_time < $3
         ), stretch as (
           select date_bin(make_interval(secs => $5::float8 / 1000), start_time, $6) as bin, sum(readings)::bigint as readings,
             min(min_celsius) as min, sum(mean_celsius * readings) / sum(readings)::float8 as mean,
             max(max_celsius) as max, max(p95_celsius) as p95
           from part group by bin
         )
         select greatest(bin, $2) as "startTime", least(bin + make_interval(secs => $5::float8 / 1000), $3) as "endTime",
           readings, min, mean, max, p95
         from stretch order by bin`,
        [
          subject,
          new Date(fromMs),
          new Date(untilMs),
          new Date(fiveMinutesFrom(fromMs, untilMs, stretches)),
          stretches.lengthMs,
          new Date(stretches.originMs),
        ],
      );
      return rows;
    },

    /** Excursions, newest first, with what came of them. */
    async excursions(filter: ExcursionFilter, limit: number, after: Place | undefined): Promise<ReportRow[]> {
      const { rows } = await db.query<ReportRow>(
        "excursions",
        `select ${REPORT_COLUMNS} from excursions e
         where ($1 = '' or e.subject = $1) and ($2 = 0 or e.state = $2) and ($3::timestamptz is null or e.start_time >= $3)
           and ($4::timestamptz is null or (e.start_time, e.id) < ($4, $5))
         order by e.start_time desc, e.id desc limit $6`,
        [filter.subject, filter.state, filter.startAfter ?? null, after?.startTime ?? null, after?.id ?? null, limit],
      );
      return rows;
    },

    async overview(): Promise<OverviewRow> {
      const { rows } = await db.query<OverviewRow>(
        "overview",
        `select count(*) filter (where heard_time > now() - interval '2 minutes')::int as reporting,
           count(*) filter (where heard_time <= now() - interval '2 minutes')::int as silent,
           (select count(*) from excursions where state = 1)::int as "openExcursions",
           (select count(*) from excursions where end_reason = ${ExcursionEndReason.SENSOR_SILENT}
              and end_time > now() - interval '1 day')::int as "silentExcursions",
           now() as time
         from subjects where subject like 'devices/%' and heard_time > now() - interval '1 day'`,
      );
      if (!rows[0]) throw new Error("the overview gave no row");
      return rows[0];
    },

    /** The rooms and shipments that were heard of lately, warmest first. */
    async statuses(): Promise<StatusRow[]> {
      const { rows } = await db.query<StatusRow>(
        "statuses",
        `select s.subject, ${POINT_COLUMNS},
           (select count(*) from excursions e where e.subject = s.subject and e.state = 1)::int as "openExcursions"
         from subjects s join windows w
           on w.subject = s.subject and w.kind = ${WindowKind.TUMBLING} and w.start_time = s.last_start
         where s.heard_time > now() - interval '2 minutes' and s.subject not like 'devices/%'
         order by w.mean_celsius desc, s.subject limit ${MOST_SUBJECTS}`,
      );
      return rows;
    },

    /** Forgets excursions that were over so long ago, what came of them, and whom nobody has heard of any more. */
    async forget(excursionDays: number, subjectDays: number): Promise<void> {
      await db.transaction(async (tx) => {
        await Promise.all([
          tx.query("forget_excursions", "delete from excursions where end_time < now() - make_interval(days => $1)", [
            excursionDays,
          ]),
          ...["markdowns", "risks"].map((table) =>
            tx.query(
              `forget_${table}`,
              `delete from ${table} n where note_time < now() - make_interval(days => $1)
                 and not exists (select from excursions e where e.id = n.excursion_id)`,
              [excursionDays],
            ),
          ),
          tx.query("forget_subjects", "delete from subjects where heard_time < now() - make_interval(days => $1)", [
            subjectDays,
          ]),
        ]);
      });
    },

    ping: () => db.ping(),
    close: () => db.close(),
  };
}
