// Consuming a topic: every event has its effect exactly once, in the order of its key.

import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import { CodedError, log as journal } from "@larder/platform";
import { Counts, type Database, exposeCounter, type Tx } from "@larder/store";
import { Delivery } from "./delivery.ts";
import type { Event } from "./event.ts";
import { epochOf, forget, MOVED_CHANNEL, type Place } from "./inbox.ts";
import { DEAD_LETTER_HOURS, keepLetters } from "./letterbox.ts";
import type { EventLog } from "./log.ts";
import { Prefetch } from "./prefetch.ts";
import { payload, topicOf } from "./topic.ts";

/** An event as a handler gets it. */
export interface DeliveredEvent extends Event {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  /** 1 for the first delivery. */
  readonly attempt: number;
}

/** An event with its payload as a message. */
export interface Delivered<Message> {
  readonly message: Message;
  readonly event: DeliveredEvent;
}

/** What became of a delivery. */
export interface Outcome extends Place {
  /** `repeated`: it had been handled before, and was passed over. `failed`: it will be delivered again. `dead`: it will not. */
  readonly what: "handled" | "repeated" | "failed" | "dead";
  /** Absent for `failed` and `dead`. */
  readonly event?: DeliveredEvent;
  /** Time spent, as a share of that of its transaction. */
  readonly ms: number;
}

export interface ConsumeOptions {
  readonly topic: string;
  /** Consumers of one group share the topic out: by habit the name of the workload. */
  readonly group: string;
  /**
   * Brings about the effect of an event. What it does through `tx` stands together with the offset, or not at all.
   *
   * It must not keep the database waiting for longer than `idleInTransactionMs` (see `openDatabase`): the transaction would be ended.
   * What it does elsewhere may be done again after a failure: give it the event's id as idempotency key. Failing means throwing; after
   * `RejectEvent` or `EventFormatError` there is no further delivery. The signal says that the partition is to be given up.
   */
  handle(tx: Tx, event: DeliveredEvent, signal: AbortSignal): Promise<void>;
  /**
   * Does for several events at once what `handle` does for each: where that costs less and the effects do not build on each other.
   * If it fails, they are given to `handle` one by one. Absent: `handle` gets one after the other.
   */
  handleAll?(tx: Tx, events: readonly DeliveredEvent[], signal: AbortSignal): Promise<void>;
  /** After so many failed deliveries an event goes to the dead-letter topic. 0: never. See `topicOf`. */
  readonly maxDeliveries: number;
  /** The time in ms before the next delivery, after so many failed ones; holds the partition. Absent: 0.2, 1, 5, 25, then 60 s. */
  readonly backoff?: (failed: number) => number;
  /** The most events of one transaction. If one fails, they are delivered again, one by one. 1 where handlers act outside the database. Absent: 32. */
  readonly batch?: number;
  /** The least time in ms from the beginning of one batch of a partition to the next: events that come thick share one. Absent: 0. */
  readonly lingerMs?: number;
  /** Where a group begins that was never there. Absent: with the earliest event. */
  readonly start?: "earliest" | "latest";
  /** A consumer that is silent for so long loses its partitions to others. Absent: 5 s. */
  readonly leaseMs?: number;
  /** Dead letters of the topic stay for so long, settled or not. Absent: 90 days. */
  readonly deadLetterMs?: number;
  /** Unique in the group. Absent: made up. A process that comes back under the same name takes its partitions over at once. */
  readonly member?: string;
  /** Is told of every delivery, for metrics. */
  readonly observe?: (outcome: Outcome) => void;
}

const counts = new Counts();
exposeCounter("larder_consumer_deliveries_total", "Deliveries of events, by what became of them.", () => counts.read());

/** Handled events are remembered for so long. */
const INBOX_MS = 7 * 24 * 3600 * 1000;
const FORGET_EVERY_MS = 3600 * 1000;
const NOTE_EVERY_MS = 1000;
const RETRY_MS = 200;

/** The part of `ConsumeOptions` that follows from the contract, with a handler of the decoded message. */
export function subscription<Desc extends DescMessage>(
  schema: Desc,
  handle: (tx: Tx, message: MessageShape<Desc>, event: DeliveredEvent, signal: AbortSignal) => Promise<void>,
): Pick<ConsumeOptions, "topic" | "maxDeliveries" | "handle"> {
  const { name, maxDeliveries } = topicOf(schema);
  return {
    topic: name,
    maxDeliveries,
    handle: (tx, event, signal) => handle(tx, payload(schema, event), event, signal),
  };
}

/** As `subscription`, with a handler that gets the messages of a batch together; a message that cannot be read fails its batch. */
export function batchSubscription<Desc extends DescMessage>(
  schema: Desc,
  handleAll: (tx: Tx, delivered: readonly Delivered<MessageShape<Desc>>[], signal: AbortSignal) => Promise<void>,
): Pick<ConsumeOptions, "topic" | "maxDeliveries" | "handle"> & Required<Pick<ConsumeOptions, "handleAll">> {
  const all: Required<ConsumeOptions>["handleAll"] = (tx, events, signal) =>
    handleAll(
      tx,
      events.map((event) => ({ message: payload(schema, event), event })),
      signal,
    );
  return {
    ...subscription(schema, (tx, message, event, signal) => handleAll(tx, [{ message, event }], signal)),
    handleAll: all,
  };
}

// Long enough to outlast the restart of a service that the handler calls: five deliveries take half a minute.
const growing = (failed: number): number => Math.min(200 * 5 ** (failed - 1), 60_000) * (0.8 + 0.4 * Math.random());

/**
 * Consumes until the signal aborts; goes on by itself when database or log come back. The database must have had `inboxMigrations`.
 *
 * `consume(log, db, { group: "notification", ...subscription(OrderConfirmedSchema, sendConfirmation) }, signal)`
 */
export async function consume(
  log: EventLog,
  db: Database,
  options: ConsumeOptions,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await takePart(log, db, options, signal);
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      const { topic, group } = options;
      journal.warn("consumer interrupted", { topic, group, reason: error.reason, error: error.message });
      await sleep(RETRY_MS, undefined, { signal }).catch(() => {});
    }
  }
}

async function takePart(log: EventLog, db: Database, options: ConsumeOptions, signal: AbortSignal): Promise<void> {
  const { topic, group, leaseMs = 5000, member = randomUUID(), start = "earliest" } = options;
  const retentionMs = options.deadLetterMs ?? DEAD_LETTER_HOURS * 3_600_000;
  const ended = new AbortController();
  const prefetch = new Prefetch(log, topic);
  const notes = new Notes(log, topic, group);
  const over = AbortSignal.any([signal, ended.signal]);
  const letters = options.maxDeliveries > 0 ? keepLetters(log, topic, { retentionMs }, over) : undefined;
  const beside = [prefetch.run(over), notes.run(over), clean(db, group, over), letters];
  const deliveries = new Set<Delivery>();
  const moves = db.listen(MOVED_CHANNEL, () => {
    for (const delivery of deliveries) delivery.lookForOwner();
  });
  const epoch = (partition: number) => epochOf(db, { group, topic, partition });
  try {
    await log.join(
      {
        topic,
        group,
        member,
        leaseMs,
        epochOf: epoch,
        work: async (lease) => {
          const range = await log.range(topic, lease.partition);
          const delivery = new Delivery(log, db, prefetch, lease, {
            topic,
            group,
            maxDeliveries: options.maxDeliveries,
            backoff: options.backoff ?? growing,
            batch: options.batch ?? 32,
            lingerMs: options.lingerMs ?? 0,
            observe: (outcome) => {
              counts.add({ topic, group, what: outcome.what });
              options.observe?.(outcome);
            },
            handle: (tx, event, leaseSignal) => options.handle(tx, event, leaseSignal),
            handleAll: options.handleAll?.bind(options),
            start: start === "latest" ? range.next : range.earliest,
            moved: (partition, next) => notes.set(partition, next),
          });
          deliveries.add(delivery);
          await delivery.run().finally(() => deliveries.delete(delivery));
        },
      },
      signal,
    );
  } finally {
    ended.abort();
    moves.close();
    await Promise.all(beside);
    await notes.flush();
  }
}

/** Tells the log now and then how far the group has come. */
class Notes {
  readonly #log: EventLog;
  readonly #topic: string;
  readonly #group: string;
  #changed = new Map<number, bigint>();

  constructor(log: EventLog, topic: string, group: string) {
    this.#log = log;
    this.#topic = topic;
    this.#group = group;
  }

  set(partition: number, next: bigint): void {
    this.#changed.set(partition, next);
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.flush();
      await sleep(NOTE_EVERY_MS, undefined, { signal }).catch(() => {});
    }
  }

  async flush(): Promise<void> {
    if (this.#changed.size === 0) return;
    const changed = this.#changed;
    this.#changed = new Map();
    // A note that is lost only makes the log keep events longer, until the next one.
    await this.#log.note(this.#topic, this.#group, changed).catch(() => {});
  }
}

async function clean(db: Database, group: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await sleep(FORGET_EVERY_MS, undefined, { signal }).catch(() => {});
    if (!signal.aborted) await forget(db, group, INBOX_MS).catch(() => {}); // The next round does it.
  }
}
