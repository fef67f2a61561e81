// The event log on Redis Streams (Valkey): a partition is one stream, and what must be one step is a function in the server.
// No consumer groups: they lose the order per key, hide trimmed entries, and rights cannot name them.

import {
  type Appended,
  type Batch,
  checkSizes,
  type EventLog,
  type GroupOptions,
  type Lag,
  type LogRecord,
  OffsetOutOfRange,
  type Range,
  type ReadOptions,
  type TrimOptions,
} from "../log.ts";
import { Membership } from "../membership.ts";
import { type FunctionCall, RedisConnection } from "./connection.ts";
import { baseOf, frame, type RawEntry, recordsOf } from "./entries.ts";
import { notedKey, partitionsKey, stateKey, streamKey } from "./keys.ts";
import { RedisLeases } from "./leases.ts";

export interface RedisLogOptions {
  /** Shown in CLIENT LIST. */
  readonly clientName: string;
  /** Partitions of a topic that nobody created. */
  readonly defaultPartitions: number;
}

// Entries hold one record to some hundreds. How many to ask for is guessed from those that were read last.
const MOST_ENTRIES = 100;
const FIRST_GUESS = 50;

// A server that does not answer a read this long after its time is taken for dead.
const SILENCE_MS = 2000;

export class RedisEventLog implements EventLog {
  readonly #connection: RedisConnection;
  readonly #defaultPartitions: number;
  readonly #partitions = new Map<string, number>();
  // Where reads of a partition ended last. From there the server can be asked to wait; any other offset may lie in the middle of an entry.
  readonly #boundaries = new Map<string, bigint>();
  // Records per entry of a topic, lately.
  readonly #density = new Map<string, number>();

  constructor(url: string, { clientName, defaultPartitions }: RedisLogOptions) {
    this.#connection = new RedisConnection(url, clientName);
    this.#defaultPartitions = defaultPartitions;
  }

  async createTopic(topic: string, partitions: number): Promise<number> {
    const key = partitionsKey(topic);
    // Most users may only look.
    let answer = await this.#connection.run("GET", key);
    if (answer === null)
      [answer] = await this.#connection.call([{ name: "create_topic", keys: [key], args: [partitions] }]);
    const actual = Number(String(answer));
    this.#partitions.set(topic, actual);
    return actual;
  }

  async partitions(topic: string): Promise<number> {
    return this.#partitions.get(topic) ?? (await this.createTopic(topic, this.#defaultPartitions));
  }

  async append(batches: readonly Batch[]): Promise<Appended[]> {
    checkSizes(batches);
    const answers = await this.#connection.call(batches.map(appendCall));
    return Promise.all(
      batches.map(async (batch, index) => {
        const [next, skipped, seen] = (answers[index] as Buffer[]).map(Number) as [number, number, number];
        if (skipped >= 0) return { next: BigInt(next), skipped };
        // The log has seen the first part of the batch only: it was cut in other places the time before.
        const rest = batch.records.filter(({ sequence }) => sequence > BigInt(seen));
        const [appended] = await this.append([{ ...batch, records: rest }]);
        return { next: appended?.next ?? BigInt(next), skipped: batch.records.length - rest.length };
      }),
    );
  }

  async read(topic: string, from: ReadonlyMap<number, bigint>, options: ReadOptions = {}): Promise<LogRecord[]> {
    const { max = 500, waitMs = 0, signal } = options;
    const unknown = [...from].filter(
      ([partition, offset]) => this.#boundaries.get(streamKey(topic, partition)) !== offset,
    );
    const found = await this.#readNow(topic, unknown, max);
    if (found.length > 0 || from.size === 0 || signal?.aborted) return found;
    return this.#readNext(topic, from, max, waitMs, signal);
  }

  async range(topic: string, partition: number): Promise<Range> {
    return this.#range(topic, partition);
  }

  async offsetAt(topic: string, partition: number, time: Date): Promise<bigint> {
    const keys = [streamKey(topic, partition), stateKey(topic, partition)];
    const [answer] = await this.#connection.call([{ name: "offset_at", keys, args: [time.getTime()], readOnly: true }]);
    return BigInt(String(answer));
  }

  async join(options: GroupOptions, signal: AbortSignal): Promise<void> {
    const leases = new RedisLeases(this.#connection, options.topic, options.group);
    await new Membership(leases, await this.partitions(options.topic), options).run(signal);
  }

  async note(topic: string, group: string, offsets: ReadonlyMap<number, bigint>): Promise<void> {
    const notes = [...offsets].map(([partition, offset]) =>
      this.#connection.run("SET", notedKey(topic, partition, group), String(offset)),
    );
    await Promise.all(notes);
  }

  async lag(topic: string, group: string): Promise<Lag[]> {
    const all = Array.from({ length: await this.partitions(topic) }, (_, partition) => partition);
    return Promise.all(
      all.map(async (partition) => {
        const [range, answer] = await Promise.all([
          this.#range(topic, partition),
          this.#connection.run("GET", notedKey(topic, partition, group)),
        ]);
        const noted = typeof answer === "string" ? BigInt(answer) : undefined;
        const from = noted !== undefined && noted > range.earliest ? noted : range.earliest;
        return { partition, ...range, noted, behind: range.next > from ? range.next - from : 0n };
      }),
    );
  }

  async trim(topic: string, partition: number, { retentionMs, groups }: TrimOptions): Promise<bigint> {
    const noted = groups.map((group) => notedKey(topic, partition, group));
    const keys = [streamKey(topic, partition), stateKey(topic, partition), ...noted];
    const [answer] = await this.#connection.call([{ name: "trim", keys, args: [retentionMs] }]);
    return BigInt(String(answer));
  }

  async ping(): Promise<void> {
    await this.#connection.run("PING");
  }

  async close(): Promise<void> {
    this.#connection.close();
  }

  #entries(topic: string, max: number): number {
    return Math.min(Math.ceil(max / (this.#density.get(topic) ?? FIRST_GUESS)), MOST_ENTRIES);
  }

  async #range(topic: string, partition: number): Promise<Range> {
    const [answer] = await this.#connection.call([readCall(topic, partition, 0n, 0)]);
    return rangeOf(answer as [Buffer, Buffer]);
  }

  // What is there now, from any offset.
  async #readNow(topic: string, from: readonly [number, bigint][], max: number): Promise<LogRecord[]> {
    const calls = from.map(([partition, offset]) => readCall(topic, partition, offset, this.#entries(topic, max)));
    const answers = (await this.#connection.call(calls)) as [Buffer, Buffer, RawEntry[]?][];
    return answers.flatMap((answer, index) => {
      const [partition, offset] = from[index] as [number, bigint];
      const range = rangeOf(answer);
      if (offset < range.earliest || offset > range.next) throw new OffsetOutOfRange(topic, partition, offset, range);
      const records = this.#take(topic, partition, offset, answer[2] ?? [], max);
      if (offset < range.next && records[0]?.offset !== offset) {
        // Entries were deleted by other means than `trim`.
        throw new OffsetOutOfRange(topic, partition, offset, { ...range, earliest: records[0]?.offset ?? range.next });
      }
      if (records.length === 0) this.#boundaries.set(streamKey(topic, partition), offset);
      return records;
    });
  }

  // What comes next, where every offset is a boundary.
  async #readNext(
    topic: string,
    from: ReadonlyMap<number, bigint>,
    max: number,
    waitMs: number,
    signal: AbortSignal | undefined,
  ): Promise<LogRecord[]> {
    const asked = [...from];
    const streams = asked.map(([partition]) => streamKey(topic, partition));
    const after = asked.map(([, offset]) => `${offset}-0`);
    const wait = waitMs > 0 ? ["BLOCK", Math.ceil(waitMs)] : [];
    const args = ["COUNT", this.#entries(topic, max), ...wait, "STREAMS", ...streams, ...after];
    const answer = (await this.#connection.block("XREAD", args, waitMs + SILENCE_MS, signal)) as
      | [Buffer, RawEntry[]][]
      | null
      | undefined;
    if (!answer) {
      // An emptied log would never answer: the next read looks at the offsets again.
      for (const stream of streams) this.#boundaries.delete(stream);
      return [];
    }
    return answer.flatMap(([name, entries]) => {
      const [partition, offset] = asked[streams.indexOf(String(name))] as [number, bigint];
      const records = this.#take(topic, partition, offset, entries, max);
      if (records[0]?.offset === offset) return records;
      // Something is missing: the next read finds out what.
      this.#boundaries.delete(streamKey(topic, partition));
      return [];
    });
  }

  // The records from an offset on, of whole entries, up to about `max`.
  #take(topic: string, partition: number, from: bigint, entries: RawEntry[], max: number): LogRecord[] {
    const stream = streamKey(topic, partition);
    this.#boundaries.delete(stream);
    const first = entries[0];
    if (!first) return [];
    const records: LogRecord[] = [];
    let taken = 0;
    for (const entry of entries) {
      if (records.length >= max) break;
      // A gap is looked into by the next read, which begins in front of it.
      if (records.length > 0 && baseOf(entry) !== (records.at(-1)?.offset ?? 0n) + 1n) break;
      records.push(...recordsOf(topic, partition, entry));
      taken += 1;
    }
    this.#density.set(topic, records.length / taken);
    const last = records.at(-1);
    if (last) this.#boundaries.set(stream, last.offset + 1n);
    return records.filter(({ offset }) => offset >= from);
  }
}

function appendCall({ topic, partition, producer, records }: Batch): FunctionCall {
  const first = records[0];
  const last = records.at(-1);
  if (!first || !last) throw new Error("a batch has at least one record");
  const data = frame(records.map(({ value }) => value));
  return {
    name: "append",
    keys: [streamKey(topic, partition), stateKey(topic, partition)],
    args: [producer, String(first.sequence), String(last.sequence), records.length, data],
  };
}

function readCall(topic: string, partition: number, offset: bigint, entries: number): FunctionCall {
  const keys = [streamKey(topic, partition), stateKey(topic, partition)];
  return { name: "read", keys, args: [String(offset), entries], readOnly: true };
}

const rangeOf = ([earliest, next]: readonly [Buffer, Buffer, ...unknown[]]): Range => ({
  earliest: BigInt(String(earliest)),
  next: BigInt(String(next)),
});
