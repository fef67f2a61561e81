// Reads ahead for all partitions that a consumer holds, with one read that waits.

import { setTimeout as sleep } from "node:timers/promises";
import { log as journal } from "@larder/platform";
import { type EventLog, type LogRecord, LogUnavailable, OffsetOutOfRange } from "./log.ts";

interface Partition {
  /** Records that were read and not yet taken. */
  buffer: LogRecord[];
  /** The offset behind the buffer. */
  next: bigint;
  waiting: { resolve: () => void; reject: (error: unknown) => void } | undefined;
}

const WAIT_MS = 1000;
const RETRY_MS = 200;
const LOW_WATER = 100;

export class Prefetch {
  readonly #log: EventLog;
  readonly #topic: string;
  readonly #partitions = new Map<number, Partition>();
  #changed = new AbortController();

  constructor(log: EventLog, topic: string) {
    this.#log = log;
    this.#topic = topic;
  }

  /** Up to `max` records from an offset on; waits for the first one. Empty if the signal aborts. Throws `OffsetOutOfRange`. */
  async take(partition: number, from: bigint, max: number, signal: AbortSignal): Promise<LogRecord[]> {
    let state = this.#partitions.get(partition);
    if (!state || state.next - BigInt(state.buffer.length) !== from) {
      state = { buffer: [], next: from, waiting: undefined };
      this.#partitions.set(partition, state);
      this.#change();
    }
    if (state.buffer.length === 0 && !signal.aborted) await this.#filled(state, signal);
    const wasFull = state.buffer.length >= LOW_WATER;
    const taken = state.buffer.splice(0, max);
    if (wasFull && state.buffer.length < LOW_WATER) this.#change();
    return taken;
  }

  /** No more is needed of a partition. */
  drop(partition: number): void {
    this.#partitions.delete(partition);
  }

  /** Reads until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#changed = new AbortController();
      const either = AbortSignal.any([signal, this.#changed.signal]);
      const wanted = [...this.#partitions].filter(([, { buffer }]) => buffer.length < LOW_WATER);
      try {
        if (wanted.length === 0) await sleep(WAIT_MS, undefined, { signal: either }).catch(() => {});
        else await this.#fill(new Map(wanted), either);
      } catch (error) {
        if (error instanceof OffsetOutOfRange) this.#refuse(error.partition, error);
        else {
          journal.warn("consumer waits for the log", { topic: this.#topic, ...reasonOf(error) });
          await sleep(RETRY_MS, undefined, { signal }).catch(() => {});
        }
      }
    }
  }

  async #fill(wanted: ReadonlyMap<number, Partition>, signal: AbortSignal): Promise<void> {
    const from = new Map([...wanted].map(([partition, { next }]) => [partition, next]));
    for (const record of await this.#log.read(this.#topic, from, { waitMs: WAIT_MS, signal })) {
      const state = wanted.get(record.partition);
      if (!state) continue;
      state.buffer.push(record);
      state.next = record.offset + 1n;
    }
    for (const { buffer, waiting } of wanted.values()) if (buffer.length > 0) waiting?.resolve();
  }

  async #filled(state: Partition, signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    state.waiting = { resolve, reject };
    const stop = () => resolve();
    signal.addEventListener("abort", stop);
    try {
      await promise;
    } finally {
      signal.removeEventListener("abort", stop);
      state.waiting = undefined;
    }
  }

  #refuse(partition: number, error: OffsetOutOfRange): void {
    const state = this.#partitions.get(partition);
    this.#partitions.delete(partition);
    state?.waiting?.reject(error);
  }

  #change(): void {
    this.#changed.abort();
  }
}

const reasonOf = (error: unknown) =>
  error instanceof LogUnavailable ? { reason: error.reason, error: error.message } : { reason: String(error) };
