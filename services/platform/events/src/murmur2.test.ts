import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { keyHash, murmur2, partitionOf } from "./murmur2.ts";

interface Vector {
  readonly key: string;
  readonly murmur2: number;
  readonly partition: Readonly<Record<string, number>>;
}

const vectors = JSON.parse(readFileSync(new URL("../testdata/murmur2.json", import.meta.url), "utf8")) as Vector[];

test("the hash is that of Kafka's default partitioner", () => {
  // Anchors that come from Kafka itself; the vectors in the file were made by this code.
  const known = { "21": -973932308, foobar: -790332482, abc: 479470107 };
  for (const [key, hash] of Object.entries(known)) expect([key, murmur2(Buffer.from(key))]).toEqual([key, hash]);
});

test.each(vectors)("$key is placed as the shared vectors say", ({ key, murmur2: hash, partition }) => {
  expect(murmur2(Buffer.from(key))).toBe(hash);
  for (const [partitions, expected] of Object.entries(partition)) {
    expect(partitionOf(key, Number(partitions))).toBe(expected);
  }
});

test("the hash of a view into larger bytes is that of the view", () => {
  const bytes = Buffer.from("xxabcyy").subarray(2, 5);
  expect(murmur2(bytes)).toBe(murmur2(Buffer.from("abc")));
});

test("a key's hash is never negative", () => {
  expect(keyHash("21")).toBe(-973932308 & 0x7fffffff);
});
