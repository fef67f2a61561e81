// How long it takes from a kill until the component is ready again, and until something has gone through it.

import type { Confirmed } from "./customers.ts";

/** What shows that a component does its work: an order is confirmed, its letter is sent, somebody signs in, a reading is acknowledged. */
export type Sign = "order" | "letter" | "sign-in" | "reading";

export interface Recovery {
  readonly component: string;
  readonly sign: Sign;
  /** When it was killed, by `performance.now()`. */
  readonly killed: number;
  /** How many orders were under way then. */
  readonly inFlight: number;
  /** Milliseconds until its process was ready. Absent: it never was. */
  readyMs?: number;
  /** Milliseconds until the first sign that began after the kill. Absent: there never was one. */
  worksMs?: number;
}

/** The name of the event log's disk among the components. */
export const DISK = "disk of the log";

/** The sign that a component works. Letters go by the event log, notification, its queue and the mail server. */
export function signOf(component: string): Sign {
  if (component === "issuer") return "sign-in";
  if (component.startsWith("ingestion-")) return "reading";
  return component === DISK || /^(notification-|event-log$|cache$|mail$)/.test(component) ? "letter" : "order";
}

export class Recoveries {
  readonly #all: Recovery[] = [];
  /** Orders whose letters have not been seen. */
  readonly #unwritten = new Map<string, Confirmed>();

  get all(): readonly Recovery[] {
    return this.#all;
  }

  killed(component: string, inFlight: number): Recovery {
    const recovery: Recovery = { component, sign: signOf(component), killed: performance.now(), inFlight };
    this.#all.push(recovery);
    return recovery;
  }

  /** An order was confirmed: it shows something of the kills before it was first asked for. */
  confirmed(order: Confirmed): void {
    this.#show("order", order.begun);
    if (this.#open("letter").length > 0) this.#unwritten.set(order.order, order);
  }

  /** The orders whose letters would show something. */
  get awaited(): readonly string[] {
    return [...this.#unwritten.keys()];
  }

  /** The letters of these orders have been sent. */
  written(orders: readonly string[]): void {
    for (const order of orders) {
      const { begun } = this.#unwritten.get(order) ?? {};
      if (begun !== undefined) this.#show("letter", begun);
      this.#unwritten.delete(order);
    }
    if (this.#open("letter").length === 0) this.#unwritten.clear();
  }

  /** Somebody signed in, who began to at that time. */
  signedIn(begun: number): void {
    this.#show("sign-in", begun);
  }

  /** A reading was acknowledged that was measured at that time or later. */
  acknowledged(measured: number): void {
    this.#show("reading", measured);
  }

  /** Whether a kill waits for that sign. */
  waitsFor(sign: Sign): boolean {
    return this.#open(sign).length > 0;
  }

  #open(sign: Sign): Recovery[] {
    return this.#all.filter((recovery) => recovery.sign === sign && recovery.worksMs === undefined);
  }

  #show(sign: Sign, begun: number): void {
    for (const recovery of this.#open(sign))
      if (recovery.killed < begun) recovery.worksMs = performance.now() - recovery.killed;
  }
}

/** One line of the table: the kills of one kind of component. */
export interface RecoveryRow {
  readonly what: string;
  readonly kills: number;
  readonly readyP50: number;
  readonly readyMax: number;
  readonly worksP50: number;
  readonly worksMax: number;
}

/** Milliseconds, by component; what never came back counts as Infinity. */
export function recoveryRows(all: readonly Recovery[]): RecoveryRow[] {
  const groups = Map.groupBy(all, ({ component }) => component);
  return [...groups]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([what, recoveries]) => {
      const sorted = (pick: (recovery: Recovery) => number | undefined) =>
        recoveries.map((recovery) => pick(recovery) ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b);
      const ready = sorted(({ readyMs }) => readyMs);
      const works = sorted(({ worksMs }) => worksMs);
      return {
        ...{ what, kills: recoveries.length },
        ...{ readyP50: middle(ready), readyMax: ready.at(-1) ?? Number.NaN },
        ...{ worksP50: middle(works), worksMax: works.at(-1) ?? Number.NaN },
      };
    });
}

const middle = (sorted: readonly number[]): number => sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
