// The leases of a group in Valkey: functions in the server, by its clock.

import type { Lease } from "../log.ts";
import type { Acquired, Alive, Leases } from "../membership.ts";
import type { RedisConnection } from "./connection.ts";
import { leaseKey, membersKey } from "./keys.ts";

export class RedisLeases implements Leases {
  readonly #connection: RedisConnection;
  readonly #topic: string;
  readonly #group: string;

  constructor(connection: RedisConnection, topic: string, group: string) {
    this.#connection = connection;
    this.#topic = topic;
    this.#group = group;
  }

  async beat(member: string, leaseMs: number): Promise<Alive> {
    const [answer] = await this.#connection.call([
      { name: "beat", keys: [membersKey(this.#topic, this.#group)], args: [member, leaseMs] },
    ]);
    const [first, members] = answer as [Buffer, Buffer[]];
    return { members: members.map(String), firstGoneMs: Number(first) || undefined };
  }

  async acquire(member: string, leaseMs: number, partition: number, floor: bigint): Promise<Acquired> {
    const [answer] = await this.#connection.call([
      { name: "acquire", keys: [this.#leaseKey(partition)], args: [member, leaseMs, String(floor)] },
    ]);
    const epoch = BigInt(String(answer));
    return epoch > 0n ? { epoch } : { freeMs: -Number(epoch) };
  }

  async extend(member: string, leaseMs: number, leases: readonly Lease[]): Promise<boolean[]> {
    const calls = leases.map(({ partition, epoch }) => ({
      name: "extend",
      keys: [this.#leaseKey(partition)],
      args: [member, leaseMs, String(epoch)],
    }));
    return (await this.#connection.call(calls)).map((answer) => answer === 1);
  }

  async leave(member: string): Promise<void> {
    await this.#connection.run("ZREM", membersKey(this.#topic, this.#group), member);
  }

  #leaseKey(partition: number): string {
    return leaseKey(this.#topic, partition, this.#group);
  }
}
