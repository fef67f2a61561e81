// Carries orders from step to step, as the rules say. What a run cannot finish is left to the recovery.
import { setTimeout as sleep } from "node:timers/promises";
import { log } from "@larder/platform";
import type { Outcome, Participants } from "./clients.ts";
import { eventFor } from "./message.ts";
import type { Order } from "./order.ts";
import { type CallStep, ended, type Move, mayRefuse, moved, next, type OrderState } from "./saga.ts";
import type { Store } from "./store.ts";
import type { Watchers } from "./watchers.ts";

/** A call, or the storing of a move. */
export type Point = CallStep | OrderState | "settle";

/** Called around every call and every move; what they return is waited for. A test can end the process there. */
export interface Hooks {
  before?(point: Point): void;
  /** After the answer, before anything is done with it. */
  after?(point: Point): void;
}

export interface RunnerOptions {
  readonly store: Store;
  readonly participants: Participants;
  readonly watchers: Watchers;
  readonly leaseMs: number;
  readonly hooks?: Hooks;
}

const FIRST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 1000;
const LONGEST_DELAY_MS = 30_000;

export class Runner {
  readonly #options: RunnerOptions;
  readonly #runs = new Set<Run>();
  readonly #stopping = new AbortController();

  constructor(options: RunnerOptions) {
    this.#options = options;
  }

  /**
   * Carries an order on in the background, and resolves when it has come to an end or is left for later. `since` is a time
   * (of `performance.now`) not later than that at which the order was taken: the run ends with its lease.
   */
  start(order: Order, since: number): Promise<void> {
    const run = new Run(order, since, this.#options, this.#stopping.signal);
    this.#runs.add(run);
    run.advance();
    return run.done.then(() => {
      this.#runs.delete(run);
    });
  }

  /**
   * Takes an order over, whoever has it, and moves it: a run that does not know yet can store nothing any more. Returns the
   * order as it is then, on its way already; undefined if it is no longer as it was given.
   */
  async takeOver(from: Order, action: Move): Promise<Order | undefined> {
    const since = performance.now();
    const to: Order = { ...after(from, action), epoch: from.epoch + 1 };
    if (!(await store(this.#options, from, to, action))) return undefined;
    this.#options.watchers.publish(to);
    void this.start(to, since);
    return to;
  }

  /** Lets every run come to an end that does not have to wait for anything but answers. */
  async drain(): Promise<void> {
    this.#stopping.abort();
    while (this.#runs.size > 0) await Promise.all([...this.#runs].map(({ done }) => done));
  }
}

/** One order while it is in this process's hands. */
class Run {
  readonly done: Promise<void>;
  readonly #options: RunnerOptions;
  readonly #stopping: AbortSignal;
  readonly #leaseEnd: number;
  readonly #calling = new Set<CallStep>();
  #end: () => void = () => {};
  #order: Order;
  #forwardEnd: number;
  #moving = false;
  #over = false;

  constructor(order: Order, since: number, options: RunnerOptions, stopping: AbortSignal) {
    this.done = new Promise((resolve) => {
      this.#end = resolve;
    });
    this.#order = order;
    this.#options = options;
    this.#stopping = stopping;
    this.#leaseEnd = since + options.leaseMs;
    this.#forwardEnd = since + order.forwardLeftMs;
  }

  /** Starts whatever comes next and is not on its way yet. */
  advance(): void {
    if (this.#over || this.#moving) return;
    const action = this.#next();
    if (action.kind === "rest") this.#finish();
    else if (action.kind === "move") void this.#move(action);
    else for (const step of action.steps) if (!this.#calling.has(step)) void this.#call(step);
  }

  #next() {
    return next(this.#order, performance.now() >= this.#forwardEnd);
  }

  // Repeats a call until its outcome is known, or until nobody wants it any more.
  async #call(step: CallStep): Promise<void> {
    const { participants, hooks } = this.#options;
    this.#calling.add(step);
    for (let tries = 1; ; tries += 1) {
      hooks?.before?.(step);
      const outcome = await participants.take(step, this.#order);
      hooks?.after?.(step);
      if (this.#over || this.#accept(step, outcome)) break;
      this.advance(); // The forward limit may have passed.
      if (!this.#wants(step) || !(await this.#pause(tries))) break;
    }
    this.#calling.delete(step);
    this.advance();
  }

  /** Takes note of a known outcome. Returns false if the step has to be tried again. */
  #accept(step: CallStep, outcome: Outcome): boolean {
    if (outcome.kind === "unknown") return false;
    const endTime = Date.now();
    if (outcome.kind === "done") {
      this.#order = ended(this.#order, { name: step, result: "DONE", reason: "", endTime });
    } else {
      const { failure } = outcome;
      const { reason } = failure;
      if (!mayRefuse(this.#order, step, reason)) {
        if (this.#wants(step))
          log.error("a step was refused that must not be", { order: this.#order.id, step, reason });
        return false;
      }
      const result = reason === "UNDONE" ? "UNDONE" : "REFUSED";
      this.#order = ended(this.#order, { name: step, result, reason, endTime }, failure);
    }
    this.#options.watchers.publish(this.#order);
    return true;
  }

  #wants(step: CallStep): boolean {
    const action = this.#next();
    return action.kind === "call" && action.steps.includes(step);
  }

  async #move(action: Move): Promise<void> {
    this.#moving = true;
    for (let tries = 1; ; tries += 1) {
      const from = this.#order;
      const to = after(from, action);
      try {
        const stands = await store(this.#options, from, to, action);
        // Calls may have ended meanwhile.
        if (stands) this.#order = { ...to, steps: [...to.steps, ...this.#order.steps.slice(from.steps.length)] };
        else if (!(await this.#lookAgain(from))) return this.#finish();
        break;
      } catch (error) {
        log.warn("an order could not be stored", { order: from.id, error: String(error) });
        if (!(await this.#pause(tries))) return;
      }
    }
    this.#moving = false;
    this.#options.watchers.publish(this.#order);
    this.advance();
  }

  /** After a move that did not fit: returns false if somebody else has the order now. */
  async #lookAgain(from: Order): Promise<boolean> {
    const now = await this.#options.store.find(from.id);
    if (now?.epoch !== from.epoch) return false;
    // Either the move was our own, and only the answer to it was lost, or the forward limit has passed.
    if (now.version !== from.version || now.settled) this.#order = now;
    else this.#forwardEnd = Number.NEGATIVE_INFINITY;
    return true;
  }

  /** Waits before the next try. Returns false if there is to be none: the lease is over, or the process ends. */
  async #pause(tries: number): Promise<boolean> {
    const longest = Math.min(FIRST_PAUSE_MS * 2 ** (tries - 1), LONGEST_PAUSE_MS);
    const pause = longest * (0.5 + Math.random() / 2);
    if (!this.#over && !this.#stopping.aborted && performance.now() + pause < this.#leaseEnd) {
      await sleep(pause, undefined, { signal: this.#stopping }).catch(() => {});
      if (!this.#over && !this.#stopping.aborted) return true;
    }
    await this.#giveUp();
    return false;
  }

  // The longer an order has not come on, the more rarely it is tried. A pending one is tried until its limit.
  async #giveUp(): Promise<void> {
    if (this.#over) return;
    this.#over = true;
    const { id, state, epoch } = this.#order;
    const delay = state === "PENDING" ? 0 : Math.min(100 * 2 ** Math.min(epoch, 10), LONGEST_DELAY_MS);
    log.warn("an order is left for later", { order: id, state, delay_ms: delay });
    // If this fails, the lease passes by itself.
    await this.#options.store.postpone(this.#order, delay).catch(() => {});
    this.#finish();
  }

  #finish(): void {
    this.#over = true;
    this.#end();
  }
}

/** The order after a move that is made now. */
function after(order: Order, action: Move): Order {
  const time = Date.now();
  const version = order.version + (action.to === order.state ? 0 : 1);
  return { ...moved(order, action, time), version, updateTime: new Date(time) };
}

async function store({ store, hooks }: RunnerOptions, from: Order, to: Order, action: Move): Promise<boolean> {
  const point: Point = action.settled ? "settle" : action.to;
  hooks?.before?.(point);
  const stands = await store.change({ from, to, event: eventFor(from.state, to) });
  hooks?.after?.(point);
  return stands;
}
