// Reading on in partitions. A fetch brings whole batches, often more than was asked for: the rest is kept for the next read.

import { setTimeout as sleep } from "node:timers/promises";
import { type LogRecord, OffsetOutOfRange, type ReadOptions } from "../log.ts";
import type { Cluster } from "./cluster.ts";
import { recordsOf } from "./records.ts";
import { type Fetched, type From, fetch, rangeOf, type Spot } from "./requests.ts";

/** One wait in the node; longer ones are several. Whoever gives up a wait leaves it to end by itself. */
const WAIT_MS = 1000;
/** The most partitions of which records are kept. */
const MOST_KEPT = 32;

export class Reader {
  readonly #cluster: Cluster;
  /** Records that were fetched and not yet read, by partition; the oldest first. */
  readonly #kept = new Map<string, LogRecord[]>();

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /** See `EventLog.read`. */
  async read(topic: string, offsets: ReadonlyMap<number, bigint>, options: ReadOptions): Promise<LogRecord[]> {
    const { max = 500, waitMs = 0, signal } = options;
    const from = [...offsets].map(([partition, offset]) => ({ topic, partition, offset }));
    const end = performance.now() + waitMs;
    for (let rest = waitMs; ; rest = end - performance.now()) {
      let found = from.flatMap((one) => this.#take(one, max));
      if (found.length > 0 || from.length === 0) return found;
      await unlessAborted(this.#fetch(from, Math.ceil(Math.min(rest, WAIT_MS))), signal);
      if (signal?.aborted) return [];
      found = from.flatMap((one) => this.#take(one, max));
      if (found.length > 0 || performance.now() >= end) return found;
    }
  }

  async #fetch(from: readonly From[], waitMs: number): Promise<void> {
    const keep = (found: readonly Fetched[]) => {
      for (const { topic, partition, batches } of found) {
        const asked = from.find((one) => one.topic === topic && one.partition === partition);
        if (asked) this.#keep(asked, recordsOf(asked, asked.offset, batches));
      }
    };
    const found = await this.#cluster.settled(() => this.#ask(from, waitMs, keep));
    keep(found);
    for (const { topic, partition, range } of found) {
      if (range) continue;
      const asked = from.find((one) => one.topic === topic && one.partition === partition);
      const there = await this.#cluster.leaders(topic);
      const held = there
        ? await this.#cluster.settled(() => rangeOf(this.#cluster, { topic, partition }))
        : { earliest: 0n, next: 0n };
      throw new OffsetOutOfRange(topic, partition, asked?.offset ?? 0n, held);
    }
  }

  // A topic that is not there is empty.
  async #ask(from: readonly From[], waitMs: number, late: (found: Fetched[]) => void): Promise<Fetched[]> {
    const [topic = ""] = from.map((one) => one.topic);
    if (await this.#cluster.leaders(topic)) return fetch(this.#cluster, from, { waitMs, late });
    const range = { earliest: 0n, next: 0n };
    const found = from.map((one) => ({ ...one, batches: [], range: one.offset === 0n ? range : undefined }));
    if (found.every((one) => one.range)) await sleep(waitMs);
    return found;
  }

  #keep(spot: Spot, records: LogRecord[]): void {
    const key = keyOf(spot);
    this.#kept.delete(key);
    if (records.length > 0) this.#kept.set(key, records);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MOST_KEPT && oldest !== undefined) this.#kept.delete(oldest);
  }

  // Up to about `max` records from an offset on, of those that are kept.
  #take(from: From, max: number): LogRecord[] {
    const kept = this.#kept.get(keyOf(from));
    if (kept?.[0]?.offset !== from.offset) return [];
    this.#keep(from, kept.slice(max));
    return kept.slice(0, max);
  }
}

const keyOf = ({ topic, partition }: Spot): string => `${topic}:${partition}`;

// The work goes on: what it finds is kept.
async function unlessAborted(work: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (!signal) return work;
  const { promise, resolve } = Promise.withResolvers<void>();
  const stop = () => resolve();
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  try {
    await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener("abort", stop);
    work.catch(() => {});
  }
}
