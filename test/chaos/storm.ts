// The storm itself: orders come and components are killed as the plan says, and what comes of it is noted.

import { setTimeout as delay } from "node:timers/promises";
import { accessToken } from "../users.ts";
import type { Customers } from "./customers.ts";
import { fill, free } from "./disk.ts";
import type { Options } from "./options.ts";
import type { Plan, PlannedKill, PlannedOrder } from "./plan.ts";
import { DISK, Recoveries, type Recovery } from "./recovery.ts";
import type { Shop } from "./shop.ts";

/** What was done to the shop, and how it was borne. */
export interface Weather {
  readonly kills: readonly Recovery[];
  /** Absent: no disk could be filled. */
  readonly disk: DiskFull | undefined;
  /** How often each certificate was replaced, on the average. */
  readonly rotations: number;
}

export interface DiskFull {
  readonly forMs: number;
  /** Orders that were confirmed meanwhile. */
  readonly confirmed: number;
  /** The most events that waited in the outbox of orders meanwhile. */
  readonly waited: number;
  /** How the log's process ended meanwhile. Absent: it did not. */
  readonly ended?: string;
  readonly recovery: Recovery;
}

const LOOK_MS = 250;
const TICK_MS = 10;
/** A burst that does not get under way in this time is as good as none. */
const BURST_MS = 10_000;
const RECOVERY_MS = 120_000;
const PROBE_MS = 500;
const MEASURE_MS = 400;
/** So many orders have to be confirmed while the disk is full before it has room again, unless that takes too long. */
const ORDERS_WHILE_FULL = 5;
const LONGEST_FULL_MS = 120_000;
/** Orders in flight above those of a burst, at which the storm pauses. */
const MOST_BESIDE_A_BURST = 160;

export class Storm {
  readonly #shop: Shop;
  readonly #customers: Customers;
  readonly #options: Options;
  readonly #plan: Plan;
  readonly #say: (line: string) => void;
  readonly #recoveries = new Recoveries();
  readonly #disks = new Recoveries();
  readonly #recovering = new Set<Promise<void>>();
  #lasted = 0;
  #confirmed = 0;

  constructor(shop: Shop, customers: Customers, options: Options, plan: Plan, say: (line: string) => void) {
    this.#shop = shop;
    this.#customers = customers;
    this.#options = options;
    this.#plan = plan;
    this.#say = say;
    customers.onConfirmed((order) => {
      this.#confirmed += 1;
      for (const recoveries of [this.#recoveries, this.#disks]) recoveries.confirmed(order);
    });
  }

  /** Carries the plan out, with the disk in that folder; absent: no disk fills. Settles when customers and components have come to rest. */
  async rage(diskFolder: string | undefined, restMs: number): Promise<Weather> {
    const over = new AbortController();
    const rotations = this.#countRotations(over.signal);
    const beside = [this.#keepTime(over.signal), this.#watchLetters(over.signal), this.#signIn(over.signal)];
    const enough = new AbortController();
    const measuring = this.#measure(enough.signal);
    const [disk] = await Promise.all([this.#disk(diskFolder), this.#orders(), this.#kills()]);
    this.#say("the storm is over");
    await this.#probe();
    enough.abort();
    await measuring;
    await this.#customers.rest(restMs);
    // What is never acknowledged is found by the judge.
    await this.#shop.devices?.settled(restMs).catch(() => {});
    over.abort();
    await Promise.all(beside);
    return { kills: this.#recoveries.all, disk, rotations: await rotations };
  }

  async #orders(): Promise<void> {
    for (const order of this.#plan.orders) {
      await this.#at(order.at);
      this.#customers.order(order);
    }
  }

  /** Goes on ordering until something has gone through every component that was killed. */
  async #probe(): Promise<void> {
    const plain = this.#plan.orders.filter(({ kind }) => kind === "plain");
    for (let next = 0; this.#recovering.size > 0; next += 1) {
      this.#customers.order(plain[next % plain.length] as PlannedOrder);
      await delay(PROBE_MS);
    }
  }

  async #kills(): Promise<void> {
    for (const kill of this.#plan.kills) {
      await this.#at(kill.at);
      if (kill.underBurst) await this.#gathered();
      await Promise.all(kill.targets.map((target) => this.#kill(target, kill)));
    }
  }

  /** Waits until as many orders are under way as the run needs. */
  async #gathered(): Promise<void> {
    const { inFlight } = this.#options.size.minimums;
    for (const end = performance.now() + BURST_MS; this.#customers.inFlight < inFlight; await delay(5))
      if (performance.now() > end) return;
  }

  /** Settles when the process is killed; goes on to look when its successor is ready. */
  async #kill(target: string, { underBurst }: PlannedKill): Promise<void> {
    let pid = this.#child(target)?.pid;
    for (; pid === undefined; pid = this.#child(target)?.pid) await delay(20);
    const recovery = this.#recoveries.killed(target, this.#customers.inFlight);
    process.kill(pid, "SIGKILL");
    this.#say(`kill ${target}, ${recovery.inFlight} orders in flight${underBurst ? ", in a burst" : ""}`);
    this.#follow(this.#readyAgain(target, pid, recovery));
  }

  async #readyAgain(target: string, pid: number | undefined, recovery: Recovery): Promise<void> {
    for (const end = performance.now() + RECOVERY_MS; performance.now() < end; await delay(20)) {
      const child = this.#child(target);
      if (child?.state !== "ready" || child.pid === pid) continue;
      recovery.readyMs = performance.now() - recovery.killed;
      break;
    }
    for (const end = performance.now() + RECOVERY_MS; performance.now() < end; await delay(LOOK_MS))
      if (recovery.worksMs !== undefined) return;
  }

  async #disk(folder: string | undefined): Promise<DiskFull | undefined> {
    if (!folder) return undefined;
    const { from, until } = this.#plan.disk;
    await this.#at(from);
    const before = this.#confirmed;
    const restarts = this.#child("event-log")?.restarts;
    this.#say(`the disk of the log is full (${Math.round(fill(folder) / 2 ** 20)} MiB written)`);
    let waited = 0;
    const began = performance.now();
    const latest = began + LONGEST_FULL_MS;
    // Longer than planned where too little went on meanwhile to show anything.
    const shown = () => waited > 0 && this.#confirmed - before >= ORDERS_WHILE_FULL;
    while (performance.now() < latest && (this.#lasted < until || !shown())) {
      await delay(LOOK_MS);
      // A process that ends may leave some room.
      fill(folder);
      waited = Math.max(waited, await this.#outbox());
    }
    const child = this.#child("event-log");
    const confirmed = this.#confirmed - before;
    const recovery = this.#disks.killed(DISK, this.#customers.inFlight);
    free(folder);
    this.#say(`the disk of the log has room again; meanwhile ${confirmed} orders were confirmed`);
    this.#follow(this.#readyAgain("event-log", undefined, recovery));
    const ended = child?.restarts !== restarts && child?.lastEnd !== undefined ? { ended: child.lastEnd } : {};
    return { forMs: recovery.killed - began, confirmed, waited, ...ended, recovery };
  }

  /** How many events wait; 0 while the database is away. */
  async #outbox(): Promise<number> {
    const count = await this.#shop.mesh.query("select count(*) from outbox", "order").catch(() => "0");
    return Number(count);
  }

  async #watchLetters(signal: AbortSignal): Promise<void> {
    for (; !signal.aborted; await delay(LOOK_MS)) {
      for (const recoveries of [this.#recoveries, this.#disks]) {
        const ids = recoveries.awaited.map((name) => name.replace("orders/", ""));
        if (ids.length === 0) continue;
        const sql = `select distinct order_id from messages where state = 'SENT' and order_id in ('${ids.join("','")}')`;
        const sent = await this.#shop.mesh.query(sql, "notification").catch(() => "");
        recoveries.written(sent.split("\n").flatMap((id) => (id ? [`orders/${id}`] : [])));
      }
    }
  }

  async #signIn(signal: AbortSignal): Promise<void> {
    for (; !signal.aborted; await delay(LOOK_MS)) {
      if (!this.#recoveries.waitsFor("sign-in")) continue;
      const begun = performance.now();
      const token = await accessToken(this.#shop.mesh, "ada").catch(() => undefined);
      if (token) this.#recoveries.signedIn(begun);
    }
  }

  async #measure(signal: AbortSignal): Promise<void> {
    const { devices } = this.#shop;
    if (!devices) return;
    /** How many readings there were after each turn, of those that are not acknowledged. */
    const turns: { readonly measured: number; readonly at: number }[] = [];
    for (; !signal.aborted; await delay(MEASURE_MS)) {
      const at = performance.now();
      devices.measure(Date.now(), () => 4);
      turns.push({ measured: devices.measured, at });
      const { acknowledged } = devices;
      while (turns[0] && turns[0].measured <= acknowledged) this.#recoveries.acknowledged(turns.shift()?.at ?? 0);
    }
  }

  /** How often each certificate was replaced, on the average, until the signal. */
  async #countRotations(signal: AbortSignal): Promise<number> {
    const services = this.#shop.mesh.state().children.filter(({ role }) => role === "service");
    const serials = new Map(services.map(({ name }) => [name, new Set<string | undefined>()]));
    for (; !signal.aborted; await delay(LOOK_MS))
      for (const [name, seen] of serials) seen.add(this.#shop.mesh.serial(name));
    const replaced = [...serials.values()].map((seen) => seen.size - 1);
    return replaced.reduce((sum, count) => sum + count, 0) / replaced.length;
  }

  #follow(recovering: Promise<void>): void {
    const followed = recovering.finally(() => this.#recovering.delete(followed));
    this.#recovering.add(followed);
  }

  #child(name: string) {
    return this.#shop.mesh.state().children.find((child) => child.name === name);
  }

  /** Waits until the storm has lasted so long. */
  async #at(ms: number): Promise<void> {
    while (this.#lasted < ms) await delay(TICK_MS);
  }

  /** The time of the plan. It stands still while more orders are in flight than the plan means: a run is no test of overload. */
  async #keepTime(signal: AbortSignal): Promise<void> {
    const { burst } = this.#options.size;
    for (let last = performance.now(); !signal.aborted; await delay(TICK_MS)) {
      const now = performance.now();
      if (this.#customers.inFlight <= burst + MOST_BESIDE_A_BURST) this.#lasted += now - last;
      last = now;
    }
  }
}
