// Brings a database to the schema that the code expects.

import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import type { Database, Session } from "./database.ts";
import { MigrationError } from "./errors.ts";

/** A folder of migrations with a history of its own, such as the tables that a library brings. */
export interface MigrationSet {
  readonly name: string;
  readonly folder: URL;
}

/** What `migrate` did. */
export interface Migrated {
  /** The files applied by this call, as `set/file`. */
  readonly applied: readonly string[];
}

// Any constant will do, as long as nothing else in the database locks it.
const LOCK = 4_701_115_033;

const FILE = /^\d{3}_[a-z0-9_]+\.sql$/;

/**
 * Applies the files `NNN_name.sql` of each folder that the database has not seen, in order, each in a transaction of its own. A folder given
 * as URL is the set `main`; sets are applied in the order given. Instances that start together wait for each other.
 *
 * Throws `MigrationError` if a file was changed after it was applied, has gone, or stands before one that was applied. Files
 * unknown to this build that come after all of its own are let be: an older build may meet a newer database.
 */
export async function migrate(db: Database, ...sets: readonly (URL | MigrationSet)[]): Promise<Migrated> {
  const named = sets.map((set) => (set instanceof URL ? { name: "main", folder: set } : set));
  const files = await Promise.all(named.map(readSet));
  return db.session(
    async (session) => {
      await session.execute(`select pg_advisory_lock(${LOCK})`);
      await session.execute(
        `create table if not exists schema_migrations (
           set_name text not null, file text not null, hash text not null,
           applied_at timestamptz not null default now(), primary key (set_name, file))`,
      );
      const applied: string[] = [];
      for (const { name, files: own } of files) {
        for (const file of await pending(session, name, own)) {
          await apply(session, name, file);
          applied.push(`${name}/${file.name}`);
        }
      }
      return { applied };
    },
    { statementTimeoutMs: 0 },
  );
}

interface MigrationFile {
  readonly name: string;
  readonly sql: string;
  readonly hash: string;
}

async function readSet({ name, folder }: MigrationSet): Promise<{ name: string; files: MigrationFile[] }> {
  const names = (await readdir(folder)).filter((file) => file.endsWith(".sql")).sort();
  const files = names.map(async (file) => {
    if (!FILE.test(file)) throw new MigrationError(`${name}: ${file} is not named like 001_orders.sql`);
    const sql = await readFile(new URL(file, folder), "utf8");
    return { name: file, sql, hash: createHash("sha256").update(sql).digest("hex") };
  });
  const numbers = names.map((file) => file.slice(0, 3));
  const twice = names.find((_, index) => numbers[index] === numbers[index - 1]);
  if (twice) throw new MigrationError(`${name}: two migrations have the number of ${twice}`);
  return { name, files: await Promise.all(files) };
}

async function pending(session: Session, set: string, files: MigrationFile[]): Promise<MigrationFile[]> {
  const { rows } = await session.query<{ file: string; hash: string }>(
    "schema_migrations_of_set",
    "select file, hash from schema_migrations where set_name = $1 order by file",
    [set],
  );
  const seen = new Map(rows.map(({ file, hash }) => [file, hash]));
  const known = new Set(files.map(({ name }) => name));
  const last = files.at(-1)?.name ?? "";
  for (const file of seen.keys()) {
    if (!known.has(file) && file < last) throw new MigrationError(`${set}: ${file} was applied and has gone`);
  }
  const lastApplied = rows.at(-1)?.file ?? "";
  return files.filter(({ name, hash }) => {
    const before = seen.get(name);
    if (before === hash) return false;
    if (before !== undefined) throw new MigrationError(`${set}: ${name} was changed after it was applied`);
    if (name < lastApplied)
      throw new MigrationError(`${set}: ${name} stands before ${lastApplied}, which was applied already`);
    return true;
  });
}

async function apply(session: Session, set: string, { name, sql, hash }: MigrationFile): Promise<void> {
  await session.execute("begin");
  try {
    await session.execute(sql);
    await session.query(
      "schema_migrations_record",
      "insert into schema_migrations (set_name, file, hash) values ($1, $2, $3)",
      [set, name, hash],
    );
    await session.execute("commit");
  } catch (error) {
    if (!session.lost.aborted) await session.execute("rollback");
    throw new MigrationError(`${set}: ${name} failed: ${error instanceof Error ? error.message : error}`, {
      cause: error,
    });
  }
}
