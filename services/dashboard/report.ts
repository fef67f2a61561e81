// Excursions with what came of them.
import type { Queryable } from "@larder/store";
import type { ReportRow } from "./message.ts";

/** The columns of a report; `from` names `excursions e`. */
export const REPORT_COLUMNS = `e.id, e.device, e.subject, e.storage_class as "storageClass", e.state, e.limit_celsius as "limit",
  e.start_time as "startTime", e.end_time as "endTime", e.peak_celsius as peak, e.above_ms as "aboveMs", e.version,
  e.end_reason as "endReason",
  (select coalesce(json_agg(json_build_object('product', m.product, 'percent', m.percent, 'spoilageRisk', m.spoilage_risk,
     'model', m.model) order by m.product), '[]') from markdowns m where m.excursion_id = e.id) as markdowns,
  (select json_build_object('shipment', r.shipment, 'spoilageRisk', r.spoilage_risk, 'model', r.model)
     from risks r where r.excursion_id = e.id) as risk`;

/** Those of the excursions that are known. */
export async function reportsOf(db: Queryable, ids: readonly string[]): Promise<ReportRow[]> {
  const { rows } = await db.query<ReportRow>(
    "reports",
    `select ${REPORT_COLUMNS} from excursions e where e.id = any($1) order by e.id`,
    [ids],
  );
  return rows;
}
