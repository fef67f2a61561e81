import { expect, test } from "vitest";
import { choose } from "./logs.ts";

const all = ["order-0", "order-0.access", "order-0.sidecar", "order-1", "order-book-0", "postgres"].map((name) => ({
  name,
  file: `/r/logs/${name}.log`,
}));
const chosen = (name?: string) => choose(all, name).map((source) => source.name);

test("a workload's name means its instances, without sidecars and without longer names", () => {
  expect(chosen("order")).toEqual(["order-0", "order-1"]);
});

test("a child's name means that child, and no name all children without access logs", () => {
  expect(chosen("order-0.sidecar")).toEqual(["order-0.sidecar"]);
  expect(chosen("order-0.access")).toEqual(["order-0.access"]);
  expect(chosen()).toEqual(["order-0", "order-0.sidecar", "order-1", "order-book-0", "postgres"]);
  expect(chosen("nobody")).toEqual([]);
});
