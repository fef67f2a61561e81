// Numbers that look random and are the same for the same seed, so that what they decided can be had again.

export interface Dice {
  /** From 0 up to, but without, `sides`. */
  roll(sides: number): number;
  /** From `low` up to, but without, `high`. */
  between(low: number, high: number): number;
  /** One of a list that is not empty. */
  pick<T>(list: readonly T[]): T;
  /** The same in another order. */
  shuffled<T>(list: readonly T[]): T[];
}

/** The generator is mulberry32: 32 bits of state, of which `seed` gives the lowest 32. */
export function dice(seed: number): Dice {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const roll = (sides: number): number => Math.floor(next() * sides);
  return {
    roll,
    between: (low, high) => low + next() * (high - low),
    pick(list) {
      if (list.length === 0) throw new Error("there is nothing to pick from");
      return list[roll(list.length)] as (typeof list)[number];
    },
    shuffled(list) {
      const left = [...list];
      return list.map(() => left.splice(roll(left.length), 1)[0] as (typeof list)[number]);
    },
  };
}
