// What a consumer remembers in its database: how far it has come, and what it has handled.

import type { Database, MigrationSet, Tx } from "@larder/store";
import type { Event } from "./event.ts";

/** The tables `inbox` and `consumer_offsets`: `migrate(db, inboxMigrations, new URL("./migrations/", import.meta.url))`. */
export const inboxMigrations: MigrationSet = {
  name: "inbox",
  folder: new URL("../migrations/inbox/", import.meta.url),
};

/** The channel on which consumers hear that a group was moved. */
export const MOVED_CHANNEL = "larder_moved";

/** A partition as one group consumes it. */
export interface Place {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
}

export interface Progress {
  /** The offset of the next event to handle. */
  readonly next: bigint;
  /** Deliveries of that event that were begun. */
  readonly attempts: number;
  /** Where the delivery that was begun would have ended. */
  readonly attemptedUntil: bigint;
}

/** Another owner has taken over: whatever this one does must not count. */
export class Fenced extends Error {
  override name = "Fenced";
}

/** The highest epoch that has owned the partition; 0 for none. */
export async function epochOf(db: Database, { group, topic, partition }: Place): Promise<bigint> {
  const { rows } = await db.query<{ epoch: bigint }>(
    "inbox_epoch",
    "select epoch from consumer_offsets where group_name = $1 and topic = $2 and partition = $3",
    [group, topic, partition],
  );
  return rows[0]?.epoch ?? 0n;
}

/** Makes the epoch the owner, unless a higher one is. `start` is where a group begins that has never been here. */
export async function claim(db: Database, place: Place, epoch: bigint, start: bigint): Promise<Progress | undefined> {
  const { rows } = await db.query<{ next_offset: bigint; attempts: number; attempted_until: bigint }>(
    "inbox_claim",
    `insert into consumer_offsets (group_name, topic, partition, epoch, next_offset) values ($1, $2, $3, $4, $5)
     on conflict (group_name, topic, partition) do update set epoch = excluded.epoch
       where consumer_offsets.epoch < excluded.epoch
     returning next_offset, attempts, attempted_until`,
    [place.group, place.topic, place.partition, epoch, start],
  );
  const row = rows[0];
  return row && { next: row.next_offset, attempts: row.attempts, attemptedUntil: row.attempted_until };
}

/**
 * Records that a delivery begins. Does not wait for the disk: what a crash of the database itself takes back is a count that is one too
 * low. Throws `Fenced`.
 */
export async function begin(db: Database, place: Place, epoch: bigint, attempts: number, until: bigint): Promise<void> {
  const { count } = await db.query(
    "inbox_begin",
    `update consumer_offsets set attempts = $5, attempted_until = $6
     where group_name = $1 and topic = $2 and partition = $3 and epoch = $4
       and set_config('synchronous_commit', 'off', true) is not null`,
    [place.group, place.topic, place.partition, epoch, attempts, until],
  );
  if (count === 0) throw new Fenced();
}

/** Remembers events as handled. Returns those that were not before; of two that are the same, the first. */
export async function remember<E extends Event>(tx: Tx, group: string, events: readonly E[]): Promise<Set<E>> {
  const { rows } = await tx.query<{ source: string; event_id: string }>(
    "inbox_remember",
    `insert into inbox (group_name, source, event_id) select $1, * from unnest($2::text[], $3::text[])
     on conflict do nothing returning source, event_id`,
    [group, events.map(({ source }) => source), events.map(({ id }) => id)],
  );
  // As good as always.
  if (rows.length === events.length) return new Set(events);
  const fresh = new Set(rows.map(({ source, event_id }) => JSON.stringify([source, event_id])));
  return new Set(events.filter(({ source, id }) => fresh.delete(JSON.stringify([source, id]))));
}

/** Moves the group on, in the transaction of the effect. Throws `Fenced`. */
export async function advance(tx: Tx, place: Place, epoch: bigint, next: bigint): Promise<void> {
  const { count } = await tx.query(
    "inbox_advance",
    `update consumer_offsets set next_offset = $5, attempts = 0, attempted_until = 0
     where group_name = $1 and topic = $2 and partition = $3 and epoch = $4`,
    [place.group, place.topic, place.partition, epoch, next],
  );
  if (count === 0) throw new Fenced();
}

/**
 * Lets the group go on from another offset. A new owner takes over, so that whoever is in the middle of a delivery has no effect. Events that it
 * has handled are passed over, but for those that are to be handled `again`. Answers where the group was; undefined if it never was
 * in the partition.
 */
export async function moveTo(
  db: Database,
  { group, topic, partition }: Place,
  next: bigint,
  again: readonly Event[] = [],
): Promise<bigint | undefined> {
  return db.transaction(async (tx) => {
    const { rows } = await tx.query<{ next_offset: bigint }>(
      "inbox_place",
      "select next_offset from consumer_offsets where group_name = $1 and topic = $2 and partition = $3 for update",
      [group, topic, partition],
    );
    if (!rows[0]) return undefined;
    await tx.query(
      "inbox_move",
      `update consumer_offsets set next_offset = $4, epoch = epoch + 1, attempts = 0, attempted_until = 0
       where group_name = $1 and topic = $2 and partition = $3`,
      [group, topic, partition, next],
    );
    await tx.query(
      "inbox_again",
      `delete from inbox i using unnest($2::text[], $3::text[]) as e (source, event_id)
       where i.group_name = $1 and i.source = e.source and i.event_id = e.event_id`,
      [group, again.map(({ source }) => source), again.map(({ id }) => id)],
    );
    await tx.query("inbox_moved", "select pg_notify($1, '')", [MOVED_CHANNEL]);
    return rows[0].next_offset;
  });
}

/** Forgets what was handled so long ago that it will not be appended again. */
export async function forget(db: Database, group: string, olderThanMs: number): Promise<void> {
  await db.query(
    "inbox_forget",
    "delete from inbox where group_name = $1 and handled_at < now() - $2 * interval '1 millisecond'",
    [group, olderThanMs],
  );
}
