// The leases of a group in Kafka: a register of the members and of who holds what. Kafka's own group protocol would stop all members while
// it shares anew, and knows no lease that is shorter than the cluster allows.

import type { Lease } from "../log.ts";
import type { Acquired, Alive, Leases } from "../membership.ts";
import type { Cluster } from "./cluster.ts";
import { Register } from "./register.ts";

interface Held {
  readonly member: string;
  readonly epoch: number;
  /** In ms, by the log's clock. */
  readonly until: number;
}

interface Group {
  /** The latest time that was seen: the log's clock may be set back, this one is not. */
  readonly time: number;
  /** Until when each is taken to be alive. */
  readonly members: Readonly<Record<string, number>>;
  readonly leases: Readonly<Record<number, Held>>;
}

type Command = { readonly member: string; readonly leaseMs: number } & (
  | { readonly what: "beat" | "leave" }
  | { readonly what: "acquire"; readonly partition: number; readonly floor: number }
  | { readonly what: "extend"; readonly leases: readonly (readonly [partition: number, epoch: number])[] }
);

type Answer = Alive | Acquired | readonly boolean[] | undefined;

const NOBODY: Group = { time: 0, members: {}, leases: {} };

/** The topic that holds the leases of a group. */
export const leasesTopic = (topic: string, group: string): string => `${topic}.${group}.leases`;

export class KafkaLeases implements Leases {
  readonly #register: Register<Group, Command, Answer>;

  private constructor(cluster: Cluster, topic: string) {
    this.#register = new Register(cluster, topic, NOBODY, change);
  }

  static async open(cluster: Cluster, topic: string, group: string): Promise<KafkaLeases> {
    const name = leasesTopic(topic, group);
    await Register.create(cluster, name);
    return new KafkaLeases(cluster, name);
  }

  beat(member: string, leaseMs: number): Promise<Alive> {
    return this.#register.run({ what: "beat", member, leaseMs }) as Promise<Alive>;
  }

  acquire(member: string, leaseMs: number, partition: number, floor: bigint): Promise<Acquired> {
    const command = { what: "acquire", member, leaseMs, partition, floor: Number(floor) } as const;
    return this.#register.run(command) as Promise<Acquired>;
  }

  extend(member: string, leaseMs: number, leases: readonly Lease[]): Promise<readonly boolean[]> {
    const named = leases.map(({ partition, epoch }) => [partition, Number(epoch)] as const);
    return this.#register.run({ what: "extend", member, leaseMs, leases: named }) as Promise<readonly boolean[]>;
  }

  async leave(member: string): Promise<void> {
    await this.#register.run({ what: "leave", member, leaseMs: 0 });
  }
}

function change(before: Group, command: Command, appended: number): [Group, Answer] {
  const time = Math.max(before.time, appended);
  const group = { ...before, time };
  const { member } = command;
  const until = time + command.leaseMs;
  switch (command.what) {
    case "beat": {
      const others = Object.entries(before.members).filter(([name, end]) => name !== member && end > time);
      const members = Object.fromEntries([...others, [member, until]]);
      const firstGoneMs = others.length > 0 ? Math.min(...others.map(([, end]) => end)) - time : undefined;
      return [
        { ...group, members },
        { members: Object.keys(members).sort(), firstGoneMs },
      ];
    }
    case "leave":
      return [
        { ...group, members: Object.fromEntries(Object.entries(before.members).filter(([name]) => name !== member)) },
        undefined,
      ];
    case "acquire": {
      const held = before.leases[command.partition];
      if (held && held.member !== member && held.until > time) return [group, { freeMs: held.until - time }];
      const epoch = Math.max(held?.epoch ?? 0, command.floor) + 1;
      return [
        { ...group, leases: { ...before.leases, [command.partition]: { member, epoch, until } } },
        { epoch: BigInt(epoch) },
      ];
    }
    case "extend": {
      const leases = { ...before.leases };
      const extended = command.leases.map(([partition, epoch]) => {
        const held = leases[partition];
        if (held?.member !== member || held.epoch !== epoch) return false;
        leases[partition] = { ...held, until };
        return true;
      });
      return [{ ...group, leases }, extended];
    }
  }
}
