// Rules and segments: kept in PostgreSQL, held in memory, read again when the database tells of a change.
import { log } from "@larder/platform";
import type { Database } from "@larder/store";
import type { Rule } from "./rules.ts";

/** What pricing knows at one moment. */
export interface Knowledge {
  readonly rules: readonly Rule[];
  segmentsOf(customer: string): ReadonlySet<string>;
}

export interface Store {
  /** What the database said last. Without it nothing can be priced: throws what the first reading threw. */
  knowledge(): Promise<Knowledge>;
  ping(): Promise<void>;
  close(): Promise<void>;
}

const nobody: ReadonlySet<string> = new Set();

export function pricingStore(db: Database): Store {
  const read = async (): Promise<Knowledge> => {
    const [rules, segments] = await Promise.all([
      db.query<{ id: string; kind: string; document: object }>(
        "rules",
        "select id, kind, document from rules order by id",
        [],
      ),
      db.query<{ customer: string; segments: string[] }>(
        "segments",
        "select customer_id as customer, array_agg(segment) as segments from segments group by customer_id",
        [],
      ),
    ]);
    const bySubject = new Map(segments.rows.map((row) => [row.customer, new Set(row.segments)]));
    return {
      rules: rules.rows.map(({ id, kind, document }) => ({ ...document, id, kind }) as Rule),
      segmentsOf: (customer) => bySubject.get(customer) ?? nobody,
    };
  };

  let known: Promise<Knowledge> | undefined;
  const refresh = () => {
    const next = read();
    const before = known;
    known = next;
    next.catch((error) => {
      // What was known stays good until the database can be read again; with nothing known the next caller tries.
      if (known === next) known = before;
      log.warn("rules could not be read", { error: String(error) });
    });
  };
  const subscription = db.listen("pricing_rules", refresh);

  return {
    knowledge() {
      if (!known) refresh();
      return known as Promise<Knowledge>;
    },
    ping: () => db.ping(),
    async close() {
      subscription.close();
      await db.close();
    },
  };
}
