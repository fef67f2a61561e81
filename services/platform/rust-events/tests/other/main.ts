// The other language in `suite/languages.rs`: does one thing on the log that it is given, and prints what it saw, a line of JSON each.

import { randomUUID } from "node:crypto";
import {
  consume,
  encodeEvent,
  inboxMigrations,
  openEventLog,
  openLetters,
  openRelay,
  outboxMigrations,
  partitionOf,
  replayLetter,
  writeEvent,
} from "@larder/events";
import { migrate, openDatabase } from "@larder/store";
import { Producer, stringSerializers } from "@platformatic/kafka";

const [role = "", url = "", topic = "", ...rest] = process.argv.slice(2);
const log = openEventLog(url);

const eventOf = (id: number) => ({
  id: String(id),
  source: "other",
  type: "larder.test.v1.Tested",
  subject: `keys/${id % 5}`,
  time: new Date(1_700_000_000_000 + id),
  dataschema: "larder:contract/0.0.0",
  aggregateVersion: BigInt(id),
  extensions: { a1: "ä" },
  data: new Uint8Array([1, id]),
});

const roles: Record<string, () => Promise<void>> = {
  /** Appends events by themselves. */
  async produce() {
    const partitions = await log.partitions(topic);
    const producer = randomUUID();
    for (let id = 1; id <= Number(rest[0]); id += 1) {
      const event = eventOf(id);
      const records = [{ sequence: BigInt(id), value: encodeEvent(event) }];
      await log.append([{ topic, partition: partitionOf(event.subject, partitions), producer, records }]);
    }
  },
  /** Writes a record in each of the ways in which producers of Kafka compress, as any program would. */
  async compress() {
    const [, username = "", password = "", broker = ""] = /^kafka:\/\/([^:]+):([^@]+)@(.+)$/.exec(url) ?? [];
    const sasl = { mechanism: "PLAIN", username, password } as const;
    for (const compression of ["gzip", "snappy", "lz4", "zstd"] as const) {
      const own = { clientId: "stranger", bootstrapBrokers: [broker], sasl, serializers: stringSerializers };
      const producer = new Producer({ ...own, compression });
      await producer.send({ messages: [{ topic, partition: 0, value: compression }] });
      await producer.close();
    }
  },
  /** Writes events into an outbox; with a number, relays until the topic has as many. */
  async outbox() {
    const [databaseUrl = "", from = "0", to = "0", relayed] = rest;
    const db = openDatabase(databaseUrl);
    await migrate(db, outboxMigrations);
    for (let id = Number(from); id < Number(to); id += 1)
      await db.transaction((tx) => writeEvent(tx, { ...eventOf(id), topic }));
    if (relayed !== undefined) {
      const stop = new AbortController();
      const relaying = openRelay(db, log).run(stop.signal);
      await haveCome(BigInt(relayed));
      stop.abort();
      await relaying;
    }
    await db.close();
  },
  /** Consumes as many events, and prints them. */
  async consume() {
    const [databaseUrl = "", count = "0"] = rest;
    const db = openDatabase(databaseUrl);
    await migrate(db, inboxMigrations);
    const stop = new AbortController();
    let left = Number(count);
    const handle = async (
      _: unknown,
      event: { offset: bigint; id: string; subject: string; time: Date; data: Uint8Array },
    ) => {
      const { id, subject, time, data } = event;
      console.log(JSON.stringify({ id, subject, time: time.getTime(), data: [...data] }));
      left -= 1;
      if (left === 0) stop.abort();
    };
    await consume(log, db, { topic, group: "other", maxDeliveries: 5, handle }, stop.signal);
    await db.close();
  },
  /** Holds the first lease that it gets beyond its own end. */
  async hold() {
    const [group = "", member = ""] = rest;
    const work = async ({ partition, epoch }: { partition: number; epoch: bigint }) => {
      console.log(JSON.stringify({ partition, epoch: Number(epoch) }));
      process.exit();
    };
    const options = { topic, group, member, leaseMs: 3_600_000, epochOf: async () => 0n, work };
    await log.join(options, new AbortController().signal);
  },
  /** Lists the dead letters, and replays them. */
  async replay() {
    for (const letter of await openLetters(log, topic)) {
      const { event, death } = letter;
      console.log(JSON.stringify({ id: event.id, ...death }));
      await replayLetter(log, letter);
    }
  },
};

async function haveCome(count: bigint): Promise<void> {
  for (;;) {
    let all = 0n;
    for (let partition = 0; partition < (await log.partitions(topic)); partition += 1)
      all += (await log.range(topic, partition)).next;
    if (all >= count) return;
  }
}

await roles[role]?.();
await log.close();
