// The event log on Kafka: what every engine must do, and what others than ours can do to a broker.

import { randomUUID } from "node:crypto";
import { type EventLog, LogUnavailable, OffsetOutOfRange, openEventLog } from "@larder/events";
import { eventLogContract } from "@larder/events/contract";
import { TOPIC_SETTINGS } from "@larder/events/provision";
import { startKafka, type TestKafka, until, whyNotKafka } from "@larder/events/testing";
import { Admin, Producer, type ProducerOptions, stringSerializers } from "@platformatic/kafka";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { parseKafkaUrl } from "../../../services/platform/events/src/kafka/address.ts";
import { Cluster } from "../../../services/platform/events/src/kafka/cluster.ts";
import { nextSequence } from "../../../services/platform/events/src/kafka/requests.ts";

const reason = whyNotKafka();

if (reason) test("the event log on Kafka", (context) => context.skip(reason));
else {
  eventLogContract("Apache Kafka", () => startKafka());
  describe("a broker", { timeout: 120_000 }, () => strangers());
}

// A node forgets the sequence of a producer that has been silent for so long, which is a day by default.
const FORGETFUL = { "producer.id.expiration.ms": "5000", "producer.id.expiration.check.interval.ms": "100" };

function strangers(): void {
  let kafka: TestKafka;
  let log: EventLog;
  let topic: string;

  beforeAll(async () => {
    kafka = await startKafka([], undefined, FORGETFUL);
    log = openEventLog(kafka.url);
  }, 300_000);
  afterAll(async () => {
    await log.close();
    await kafka.stop();
  });
  beforeEach(async () => {
    topic = `test.${randomUUID()}.v1`;
    await log.createTopic(topic, 1);
  });

  /** What another program has, to come in as the administrator. */
  const client = () => {
    const [, username = "", password = "", broker = ""] = /^kafka:\/\/([^:]+):([^@]+)@(.+)$/.exec(kafka.url) ?? [];
    const sasl = { mechanism: "PLAIN", username, password } as const;
    return { clientId: "stranger", bootstrapBrokers: [broker], sasl };
  };
  const producing = async (
    more: Partial<ProducerOptions<string, string, string, string>>,
    use: (producer: Producer<string, string, string, string>) => Promise<void>,
  ) => {
    const producer = new Producer({ ...client(), serializers: stringSerializers, ...more });
    await use(producer).finally(() => producer.close());
  };
  const creating = async (settings: Readonly<Record<string, string>>, name: string) => {
    const admin = new Admin(client());
    const configs = Object.entries(settings).map(([key, value]) => ({ name: key, value }));
    await admin.createTopics({ topics: [name], partitions: 1, replicas: 1, configs });
    await admin.close();
  };
  const append = (by: EventLog, first: number, ...values: string[]) =>
    by.append([
      {
        topic,
        partition: 0,
        producer: "a",
        records: values.map((value, index) => ({ sequence: BigInt(first + index), value: Buffer.from(value) })),
      },
    ]);
  const texts = async () =>
    (await log.read(topic, new Map([[0, 0n]]))).map(({ value }) => Buffer.from(value).toString());
  const messages = (...values: string[]) => values.map((value) => ({ topic, partition: 0, value }));

  test("may be written by other tools: numbers are still known, and their records are read", async () => {
    await append(log, 1, "a", "b");
    await producing({}, async (producer) => {
      await producer.send({ messages: messages("x") });
      await producer.send({ messages: messages("y", "z") });
    });
    expect(await append(log, 1, "a", "b", "c")).toEqual([{ next: 6n, skipped: 2 }]);
    const other = openEventLog(kafka.url);
    await producing({}, (producer) => producer.send({ messages: messages("w") }).then(() => {}));
    expect(await append(other, 3, "c", "d")).toEqual([{ next: 8n, skipped: 1 }]);
    expect(await texts()).toEqual(["a", "b", "x", "y", "z", "c", "w", "d"]);
    await other.close();
  });

  test.each(["gzip", "snappy", "lz4", "zstd"] as const)(
    "unpacks what other tools have compressed with %s before it keeps it",
    async (compression) => {
      await append(log, 1, "a");
      const long = "very ".repeat(1000);
      await producing({ compression }, (producer) => producer.send({ messages: messages("x", long) }).then(() => {}));
      await append(log, 2, "b");
      expect(await texts()).toEqual(["a", "x", long, "b"]);
    },
  );

  test("refuses what is small as long as it is compressed, and too large when it is not", async () => {
    const large = "a".repeat(4 << 20);
    const send = producing({ compression: "gzip", retries: 0 }, (producer) =>
      producer.send({ messages: messages(large) }).then(() => {}),
    );
    await expect(send).rejects.toThrow();
    await append(log, 1, "a");
    expect(await texts()).toEqual(["a"]);
  });

  test("takes very many small records at once", async () => {
    const records = Array.from({ length: 250_000 }, (_, index) => ({
      ...{ sequence: BigInt(index + 1), value: Buffer.from("x") },
    }));
    expect(await log.append([{ topic, partition: 0, producer: "a", records }])).toEqual([
      { next: 250_000n, skipped: 0 },
    ]);
  });

  test("shows the mark of a tool's transaction as a record without bytes, and goes on behind it", async () => {
    await producing({ idempotent: true, transactionalId: "stranger" }, async (producer) => {
      const transaction = await producer.beginTransaction();
      await transaction.send({ messages: messages("in a transaction") });
      await transaction.commit();
    });
    // The mark comes a little after the answer.
    await until(async () => (await log.range(topic, 0)).next === 2n);
    await append(log, 1, "a");
    expect(await texts()).toEqual(["in a transaction", "", "a"]);
  });

  test("whose records a tool has deleted takes the next append all the same", async () => {
    await append(log, 1, "a");
    const admin = new Admin(client());
    await admin.deleteRecords({ topics: [{ name: topic, partitions: [{ partition: 0, offset: 1n }] }] });
    await admin.close();
    const other = openEventLog(kafka.url);
    expect(await append(other, 2, "b")).toEqual([{ next: 2n, skipped: 0 }]);
    await other.close();
  });

  test("that has forgotten the sequence lets nobody in who does not know what stands in the log", async () => {
    const cluster = new Cluster(parseKafkaUrl(kafka.url), "test");
    const spot = { topic, partition: 0 };
    const appendB = (by: EventLog) =>
      by.append([{ ...spot, producer: "b", records: [{ sequence: 1n, value: Buffer.from("b") }] }]);
    await append(log, 1, "a");
    await until(async () => (await nextSequence(cluster, spot)) === undefined);
    const [second, third] = [openEventLog(kafka.url), openEventLog(kafka.url)];
    await appendB(second);
    await append(log, 2, "c");
    expect(await appendB(third)).toEqual([{ next: 3n, skipped: 1 }]);
    expect(await texts()).toEqual(["a", "b", "c"]);
    cluster.close();
    await Promise.all([second.close(), third.close()]);
  });

  test("that has lost a topic does not let a waiting reader go on as if nothing had happened", async () => {
    await append(log, 1, "a");
    const admin = new Admin(client());
    await admin.deleteTopics({ topics: [topic] });
    await admin.close();
    const reading = async () => {
      for (;;) await log.read(topic, new Map([[0, 1n]]), { waitMs: 10 });
    };
    await expect(reading()).rejects.toBeInstanceOf(OffsetOutOfRange);
  });

  test("that says nothing counts as lost, and is used again when it speaks", async () => {
    await append(log, 1, "a");
    kafka.pause();
    try {
      await expect(append(log, 2, "b")).rejects.toBeInstanceOf(LogUnavailable);
      await expect(log.read(topic, new Map([[0, 1n]]), { waitMs: 10 })).rejects.toBeInstanceOf(LogUnavailable);
    } finally {
      kafka.resume();
    }
    // Whether the append that was lost from sight took place is not known: repeated, it stands once.
    await until(() =>
      append(log, 2, "b").then(
        () => true,
        () => false,
      ),
    );
    expect(await texts()).toEqual(["a", "b"]);
  });

  test("a topic that was set up otherwise is not worked with, and every difference is told", async () => {
    const other = `${topic}.other`;
    const settings = {
      "message.timestamp.type": "CreateTime",
      "retention.ms": "3600000",
      "compression.type": "producer",
    };
    await creating(settings, other);
    const records = [{ sequence: 1n, value: new Uint8Array([1]) }];
    const refused = log.append([{ topic: other, partition: 0, producer: "a", records }]);
    await expect(refused).rejects.toMatchObject({
      reason: "EVENT_LOG_TOPIC_DIFFERS",
      message: expect.stringMatching(
        /retention.ms=3600000, not -1.*CreateTime, not LogAppendTime.*=producer, not uncompressed.*max.message.bytes/,
      ),
    });
    expect(await log.range(other, 0)).toEqual({ earliest: 0n, next: 0n });
  });

  test("a topic that takes more than it must is as good as one of ours", async () => {
    const settings = { ...TOPIC_SETTINGS, "max.message.bytes": String(8 << 20) };
    await creating(settings, `${topic}.larger`);
    expect(await log.partitions(`${topic}.larger`)).toBe(1);
  });

  test("a register that forgets is not worked with", async () => {
    await creating({ ...TOPIC_SETTINGS }, `${topic}.group.leases`);
    const options = {
      topic,
      group: "group",
      member: "m",
      leaseMs: 1000,
      epochOf: async () => 0n,
      work: async () => {},
    };
    await expect(log.join(options, new AbortController().signal)).rejects.toMatchObject({
      reason: "EVENT_LOG_TOPIC_DIFFERS",
      message: expect.stringContaining("cleanup.policy=delete, not compact"),
    });
  });
}
