// Chance that can be had again: the same seed gives the same numbers on every machine.

/** Numbers from 0 up to 1. Streams of different names under one seed have nothing to do with each other. */
export class Random {
  #state: number;

  constructor(seed: number, name: string) {
    this.#state = seed >>> 0;
    for (const character of name) this.#state = mix(this.#state ^ (character.codePointAt(0) ?? 0));
  }

  next(): number {
    this.#state = (this.#state + 0x9e3779b9) >>> 0;
    return mix(this.#state) / 2 ** 32;
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.next();
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** As measured values scatter: mean 0, standard deviation 1, never further than 6. */
  normal(): number {
    // Twelve of variance 1/12 each: near enough to the bell, and without logarithms, which machines round differently.
    let sum = -6;
    for (let each = 0; each < 12; each += 1) sum += this.next();
    return sum;
  }

  /** A time until the next of events that come by chance, so long apart on average. */
  waiting(mean: number): number {
    return -Math.log(1 - this.next()) * mean;
  }
}

/** Spreads every bit of a number over all 32. */
function mix(value: number): number {
  let bits = value;
  bits = Math.imul(bits ^ (bits >>> 16), 0x21f0aaad);
  bits = Math.imul(bits ^ (bits >>> 15), 0x735a2d97);
  return (bits ^ (bits >>> 15)) >>> 0;
}
