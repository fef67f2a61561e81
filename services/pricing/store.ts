// Rules, segments and markdowns: kept in PostgreSQL, held in memory, read again when the database tells of a change.
import { writeEvents } from "@larder/events";
import { log } from "@larder/platform";
import type { Database, Tx } from "@larder/store";
import { nameOf } from "@larder/types";
import { inWords, type Markdown } from "./markdown.ts";
import { changedEvent, type RoomExcursion } from "./message.ts";
import type { MarkdownRule, Markdowns, Rule } from "./rules.ts";

/** What pricing knows at one moment. */
export interface Knowledge {
  readonly rules: readonly Rule[];
  readonly markdowns: Markdowns;
  segmentsOf(customer: string): ReadonlySet<string>;
}

export interface Store {
  /** What the database said last. Without it nothing can be priced: throws what the first reading threw. */
  knowledge(): Promise<Knowledge>;
  /** Whether an excursion was heard of before, under this version or a later one. */
  knows(tx: Tx, excursion: RoomExcursion): Promise<boolean>;
  /**
   * Makes these the markdowns of an excursion, and no others, unless a later version of it was heard of. What changes for a
   * customer is told.
   */
  mark(tx: Tx, excursion: RoomExcursion, markdowns: readonly Markdown[]): Promise<void>;
  /** Forgets markdowns that have ended. */
  forgetMarkdowns(): Promise<void>;
  ping(): Promise<void>;
  close(): Promise<void>;
}

const markdownColumns = `product_id as product, percent, risk, model, expire_time as "expireTime"`;

function rulesOf(rows: readonly (Markdown & { readonly excursion: string })[]): Markdowns {
  const byProduct = new Map<string, MarkdownRule[]>();
  for (const { excursion, expireTime, ...markdown } of rows) {
    const product = nameOf("products", markdown.product);
    const rule: MarkdownRule = {
      ...{ kind: "markdown", id: `markdown-${excursion}`, description: inWords(markdown) },
      ...{ percent: markdown.percent, until: expireTime },
    };
    byProduct.set(product, [...(byProduct.get(product) ?? []), rule]);
  }
  return byProduct;
}

/** What customers see of a change: other prices or another end, not another risk behind the same price. What has gone has `percent` 0. */
function changes(before: readonly Markdown[], after: readonly Markdown[]): Markdown[] {
  const old = new Map(before.map((markdown) => [markdown.product, markdown]));
  const kept = new Set(after.map(({ product }) => product));
  const gone = before.filter(({ product }) => !kept.has(product)).map((markdown) => ({ ...markdown, percent: 0 }));
  const other = after.filter(({ product, percent, expireTime }) => {
    const known = old.get(product);
    return known?.percent !== percent || known.expireTime.getTime() !== expireTime.getTime();
  });
  return [...gone, ...other];
}

const nobody: ReadonlySet<string> = new Set();

export function pricingStore(db: Database): Store {
  const read = async (): Promise<Knowledge> => {
    const [rules, segments, markdowns] = await Promise.all([
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
      db.query<Markdown & { excursion: string }>(
        "live_markdowns",
        `select ${markdownColumns}, excursion_id as excursion from markdowns where expire_time > now() order by excursion_id`,
      ),
    ]);
    const bySubject = new Map(segments.rows.map((row) => [row.customer, new Set(row.segments)]));
    return {
      rules: rules.rows.map(({ id, kind, document }) => ({ ...document, id, kind }) as Rule),
      markdowns: rulesOf(markdowns.rows),
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
    async knows(tx, { id, version }) {
      const sql = "select from excursions where id = $1 and version >= $2";
      return (await tx.query("knows_excursion", sql, [id, version])).count > 0;
    },
    async mark(tx, excursion, markdowns) {
      const { count } = await tx.query(
        "hear_excursion",
        `insert into excursions as e (id, version) values ($1, $2)
         on conflict (id) do update set version = excluded.version where e.version < excluded.version returning id`,
        [excursion.id, excursion.version],
      );
      if (count === 0) return;
      const { rows: before } = await tx.query<Markdown>(
        "markdowns_before",
        `select ${markdownColumns} from markdowns where excursion_id = $1 order by product_id for update`,
        [excursion.id],
      );
      await tx.query("end_markdowns", "delete from markdowns where excursion_id = $1 and product_id <> all($2)", [
        excursion.id,
        markdowns.map(({ product }) => product),
      ]);
      await tx.query(
        "write_markdowns",
        `insert into markdowns (excursion_id, room_id, product_id, percent, risk, model, expire_time)
         select $1, $2, * from unnest($3::text[], $4::int[], $5::float8[], $6::text[], $7::timestamptz[])
         on conflict (product_id, excursion_id) do update set percent = excluded.percent, risk = excluded.risk,
           model = excluded.model, expire_time = excluded.expire_time`,
        [
          excursion.id,
          excursion.room,
          markdowns.map(({ product }) => product),
          markdowns.map(({ percent }) => percent),
          markdowns.map(({ risk }) => risk),
          markdowns.map(({ model }) => model),
          markdowns.map(({ expireTime }) => expireTime),
        ],
      );
      const changed = changes(before, markdowns);
      await writeEvents(
        tx,
        changed.map((markdown) => changedEvent(excursion, markdown)),
      );
    },
    async forgetMarkdowns() {
      await db.query("forget_markdowns", "delete from markdowns where expire_time <= now()");
    },
    ping: () => db.ping(),
    async close() {
      subscription.close();
      await db.close();
    },
  };
}
