// What will happen in a run and when: a pure function of the seed, so that a run can be had again. What comes of it (how long
// a restart takes, which order meets which kill) is the machine's.

import { type Dice, dice } from "../dice.ts";
import type { Size } from "./options.ts";

/**
 * What becomes of an order if nothing goes wrong. `short`: its goods are few; `full`: its slot is small; `poor`: its customer has no
 * money; `cancelled`: the customer thinks better of it; `delivered`: it is brought to the door; `failed`: nobody is there.
 */
export type Kind = "plain" | "short" | "full" | "poor" | "cancelled" | "delivered" | "failed";

export interface PlannedOrder {
  /** From the beginning of the storm, in milliseconds; as all times here. */
  readonly at: number;
  readonly kind: Kind;
  /** Numbers that choose a customer, products and a slot from what the shop has. */
  readonly customer: number;
  readonly lines: readonly { readonly product: number; readonly quantity: number }[];
  readonly slot: number;
  /** Chooses the protocol. */
  readonly way: number;
}

export interface PlannedKill {
  readonly at: number;
  /** Killed at the same moment. */
  readonly targets: readonly string[];
  /** It waits until the orders of a burst are under way. */
  readonly underBurst: boolean;
}

export interface Plan {
  /** How long the storm lasts. */
  readonly lastsMs: number;
  /** By time. */
  readonly orders: readonly PlannedOrder[];
  /** By time. */
  readonly kills: readonly PlannedKill[];
  /** When the disk of the event log is full. */
  readonly disk: { readonly from: number; readonly until: number };
  /** Whose clock jumps, some seconds after each start of it, and by how much. */
  readonly clock: { readonly workload: string; readonly aheadMs: number };
}

/** The parts of a mesh that can be killed, and those among them whose clock can be set. */
export interface Components {
  readonly all: readonly string[];
  readonly clocks: readonly string[];
  /** Killed once and no more, since they take long to come back. */
  readonly slow: readonly string[];
  /** What the orders of a burst are under way in. */
  readonly busy: readonly string[];
}

/** In a hundred. */
const SHARES: readonly (readonly [Kind, number])[] = [
  ["short", 5],
  ["full", 5],
  ["poor", 6],
  ["cancelled", 10],
  ["delivered", 8],
  ["failed", 4],
];
/** Of a hundred kills so many take two components at once. */
const DOUBLE_KILLS = 15;
/** No kill comes so late that its effect would be seen by no order, as a share of the storm. */
const LAST_KILL = 0.94;
/** What an assertion of the user lasts beyond its half a minute of use: a clock that is farther off is a fault of the machine. */
const CLOCK_OFF_MS = [15_000, 25_000] as const;

export function makePlan(seed: number, size: Size, components: Components): Plan {
  const lastsMs = Math.round((size.orders / size.ordersPerSecond) * 1000);
  const die = dice(seed);
  const bursts = Array.from({ length: size.bursts }, (_, index) =>
    Math.round(lastsMs * (die.between(0.2, 0.8) / size.bursts + index / size.bursts)),
  );
  const from = Math.round(lastsMs * die.between(0.35, 0.55));
  return {
    lastsMs,
    orders: orders(die, size, lastsMs, bursts),
    kills: kills(die, size, lastsMs, bursts, components),
    disk: { from, until: from + Math.min(12_000, Math.round(lastsMs * 0.15)) },
    clock: {
      workload: die.pick(components.clocks),
      aheadMs: Math.round(die.between(...CLOCK_OFF_MS)) * die.pick([-1, 1]),
    },
  };
}

function orders(die: Dice, size: Size, lastsMs: number, bursts: readonly number[]): PlannedOrder[] {
  const steady = size.orders - size.bursts * size.burst;
  const times = [
    ...Array.from({ length: steady }, (_, index) => Math.round((index * lastsMs) / steady)),
    ...bursts.flatMap((at) => Array.from({ length: size.burst }, () => at)),
  ].sort((a, b) => a - b);
  return times.map((at) => ({
    at,
    kind: kind(die.roll(100)),
    customer: die.roll(1000),
    lines: Array.from({ length: 1 + die.roll(3) }, () => ({ product: die.roll(1000), quantity: 1 + die.roll(3) })),
    slot: die.roll(1000),
    way: die.roll(1000),
  }));
}

function kind(rolled: number): Kind {
  let below = 0;
  for (const [name, share] of SHARES) {
    below += share;
    if (rolled < below) return name;
  }
  return "plain";
}

function kills(
  die: Dice,
  size: Size,
  lastsMs: number,
  bursts: readonly number[],
  { all, slow, busy }: Components,
): PlannedKill[] {
  const underBursts = bursts.map((at) => ({ at, targets: [die.pick(busy)], underBurst: true }));
  // Every component has its turn before one has a second.
  const often = all.filter((name) => !slow.includes(name));
  const names = die.shuffled(all);
  while (names.length < size.kills) names.push(...die.shuffled(often));
  names.length = Math.max(size.kills - underBursts.length, size.minimums.eachComponent ? all.length : 0);
  const groups: string[][] = [];
  for (const name of names) {
    const last = groups.at(-1);
    if (last?.length === 1 && last[0] !== name && die.roll(100) < DOUBLE_KILLS) last.push(name);
    else groups.push([name]);
  }
  const pause = (lastsMs * LAST_KILL) / groups.length;
  const spread = groups.map((targets, index) => ({
    at: Math.round(pause * (index + die.between(0.1, 0.9))),
    targets,
    underBurst: false,
  }));
  return [...spread, ...underBursts].sort((a, b) => a.at - b.at);
}
