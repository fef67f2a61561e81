// The end of one partition, as those who write it see it: what they append stands where they expected it, or not at all.
//
// Kafka takes a batch of a producer only if its sequence follows that of the producer's last batch. All our processes write under one
// producer id, so that this holds among them: a batch gets in only if its writer knew everything that stands before it. Of two batches of
// the same length at the same place the broker takes the second for a repetition of the first, and says that all is well: each has a tag,
// and its writer reads it back.

import { randomBytes } from "node:crypto";
import { LogForbidden, LogUnavailable } from "../log.ts";
import { type Cluster, SETTLE_MS } from "./cluster.ts";
import { check, Elsewhere, NONE, OUT_OF_SEQUENCE } from "./codes.ts";
import {
  type Batch,
  type From,
  fetch,
  type NewBatch,
  nextSequence,
  PRODUCER,
  produce,
  rangeOf,
  type Spot,
  sequenceAfter,
} from "./requests.ts";

const TAG = Buffer.from("larder.tag");
const NOTE = Buffer.from("larder.note");

// Nodes forget a producer's sequence a day after its last batch, and take any then. Who knows the end for longer than this looks again.
const FRESH_MS = 3_600_000;

export class Tail {
  readonly spot: Spot;
  readonly #cluster: Cluster;
  // When it was last seen so. Undefined: it has to be read.
  #known: number | undefined;
  #end = 0n;
  #sequence = 0;
  #newest: { readonly note: string; readonly time: number; readonly last: bigint } | undefined;

  constructor(cluster: Cluster, spot: Spot) {
    this.#cluster = cluster;
    this.spot = spot;
  }

  /** The offset that the next record gets. */
  get end(): bigint {
    return this.#end;
  }

  /** What the writer of our newest batch noted with it, when it was appended by the log's clock, and its last offset. Undefined: there is none. */
  get newest() {
    return this.#newest;
  }

  /** Reads what stands at the end, unless that is known. */
  async ready(): Promise<void> {
    if (this.#known === undefined || performance.now() - this.#known >= FRESH_MS) await this.read();
  }

  /** Reads what stands at the end. */
  async read(): Promise<void> {
    this.#known = undefined;
    const looked = performance.now();
    // First: a batch that gets in between makes the sequence too low, and the next append fails.
    const sequence = await nextSequence(this.#cluster, this.spot);
    const { earliest, next } = await rangeOf(this.#cluster, this.spot);
    this.#end = next;
    this.#newest = undefined;
    let expected = next === 0n ? 0 : undefined;
    // What others have written, such as tools, is passed over.
    for (let at = next - 1n; at >= earliest && !this.#newest; ) {
      const [found] = await fetch(this.#cluster, [{ ...this.spot, offset: at }]);
      const first = found?.batches[0];
      // It was dropped meanwhile, or a new leader does not show it yet. Without it no number would be known.
      if (!first) throw new Elsewhere(`the end of ${this.spot.topic}/${this.spot.partition} cannot be read yet`);
      for (const batch of found.batches.filter(({ producerId }) => producerId === PRODUCER)) {
        this.#learn(batch);
        expected = sequenceBehind(batch);
      }
      // Where compaction has left nothing, what comes behind is read once more.
      at = (first.firstOffset < at ? first.firstOffset : at) - 1n;
    }
    // A batch that its leader has and that is not yet on enough other nodes cannot be read: who wrote after it would not know it.
    if (sequence !== undefined && expected !== undefined && sequence !== expected)
      throw new Elsewhere(`a batch for ${this.spot.topic}/${this.spot.partition} is on its way`);
    // A node that has forgotten it takes any: only by this one do all go on from the same.
    this.#sequence = sequence ?? expected ?? 0;
    this.#known = looked;
  }

  forget(): void {
    this.#known = undefined;
  }

  /** What to tell who has been slower than others since a time of `performance.now()`. Undefined: not for long yet. */
  losing(since: number): LogUnavailable | undefined {
    if (performance.now() - since <= SETTLE_MS) return undefined;
    return new LogUnavailable(new Error(`others append to ${this.spot.topic}/${this.spot.partition} all the time`));
  }

  /** The batch to send. */
  batch({ note, values, key }: Put, tag: Buffer): NewBatch {
    const headers = new Map([
      [TAG, tag],
      [NOTE, Buffer.from(note)],
    ]);
    const records = values.map((value, index) => ({
      value: Buffer.from(value.buffer, value.byteOffset, value.byteLength),
      ...(key === undefined ? {} : { key: Buffer.from(key) }),
      ...(index === 0 ? { headers } : {}),
    }));
    return { ...this.spot, sequence: this.#sequence, records };
  }

  /** Takes note of a batch that stands at the end, and was sent at a time of `performance.now()`. */
  append(batch: Batch, sent: number): void {
    this.#learn(batch);
    this.#sequence = sequenceBehind(batch);
    this.#known = sent;
  }

  #learn(batch: Batch): void {
    const last = batch.firstOffset + BigInt(batch.lastOffsetDelta);
    const note = header(batch, NOTE)?.toString() ?? "";
    this.#newest = { note, time: Number(batch.maxTimestamp), last };
    if (last >= this.#end) this.#end = last + 1n;
  }
}

/** The sequence that the next batch of its producer has. */
const sequenceBehind = ({ firstSequence, lastOffsetDelta }: Batch): number =>
  sequenceAfter(firstSequence, lastOffsetDelta + 1);

/** What is to be appended to a partition. */
export interface Put {
  readonly tail: Tail;
  /** At least one. */
  readonly values: readonly Uint8Array[];
  /** Stands with the batch, for the next writer. */
  readonly note: string;
  /** Of each record. Absent: none. */
  readonly key?: string;
}

/**
 * Whether a batch stands in the log. If not, its tail must be read again. An error says why it is not known: a node may cease to lead when it
 * has taken a batch.
 */
export type Outcome = boolean | Error;

/** Appends to each partition if its tail is what it was taken for. Throws `LogUnavailable` where it cannot be read back. */
export async function putAll(cluster: Cluster, puts: readonly Put[]): Promise<Outcome[]> {
  const tags = puts.map(() => randomBytes(8));
  const sent = performance.now();
  try {
    const answers = await produce(
      cluster,
      puts.map((put, index) => put.tail.batch(put, tags[index] as Buffer)),
    );
    const outcomes = puts.map(({ tail }, index): Outcome => {
      const answer = answers[index];
      if (answer instanceof Error) return answer;
      const code = answer?.code ?? NONE;
      return !OUT_OF_SEQUENCE.has(code) && codeError(code, `topic ${tail.spot.topic}`);
    });
    const taken = answers.flatMap((answer, index) =>
      !(answer instanceof Error) && answer.code === NONE
        ? [{ put: puts[index] as Put, index, offset: answer.offset }]
        : [],
    );
    const found = await readBack(
      cluster,
      taken.map(({ put, offset }) => ({ ...put.tail.spot, offset })),
    );
    for (const [at, { put, index }] of taken.entries()) {
      const batch = found[at] as Batch;
      outcomes[index] = header(batch, TAG)?.equals(tags[index] as Buffer) === true;
      // Tools may have written in front of it.
      if (outcomes[index] && batch.firstOffset === put.tail.end) put.tail.append(batch, sent);
      else put.tail.forget();
    }
    for (const [index, { tail }] of puts.entries()) if (outcomes[index] !== true) tail.forget();
    return outcomes;
  } catch (error) {
    for (const { tail } of puts) tail.forget();
    throw error;
  }
}

async function readBack(cluster: Cluster, from: readonly From[]): Promise<Batch[]> {
  if (from.length === 0) return [];
  try {
    const found = await fetch(cluster, from);
    return from.map(({ topic, partition, offset }) => {
      const batch = found.find((one) => one.topic === topic && one.partition === partition)?.batches[0];
      if (!batch) throw new Error(`offset ${offset} of ${topic}/${partition} cannot be read back`);
      return batch;
    });
  } catch (error) {
    // It was appended all the same: this must not look like an append that may be repeated.
    throw error instanceof LogUnavailable || error instanceof LogForbidden ? error : new LogUnavailable(error);
  }
}

const codeError = (code: number, what: string): Outcome => {
  try {
    check(code, what);
    return false;
  } catch (error) {
    return error as Error;
  }
};

function header(batch: Batch, name: Buffer): Buffer | undefined {
  const found = batch.records[0]?.headers.find(([key]) => key?.equals(name));
  return found?.[1] ?? undefined;
}
