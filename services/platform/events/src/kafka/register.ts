// A value that processes change one after the other, each knowing what the one before made of it: a topic of one partition, whose newest
// batch holds the value as it was and the command that changes it. What the command does depends on the time at which it was appended.

import type { Cluster } from "./cluster.ts";
import { ensureTopic, REGISTER_SETTINGS } from "./settings.ts";
import { putAll, Tail } from "./tail.ts";

/** What a command makes of a value: the new one, and an answer. */
export type Change<Value, Command, Answer> = (value: Value, command: Command, time: number) => [Value, Answer];

// Losing it in a crash of the machine is no harm, so it need not wait for the disk.
const UNFLUSHED = { "flush.messages": "9223372036854775807" };

export class Register<Value, Command, Answer> {
  readonly #cluster: Cluster;
  readonly #tail: Tail;
  readonly #first: Value;
  readonly #change: Change<Value, Command, Answer>;
  #last: Promise<unknown> = Promise.resolve();

  constructor(cluster: Cluster, topic: string, first: Value, change: Change<Value, Command, Answer>) {
    this.#cluster = cluster;
    this.#tail = new Tail(cluster, { topic, partition: 0 });
    this.#first = first;
    this.#change = change;
  }

  /** Creates the topic of a register unless it is there. Throws `LogRefused` if it is there and of no use. */
  static async create(cluster: Cluster, topic: string): Promise<void> {
    await ensureTopic(cluster, topic, 1, REGISTER_SETTINGS, UNFLUSHED);
  }

  /** Changes the value, one call after the other. */
  run(command: Command): Promise<Answer> {
    const turn = this.#last.then(() => this.#cluster.settled(() => this.#run(command)));
    this.#last = turn.catch(() => {});
    return turn;
  }

  async #run(command: Command): Promise<Answer> {
    for (const since = performance.now(); ; ) {
      await this.#tail.ready();
      const before = this.#value();
      const note = JSON.stringify([before, command]);
      const [outcome] = await putAll(this.#cluster, [
        { tail: this.#tail, values: [new Uint8Array()], note, key: "value" },
      ]);
      if (outcome instanceof Error) throw outcome;
      if (outcome && this.#tail.newest) return this.#change(before, command, this.#tail.newest.time)[1];
      const losing = this.#tail.losing(since);
      if (losing) throw losing;
    }
  }

  #value(): Value {
    const { newest } = this.#tail;
    if (!newest) return this.#first;
    const [before, command] = JSON.parse(newest.note) as [Value, Command];
    return this.#change(before, command, newest.time)[0];
  }
}
