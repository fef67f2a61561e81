// What is left to append to one partition, and what became of it.

import type { Batch } from "../log.ts";
import { Numbers } from "./numbers.ts";
import type { Put, Tail } from "./tail.ts";

/** One batch of Kafka holds about so many bytes of records, and at least one record. */
const BATCH_BYTES = 1 << 20;
/** What a record takes beside its bytes, at most. */
const RECORD_BYTES = 32;

interface Waiting {
  /** Its place in the call. */
  readonly batch: number;
  readonly producer: string;
  readonly sequence: bigint;
  readonly value: Uint8Array;
}

export class Appending {
  readonly tail: Tail;
  /** Records that were left out, by the place of their batch in the call. */
  readonly skipped = new Map<number, number>();
  #waiting: Waiting[] = [];
  // Those of them, at the front, that were given to an append of which is not known whether it took place.
  #sent: Waiting[] = [];
  #since = performance.now();

  constructor(tail: Tail) {
    this.tail = tail;
  }

  add(batch: number, { producer, records }: Batch): void {
    this.skipped.set(batch, 0);
    for (const { sequence, value } of records) this.#waiting.push({ batch, producer, sequence, value });
  }

  /** The next records that the partition has not seen; its tail must be known. Undefined: all is done. */
  next(): Put | undefined {
    const numbers = new Numbers(this.tail.newest?.note);
    const before = this.#sent.length;
    this.#sent = [];
    let bytes = 0;
    let looked = 0;
    for (const one of this.#waiting) {
      if (numbers.has(one.producer, one.sequence)) {
        // What this call has sent itself was not there before it.
        if (looked >= before) this.skipped.set(one.batch, (this.skipped.get(one.batch) ?? 0) + 1);
        looked += 1;
        continue;
      }
      bytes += one.value.length + RECORD_BYTES;
      if (this.#sent.length > 0 && bytes > BATCH_BYTES) break;
      numbers.add(one.producer, one.sequence);
      this.#sent.push(one);
      looked += 1;
    }
    this.#waiting = [...this.#sent, ...this.#waiting.slice(looked)];
    if (this.#sent.length === 0) return undefined;
    return { tail: this.tail, values: this.#sent.map(({ value }) => value), note: numbers.toNote() };
  }

  /** What `next` gave stands in the log. */
  done(): void {
    this.#waiting = this.#waiting.slice(this.#sent.length);
    this.#sent = [];
    this.#since = performance.now();
  }

  /** What `next` gave was not appended: what is found of it is by others. */
  lost(): void {
    this.#sent = [];
  }

  /** What to tell when others have been faster for long. Undefined: they have not. */
  losing(): Error | undefined {
    return this.tail.losing(this.#since);
  }
}
