// Takes events from the outbox to the log: exactly once each, in the order of their keys.
//
// One session per relay holds an advisory lock on each lane it works on. Events get their numbers in a commit of their own before they are
// appended, so that whoever has to append them again after a crash does it under the same numbers, and the log skips them.
// Rows are taken by what is there, never from the highest id seen on: a lower id may become visible later.

import { setTimeout as sleep } from "node:timers/promises";
import { CodedError, log as journal } from "@larder/platform";
import { Counts, type Database, exposeCounter, type Session, StoreUnavailable } from "@larder/store";
import type { Batch, EventLog } from "./log.ts";
import { OUTBOX_CHANNEL, onWake } from "./outbox.ts";

export interface RelayOptions {
  /** The most events of one round. Absent: 500. */
  readonly max?: number;
  /** The least time between the starts of two rounds: what is written meanwhile goes along. Absent: 10 ms. */
  readonly lingerMs?: number;
  /** How often to look without being told. Absent: 1 s. */
  readonly pollMs?: number;
}

export interface RelayStats {
  /** Events appended by this relay. */
  readonly appended: number;
  /** Events that the log had already seen, as after a crash. */
  readonly skipped: number;
  readonly rounds: number;
}

export interface Relay {
  /** Relays until the signal aborts; goes on by itself when database or log come back. */
  run(signal: AbortSignal): Promise<void>;
  stats(): RelayStats;
}

/** A relay for the outbox of a database. Several may run, in one or more processes: each works on the lanes that no other holds. */
export const openRelay = (db: Database, log: EventLog, options: RelayOptions = {}): Relay =>
  new OutboxRelay(db, log, options);

const counts = new Counts();
exposeCounter("larder_outbox_events_total", "Events taken from the outbox to the log.", () => counts.read());

const LANES = 4;
const LOCK_CLASS = 1_869_968_504; // "outbox" in a way; distinct from locks that a service may take.
const CLEAN_UP_MS = 100;
const RETRY_MS = 200;
const LONGEST_RETRY_MS = 5000;
// A relay that is alive asks once in `pollMs`. One that is silent for so much longer was stopped, and loses its lanes to others; when it
// wakes, the log skips what it appends again.
const SILENCE_MS = 4000;

const PENDING = `
select s.lane, s.producer, o.id, o.topic, o.key_hash, o.event,
       s.next_sequence - cardinality(s.pending) + p.position - 1 as sequence
from outbox_state s cross join unnest(s.pending) with ordinality as p(id, position) join outbox o on o.id = p.id
where s.lane = any($1) order by o.id`;

// One statement and one commit for: the last round's events have been appended and go; the next ones get numbers.
const NEXT = `
with gone as (
  delete from outbox where id = any($2)
), next as (
  select id, lane, topic, key_hash, event from outbox where lane = any($1) and id <> all($2) order by id limit $3
), numbered as (
  select lane, array_agg(id order by id) as ids from next group by lane
), state as (
  update outbox_state s
  set pending = coalesce(n.ids, '{}'), next_sequence = s.next_sequence + coalesce(cardinality(n.ids), 0)
  from outbox_state before left join numbered n on n.lane = before.lane
  where s.lane = before.lane and s.lane = any($1) and (s.pending <> '{}' or n.ids is not null)
  returning s.lane, s.producer, s.next_sequence - cardinality(s.pending) as first
)
select lane, producer, id, topic, key_hash, event,
       first + row_number() over (partition by lane order by id) - 1 as sequence
from state left join next using (lane) order by id`;

// The last round's events go when there is nothing to take with them. This need not wait for the disk: what a crash of the
// database takes back is appended again, and skipped by the log.
const CLEAN_UP = `
with gone as (
  delete from outbox where id = any($2)
)
update outbox_state set pending = '{}'
where lane = any($1) and pending <> '{}' and set_config('synchronous_commit', 'off', true) is not null`;

interface Row {
  readonly lane: number;
  readonly producer: string;
  /** Null in a row that only says that the lane was cleaned up. */
  readonly id: bigint | null;
  readonly topic: string;
  readonly key_hash: number;
  readonly event: Buffer;
  readonly sequence: bigint;
}

class OutboxRelay implements Relay {
  readonly #db: Database;
  readonly #log: EventLog;
  readonly #options: Required<RelayOptions>;
  readonly #lanes = new Set<number>();
  #stats = { appended: 0, skipped: 0, rounds: 0 };
  #wake: (() => void) | undefined;
  #woken = false;

  constructor(db: Database, log: EventLog, { max = 500, lingerMs = 10, pollMs = 1000 }: RelayOptions) {
    this.#db = db;
    this.#log = log;
    this.#options = { max, lingerMs, pollMs };
  }

  stats(): RelayStats {
    return { ...this.#stats };
  }

  async run(signal: AbortSignal): Promise<void> {
    const forget = onWake(this.#db, () => {
      this.#awake();
      return this.#lanes.size === LANES;
    });
    const stop = () => this.#awake();
    signal.addEventListener("abort", stop);
    try {
      for (let pause = RETRY_MS; !signal.aborted; pause = Math.min(pause * 2, LONGEST_RETRY_MS)) {
        try {
          await this.#db.session((session) => this.#serve(session, signal));
          return;
        } catch (error) {
          if (!isTransient(error)) throw error;
          journal.warn("outbox relay interrupted", { reason: error.reason });
        } finally {
          this.#lanes.clear();
        }
        await sleep(pause, undefined, { signal }).catch(() => {});
      }
    } finally {
      signal.removeEventListener("abort", stop);
      forget();
    }
  }

  async #serve(session: Session, signal: AbortSignal): Promise<void> {
    await session.listen(OUTBOX_CHANNEL, () => this.#awake());
    await session.execute(`set idle_session_timeout = ${this.#options.pollMs + SILENCE_MS}`);
    let done: bigint[] = [];
    let looked = Number.NEGATIVE_INFINITY;
    while (!signal.aborted) {
      const started = performance.now();
      if (this.#lanes.size < LANES && started - looked >= this.#options.pollMs) {
        looked = started;
        done = [...done, ...(await this.#takeLanes(session, signal))];
      }
      if (this.#lanes.size > 0 && !signal.aborted) {
        const rows = await this.#next(session, done);
        done = rows.length > 0 ? await this.#append(session, rows, true, signal) : [];
        if (rows.length === this.#options.max) continue;
      }
      const woken = await this.#wait(done.length > 0 ? CLEAN_UP_MS : this.#options.pollMs, started, signal);
      if (woken || done.length === 0 || signal.aborted) continue;
      await session.query("outbox_clean_up", CLEAN_UP, [[...this.#lanes], done]);
      done = [];
      await this.#wait(this.#options.pollMs, started, signal);
    }
  }

  // Locks what is free, and appends what an earlier relay left behind. Returns the ids of those events.
  async #takeLanes(session: Session, signal: AbortSignal): Promise<bigint[]> {
    const { rows } = await session.query<{ lane: number }>(
      "outbox_lock",
      "select lane from outbox_state where lane <> all($1) and pg_try_advisory_lock($2, lane)",
      [[...this.#lanes], LOCK_CLASS],
    );
    if (rows.length === 0) return [];
    const taken = rows.map(({ lane }) => lane);
    for (const lane of taken) this.#lanes.add(lane);
    // A statement of its own: it must see what the last owner committed before it let go of the lock.
    const left = await session.query<Row>("outbox_pending", PENDING, [taken]);
    return left.rows.length > 0 ? this.#append(session, left.rows, false, signal) : [];
  }

  async #next(session: Session, done: bigint[]): Promise<Row[]> {
    const { rows } = await session.query<Row>("outbox_next", NEXT, [[...this.#lanes], done, this.#options.max]);
    this.#stats.rounds += 1;
    return rows.filter(({ id }) => id !== null);
  }

  // Appends until it succeeds: events are not given up. Returns the ids of those that are in the log, none if the signal aborted before.
  async #append(session: Session, rows: readonly Row[], fresh: boolean, signal: AbortSignal): Promise<bigint[]> {
    for (let tries = 0, pause = RETRY_MS; ; tries += 1, pause = Math.min(pause * 2, LONGEST_RETRY_MS)) {
      try {
        const appended = await this.#log.append(await this.#batches(rows));
        const skipped = appended.reduce((sum, one) => sum + one.skipped, 0);
        if (skipped > 0 && fresh && tries === 0)
          return this.#append(session, await this.#renumber(session, rows), true, signal);
        counts.add({ what: "skipped" }, skipped);
        counts.add({ what: "appended" }, rows.length - skipped);
        this.#stats.skipped += skipped;
        this.#stats.appended += rows.length - skipped;
        return rows.map(({ id }) => id as bigint);
      } catch (error) {
        if (error instanceof StoreUnavailable) throw error;
        const reason = isTransient(error) ? error.reason : String(error);
        journal[isTransient(error) ? "warn" : "error"]("outbox events wait for the log", {
          reason,
          error: isTransient(error) ? error.message : undefined,
          events: rows.length,
        });
      }
      await sleep(pause, undefined, { signal }).catch(() => {});
      if (session.lost.aborted) throw new StoreUnavailable(session.lost.reason);
      if (signal.aborted) return [];
    }
  }

  // The log has seen numbers that this session has just given for the first time: the database was set back, as by a restored backup.
  // The events go under new numbers. Those that were appended before the backup was restored, and again now, are the consumers' to
  // recognise, by their ids.
  async #renumber(session: Session, rows: readonly Row[]): Promise<Row[]> {
    const lanes = [...new Set(rows.map(({ lane }) => lane))];
    const renewed = await session.query<{ lane: number; producer: string }>(
      "outbox_renumber",
      "update outbox_state set producer = gen_random_uuid() where lane = any($1) returning lane, producer",
      [lanes],
    );
    journal.error("outbox was behind the log and got new numbers", { events: rows.length });
    const producers = new Map(renewed.rows.map(({ lane, producer }) => [lane, producer]));
    return rows.map((row) => ({ ...row, producer: producers.get(row.lane) ?? row.producer }));
  }

  async #batches(rows: readonly Row[]): Promise<Batch[]> {
    const batches = new Map<string, Batch & { records: { sequence: bigint; value: Uint8Array }[] }>();
    for (const { producer, topic, key_hash, event, sequence } of rows) {
      const partition = key_hash % (await this.#log.partitions(topic));
      const name = `${topic}/${partition}/${producer}`;
      const batch = batches.get(name) ?? { topic, partition, producer, records: [] };
      batch.records.push({ sequence, value: event });
      batches.set(name, batch);
    }
    return [...batches.values()];
  }

  #awake(): void {
    this.#woken = true;
    this.#wake?.();
  }

  /** Returns whether there is something to do: whether somebody has said so. */
  async #wait(longest: number, started: number, signal: AbortSignal): Promise<boolean> {
    if (!this.#woken) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      const timer = setTimeout(resolve, longest);
      await promise;
      clearTimeout(timer);
      this.#wake = undefined;
    }
    const rest = this.#options.lingerMs - (performance.now() - started);
    if (rest > 0 && !signal.aborted) await sleep(rest, undefined, { signal }).catch(() => {});
    const woken = this.#woken;
    this.#woken = false;
    return woken;
  }
}

// Everything that the store and the log report by a code of its own passes by itself.
const isTransient = (error: unknown): error is CodedError => error instanceof CodedError;
