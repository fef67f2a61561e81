// Devices on their real lines, which remember what they have measured and what of it was acknowledged.

import { type DeviceLine, DeviceSender, Tally } from "@larder/runner";
import { until } from "../until.ts";
import type { Books, Reading } from "./readings.ts";

/** Remembers what was acknowledged. */
class Diary extends Tally {
  readonly acknowledgements: Reading[] = [];

  override acknowledge(readings: Parameters<Tally["acknowledge"]>[0]): void {
    super.acknowledge(readings);
    this.acknowledgements.push(...readings);
  }
}

export class Devices {
  readonly names: ReadonlySet<string>;
  readonly #diary = new Diary();
  readonly #measured: Reading[] = [];
  readonly #senders: ReadonlyMap<string, DeviceSender>;
  readonly #over = new AbortController();
  readonly #running: Promise<unknown>;
  // A device that is started again counts on.
  #sequence = BigInt(Date.now());

  private constructor(lines: ReadonlyMap<string, DeviceLine>, lineOf: (device: string) => Promise<DeviceLine>) {
    this.names = new Set(lines.keys());
    const senderOf = (name: string, line: DeviceLine) => new DeviceSender(line, this.#diary, () => lineOf(name));
    this.#senders = new Map([...lines].map(([name, line]) => [name, senderOf(name, line)]));
    this.#running = Promise.all([...this.#senders.values()].map((sender) => sender.run(this.#over.signal)));
  }

  /** Brings them on the line. Names have the format `devices/{device}`. */
  static async open(names: readonly string[], lineOf: (device: string) => Promise<DeviceLine>): Promise<Devices> {
    const lines = new Map<string, DeviceLine>();
    for (const name of names) lines.set(name, await lineOf(name));
    return new Devices(lines, lineOf);
  }

  /** Each of them measures once, at that time. */
  measure(measureMs: number, celsiusOf: (device: string) => number): void {
    this.#sequence += 1n;
    for (const [device, sender] of this.#senders) {
      // No two temperatures that follow each other are the same: one that takes the place of another is seen.
      const celsius = Math.round(celsiusOf(device) * 100 + Number(this.#sequence % 50n)) / 100;
      const reading = { device, sequence: this.#sequence, measureMs: Math.floor(measureMs), celsius };
      this.#measured.push(reading);
      sender.offer({ ...reading, dueMs: 0 });
    }
  }

  get measured(): number {
    return this.#diary.measured;
  }

  get acknowledged(): number {
    return this.#diary.acknowledged;
  }

  /** How often one of them lost its line. */
  get breaks(): number {
    return this.#diary.breaks;
  }

  /** What they know of their readings. */
  get books(): Pick<Books, "measured" | "acknowledged" | "refused"> {
    return {
      measured: this.#measured,
      acknowledged: this.#diary.acknowledgements,
      refused: Object.fromEntries(this.#diary.refused),
    };
  }

  /** Waits until all is acknowledged. */
  settled(withinMs: number): Promise<unknown> {
    const all = () => [...this.#senders.values()].every(({ settled }) => settled);
    return until("all readings to be acknowledged", all, withinMs);
  }

  async close(): Promise<void> {
    this.#over.abort();
    await this.#running;
  }
}
