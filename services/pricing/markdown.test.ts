import { ProductClass } from "@larder/contract/larder/scoring/v1/score_pb.js";
import { expect, test } from "vitest";
import catalogue from "../catalog/seed/products.json" with { type: "json" };
import { expiryOf, inWords, productClassOf } from "./markdown.ts";

test("how goods must be kept says how they spoil, and of chilled ones their category", () => {
  expect(productClassOf("fish", "CHILLED")).toBe(ProductClass.FISH);
  expect(productClassOf("drinks", "CHILLED")).toBe(ProductClass.PRODUCE);
  expect(productClassOf("fish", "AMBIENT")).toBe(ProductClass.AMBIENT);
  expect(productClassOf("frozen", "FROZEN")).toBe(ProductClass.FROZEN);
  expect(productClassOf("what-comes-next-year", "CHILLED")).toBe(ProductClass.FISH);
});

test("every category of the catalogue that is kept chilled has a class of its own", () => {
  const categories = new Set(
    catalogue.flatMap((product) => (product.storageClass === "chilled" ? product.category : [])),
  );
  const delicate = [...categories].filter((category) => productClassOf(category, "CHILLED") === ProductClass.FISH);
  expect(delicate).toEqual(["fish"]);
});

test.each([
  // Three whole days after the one on which it was measured.
  ["2026-11-28T00:00:00Z", "2027-06-01T00:00:00Z", "2026-12-02T00:00:00.000Z"],
  ["2026-11-28T23:59:59Z", "2027-06-01T00:00:00Z", "2026-12-02T00:00:00.000Z"],
  ["2026-11-28T12:00:00Z", "2026-11-30T08:00:00Z", "2026-11-30T08:00:00.000Z"],
])("measured at %s, with goods until %s, a markdown ends at %s", (measured, bestBefore, end) => {
  expect(expiryOf(new Date(measured), new Date(bestBefore), 3).toISOString()).toBe(end);
});

test("a customer reads why, how likely and how much", () => {
  const words = inWords({ percent: 30, risk: 0.238 });
  for (const part of ["too warm", "24 % risk", "30 % off"]) expect(words).toContain(part);
});
