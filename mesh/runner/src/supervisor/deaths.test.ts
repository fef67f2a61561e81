import { expect, test } from "vitest";
import { Deaths } from "./deaths.ts";

test("the wait doubles from 100 ms to 5 s", () => {
  const deaths = new Deaths();
  const waits = Array.from({ length: 8 }, (_, i) => deaths.note(i, 10));
  expect(waits).toEqual([100, 200, 400, 800, 1600, 3200, 5000, 5000]);
});

test("after 10 s of life the wait begins anew", () => {
  const deaths = new Deaths();
  for (let i = 0; i < 5; i++) deaths.note(i, 10);
  expect(deaths.note(20_000, 10_000)).toBe(100);
});

test("five deaths within 30 s are failing, until they are older", () => {
  const deaths = new Deaths();
  for (const at of [0, 1000, 2000, 3000]) deaths.note(at, 10);
  expect(deaths.failing(3000)).toBe(false);
  deaths.note(29_999, 10);
  expect(deaths.failing(29_999)).toBe(true);
  expect(deaths.failing(30_000)).toBe(false);
});

test("five deaths spread over more than 30 s are not failing", () => {
  const deaths = new Deaths();
  for (const at of [0, 8000, 16_000, 24_000, 32_000]) deaths.note(at, 10);
  expect(deaths.failing(32_000)).toBe(false);
});
