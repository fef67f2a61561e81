// The judge itself: a run in which all went well passes, and each way of losing, doubling or telling something is found by the rule that is meant
// for it.
import { describe, expect, test } from "vitest";
import { exitCode } from "./report.ts";
import { type Evidence, judge } from "./verdict.ts";

type Mutable<T> = T extends object ? { -readonly [K in keyof T]: Mutable<T[K]> } : T;

const minimums = { kills: 2, eachComponent: true, inFlight: 10, compensated: 2, delivered: 1, failed: 1, readings: 1 };
const components = ["order-0", "postgres"];

/** One order of each kind, with its events and letters, after two kills. */
function evidence(): Mutable<Evidence> {
  const order = (id: string, state: string, shipment = "", refunds = 0) => ({
    ...{ id, customer: "ada", requestId: `r-${id}`, state, settled: true, shipment, refunds },
  });
  const told = (id: string, more: object) => ({
    requestId: `r-${id}`,
    customer: "ada",
    kind: "plain" as const,
    ...more,
  });
  const event = (id: string, kind: string, of: string) => ({ topic: `t.${kind}`, id, kind, order: of, told: true });
  const kill = { sign: "order" as const, killed: 1, readyMs: 100, worksMs: 200 };
  const onItsWay = (kind: string, of: string) => ({ ...event(`${kind}-${of}`, kind, of), told: false });
  const ids = ["e1", "e2", "e3", "e4", "e5", "e6", "e7"];
  const reading = { device: "devices/1", sequence: 1n, measureMs: 20_000, celsius: 4 };
  return {
    told: [
      told("good", { placed: "CONFIRMED", order: "orders/good" }),
      told("short", { placed: "STOCK_SHORT" }),
      told("back", { kind: "cancelled", placed: "CONFIRMED", order: "orders/back", cancelled: "CANCELLED" }),
      told("home", { kind: "delivered", placed: "CONFIRMED", order: "orders/home", brought: "delivered" }),
      told("none", { kind: "failed", placed: "CONFIRMED", order: "orders/none", brought: "failed" }),
    ],
    strange: [],
    orders: [
      order("good", "CONFIRMED", "CONFIRMED"),
      order("short", "REFUSED"),
      order("back", "CANCELLED", "CANCELLED", 1),
      order("home", "CONFIRMED", "DELIVERED"),
      order("none", "CANCELLED", "FAILED", 1),
    ],
    ledger: [],
    events: [
      event("e1", "confirmed", "good"),
      event("e2", "cancelled", "short"),
      event("e3", "confirmed", "back"),
      event("e4", "cancelled", "back"),
      event("e5", "confirmed", "home"),
      ...["picking", "dispatched", "delivered"].map((kind) => onItsWay(kind, "home")),
      event("e6", "confirmed", "none"),
      event("e7", "cancelled", "none"),
      ...["picking", "dispatched", "failed"].map((kind) => onItsWay(kind, "none")),
    ],
    handled: [
      { topic: "t.confirmed", group: "notification", events: ["e1", "e3", "e5", "e6"], behind: 0 },
      { topic: "t.cancelled", group: "notification", events: ["e2", "e4", "e7"], behind: 0 },
      { topic: "t.cancelled", group: "aggregator", behind: 0 },
    ],
    letters: ids.map((id) => ({ id: `m-${id}`, event: id, state: "SENT" })),
    received: ids.map((id) => `m-${id}`),
    deadLetters: [],
    outboxes: { order: 0 },
    readings: {
      ...{ measured: [reading], acknowledged: [{ ...reading }], refused: {}, logged: [{ ...reading }], attached: [] },
      panes: [{ subject: "devices/1", startMs: 20_000, count: 1, min: 4e6, max: 4e6, sum: 4e6 }],
      ...{ windows: [], excursions: [], toldUntilMs: {} },
    },
    leaks: [],
    down: [],
    weather: {
      kills: [
        { ...kill, component: "order-0", inFlight: 3 },
        { ...kill, component: "postgres", inFlight: 12 },
      ],
      disk: { forMs: 1000, confirmed: 4, waited: 9, recovery: { ...kill, component: "disk", inFlight: 0 } },
      rotations: 2,
    },
  };
}

const judged = (spoil: (evidence: Mutable<Evidence>) => unknown) => {
  const spoilt = evidence();
  spoil(spoilt);
  return judge(spoilt, minimums, components);
};

test("a run in which nothing was lost passes", () => {
  const verdict = judged(() => {});
  expect(verdict).toEqual({ findings: [], shortfalls: [] });
  expect(exitCode(verdict)).toBe(0);
});

test("who asked to cancel and never heard of it may find either", () => {
  const silent = ({ told }: Mutable<Evidence>) => delete told[2]?.cancelled;
  expect(judged(silent).findings).toEqual([]);
});

test("where no workload takes readings none are asked for", () => {
  expect(judged((books) => Object.assign(books, { readings: undefined }))).toEqual({ findings: [], shortfalls: [] });
});

test("an event that customers are not told of needs no letter", () => {
  const more = ({ events }: Mutable<Evidence>) => events.push({ topic: "t.picked", id: "e5", told: false });
  expect(judged(more).findings).toEqual([]);
});

type Wrong = [rule: string, about: string, spoil: (evidence: Mutable<Evidence>) => unknown];
const wrongs: Wrong[] = [
  ["answers are those of the contract", "2 x INTERNAL", ({ strange }) => strange.push("2 x INTERNAL")],
  ["every customer was answered", "request r-short", ({ told }) => delete told[1]?.placed],
  ["an order that was accepted is there", "request r-good", ({ orders }) => orders.shift()],
  [
    "an order that was accepted is there",
    "request r-good",
    ({ orders }) => Object.assign(orders[0] ?? {}, { id: "another" }),
  ],
  [
    "a request is one order",
    "request r-good",
    ({ orders }) => orders.push({ ...(orders[0] as (typeof orders)[0]), id: "again" }),
  ],
  ["every order has ended", "order good", ({ orders }) => Object.assign(orders[0] ?? {}, { settled: false })],
  ["every order has ended", "order good", ({ orders }) => Object.assign(orders[0] ?? {}, { state: "UNDOING" })],
  [
    "an order is what its customer was told",
    "request r-good",
    ({ orders }) => Object.assign(orders[0] ?? {}, { state: "REFUSED" }),
  ],
  [
    "an order is what its customer was told",
    "request r-short",
    ({ orders }) => Object.assign(orders[1] ?? {}, { state: "CONFIRMED" }),
  ],
  [
    "an order is what its customer was told",
    "request r-back",
    ({ orders }) => Object.assign(orders[2] ?? {}, { state: "CONFIRMED" }),
  ],
  [
    "a wallet is the sum of its postings",
    "wallet ada",
    ({ ledger }) => ledger.push({ rule: "a wallet is the sum of its postings", about: "wallet ada", detail: "" }),
  ],
  ["the events of an order are in the log, each once", "order good", ({ events }) => events.shift()],
  [
    "the events of an order are in the log, each once",
    "order good",
    ({ events }) => events.push({ ...(events[0] as (typeof events)[0]), id: "e1-again" }),
  ],
  ["every reading was acknowledged in the end", "1 readings", ({ readings }) => readings?.acknowledged.pop()],
  ["what was acknowledged is in the log", "devices/1 1", ({ readings }) => readings?.logged.pop()],
  ["a reading counts once", "devices/1 20000", ({ readings }) => Object.assign(readings?.panes[0] ?? {}, { count: 2 })],
  ["the carrier was answered in the end", "request r-none", ({ told }) => delete told[4]?.brought],
  [
    "a delivery ends as the carrier has said",
    "request r-home",
    ({ orders }) => Object.assign(orders[3] ?? {}, { shipment: "DISPATCHED" }),
  ],
  [
    "a delivery ends as the carrier has said",
    "request r-none",
    ({ orders }) => Object.assign(orders[4] ?? {}, { shipment: "DELIVERED" }),
  ],
  [
    "an order is what its customer was told",
    "request r-none",
    ({ orders }) => Object.assign(orders[4] ?? {}, { state: "CONFIRMED" }),
  ],
  [
    "an order that came back is cancelled and refunded once",
    "order none",
    ({ orders }) => Object.assign(orders[4] ?? {}, { refunds: 2 }),
  ],
  [
    "an order that came back is cancelled and refunded once",
    "order none",
    ({ orders }) => Object.assign(orders[4] ?? {}, { refunds: 0 }),
  ],
  [
    "an order that came back is cancelled and refunded once",
    "order none",
    ({ orders }) => Object.assign(orders[4] ?? {}, { state: "CONFIRMED" }),
  ],
  [
    "an order that was handed over stays paid for",
    "order home",
    ({ orders }) => Object.assign(orders[3] ?? {}, { refunds: 1 }),
  ],
  [
    "an order that was handed over stays paid for",
    "order home",
    ({ orders }) => Object.assign(orders[3] ?? {}, { state: "CANCELLED" }),
  ],
  [
    "the events of an order are in the log, each once",
    "order home",
    ({ events }) => events.push({ topic: "t.delivered", id: "again", kind: "delivered", order: "home", told: false }),
  ],
  ["the events of an order are in the log, each once", "order none", ({ events }) => events.pop()],
  ["every event is of an order", "order ghost", ({ events }) => Object.assign(events[0] ?? {}, { order: "ghost" })],
  ["every event was handled", "notification: t.confirmed", ({ handled }) => handled[0]?.events?.pop()],
  ["every event was handled once", "notification: t.confirmed", ({ handled }) => handled[0]?.events?.push("e1")],
  ["an event is one letter", "event e1", ({ letters }) => letters.shift()],
  [
    "an event is one letter",
    "event e1",
    ({ letters }) => letters.push({ ...(letters[0] as (typeof letters)[0]), id: "m-again" }),
  ],
  ["a letter is of an event", "event ghost", ({ letters }) => Object.assign(letters[0] ?? {}, { event: "ghost" })],
  ["every letter was sent", "letter m-e1", ({ letters }) => Object.assign(letters[0] ?? {}, { state: "QUEUED" })],
  ["a letter that was sent has come", "letter m-e1", ({ received }) => received.shift()],
  ["no letter came twice under one key", "letter m-e1", ({ received }) => received.push("m-e1")],
  ["nothing was given up", "t/0/1: timed out", ({ deadLetters }) => deadLetters.push("t/0/1: timed out")],
  [
    "no consumer is behind",
    "notification: t.confirmed",
    ({ handled }) => Object.assign(handled[0] ?? {}, { behind: 1 }),
  ],
  ["outboxes are empty", "order", ({ outboxes }) => Object.assign(outboxes, { order: 1 })],
  ["no secret is told", "order-0.log", ({ leaks }) => leaks.push({ where: "order-0.log", what: "a password" })],
  ["everything is up again", "mail is failing", ({ down }) => down.push("mail is failing")],
  ["what was killed has come back", "postgres", ({ weather }) => delete weather.kills[1]?.worksMs],
  [
    "orders go on while the disk of the log is full",
    "the disk of the log",
    ({ weather }) => Object.assign(weather.disk ?? {}, { confirmed: 0 }),
  ],
  [
    "events wait while the disk of the log is full",
    "the disk of the log",
    ({ weather }) => Object.assign(weather.disk ?? {}, { waited: 0 }),
  ],
];

describe("what is wrong is found", () => {
  test.each(wrongs)("%s: %s", (rule, about, spoil) => {
    const verdict = judged(spoil);
    expect(verdict.findings.map((finding) => `${finding.rule}: ${finding.about}`)).toContain(`${rule}: ${about}`);
    expect(exitCode(verdict)).toBe(1);
  });
});

describe("a run does not count", () => {
  test.each<[why: string, spoil: (evidence: Mutable<Evidence>) => unknown]>([
    ["1 kills of at least 2", ({ weather }) => weather.kills.shift()],
    ["never killed: order-0", ({ weather }) => Object.assign(weather.kills[0] ?? {}, { component: "postgres" })],
    [
      "at most 3 orders in flight at a kill, of at least 10",
      ({ weather }) => Object.assign(weather.kills[1] ?? {}, { inFlight: 2 }),
    ],
    ["certificates were not rotated", ({ weather }) => Object.assign(weather, { rotations: 0.5 })],
  ])("%s", (why, spoil) => {
    const verdict = judged(spoil);
    expect(verdict.shortfalls).toContain(why);
    expect(exitCode(verdict)).toBe(2);
  });

  test("with too few orders that were handed over, or came back", () => {
    const { shortfalls } = judge(evidence(), { ...minimums, delivered: 2, failed: 3 }, components);
    expect(shortfalls).toEqual(["1 orders delivered of at least 2", "1 orders come back of at least 3"]);
  });

  test("with too few readings", () => {
    const { shortfalls } = judge(evidence(), { ...minimums, readings: 2 }, components);
    expect(shortfalls).toEqual(["1 readings acknowledged of at least 2"]);
  });

  test("with too few orders that were undone or taken back", () => {
    const { shortfalls } = judge(evidence(), { ...minimums, compensated: 4 }, components);
    expect(shortfalls).toEqual(["3 orders compensated of at least 4"]);
  });
});
