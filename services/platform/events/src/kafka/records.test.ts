import { expect, test } from "vitest";
import { LogUnavailable } from "../log.ts";
import { recordsOf } from "./records.ts";
import type { Batch, BatchRecord } from "./requests.ts";

const spot = { topic: "t", partition: 0 };

/** A batch whose records all have a byte, but for those that compaction has taken. */
const batchAt = (firstOffset: bigint, ...offsetDeltas: number[]) =>
  ({
    ...{ firstOffset, attributes: 0, lastOffsetDelta: Math.max(...offsetDeltas), firstTimestamp: 5n, maxTimestamp: 5n },
    records: offsetDeltas.map((offsetDelta) => ({
      offsetDelta,
      timestampDelta: 0n,
      value: Buffer.from("x"),
    })) as unknown[] as BatchRecord[],
  }) as Batch;

test("offsets that hold nothing stand as records without bytes", () => {
  const records = recordsOf(spot, 1n, [batchAt(0n, 0, 1), batchAt(3n, 0, 2)]);
  expect(records.map(({ offset, value }) => [offset, value.length])).toEqual([
    [1n, 1],
    [2n, 0],
    [3n, 1],
    [4n, 0],
    [5n, 1],
  ]);
});

test.each([
  ["before what was asked for", 9n, 0n],
  ["further ahead than can be", 0n, (1n << 20n) + 1n],
  ["beyond all bounds", 0n, 1n << 60n],
])("an offset %s is told, and takes no memory", (_, from, offset) => {
  expect(() => recordsOf(spot, from, [batchAt(offset, 0)])).toThrow(LogUnavailable);
});
