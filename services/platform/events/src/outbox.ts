// Writing events in the transaction that causes them.

import type { Database, MigrationSet, Tx } from "@larder/store";
import { encodeEvent } from "./event.ts";
import { keyHash } from "./murmur2.ts";
import type { OutgoingEvent } from "./topic.ts";

/** The tables `outbox` and `outbox_state`: `migrate(db, outboxMigrations, new URL("./migrations/", import.meta.url))`. */
export const outboxMigrations: MigrationSet = {
  name: "outbox",
  folder: new URL("../migrations/outbox/", import.meta.url),
};

/** The channel on which a writer tells a relay in another process. */
export const OUTBOX_CHANNEL = "larder_outbox";

const INSERT = `insert into outbox (topic, key_hash, event) select * from ${outboxRows(1)}`;

/**
 * Writes an event: it will be in the log if and only if the transaction commits.
 *
 * Call it while the transaction holds the lock on the aggregate's row (after the insert or update of it): events of one key
 * get into the log in the order of these calls. Throws `EventTooLarge`.
 */
export const writeEvent = (tx: Tx, event: OutgoingEvent): Promise<void> => writeEvents(tx, [event]);

/** Writes events in one statement, in the order given. */
export async function writeEvents(tx: Tx, events: readonly OutgoingEvent[]): Promise<void> {
  if (events.length === 0) return;
  tx.afterCommit(() => wakeRelay(tx.database));
  await tx.query("outbox_write", INSERT, outboxColumns(events));
}

/**
 * For a statement of the service's own that writes its rows and their events at once: the rows of the outbox as a table of
 * (topic, key_hash, event), made of three parameters from `$first` on, whose values `outboxColumns` gives. After the commit call `wakeRelay`.
 *
 * `with placed as (insert into orders ... returning 1) insert into outbox (topic, key_hash, event) select * from ${outboxRows(5)}`.
 * Where the statement changes rows that exist, the events must be selected from what it returns, so that ids are drawn under the locks.
 */
export function outboxRows(first: number): string {
  return `unnest($${first}::text[], $${first + 1}::int[], $${first + 2}::bytea[])`;
}

/** The parameters of `outboxRows`. */
export function outboxColumns(events: readonly OutgoingEvent[]): unknown[] {
  return [
    events.map(({ topic }) => topic),
    events.map(({ subject }) => keyHash(subject)),
    events.map((event) => Buffer.from(encodeEvent(event))),
  ];
}

interface Waker {
  /** Relays of this process, each with a say on whether it works on the outbox now. */
  readonly relays: Set<() => boolean>;
  notified: boolean;
}

const wakers = new WeakMap<Database, Waker>();
// Wakers in other processes are told at most once in this time; their relays poll anyway.
const NOTIFY_PAUSE_MS = 10;

const wakerOf = (db: Database): Waker => {
  const known = wakers.get(db);
  if (known) return known;
  const waker = { relays: new Set<() => boolean>(), notified: false };
  wakers.set(db, waker);
  return waker;
};

/** Tells the relay that there are new events, wherever it runs. Done by `writeEvent`. */
export function wakeRelay(db: Database): void {
  const waker = wakerOf(db);
  const awake = [...waker.relays].filter((wake) => wake()).length > 0;
  if (awake || waker.notified) return;
  // Not in the transaction itself: PostgreSQL lets transactions that NOTIFY commit only one after the other.
  waker.notified = true;
  setTimeout(() => {
    waker.notified = false;
    db.query("outbox_notify", "select pg_notify($1, '')", [OUTBOX_CHANNEL]).catch(() => {}); // The relay polls.
  }, NOTIFY_PAUSE_MS).unref();
}

/** Registers a relay of this process. `wake` returns whether it is at work on every lane. Returns how to take it back. */
export function onWake(db: Database, wake: () => boolean): () => void {
  const { relays } = wakerOf(db);
  relays.add(wake);
  return () => relays.delete(wake);
}
