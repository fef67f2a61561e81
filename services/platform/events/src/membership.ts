// One member of a group: it says that it lives, takes the partitions that are its share, and gives back those that are not.

import { setTimeout as sleep } from "node:timers/promises";
import { type GroupOptions, type Lease, LogUnavailable } from "./log.ts";

/** Who takes part. */
export interface Alive {
  /** Sorted. */
  readonly members: readonly string[];
  /** In how many ms the first of the others is taken for dead, unless it says something before. Absent: there is no other. */
  readonly firstGoneMs: number | undefined;
}

/** The epoch of a lease that was taken, or in how many ms it is free, unless the member that has it extends it. */
export type Acquired = { readonly epoch: bigint } | { readonly freeMs: number };

/** The members and leases of one group on one topic, where all members see the same: each call is one step, by the log's clock. */
export interface Leases {
  /** Says that a member lives for so long. */
  beat(member: string, leaseMs: number): Promise<Alive>;
  /** Takes a lease under an epoch above `floor` and above every earlier one, unless another member has it. */
  acquire(member: string, leaseMs: number, partition: number, floor: bigint): Promise<Acquired>;
  /** Extends leases, or with 0 ms gives them back. Returns of each whether it was still the member's. */
  extend(member: string, leaseMs: number, leases: readonly Lease[]): Promise<readonly boolean[]>;
  leave(member: string): Promise<void>;
}

interface Held {
  readonly lease: Lease;
  readonly controller: AbortController;
  readonly done: Promise<void>;
  /** By this machine's steady clock, which also runs while the process is stopped. */
  expires: number;
  expiry: NodeJS.Timeout | undefined;
}

export class Membership {
  readonly #leases: Leases;
  readonly #options: GroupOptions;
  readonly #partitions: number;
  readonly #held = new Map<number, Held>();
  readonly #failed = new AbortController();
  /** When there may be something to take, by this machine's steady clock. */
  #look = Number.POSITIVE_INFINITY;

  constructor(leases: Leases, partitions: number, options: GroupOptions) {
    this.#leases = leases;
    this.#partitions = partitions;
    this.#options = options;
  }

  /** Takes part until the signal aborts, or until some work fails, which it throws. */
  async run(signal: AbortSignal): Promise<void> {
    const over = AbortSignal.any([signal, this.#failed.signal]);
    while (!over.aborted) {
      this.#look = Number.POSITIVE_INFINITY;
      try {
        await this.#round(over);
      } catch (error) {
        // Leases run out by themselves if this lasts.
        if (!(error instanceof LogUnavailable)) this.#failed.abort(error);
      }
      const restMs = Math.min(this.#options.leaseMs / 3, this.#look - performance.now());
      await sleep(Math.max(1, restMs), undefined, { signal: over }).catch(() => {});
    }
    await this.#leave();
    if (this.#failed.signal.aborted) throw this.#failed.signal.reason;
  }

  async #round(over: AbortSignal): Promise<void> {
    const { member, leaseMs } = this.#options;
    const { members, firstGoneMs } = await this.#leases.beat(member, leaseMs);
    // Whoever has died is missed when its time is up, and not a third of a lease later.
    if (firstGoneMs !== undefined) this.#lookIn(firstGoneMs);
    const mine = (partition: number) => members[partition % members.length] === member;
    await this.#extend(mine);
    for (let partition = 0; partition < this.#partitions && !over.aborted; partition += 1) {
      if (mine(partition) && !this.#held.has(partition)) await this.#acquire(partition, over);
    }
  }

  #lookIn(ms: number): void {
    this.#look = Math.min(this.#look, performance.now() + ms);
  }

  // Extends the leases of this member's share; the others end, and are given back when their work has ended.
  async #extend(mine: (partition: number) => boolean): Promise<void> {
    const held = [...this.#held.values()].filter(({ controller }) => !controller.signal.aborted);
    for (const { lease, controller } of held) if (!mine(lease.partition)) controller.abort(new Error("handed over"));
    const kept = held.filter(({ lease }) => mine(lease.partition));
    if (kept.length === 0) return;
    const { member, leaseMs } = this.#options;
    const asked = performance.now();
    const extended = await this.#leases.extend(
      member,
      leaseMs,
      kept.map(({ lease }) => lease),
    );
    kept.forEach((one, index) => {
      if (extended[index]) this.#setExpiry(one, asked + leaseMs);
      else one.controller.abort(new Error("the lease was lost"));
    });
  }

  async #acquire(partition: number, over: AbortSignal): Promise<void> {
    const { topic, group, member, leaseMs } = this.#options;
    const floor = await this.#options.epochOf(partition);
    const asked = performance.now();
    const acquired = await this.#leases.acquire(member, leaseMs, partition, floor);
    if ("freeMs" in acquired) return this.#lookIn(acquired.freeMs);
    const { epoch } = acquired;
    const controller = new AbortController();
    const signal = AbortSignal.any([controller.signal, over]);
    const lease: Lease = { topic, group, partition, epoch, signal };
    const held: Held = { lease, controller, done: this.#work(lease), expires: 0, expiry: undefined };
    this.#held.set(partition, held);
    this.#setExpiry(held, asked + leaseMs);
  }

  // A timer may fire late, as after the process was stopped: whoever depends on the lease is told as soon as it runs again.
  #setExpiry(held: Held, expires: number): void {
    held.expires = expires;
    clearTimeout(held.expiry);
    const abort = () => held.controller.abort(new Error("the lease was not extended in time"));
    if (expires <= performance.now()) abort();
    else held.expiry = setTimeout(abort, expires - performance.now()).unref();
  }

  async #work(lease: Lease): Promise<void> {
    try {
      await this.#options.work(lease);
    } catch (error) {
      this.#failed.abort(error);
    }
    clearTimeout(this.#held.get(lease.partition)?.expiry);
    // If the log is away, the lease runs out by itself.
    await this.#leases.extend(this.#options.member, 0, [lease]).catch(() => {});
    this.#held.delete(lease.partition);
  }

  async #leave(): Promise<void> {
    await Promise.all([...this.#held.values()].map(({ done }) => done));
    await this.#leases.leave(this.#options.member).catch(() => {});
  }
}
