// A small shop for the suite: keys with versions that cause events, and a table in which every effect of an event leaves a row.

import { type Database, migrate, openDatabase, type Tx } from "@larder/store";
import { startPostgres, type TestPostgres } from "@larder/store/testing";
import type { DeliveredEvent } from "../consumer.ts";
import { inboxMigrations } from "../inbox.ts";
import { outboxMigrations, writeEvent } from "../outbox.ts";
import type { OutgoingEvent } from "../topic.ts";

const SCHEMA = `
create table aggregate (key text primary key, version bigint not null);
create table effect (
  id bigint generated always as identity, topic text not null, key text not null, version bigint not null, by text not null
)`;

export interface Shop {
  readonly url: string;
  readonly db: Database;
  readonly postgres: TestPostgres;
  stop(): Promise<void>;
}

export async function openShop(): Promise<Shop> {
  const postgres = await startPostgres();
  const url = await postgres.createDatabase();
  const db = openDatabase(url);
  await migrate(db, outboxMigrations, inboxMigrations);
  await db.session((session) => session.execute(SCHEMA));
  return {
    url,
    db,
    postgres,
    async stop() {
      await db.close();
      await postgres.stop();
    },
  };
}

/** The event of a version of a key. */
export const eventOf = (topic: string, key: string, version: bigint): OutgoingEvent => ({
  topic,
  id: `${topic}/${key}/${version}`,
  source: "suite",
  type: "larder.test.Changed",
  subject: key,
  time: new Date(),
  dataschema: "larder:contract/0.0.0",
  aggregateVersion: version,
  data: new TextEncoder().encode(`${key} ${version}`),
});

/** Gives a key its next version and writes the event of it, in one transaction. */
export const change = (db: Database, topic: string, key: string): Promise<void> =>
  db.transaction(async (tx) => {
    const { rows } = await tx.query<{ version: bigint }>(
      "suite_change",
      `insert into aggregate values ($1, 1) on conflict (key) do update set version = aggregate.version + 1 returning version`,
      [`${topic}/${key}`],
    );
    await writeEvent(tx, eventOf(topic, key, rows[0]?.version ?? 0n));
  });

/** A handler that leaves a row. */
export const leaveEffect =
  (by: string) =>
  async (tx: Tx, { topic, subject, aggregateVersion }: DeliveredEvent): Promise<void> => {
    await tx.query("suite_effect", "insert into effect (topic, key, version, by) values ($1, $2, $3, $4)", [
      topic,
      subject,
      aggregateVersion,
      by,
    ]);
  };

export interface Effect {
  readonly key: string;
  readonly version: bigint;
  readonly by: string;
}

/** The effects of a topic's events in the order in which they came about. */
export const effects = async (db: Database, topic: string): Promise<Effect[]> =>
  (await db.query<Effect>("suite_effects", "select key, version, by from effect where topic = $1 order by id", [topic]))
    .rows;

/** The versions of each key, in the order of their effects. */
export const versionsByKey = (found: readonly Effect[]): Record<string, number[]> => {
  const byKey: Record<string, number[]> = {};
  for (const { key, version } of found) byKey[key] = [...(byKey[key] ?? []), Number(version)];
  return byKey;
};

/** What `versionsByKey` gives when every version of every key had its effect once, in order. */
export const inOrder = (keys: readonly string[], versions: number): Record<string, number[]> =>
  Object.fromEntries(keys.map((key) => [key, Array.from({ length: versions }, (_, index) => index + 1)]));
