// One partition under one lease: events in order, each with its effect and the offset behind it in one transaction.

import { setTimeout as sleep } from "node:timers/promises";
import { beginSpan, Call, Code, CodedError, log as journal, runInCall } from "@larder/platform";
import { type Database, StoreUnavailable, type Tx } from "@larder/store";
import type { ConsumeOptions, DeliveredEvent, Outcome } from "./consumer.ts";
import { bury, countParked, hopelessIn, type Why } from "./dead-letter.ts";
import { decodeEvent } from "./event.ts";
import { advance, begin, claim, epochOf, Fenced, type Place, remember } from "./inbox.ts";
import { isFor } from "./letters.ts";
import { type EventLog, type Lease, type LogRecord, LogUnavailable, OffsetOutOfRange } from "./log.ts";
import { Oddities } from "./oddities.ts";
import type { Prefetch } from "./prefetch.ts";

/** A failure of one event, wherever it stood in a batch. */
class DeliveryFailed extends Error {
  readonly record: LogRecord;

  constructor(record: LogRecord, cause: unknown) {
    super("delivery failed", { cause });
    this.record = record;
  }
}

export type DeliveryOptions = Required<
  Omit<ConsumeOptions, "member" | "leaseMs" | "start" | "observe" | "handleAll" | "deadLetterMs">
> & {
  readonly handleAll: ConsumeOptions["handleAll"];
  readonly start: bigint;
  readonly observe: (outcome: Outcome) => void;
  /** Called with the offset up to which events have been handled. */
  readonly moved: (partition: number, next: bigint) => void;
};

const codeOf = (error: unknown): Code => (error instanceof CodedError ? error.code : Code.UNKNOWN);

const RETRY_MS = 200;
const OUT_OF_RANGE_RETRY_MS = 5000;

export class Delivery {
  readonly #log: EventLog;
  readonly #db: Database;
  readonly #prefetch: Prefetch;
  readonly #lease: Lease;
  readonly #place: Place;
  readonly #options: DeliveryOptions;
  readonly #oddities: Oddities;
  /** Aborts when another owner is known to have taken over. */
  readonly #replaced = new AbortController();
  #next = 0n;
  #begun = Number.NEGATIVE_INFINITY;
  /** Deliveries of the event at `next` that have failed, or were begun by an owner who never came to an end. */
  #attempts = 0;
  #reason = "the process ended while the event was handled";
  /** Up to here events are delivered one by one: one of them made a batch fail. */
  #alone = 0n;
  #failedInBatch: { readonly offset: bigint; readonly reason: string; readonly hopeless: Why | undefined } | undefined;

  constructor(log: EventLog, db: Database, prefetch: Prefetch, lease: Lease, options: DeliveryOptions) {
    this.#log = log;
    this.#db = db;
    this.#prefetch = prefetch;
    this.#lease = lease;
    this.#options = options;
    this.#place = { group: lease.group, topic: lease.topic, partition: lease.partition };
    this.#oddities = new Oddities(this.#place);
  }

  /** Delivers until the lease ends, or another owner is found to have taken over. */
  async run(): Promise<void> {
    const { partition } = this.#lease;
    const signal = AbortSignal.any([this.#lease.signal, this.#replaced.signal]);
    try {
      if (!(await this.#claim())) return;
      while (!signal.aborted) await this.#step(signal);
    } catch (error) {
      if (!(error instanceof Fenced)) throw error;
      journal.warn("consumer was replaced", { ...this.#place, epoch: String(this.#lease.epoch) });
    } finally {
      this.#prefetch.drop(partition);
    }
  }

  /** Ends the delivery if there is a later owner: without an event to deliver it would not come to know. */
  lookForOwner(): void {
    const look = async () => {
      if ((await epochOf(this.#db, this.#place)) > this.#lease.epoch) this.#replaced.abort();
    };
    look().catch(() => {}); // The database is away: what is next asked of it will tell.
  }

  async #claim(): Promise<boolean> {
    const progress = await claim(this.#db, this.#place, this.#lease.epoch, this.#options.start);
    if (!progress) return false;
    this.#next = progress.next;
    // A batch in which an earlier owner died says nothing about any one of its events.
    if (progress.attemptedUntil > progress.next + 1n) this.#alone = progress.attemptedUntil;
    else this.#attempts = progress.attempts;
    this.#options.moved(this.#lease.partition, this.#next);
    return true;
  }

  async #step(signal: AbortSignal): Promise<void> {
    try {
      const alone = this.#next < this.#alone || this.#attempts > 0;
      const max = alone ? 1 : this.#options.batch;
      const rest = this.#begun + this.#options.lingerMs - performance.now();
      if (rest > 0 && !alone) await pause(rest, signal);
      const records = await this.#prefetch.take(this.#lease.partition, this.#next, max, signal);
      if (records.length > 0) await this.#deliver(records, signal);
    } catch (error) {
      if (error instanceof OffsetOutOfRange) {
        journal.error("consumer needs events that are gone", {
          ...this.#place,
          offset: String(this.#next),
          reason: error.message,
        });
        await pause(OUT_OF_RANGE_RETRY_MS, signal);
      } else if (error instanceof CodedError) {
        // Database or log: no fault of any event, and no delivery counts.
        journal.warn("consumer interrupted", { ...this.#place, reason: error.reason });
        await pause(RETRY_MS, signal);
      } else throw error;
    }
  }

  async #deliver(records: LogRecord[], signal: AbortSignal): Promise<void> {
    const first = records[0] as LogRecord;
    if (this.#failedInBatch?.offset === first.offset) {
      const { reason, hopeless } = this.#failedInBatch;
      this.#failedInBatch = undefined;
      await this.#failed(first, reason, hopeless, signal);
      if (this.#next > first.offset || signal.aborted) return;
    }
    if (this.#exhausted()) return this.#giveUp(first, this.#attempts, "failed too often");
    const until = first.offset + BigInt(records.length);
    await begin(this.#db, this.#place, this.#lease.epoch, this.#attempts + 1, until);
    try {
      await this.#handleAll(records, until);
    } catch (error) {
      const cause = error instanceof DeliveryFailed ? error.cause : error;
      if (cause instanceof Fenced || cause instanceof StoreUnavailable || cause instanceof LogUnavailable) throw cause;
      const hopeless = hopelessIn(cause);
      if (records.length === 1) return this.#failed(first, reasonOf(cause), hopeless, signal);
      this.#alone = until;
      // A commit that was refused does not say by which of its events.
      if (!(error instanceof DeliveryFailed)) return;
      this.#failedInBatch = { offset: error.record.offset, reason: reasonOf(cause), hopeless };
      this.#alone = error.record.offset + 1n;
    }
  }

  async #handleAll(records: LogRecord[], until: bigint): Promise<void> {
    const started = performance.now();
    this.#begun = started;
    const events = records.map((record) => this.#decode(record));
    let fresh = new Set<DeliveredEvent>();
    await this.#db.transaction(async (tx) => {
      const { group } = this.#place;
      fresh = await remember(
        tx,
        group,
        events.filter((event) => isFor(event, group)),
      );
      const handled = events.filter((event) => fresh.has(event));
      if (handled.length > 1 && this.#options.handleAll) await this.#together(tx, handled);
      else
        for (const [index, event] of events.entries())
          if (fresh.has(event)) await this.#handle(tx, event, records[index] as LogRecord);
      await advance(tx, this.#place, this.#lease.epoch, until);
    });
    this.#moveTo(until);
    const ms = (performance.now() - started) / events.length;
    for (const [index, event] of events.entries()) {
      if (fresh.has(event)) this.#oddities.look(event, (records[index] as LogRecord).time);
      this.#options.observe({ ...this.#place, what: fresh.has(event) ? "handled" : "repeated", event, ms });
    }
  }

  // Which of the events is at fault will be seen one by one. A batch counts to the request of its first event; each has a span
  // of its own, and what is called for all of them is shown in the first trace that is recorded.
  async #together(tx: Tx, events: readonly DeliveredEvent[]): Promise<void> {
    const spans = events.map(({ topic, traceparent }) => beginSpan("event", topic, traceparent));
    const shown = spans.find((span) => span?.recorded) ?? spans[0];
    const [{ topic, id, traceparent }] = events as [DeliveredEvent];
    const call = new Call({ method: topic, requestId: id, traceparent: shown?.traceparent ?? traceparent });
    let code: Code = Code.OK;
    try {
      await runInCall(call, () => this.#options.handleAll?.(tx, events, this.#lease.signal));
    } catch (error) {
      code = codeOf(error);
      throw error;
    } finally {
      call.ended = true;
      for (const span of spans) span?.end(code);
    }
  }

  #decode(record: LogRecord): DeliveredEvent {
    try {
      const { topic, partition, offset } = record;
      return { ...decodeEvent(record.value), topic, partition, offset, attempt: this.#attempts + 1 };
    } catch (error) {
      throw new DeliveryFailed(record, error);
    }
  }

  async #handle(tx: Tx, event: DeliveredEvent, record: LogRecord): Promise<void> {
    const span = beginSpan("event", event.topic, event.traceparent);
    const traceparent = span?.traceparent ?? event.traceparent;
    const call = new Call({ method: event.topic, requestId: event.id, traceparent });
    try {
      await runInCall(call, () => this.#options.handle(tx, event, this.#lease.signal));
      span?.end(Code.OK);
    } catch (error) {
      span?.end(codeOf(error));
      throw new DeliveryFailed(record, error);
    } finally {
      call.ended = true;
    }
  }

  async #failed(record: LogRecord, reason: string, hopeless: Why | undefined, signal: AbortSignal): Promise<void> {
    if (signal.aborted && !hopeless) {
      // It may have failed because it was told to stop. What it is owed is the count from before.
      return begin(this.#db, this.#place, this.#lease.epoch, this.#attempts, record.offset + 1n);
    }
    this.#reason = reason;
    this.#attempts += 1;
    const { backoff, maxDeliveries } = this.#options;
    const last = hopeless !== undefined || this.#exhausted();
    journal.warn("event delivery failed", {
      ...this.#place,
      offset: String(record.offset),
      attempt: this.#attempts,
      reason,
      last,
    });
    this.#options.observe({ ...this.#place, what: "failed", ms: 0 });
    if (last && maxDeliveries > 0) return this.#giveUp(record, this.#attempts, hopeless ?? "failed too often");
    // A batch was begun under the number of its events together.
    await begin(this.#db, this.#place, this.#lease.epoch, this.#attempts, record.offset + 1n);
    await pause(backoff(this.#attempts), signal);
  }

  #exhausted(): boolean {
    const { maxDeliveries } = this.#options;
    return maxDeliveries > 0 && this.#attempts >= maxDeliveries;
  }

  // If this fails in between, it is done again: the letter is appended once, and the offset moves once.
  async #giveUp(record: LogRecord, attempts: number, why: Why): Promise<void> {
    await bury(this.#log, record, { group: this.#place.group, attempts, reason: this.#reason });
    const next = record.offset + 1n;
    await this.#db.transaction((tx) => advance(tx, this.#place, this.#lease.epoch, next));
    journal.error("event went to the dead-letter topic", {
      ...this.#place,
      offset: String(record.offset),
      attempts,
      why,
      reason: this.#reason,
    });
    countParked(this.#place, why);
    this.#options.observe({ ...this.#place, what: "dead", ms: 0 });
    this.#moveTo(next);
  }

  #moveTo(next: bigint): void {
    this.#next = next;
    this.#attempts = 0;
    this.#options.moved(this.#lease.partition, next);
  }
}

const pause = async (ms: number, signal: AbortSignal): Promise<void> => {
  await sleep(ms, undefined, { signal }).catch(() => {});
};

const reasonOf = (error: unknown): string => {
  if (error instanceof CodedError) return `${error.reason}: ${error.message}`;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
};
