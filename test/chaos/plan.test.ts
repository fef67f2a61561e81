// A plan is the same for the same seed, and large enough for its run to count.
import { expect, test } from "vitest";
import { parseOptions, WrongArguments } from "./options.ts";
import { makePlan } from "./plan.ts";

const components = {
  all: [...Array.from({ length: 18 }, (_, index) => `part-${index}`), "slow"],
  clocks: ["order", "customer"],
  slow: ["slow"],
  busy: ["part-1", "part-2"],
};
const sizeOf = (...args: string[]) => parseOptions(args, {}).size;
const planned = (seed: number, ...args: string[]) => makePlan(seed, sizeOf(...args), components);

test("the same seed gives the same plan, and another one another", () => {
  expect(planned(7)).toEqual(planned(7));
  expect(planned(8)).not.toEqual(planned(7));
});

test.each([1, 2, 3, 4, 5])("the plan of seed %i has every order and enough of everything else", (seed) => {
  const size = sizeOf();
  const { orders, kills, lastsMs, disk, clock } = planned(seed);
  expect(orders).toHaveLength(size.orders);
  const victims = kills.flatMap(({ targets }) => targets);
  expect(victims.length).toBeGreaterThanOrEqual(size.minimums.kills);
  expect(new Set(victims)).toEqual(new Set(components.all));
  expect(victims.filter((name) => name === "slow")).toHaveLength(1);
  expect(kills.filter(({ underBurst }) => underBurst)).toHaveLength(size.bursts);
  expect(orders.filter(({ kind }) => kind !== "plain").length).toBeGreaterThan(2 * size.minimums.compensated);
  for (const list of [orders, kills]) {
    const times = list.map(({ at }) => at);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times.at(-1)).toBeLessThan(lastsMs);
  }
  for (const { at, underBurst } of kills.filter((kill) => kill.underBurst)) {
    expect({ underBurst, atOnce: orders.filter((order) => order.at === at).length >= size.minimums.inFlight }).toEqual({
      underBurst: true,
      atOnce: true,
    });
  }
  expect(disk.from).toBeLessThan(disk.until);
  expect(disk.until).toBeLessThan(lastsMs);
  expect(components.clocks).toContain(clock.workload);
  expect(Math.abs(clock.aheadMs)).toBeGreaterThan(10_000);
});

test("a short run is planned with less", () => {
  const { orders, kills } = planned(1, "--short");
  expect(orders.length).toBeLessThan(200);
  expect(kills.flatMap(({ targets }) => targets)).toHaveLength(sizeOf("--short").kills);
});

test("arguments come from the command line, and from make before them", () => {
  const make = { MAKELEVEL: "1", SEED: "3", ORDERS: "2000", LOG: "kafka", SHORT: "" };
  expect(parseOptions([], make)).toMatchObject({ seed: 3, log: "kafka", short: false, size: { orders: 2000 } });
  expect(parseOptions(["--seed", "4"], make)).toMatchObject({ seed: 4, log: "kafka" });
  // Outside of make these words were meant for others.
  expect(parseOptions(["--seed", "5"], { LOG: "debug" })).toMatchObject({ seed: 5, log: "valkey" });
});

test.each([
  [["--orders", "100"], "the number of orders is a whole number from 600 on, not 100"],
  [["--orders", "many"], "the number of orders is a whole number from 600 on, not many"],
  [["--short", "--orders", "10"], "the number of orders of the short form is a whole number from 120 on, not 10"],
  [["--seed", "-1"], "Option '--seed' argument is ambiguous"],
  [["--seed", "1.5"], "the seed is a whole number from 0 on, not 1.5"],
  [["--log", "paper"], "the log is valkey or kafka, not paper"],
  [["--what"], "Unknown option '--what'"],
])("%j is refused", (args, message) => {
  expect(() => parseOptions(args, {})).toThrow(WrongArguments);
  expect(() => parseOptions(args, {})).toThrow(message);
});
