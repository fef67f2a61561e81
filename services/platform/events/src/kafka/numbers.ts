// The highest number that a partition has seen from each producer, as every batch notes it: who reads the newest batch knows them all.

/** So many producers are remembered; of more, those that appended last. A relay has four for each database. */
const MOST = 200;

export class Numbers {
  readonly #highest: Map<string, number>;

  /** From the note of the newest batch; undefined if there is none. */
  constructor(note: string | undefined) {
    this.#highest = new Map(note ? (JSON.parse(note) as [string, number][]) : []);
  }

  has(producer: string, number: bigint): boolean {
    return number <= (this.#highest.get(producer) ?? -1);
  }

  add(producer: string, number: bigint): void {
    // The order of a map is that of insertion: the latest comes last.
    this.#highest.delete(producer);
    this.#highest.set(producer, Number(number));
  }

  toNote(): string {
    return JSON.stringify([...this.#highest].slice(-MOST));
  }
}
