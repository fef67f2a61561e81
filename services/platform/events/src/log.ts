// The event log as its users see it. Engines stand behind it; `contract.ts` holds what every engine must do.

import { Code, CodedError } from "@larder/platform";
import { EventTooLarge, MAX_EVENT_BYTES } from "./event.ts";

/** What is appended to one partition by one producer, in one step. */
export interface Batch {
  readonly topic: string;
  readonly partition: number;
  /** Who numbers the records: unique to one series of numbers. */
  readonly producer: string;
  /** Numbers rise within a batch and from batch to batch; there may be gaps. At most 2^53. */
  readonly records: readonly { readonly sequence: bigint; readonly value: Uint8Array }[];
}

/** What became of a batch. */
export interface Appended {
  /** The offset that the next record of the partition will get. */
  readonly next: bigint;
  /** The records that were left out, because the log had already seen a number as high from this producer. */
  readonly skipped: number;
}

/** A record as it was read. */
export interface LogRecord {
  readonly topic: string;
  readonly partition: number;
  /** The place in its partition: 0, 1, 2, ... without gaps. */
  readonly offset: bigint;
  /** When it was appended, by the log's clock. Never less than that of the record before. */
  readonly time: Date;
  readonly value: Uint8Array;
}

export interface ReadOptions {
  /** About how many records of each partition; at least one batch is returned whole. Absent: 500. */
  readonly max?: number;
  /** How long to wait if there is nothing. Absent: 0. */
  readonly waitMs?: number;
  /** Ends the wait. The answer is then empty. */
  readonly signal?: AbortSignal;
}

/** The records that a partition holds: from `earliest` up to, but without, `next`. */
export interface Range {
  readonly earliest: bigint;
  readonly next: bigint;
}

/** The right to consume one partition, for a time that is extended while the member lives. */
export interface Lease {
  readonly topic: string;
  readonly group: string;
  readonly partition: number;
  /** Higher than that of every earlier lease on the partition in this group. */
  readonly epoch: bigint;
  /** Aborts when the lease is lost, must be handed over, or was not extended in time by this machine's clock. */
  readonly signal: AbortSignal;
}

export interface GroupOptions {
  readonly topic: string;
  readonly group: string;
  /** Unique among the processes of the group. */
  readonly member: string;
  /** A member that is silent for so long is taken for dead. */
  readonly leaseMs: number;
  /** The highest epoch that the consumer's database has seen for the partition; 0 for none. A lease gets a higher one. */
  epochOf(partition: number): Promise<bigint>;
  /**
   * Consumes a partition. Ends soon after `lease.signal` aborts; only then is the lease given back. If it ends earlier,
   * it will be called again with a new lease; if it throws, so does `join`.
   */
  work(lease: Lease): Promise<void>;
}

export interface TrimOptions {
  /** Younger records stay, by the log's clock. */
  readonly retentionMs: number;
  /** Groups that must have noted a record as consumed before it may go. */
  readonly groups: readonly string[];
}

/** How far a group is behind on one partition. */
export interface Lag extends Range {
  readonly partition: number;
  /** The offset that the group noted last; undefined if it never did. */
  readonly noted: bigint | undefined;
  /** Records that it has not yet consumed. */
  readonly behind: bigint;
}

/**
 * A log of topics, each of a fixed number of partitions; a partition keeps its records in order.
 *
 * Every method throws `LogUnavailable` while the log is out of reach, and `LogForbidden` for what the contract does not allow. What was acknowledged by `append` survives the end of
 * the log's process.
 */
export interface EventLog {
  /** Creates the topic unless it is there. Returns the number of its partitions, which never changes. */
  createTopic(topic: string, partitions: number): Promise<number>;
  /** The number of partitions. A topic that is not there is created with the log's default. */
  partitions(topic: string): Promise<number>;
  /**
   * Appends each batch, as far as it has not been seen: repeating it is safe. Batches are independent: if one fails, the others may
   * have been appended. Once it returns, the records are durable. Throws `EventTooLarge`, and appends nothing, if a record has more than
   * `MAX_EVENT_BYTES`.
   */
  append(batches: readonly Batch[]): Promise<Appended[]>;
  /** Reads on from an offset in each of the partitions. Throws `OffsetOutOfRange` if an offset is no longer, or not yet, in the log. */
  read(topic: string, from: ReadonlyMap<number, bigint>, options?: ReadOptions): Promise<LogRecord[]>;
  range(topic: string, partition: number): Promise<Range>;
  /** The offset of the first record at or after a time; that of the next record if there is none. */
  offsetAt(topic: string, partition: number, time: Date): Promise<bigint>;
  /** Takes part in a group that shares out the partitions of a topic, until the signal aborts and all work has ended. */
  join(options: GroupOptions, signal: AbortSignal): Promise<void>;
  /** Notes how far a group has come: for `trim` and `lag`. The truth about it is in the consumer's database. */
  note(topic: string, group: string, offsets: ReadonlyMap<number, bigint>): Promise<void>;
  lag(topic: string, group: string): Promise<Lag[]>;
  /**
   * Drops records that are older than the retention and that no group still needs. Returns the earliest offset left. The newest record
   * of a partition may stay.
   */
  trim(topic: string, partition: number, options: TrimOptions): Promise<bigint>;
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** Throws `EventTooLarge` if a record has more than `MAX_EVENT_BYTES`. */
export function checkSizes(batches: readonly Batch[]): void {
  for (const { topic, records } of batches) {
    for (const { sequence, value } of records) {
      if (value.length <= MAX_EVENT_BYTES) continue;
      throw new EventTooLarge(
        `record ${sequence} for ${topic} has ${value.length} bytes; ${MAX_EVENT_BYTES} are allowed`,
      );
    }
  }
}

/** The log cannot be reached, or cannot take more. Answered as UNAVAILABLE, reason EVENT_LOG_UNAVAILABLE. */
export class LogUnavailable extends CodedError {
  constructor(cause: unknown, reason = "EVENT_LOG_UNAVAILABLE", message = "the event log is unavailable") {
    super(Code.UNAVAILABLE, reason, message, { cause });
  }
}

/** We and the log's server do not come together: one of the two must be set up otherwise. `EVENT_LOG_LOGIN_REFUSED`, `EVENT_LOG_NOT_TRUSTED` or `EVENT_LOG_TOPIC_DIFFERS`. */
export class LogRefused extends LogUnavailable {}

/** The log does not let this user do that: the contract names its workload neither as producer nor as consumer. */
export class LogForbidden extends Error {
  override name = "LogForbidden";

  constructor(what: string, cause: unknown) {
    super(`the event log allows this workload no access to ${what}: see producers and consumers in the contract`, {
      cause,
    });
  }
}

/** What a reader asks for is not in the log: it was trimmed, or the log has lost its data. Needs a person to say where to go on. */
export class OffsetOutOfRange extends Error {
  override name = "OffsetOutOfRange";
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly range: Range;

  constructor(topic: string, partition: number, offset: bigint, range: Range) {
    super(
      `offset ${offset} of ${topic}/${partition} is not in the log, which holds ${range.earliest} up to ${range.next}`,
    );
    this.topic = topic;
    this.partition = partition;
    this.offset = offset;
    this.range = range;
  }
}
