// The event log on Apache Kafka. Offsets are Kafka's own; what it lacks, append under numbers and leases, is made of appends that get in
// only where they are expected: see `Tail`. No transactions: their marks would take offsets.

import {
  type Appended,
  type Batch,
  checkSizes,
  type EventLog,
  type GroupOptions,
  type Lag,
  type LogRecord,
  type Range,
  type ReadOptions,
  type TrimOptions,
} from "../log.ts";
import { Membership } from "../membership.ts";
import { parseKafkaUrl } from "./address.ts";
import { Appending } from "./appending.ts";
import { Cluster } from "./cluster.ts";
import { Elsewhere } from "./codes.ts";
import { KafkaLeases } from "./leases.ts";
import { Reader } from "./reader.ts";
import { commitOffsets, committedOffsets, deleteRecords, offsetAt, rangeOf, type Spot } from "./requests.ts";
import { ensureTopic, TOPIC_SETTINGS } from "./settings.ts";
import { putAll, Tail } from "./tail.ts";

export interface KafkaLogOptions {
  /** Shown in the broker's logs and metrics. */
  readonly clientName: string;
  /** Partitions of a topic that nobody created. */
  readonly defaultPartitions: number;
}

const NOTHING: Range = { earliest: 0n, next: 0n };

export class KafkaEventLog implements EventLog {
  readonly #cluster: Cluster;
  readonly #reader: Reader;
  readonly #defaultPartitions: number;
  readonly #tails = new Map<string, Tail>();
  /** Topics that are known to be as they must. */
  readonly #checked = new Set<string>();
  #appending: Promise<unknown> = Promise.resolve();
  // How far the log's clock is ahead of ours, as of the last append. Undefined before that.
  #ahead: number | undefined;

  constructor(url: string, { clientName, defaultPartitions }: KafkaLogOptions) {
    this.#cluster = new Cluster(parseKafkaUrl(url), clientName);
    this.#reader = new Reader(this.#cluster);
    this.#defaultPartitions = defaultPartitions;
  }

  async createTopic(topic: string, partitions: number): Promise<number> {
    const known = this.#checked.has(topic) && (await this.#cluster.settled(() => this.#cluster.leaders(topic)));
    if (known) return known.length;
    const leaders = await ensureTopic(this.#cluster, topic, partitions, TOPIC_SETTINGS);
    this.#checked.add(topic);
    return leaders.length;
  }

  async partitions(topic: string): Promise<number> {
    return this.createTopic(topic, this.#defaultPartitions);
  }

  async append(batches: readonly Batch[]): Promise<Appended[]> {
    checkSizes(batches);
    // One after the other: appends of one process to one partition would only get in each other's way.
    const turn = this.#appending.then(() => this.#append(batches));
    this.#appending = turn.catch(() => {});
    return turn;
  }

  read(topic: string, from: ReadonlyMap<number, bigint>, options: ReadOptions = {}): Promise<LogRecord[]> {
    return this.#reader.read(topic, from, options);
  }

  range(topic: string, partition: number): Promise<Range> {
    return this.#in(topic, NOTHING, () => rangeOf(this.#cluster, { topic, partition }));
  }

  async offsetAt(topic: string, partition: number, time: Date): Promise<bigint> {
    const spot = { topic, partition };
    return this.#in(topic, 0n, async () => {
      const found = await offsetAt(this.#cluster, spot, time.getTime());
      const { earliest, next } = await rangeOf(this.#cluster, spot);
      if (found >= earliest) return found;
      return found < 0n ? next : earliest;
    });
  }

  async join(options: GroupOptions, signal: AbortSignal): Promise<void> {
    const { topic, group } = options;
    const partitions = await this.partitions(topic);
    const leases = await this.#cluster.settled(() => KafkaLeases.open(this.#cluster, topic, group));
    await new Membership(leases, partitions, options).run(signal);
  }

  async note(topic: string, group: string, offsets: ReadonlyMap<number, bigint>): Promise<void> {
    await this.#cluster.settled(() => commitOffsets(this.#cluster, group, topic, offsets));
  }

  async lag(topic: string, group: string): Promise<Lag[]> {
    const all = Array.from({ length: await this.partitions(topic) }, (_, partition) => partition);
    return this.#cluster.settled(async () => {
      const noted = await committedOffsets(this.#cluster, group, topic, all);
      return Promise.all(
        all.map(async (partition) => {
          const range = await rangeOf(this.#cluster, { topic, partition });
          const mine = noted.get(partition);
          const from = mine !== undefined && mine > range.earliest ? mine : range.earliest;
          return { partition, ...range, noted: mine, behind: range.next > from ? range.next - from : 0n };
        }),
      );
    });
  }

  async trim(topic: string, partition: number, { retentionMs, groups }: TrimOptions): Promise<bigint> {
    const spot = { topic, partition };
    return this.#in(topic, 0n, async () => {
      // The newest batch knows the numbers of all that went before: one of its records stays. Reading it anew costs little, now and then.
      const tail = new Tail(this.#cluster, spot);
      await tail.read();
      const { earliest } = await rangeOf(this.#cluster, spot);
      const { newest } = tail;
      if (!newest) return earliest;
      const due = await offsetAt(this.#cluster, spot, this.#now(newest.time) - retentionMs);
      let limit = due >= 0n && due < newest.last ? due : newest.last;
      for (const group of groups) {
        const noted = (await committedOffsets(this.#cluster, group, topic, [partition])).get(partition) ?? 0n;
        if (noted < limit) limit = noted;
      }
      return limit > earliest ? deleteRecords(this.#cluster, spot, limit) : earliest;
    });
  }

  async ping(): Promise<void> {
    await this.#cluster.ping();
  }

  async close(): Promise<void> {
    this.#cluster.close();
  }

  async #append(batches: readonly Batch[]): Promise<Appended[]> {
    for (const topic of new Set(batches.map((batch) => batch.topic))) await this.partitions(topic);
    const parts = new Map<Tail, Appending>();
    for (const [index, batch] of batches.entries()) {
      const tail = this.#tail(batch);
      const part = parts.get(tail) ?? new Appending(tail);
      parts.set(tail, part);
      part.add(index, batch);
    }
    for (let open = [...parts.values()]; open.length > 0; ) open = await this.#cluster.settled(() => this.#round(open));
    return batches.map((batch, index) => {
      const tail = this.#tail(batch);
      return { next: tail.end, skipped: parts.get(tail)?.skipped.get(index) ?? 0 };
    });
  }

  // One batch to each partition, whatever becomes of others. Returns those to which more is to be appended.
  async #round(open: readonly Appending[]): Promise<Appending[]> {
    const readied = await Promise.all(open.map(({ tail }) => tail.ready().catch((error: Error) => error)));
    const sent = open.flatMap((part, index) => {
      const put = readied[index] ? undefined : part.next();
      return put ? [{ part, put }] : [];
    });
    const outcomes = await putAll(
      this.#cluster,
      sent.map(({ put }) => put),
    );
    for (const [index, { part, put }] of sent.entries()) {
      if (outcomes[index] === false) part.lost();
      if (outcomes[index] !== true) continue;
      part.done();
      if (put.tail.newest) this.#ahead = put.tail.newest.time - Date.now();
    }
    const losing = sent.map(({ part }, index) => (outcomes[index] === false ? part.losing() : undefined));
    const failures = [...readied, ...outcomes, ...losing].filter((outcome) => outcome instanceof Error);
    // What is elsewhere is tried again, unless something else has failed for good.
    const failed = failures.find((failure) => !(failure instanceof Elsewhere)) ?? failures[0];
    if (failed) throw failed;
    return sent.map(({ part }) => part);
  }

  // What is asked of a topic; `nothing` if it is not there.
  #in<T>(topic: string, nothing: T, ask: () => Promise<T>): Promise<T> {
    return this.#cluster.settled(async () => ((await this.#cluster.leaders(topic)) ? ask() : nothing));
  }

  #tail({ topic, partition }: Spot): Tail {
    const key = `${topic}:${partition}`;
    const tail = this.#tails.get(key) ?? new Tail(this.#cluster, { topic, partition });
    this.#tails.set(key, tail);
    return tail;
  }

  // The time by the log's clock. Who has not appended yet takes that of the newest record: too early, and so nothing goes too soon.
  #now(newest: number): number {
    return this.#ahead === undefined ? newest : Date.now() + this.#ahead;
  }
}
