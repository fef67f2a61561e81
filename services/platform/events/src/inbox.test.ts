import type { Database } from "@larder/store";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { eventOf, openShop, type Shop } from "./contract/shop.ts";
import { advance, begin, claim, epochOf, Fenced, forget, remember } from "./inbox.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let shop: Shop;
let db: Database;

beforeAll(async () => {
  shop = await openShop();
  db = shop.db;
});

afterAll(() => shop.stop());

test("a partition belongs to the highest epoch, and to no lower one or the same again", async () => {
  const place = { group: "g", topic: "t", partition: 0 };
  expect(await epochOf(db, place)).toBe(0n);
  expect(await claim(db, place, 5n, 40n)).toEqual({ next: 40n, attempts: 0, attemptedUntil: 0n });
  expect(await epochOf(db, place)).toBe(5n);
  expect(await claim(db, place, 4n, 0n)).toBeUndefined();
  expect(await claim(db, place, 5n, 0n)).toBeUndefined();
  await begin(db, place, 5n, 2, 50n);
  await expect(begin(db, place, 4n, 9, 99n)).rejects.toBeInstanceOf(Fenced);
  expect(await claim(db, place, 6n, 0n)).toEqual({ next: 40n, attempts: 2, attemptedUntil: 50n });
  await expect(db.transaction((tx) => advance(tx, place, 5n, 41n))).rejects.toBeInstanceOf(Fenced);
  await db.transaction((tx) => advance(tx, place, 6n, 41n));
  expect(await claim(db, place, 7n, 0n)).toEqual({ next: 41n, attempts: 0, attemptedUntil: 0n });
  await expect(begin(db, { ...place, partition: 1 }, 7n, 1, 1n)).rejects.toBeInstanceOf(Fenced);
});

test("an event is remembered once for each group, by source and id", async () => {
  const first = eventOf("t", "k", 1n);
  const again = { ...first };
  const elsewhere = { ...first, source: "other" };
  const all = [first, again, elsewhere];
  expect(await db.transaction((tx) => remember(tx, "a", all))).toEqual(new Set([first, elsewhere]));
  expect(await db.transaction((tx) => remember(tx, "a", all))).toEqual(new Set());
  expect(await db.transaction((tx) => remember(tx, "b", [first]))).toEqual(new Set([first]));
});

test("what was handled long ago is forgotten, in one group", async () => {
  const event = eventOf("t", "old", 1n);
  for (const group of ["old", "other"]) await db.transaction((tx) => remember(tx, group, [event]));
  await forget(db, "old", 3_600_000);
  expect((await db.transaction((tx) => remember(tx, "old", [event]))).size).toBe(0);
  await forget(db, "old", 0);
  expect((await db.transaction((tx) => remember(tx, "old", [event]))).size).toBe(1);
  expect((await db.transaction((tx) => remember(tx, "other", [event]))).size).toBe(0);
});
