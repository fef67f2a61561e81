// What can be said of a run: whether anything was lost, and whether it was hard enough to prove that nothing is. Pure, so that each rule can
// be seen to find what it is for.

import { audit, type Books } from "../coldchain/readings.ts";
import type { Finding } from "../ledger/ledger.ts";
import type { Told } from "./customers.ts";
import type { Minimums } from "./options.ts";
import type { Kind } from "./plan.ts";
import type { Recovery } from "./recovery.ts";
import type { Leak } from "./secrets.ts";
import type { Weather } from "./storm.ts";

export interface OrderRow {
  readonly id: string;
  readonly customer: string;
  readonly requestId: string;
  readonly state: string;
  readonly settled: boolean;
  /** The state of its shipment. Empty: there is none. */
  readonly shipment: string;
  /** How many requests have refunded what it cost. */
  readonly refunds: number;
}

/** An event as it stands in the log, or in the inbox of a consumer. */
export interface EventSeen {
  readonly topic: string;
  readonly id: string;
  /** `confirmed` or `cancelled`, `picking`, `dispatched`, `delivered` or `failed`, where it tells of an order or its shipment. */
  readonly kind?: string;
  readonly order?: string;
  /** Customers get a letter about it. */
  readonly told: boolean;
}

/** What a consumer has remembered of a topic. */
export interface Handled {
  readonly topic: string;
  readonly group: string;
  /** Absent: of a group that keeps no row for each event, and recognises repeats by what it stores anyway. */
  readonly events?: readonly string[];
  /** Events that it has not come to. */
  readonly behind: number;
}

export interface LetterRow {
  /** Of the message: its Message-ID comes from it. */
  readonly id: string;
  readonly event: string;
  readonly state: string;
}

/** Everything that was found when the shop was at rest. */
export interface Evidence {
  readonly told: readonly Told[];
  /** Answers that the contract does not know. */
  readonly strange: readonly string[];
  readonly orders: readonly OrderRow[];
  readonly ledger: readonly Finding[];
  readonly events: readonly EventSeen[];
  readonly handled: readonly Handled[];
  readonly letters: readonly LetterRow[];
  /** The ids of messages in the inbox of the mail server, each as often as it came. */
  readonly received: readonly string[];
  readonly deadLetters: readonly string[];
  /** What is left in outboxes, by workload. */
  readonly outboxes: Readonly<Record<string, number>>;
  readonly leaks: readonly Leak[];
  /** Children of the supervisor that do not run. */
  readonly down: readonly string[];
  /** Absent: no workload takes readings. */
  readonly readings: Books | undefined;
  readonly weather: Weather;
}

export interface Verdict {
  /** What was lost, doubled, wrong or told. */
  readonly findings: readonly Finding[];
  /** Why the run does not count. */
  readonly shortfalls: readonly string[];
}

export function judge(evidence: Evidence, minimums: Minimums, components: readonly string[]): Verdict {
  const findings: Finding[] = [...evidence.ledger];
  const expect = (holds: boolean, rule: string, about: string, detail: unknown = {}): void => {
    if (!holds) findings.push({ rule, about, detail: JSON.stringify(detail) });
  };
  judgeOrders(evidence, expect);
  judgeDeliveries(evidence, expect);
  judgeEvents(evidence, expect);
  judgeLetters(evidence, expect);
  judgeReadings(evidence, expect, findings);
  judgeRest(evidence, expect);
  return { findings, shortfalls: shortfalls(evidence, minimums, components) };
}

/** Orders that were refused after something was held for them, or taken back. */
export const compensated = ({ orders }: Pick<Evidence, "orders">): number =>
  orders.filter(({ state }) => state === "REFUSED" || state === "CANCELLED").length;

/** Orders whose shipments are in that state in the end. */
export const shipped = ({ orders }: Pick<Evidence, "orders">, state: "DELIVERED" | "FAILED"): number =>
  orders.filter(({ shipment }) => shipment === state).length;

/** The most orders that were under way when something was killed. */
export const mostInFlight = ({ weather }: Pick<Evidence, "weather">): number =>
  Math.max(0, ...weather.kills.map(({ inFlight }) => inFlight));

type Expect = (holds: boolean, rule: string, about: string, detail?: unknown) => void;

/** The state of a shipment that the carrier has spoken of last. */
const END_OF: Readonly<Partial<Record<Kind, string>>> = { delivered: "DELIVERED", failed: "FAILED" };

const FINAL = ["CONFIRMED", "REFUSED", "CANCELLED"];

function judgeOrders({ told, orders, strange }: Evidence, expect: Expect): void {
  for (const what of strange) expect(false, "answers are those of the contract", what);
  for (const order of orders)
    expect(order.settled && FINAL.includes(order.state), "every order has ended", `order ${order.id}`, order);
  const byRequest = Map.groupBy(orders, ({ customer, requestId }) => `${customer}/${requestId}`);
  for (const one of told) {
    const about = `request ${one.requestId}`;
    const rows = byRequest.get(`${one.customer}/${one.requestId}`) ?? [];
    const [row] = rows;
    expect(one.placed !== undefined, "every customer was answered", about, one);
    expect(rows.length <= 1, "a request is one order", about, rows);
    if (one.order)
      expect(row?.id === one.order.replace("orders/", ""), "an order that was accepted is there", about, { one, row });
    const wanted = END_OF[one.kind];
    if (wanted && one.placed === "CONFIRMED") {
      expect(one.brought !== undefined, "the carrier was answered in the end", about, one);
      expect(row?.shipment === wanted, "a delivery ends as the carrier has said", about, { one, row });
    }
    if (row && one.placed) expect(isAsTold(one, row), "an order is what its customer was told", about, { one, row });
  }
}

function isAsTold({ placed, cancelled, kind }: Told, { state }: OrderRow): boolean {
  if (placed !== "CONFIRMED")
    return state === (placed === "CANCELLED" || placed === "CANCELLING" ? "CANCELLED" : "REFUSED");
  if (cancelled === "CANCELLED" || kind === "failed") return state === "CANCELLED";
  // Who asked to cancel and heard nothing knows nothing.
  return state === "CONFIRMED" || (kind === "cancelled" && cancelled === undefined && state === "CANCELLED");
}

const EVENTS_OF: Readonly<Record<string, readonly string[]>> = {
  CONFIRMED: ["confirmed"],
  REFUSED: ["cancelled"],
  CANCELLED: ["cancelled", "confirmed"],
};

/** The events of the way to the door, by the state of the shipment. */
const ON_ITS_WAY: Readonly<Record<string, readonly string[]>> = {
  PICKING: ["picking"],
  DISPATCHED: ["dispatched", "picking"],
  DELIVERED: ["delivered", "dispatched", "picking"],
  FAILED: ["dispatched", "failed", "picking"],
};

function judgeDeliveries({ orders }: Evidence, expect: Expect): void {
  for (const order of orders) {
    const about = `order ${order.id}`;
    if (order.shipment === "FAILED")
      expect(
        order.state === "CANCELLED" && order.refunds === 1,
        "an order that came back is cancelled and refunded once",
        about,
        order,
      );
    if (order.shipment === "DELIVERED")
      expect(
        order.state === "CONFIRMED" && order.refunds === 0,
        "an order that was handed over stays paid for",
        about,
        order,
      );
  }
}

function judgeEvents({ orders, events, handled }: Evidence, expect: Expect): void {
  const byOrder = Map.groupBy(events, ({ order }) => order ?? "");
  byOrder.delete("");
  for (const order of orders) {
    const kinds = (byOrder.get(order.id) ?? []).map(({ kind }) => kind).sort();
    byOrder.delete(order.id);
    const wanted = [...(EVENTS_OF[order.state] ?? []), ...(ON_ITS_WAY[order.shipment] ?? [])].sort();
    expect(kinds.join() === wanted.join(), "the events of an order are in the log, each once", `order ${order.id}`, {
      order,
      kinds,
    });
  }
  for (const order of byOrder.keys()) expect(false, "every event is of an order", `order ${order}`);
  for (const { topic, group, events: remembered } of handled) {
    if (!remembered) continue;
    const seen = new Set(remembered);
    const about = `${group}: ${topic}`;
    const there = events.filter((event) => event.topic === topic).map(({ id }) => id);
    const missed = there.filter((id) => !seen.has(id));
    expect(missed.length === 0, "every event was handled", about, missed);
    expect(seen.size === remembered.length, "every event was handled once", about);
  }
}

function judgeLetters({ events, letters, received }: Evidence, expect: Expect): void {
  const byEvent = Map.groupBy(letters, ({ event }) => event);
  for (const { id, topic, told } of events) {
    if (!told) continue;
    const written = byEvent.get(id) ?? [];
    byEvent.delete(id);
    expect(written.length === 1, "an event is one letter", `event ${id}`, { topic, written });
  }
  for (const [event, written] of byEvent) expect(false, "a letter is of an event", `event ${event}`, written);
  const came = new Map<string, number>();
  for (const id of received) came.set(id, (came.get(id) ?? 0) + 1);
  for (const { id, state } of letters) {
    expect(state === "SENT", "every letter was sent", `letter ${id}`, { state });
    expect(came.has(id), "a letter that was sent has come", `letter ${id}`, { state });
  }
  for (const [id, times] of came) expect(times === 1, "no letter came twice under one key", `letter ${id}`, { times });
}

function judgeReadings({ readings }: Evidence, expect: Expect, findings: Finding[]): void {
  if (!readings) return;
  const { measured, acknowledged } = readings;
  const all = measured.length === acknowledged.length;
  expect(all, "every reading was acknowledged in the end", `${measured.length - acknowledged.length} readings`);
  findings.push(...audit(readings));
}

function judgeRest({ deadLetters, handled, outboxes, leaks, down, weather }: Evidence, expect: Expect): void {
  for (const letter of deadLetters) expect(false, "nothing was given up", letter);
  for (const { topic, group, behind } of handled)
    expect(behind === 0, "no consumer is behind", `${group}: ${topic}`, { behind });
  for (const [workload, left] of Object.entries(outboxes)) expect(left === 0, "outboxes are empty", workload, { left });
  for (const { where, what } of leaks) expect(false, "no secret is told", where, { what });
  for (const child of down) expect(false, "everything is up again", child);
  for (const { component, readyMs, worksMs } of weather.kills)
    expect(readyMs !== undefined && worksMs !== undefined, "what was killed has come back", component, {
      readyMs,
      worksMs,
    });
  if (!weather.disk) return;
  const { confirmed, waited } = weather.disk;
  expect(confirmed > 0, "orders go on while the disk of the log is full", "the disk of the log", weather.disk);
  expect(waited > 0, "events wait while the disk of the log is full", "the disk of the log", weather.disk);
}

function shortfalls(evidence: Evidence, minimums: Minimums, components: readonly string[]): string[] {
  const { kills, rotations } = evidence.weather;
  const killed = new Set(kills.map(({ component }: Recovery) => component));
  const spared = components.filter((name) => !killed.has(name));
  const short: string[] = [];
  if (kills.length < minimums.kills) short.push(`${kills.length} kills of at least ${minimums.kills}`);
  if (minimums.eachComponent && spared.length > 0) short.push(`never killed: ${spared.join(", ")}`);
  if (mostInFlight(evidence) < minimums.inFlight)
    short.push(`at most ${mostInFlight(evidence)} orders in flight at a kill, of at least ${minimums.inFlight}`);
  if (compensated(evidence) < minimums.compensated)
    short.push(`${compensated(evidence)} orders compensated of at least ${minimums.compensated}`);
  const { delivered, failed } = minimums;
  if (shipped(evidence, "DELIVERED") < delivered)
    short.push(`${shipped(evidence, "DELIVERED")} orders delivered of at least ${delivered}`);
  if (shipped(evidence, "FAILED") < failed)
    short.push(`${shipped(evidence, "FAILED")} orders come back of at least ${failed}`);
  const { acknowledged } = evidence.readings ?? {};
  if (acknowledged && acknowledged.length < minimums.readings)
    short.push(`${acknowledged.length} readings acknowledged of at least ${minimums.readings}`);
  if (rotations < 1) short.push("certificates were not rotated");
  return short;
}
