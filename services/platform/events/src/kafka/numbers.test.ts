import { expect, test } from "vitest";
import { Numbers } from "./numbers.ts";

test("a partition without a note has seen nothing", () => {
  expect(new Numbers(undefined).has("a", 0n)).toBe(false);
});

test("a note carries what was seen of every producer, also of those whose names are numbers", () => {
  const numbers = new Numbers(undefined);
  for (const [producer, number] of [
    ["b", 7n],
    ["1", 3n],
    ["a", 2n ** 53n],
  ] as const)
    numbers.add(producer, number);
  const read = new Numbers(numbers.toNote());
  expect([read.has("b", 7n), read.has("b", 8n), read.has("1", 3n), read.has("1", 4n)]).toEqual([
    true,
    false,
    true,
    false,
  ]);
  expect(read.has("a", 2n ** 53n)).toBe(true);
});

test("of very many producers those are remembered that appended last", () => {
  let numbers = new Numbers(undefined);
  numbers.add("steady", 1n);
  for (let n = 0; n < 300; n += 1) {
    numbers.add(`p${n}`, 1n);
    numbers.add("steady", BigInt(n + 2));
    numbers = new Numbers(numbers.toNote());
  }
  expect([numbers.has("steady", 301n), numbers.has("p299", 1n), numbers.has("p0", 1n)]).toEqual([true, true, false]);
});
