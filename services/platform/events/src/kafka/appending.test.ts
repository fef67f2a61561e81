import { expect, test } from "vitest";
import { Appending } from "./appending.ts";
import { MAX_BATCH_BYTES } from "./requests.ts";
import type { Tail } from "./tail.ts";

/** A tail whose newest batch notes a number of `p`. */
function tailAfter(number: number) {
  const newest = { note: JSON.stringify([["p", number]]), time: 0, last: 0n };
  return { newest } as { newest: typeof newest } & Tail;
}

const ones = (...sequences: bigint[]) => {
  const records = sequences.map((sequence) => ({ sequence, value: new Uint8Array([1]) }));
  return { topic: "t", partition: 0, producer: "p", records };
};

test("what an append of unknown outcome left in the log was not skipped", () => {
  // Two were there before; of the others is not known whether they stand.
  const tail = tailAfter(2);
  const part = new Appending(tail);
  part.add(0, ones(1n, 2n, 3n, 4n, 5n));
  expect(part.next()?.values.length).toBe(3);
  Object.assign(tail, tailAfter(5));
  expect(part.next()).toBeUndefined();
  expect(part.skipped.get(0)).toBe(2);
});

test("what others have appended before it could be was skipped", () => {
  const tail = tailAfter(2);
  const part = new Appending(tail);
  part.add(0, ones(1n, 2n, 3n, 4n, 5n));
  expect(part.next()?.values.length).toBe(3);
  part.lost();
  Object.assign(tail, tailAfter(5));
  expect(part.next()).toBeUndefined();
  expect(part.skipped.get(0)).toBe(5);
});

test("what was never sent and stands in the log was skipped", () => {
  const tail = tailAfter(0);
  const part = new Appending(tail);
  part.add(0, ones(1n, 2n, 3n));
  expect(part.next()?.values.length).toBe(3);
  part.done();
  part.add(1, ones(4n, 5n, 6n));
  Object.assign(tail, tailAfter(6));
  expect(part.next()).toBeUndefined();
  expect(part.skipped.get(1)).toBe(3);
});

test("very many small records are several batches that a node takes", () => {
  const part = new Appending(tailAfter(0));
  part.add(0, ones(...Array.from({ length: 100_000 }, (_, index) => BigInt(index + 1))));
  // Each takes up to 22 bytes there.
  for (let put = part.next(); put; put = part.next()) {
    expect(put.values.length * 22).toBeLessThan(MAX_BATCH_BYTES);
    part.done();
  }
});
