import { expect, test } from "vitest";
import { type Item, type MarkdownRule, priceBasket, type Rule } from "./rules.ts";

const monday19 = new Date("2026-11-23T19:30:00Z");
const tuesday9 = new Date("2026-11-24T09:00:00Z");

const item = (category: string, unitCents: number, quantity: number): Item => ({
  product: `products/${category}`,
  displayName: category,
  category,
  unitCents,
  quantity,
});
const nobody = { segments: new Set<string>(), coupons: [] };

const six: Rule = { kind: "bulk", id: "six", description: "six", percent: 5, minQuantity: 6 };
const dozen: Rule = {
  kind: "bulk",
  id: "dozen",
  description: "dozen",
  percent: 12,
  minQuantity: 12,
  category: "drinks",
};
const evening: Rule = {
  kind: "schedule",
  id: "evening",
  description: "e",
  percent: 20,
  category: "bakery",
  fromHour: 18,
  untilHour: 22,
};
const mondays: Rule = {
  kind: "schedule",
  id: "monday",
  description: "m",
  percent: 10,
  weekdays: [1],
  fromHour: 0,
  untilHour: 24,
};
const staff: Rule = { kind: "segment", id: "staff", description: "s", percent: 10, segment: "staff" };
const welcome: Rule = {
  kind: "coupon",
  id: "welcome",
  description: "w",
  code: "WELCOME",
  cents: 500,
  minSubtotalCents: 3000,
};
const spring: Rule = {
  kind: "coupon",
  id: "spring",
  description: "sp",
  code: "SPRING",
  percent: 15,
  until: "2026-11-24T00:00:00Z",
};

test("without a rule that fits, a basket costs its list prices", () => {
  const basket = priceBasket(
    [item("dairy", 129, 2), item("bakery", 300, 1)],
    [six, dozen, evening, staff],
    nobody,
    tuesday9,
  );
  expect(basket).toMatchObject({ subtotalCents: 558, discountCents: 0, totalCents: 558, adjustments: [] });
  expect(basket.lines.map((line) => line.adjustments)).toEqual([[], []]);
});

test("of several bulk rules the best applies, from its quantity on and for its category", () => {
  const price = (category: string, quantity: number) =>
    priceBasket([item(category, 100, quantity)], [six, dozen], nobody, tuesday9).totalCents;
  expect(price("dairy", 5)).toBe(500);
  expect(price("dairy", 6)).toBe(570);
  expect(price("dairy", 12)).toBe(1140);
  expect(price("drinks", 12)).toBe(1056);
});

test("a schedule holds in its hours, on its days and for its category", () => {
  const price = (category: string, now: Date, rule: Rule) =>
    priceBasket([item(category, 1000, 1)], [rule], nobody, now).totalCents;
  expect(price("bakery", monday19, evening)).toBe(800);
  expect(price("bakery", new Date("2026-11-23T22:00:00Z"), evening)).toBe(1000);
  expect(price("dairy", monday19, evening)).toBe(1000);
  expect(price("dairy", monday19, mondays)).toBe(900);
  expect(price("dairy", tuesday9, mondays)).toBe(1000);
});

test("of the markdowns of a product the highest that has not ended applies, before the rules of its line", () => {
  const markdown = (id: string, percent: number, until: string): MarkdownRule => ({
    ...{ kind: "markdown", id, description: id, percent },
    until: new Date(until),
  });
  const low = markdown("low", 10, "2026-12-01T00:00:00Z");
  const high = markdown("high", 30, "2026-12-01T00:00:00Z");
  const over = markdown("over", 90, tuesday9.toISOString());
  const price = (category: string, quantity: number, markdowns: MarkdownRule[]) =>
    priceBasket([item(category, 1000, quantity)], [six], nobody, tuesday9, new Map([["products/fish", markdowns]]));
  expect(price("fish", 6, [low, over, high]).lines[0]?.adjustments).toEqual([
    { rule: high, cents: -1800 },
    { rule: six, cents: -210 },
  ]);
  expect(price("fish", 1, [over]).totalCents).toBe(1000);
  expect(price("dairy", 1, [high]).totalCents).toBe(1000);
});

test("a segment takes its part of the basket, after the rules of lines", () => {
  const basket = priceBasket(
    [item("bakery", 1000, 6)],
    [six, staff],
    { segments: new Set(["staff"]), coupons: [] },
    tuesday9,
  );
  expect(basket).toMatchObject({ subtotalCents: 6000, totalCents: 5130, discountCents: -870 });
  expect(basket.adjustments).toEqual([{ rule: staff, cents: -570 }]);
});

test("a coupon needs its basket, and never pays money out", () => {
  const buy = (cents: number, coupons: string[], rule: Rule = welcome) =>
    priceBasket([item("dairy", cents, 1)], [rule], { segments: new Set(), coupons }, tuesday9);
  expect(buy(3000, ["WELCOME"]).totalCents).toBe(2500);
  expect(() => buy(2999, ["WELCOME"])).toThrow("needs a basket of 30.00 EUR");
  expect(() => buy(3000, ["NONSENSE"])).toThrow("does not exist");
  expect(() => buy(3000, ["SPRING"], spring)).toThrow("is over");
  expect(buy(300, ["WELCOME"], { ...welcome, minSubtotalCents: 0 }).totalCents).toBe(0);
});

test("halves of a cent are rounded to the next cent, and every amount stays whole", () => {
  expect(priceBasket([item("dairy", 110, 6)], [{ ...six, percent: 2.5 }], nobody, tuesday9).totalCents).toBe(643);
});
