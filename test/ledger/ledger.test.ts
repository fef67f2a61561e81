// The ledger check itself: right books pass, and each way of being wrong is found by the rule that is meant for it.
import { describe, expect, test } from "vitest";
import type { Books } from "./books.ts";
import { audit } from "./ledger.ts";

/** A small shop: one order of each kind, and a customer who has deposited 100.00. */
function books(): Mutable<Books> {
  const order = { customer: "ada", settled: true, total: 500, slot: "am", lines: { milk: 3 } };
  const posted = (order: string, ...operations: string[]) =>
    operations.map((operation) => ({
      ...{ request: `${order}/${operation}`, operation, order, sum: 0, moved: operation === "deposit" ? 10_000 : 500 },
    }));
  const lines = [
    { product: "milk", warehouse: "north", quantity: 2 },
    { product: "milk", warehouse: "harbour", quantity: 1 },
  ];
  const stock = { product: "milk", reserved: 0, received: 10 };
  return {
    orders: [
      { ...order, id: "good", state: "CONFIRMED" },
      { ...order, id: "free", state: "CONFIRMED", total: 0 },
      { ...order, id: "refused", state: "REFUSED" },
      { ...order, id: "early", state: "REFUSED" },
      { ...order, id: "cancelled", state: "CANCELLED" },
      { ...order, id: "undelivered", state: "CANCELLED" },
    ],
    operations: [
      ...posted("", "deposit"),
      ...posted("good", "hold", "capture"),
      ...posted("refused", "hold", "void"),
      ...posted("cancelled", "hold", "capture", "refund"),
      ...posted("undelivered", "hold", "capture", "refund"),
    ],
    wallets: [{ customer: "ada", available: 9500, held: 0, postedAvailable: 9500, postedHeld: 0 }],
    holds: [
      { order: "good", customer: "ada", amount: 500, state: "CAPTURED" },
      { order: "refused", customer: "ada", amount: 500, state: "VOIDED" },
      { order: "cancelled", customer: "ada", amount: 500, state: "REFUNDED" },
      { order: "undelivered", customer: "ada", amount: 500, state: "REFUNDED" },
    ],
    stock: [
      { ...stock, warehouse: "north", available: 6, sold: 4 },
      { ...stock, warehouse: "harbour", available: 8, sold: 2 },
    ],
    reservations: [
      { order: "good", state: "COMMITTED", lines },
      { order: "free", state: "COMMITTED", lines },
      { order: "refused", state: "RELEASED", lines },
      { order: "cancelled", state: "RESTOCKED", lines },
      { order: "undelivered", state: "RESTOCKED", lines },
    ],
    slots: [{ id: "am", capacity: 5, booked: 3 }],
    shipments: [
      { order: "good", customer: "ada", slot: "am", state: "CONFIRMED" },
      { order: "free", customer: "ada", slot: "am", state: "DELIVERED" },
      { order: "undelivered", customer: "ada", slot: "am", state: "FAILED" },
      { order: "cancelled", customer: "ada", slot: "am", state: "CANCELLED" },
    ],
  };
}

type Mutable<T> = T extends object ? { -readonly [K in keyof T]: Mutable<T[K]> } : T;

/** The first row for which every given field is as given. */
function row<T extends object>(rows: readonly T[], like: Partial<T>): T {
  const found = rows.find((one) => Object.entries(like).every(([key, value]) => one[key as keyof T] === value));
  if (!found) throw new Error(`there is no ${JSON.stringify(like)}`);
  return found;
}

test("right books have no findings", () => {
  expect(audit(books())).toEqual([]);
});

test("an empty shop has no findings", () => {
  const empty = {
    orders: [],
    operations: [],
    wallets: [],
    holds: [],
    stock: [],
    reservations: [],
    slots: [],
    shipments: [],
  };
  expect(audit(empty)).toEqual([]);
});

type Wrong = [rule: string, about: string, spoil: (books: Mutable<Books>) => void];
const wrongs: Wrong[] = [
  [
    "the postings of an operation sum to 0",
    "capture of good/capture",
    ({ operations }) => Object.assign(row(operations, { request: "good/capture" }), { sum: 1 }),
  ],
  [
    "a wallet is the sum of its postings",
    "wallet ada",
    ({ wallets }) => Object.assign(row(wallets, {}), { available: 9501 }),
  ],
  [
    "a wallet is the sum of its postings",
    "wallet eve",
    ({ wallets }) =>
      wallets.push({ customer: "eve", available: undefined, held: undefined, postedAvailable: 7, postedHeld: 0 }),
  ],
  [
    "a wallet is never below 0",
    "wallet ada",
    ({ wallets }) => Object.assign(row(wallets, {}), { available: -1, postedAvailable: -1 }),
  ],
  [
    "a wallet holds what its holds hold",
    "wallet ada",
    ({ wallets }) => Object.assign(row(wallets, {}), { held: 500, postedHeld: 500 }),
  ],
  [
    "the postings of a hold are those of its state, each once and of its amount",
    "hold of order refused",
    ({ operations }) => operations.splice(operations.indexOf(row(operations, { operation: "void" })), 1),
  ],
  [
    "the postings of a hold are those of its state, each once and of its amount",
    "hold of order good",
    ({ operations }) => operations.push({ ...row(operations, { request: "good/capture" }), request: "good/again" }),
  ],
  [
    "the postings of a hold are those of its state, each once and of its amount",
    "hold of order good",
    ({ operations }) => Object.assign(row(operations, { request: "good/capture" }), { moved: 499 }),
  ],
  [
    "postings of an order belong to a hold",
    "order early",
    ({ operations }) =>
      operations.push({ request: "early/hold", operation: "hold", order: "early", sum: 0, moved: 500 }),
  ],
  [
    "stock, reserved and sold are what was received",
    "stock milk/north",
    ({ stock }) => Object.assign(row(stock, { warehouse: "north" }), { available: 5 }),
  ],
  [
    "stock is never below 0",
    "stock milk/north",
    ({ stock }) => Object.assign(row(stock, { warehouse: "north" }), { available: -1, received: 3 }),
  ],
  [
    "reserved is what reservations hold",
    "stock milk/north",
    ({ stock }) => Object.assign(row(stock, { warehouse: "north" }), { available: 5, reserved: 1 }),
  ],
  [
    "sold is what committed reservations have",
    "stock milk/north",
    ({ stock }) => Object.assign(row(stock, { warehouse: "north" }), { available: 5, sold: 5 }),
  ],
  [
    "a slot is booked as often as shipments take it",
    "slot am",
    ({ slots }) => Object.assign(row(slots, {}), { booked: 4 }),
  ],
  ["a slot is not overbooked", "slot am", ({ slots }) => Object.assign(row(slots, {}), { capacity: 1 })],
  [
    "an order at rest is in a final state",
    "order good",
    ({ orders }) => Object.assign(row(orders, { id: "good" }), { settled: false }),
  ],
  [
    "an order at rest is in a final state",
    "order early",
    ({ orders }) => Object.assign(row(orders, { id: "early" }), { state: "UNDOING" }),
  ],
  [
    "a confirmed order is paid for, wholly and once",
    "order good",
    ({ orders }) => Object.assign(row(orders, { id: "good" }), { total: 501 }),
  ],
  [
    "a confirmed order is paid for, wholly and once",
    "order good",
    ({ orders }) => Object.assign(row(orders, { id: "good" }), { total: 0 }),
  ],
  [
    "a confirmed order is paid for, wholly and once",
    "order free",
    ({ orders }) => Object.assign(row(orders, { id: "free" }), { total: 500 }),
  ],
  [
    "a confirmed order has its goods",
    "order good",
    ({ orders }) => Object.assign(row(orders, { id: "good" }), { lines: { milk: 4 } }),
  ],
  [
    "a confirmed order has its goods",
    "order good",
    ({ orders }) => Object.assign(row(orders, { id: "good" }), { lines: { milk: 3, bread: 1 } }),
  ],
  [
    "a confirmed order is delivered in its slot",
    "order good",
    ({ orders }) => Object.assign(row(orders, { id: "good" }), { slot: "pm" }),
  ],
  [
    "a confirmed order is delivered in its slot",
    "order good",
    ({ shipments }) => Object.assign(row(shipments, { order: "good" }), { state: "FAILED" }),
  ],
  [
    "an order that does not go through costs nothing",
    "order good",
    ({ orders }) => Object.assign(row(orders, { id: "good" }), { state: "REFUSED" }),
  ],
  [
    "an order that does not go through has no goods",
    "order good",
    ({ orders }) => Object.assign(row(orders, { id: "good" }), { state: "CANCELLED" }),
  ],
  [
    "an order that does not go through is not delivered",
    "order free",
    ({ orders }) => Object.assign(row(orders, { id: "free" }), { state: "CANCELLED" }),
  ],
  [
    "whatever is held belongs to an order",
    "order good",
    ({ orders }) => orders.splice(orders.indexOf(row(orders, { id: "good" })), 1),
  ],
  [
    "reservations are of stock that was received",
    "stock milk/harbour",
    ({ stock }) => stock.splice(stock.indexOf(row(stock, { warehouse: "harbour" })), 1),
  ],
];

describe("what is wrong is found", () => {
  test.each(wrongs)("%s: %s", (rule, about, spoil) => {
    const spoilt = books();
    spoil(spoilt);
    expect(audit(spoilt).map((finding) => `${finding.rule}: ${finding.about}`)).toContain(`${rule}: ${about}`);
  });
});
