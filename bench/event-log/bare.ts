// The same loops with nothing of ours in them: ioredis, @platformatic/kafka and node-postgres do what must be done, in the same batches.
import { encodeEvent, keyHash } from "@larder/events";
import { Consumer, type MessagesStream, Producer } from "@platformatic/kafka";
import { Redis } from "ioredis";
import { Pool } from "pg";
import {
  BATCH,
  eventOf,
  forMs,
  HELD,
  type Loop,
  type Loops,
  PARTITIONS,
  type Place,
  ROUND,
  TOGETHER,
} from "./loops.ts";
import { fill } from "./ours.ts";

/** A store of events by its own library. */
interface Engine {
  /** Appends values to partitions, in one round trip. */
  append(topic: string, parts: ReadonlyMap<number, readonly Buffer[]>): Promise<void>;
  /** Reads a topic from its start, for each call the next events. Empty at the end. */
  reader(topic: string): Promise<{ next(): Promise<Map<number, Buffer[]>>; close(): Promise<void> }>;
}

const engines = new Map<string, Engine>();
const pools = new Map<string, Pool>();

function engineOf({ log }: Place): Engine {
  const engine = engines.get(log) ?? (log.startsWith("kafka:") ? kafkaEngine(log) : redisEngine(log));
  engines.set(log, engine);
  return engine;
}
function poolOf({ database }: Place): Pool {
  const pool = pools.get(database) ?? new Pool({ connectionString: database, max: PARTITIONS });
  pools.set(database, pool);
  return pool;
}

const FRAME = Buffer.from([0x0a]);

function redisEngine(url: string): Engine {
  const [, password = "", path = ""] = /^redis\+unix:\/\/:([^@]+)@(.+)$/.exec(url) ?? [];
  const redis = new Redis({ path, password });
  const streams = (topic: string) => Array.from({ length: PARTITIONS }, (_, partition) => `${topic}:{${partition}}`);
  return {
    async append(topic, parts) {
      const pipeline = redis.pipeline();
      for (const [partition, values] of parts)
        pipeline.xadd(
          `${topic}:{${partition}}`,
          "*",
          "n",
          values.length,
          "d",
          Buffer.concat(values.flatMap((value) => [FRAME, value])),
        );
      await pipeline.exec();
    },
    async reader(topic) {
      const names = streams(topic);
      const after = names.map(() => "0");
      return {
        async next() {
          const answer = await redis.xreadBuffer("COUNT", ROUND / BATCH, "STREAMS", ...names, ...after);
          const found = new Map<number, Buffer[]>();
          for (const [name, entries] of (answer ?? []) as [Buffer, [Buffer, Buffer[]][]][]) {
            const partition = names.indexOf(String(name));
            after[partition] = String(entries.at(-1)?.[0]);
            found.set(
              partition,
              entries.flatMap(([, fields]) => eventsOf(fields)),
            );
          }
          return found;
        },
        close: async () => {},
      };
    },
  };
}

// An entry of ours holds so many events of the same length.
function eventsOf(fields: readonly Buffer[]): Buffer[] {
  const count = Number(fields[1]);
  const data = fields.at(-1) ?? Buffer.alloc(0);
  const length = Math.floor(data.length / count);
  return Array.from({ length: count }, (_, index) => data.subarray(index * length, (index + 1) * length));
}

function kafkaEngine(url: string): Engine {
  const [, username = "", password = "", broker = ""] = /^kafka:\/\/([^:]+):([^@]+)@(.+)$/.exec(url) ?? [];
  const sasl = { mechanism: "PLAIN", username, password } as const;
  const client = { clientId: "bare", bootstrapBrokers: [broker], sasl };
  const producer = new Producer<Buffer, Buffer, Buffer, Buffer>(client);
  let groups = 0;
  return {
    async append(topic, parts) {
      const messages = [...parts].flatMap(([partition, values]) =>
        values.map((value) => ({ topic, partition, value })),
      );
      await producer.send({ messages, acks: -1 });
    },
    async reader(topic) {
      groups += 1;
      const consumer = new Consumer<Buffer, Buffer, Buffer, Buffer>({
        ...client,
        groupId: `bare-${process.pid}-${groups}`,
      });
      const stream: MessagesStream<Buffer, Buffer, Buffer, Buffer> = await consumer.consume({
        topics: [topic],
        mode: "earliest",
        autocommit: false,
        // What is read ahead while nobody measures is little.
        maxBytes: 1 << 18,
        maxWaitTime: 100,
      });
      const messages = stream[Symbol.asyncIterator]();
      return {
        async next() {
          const found = new Map<number, Buffer[]>();
          for (let count = 0; count < ROUND && (count === 0 || stream.readableLength > 0); count += 1) {
            const { value, done } = await messages.next();
            if (done) break;
            const part = found.get(value.partition) ?? [];
            part.push(value.value);
            found.set(value.partition, part);
          }
          return found;
        },
        close: () => consumer.close(true),
      };
    },
  };
}

const append: Loop = async (place, ms) => {
  const values = Array.from({ length: BATCH }, (_, index) => Buffer.from(encodeEvent(eventOf(place.topic, index))));
  const parts = new Map(Array.from({ length: PARTITIONS }, (_, partition) => [partition, values]));
  const engine = engineOf(place);
  return () =>
    forMs(ms, async () => {
      await engine.append(place.topic, parts);
      return BATCH * PARTITIONS;
    });
};

/** All that a topic holds, `events` in all; `each` is given what one read brought. */
async function reading(place: Place, events: number, each: (found: Map<number, Buffer[]>) => Promise<unknown>) {
  const engine = engineOf(place);
  let reader = await engine.reader(place.topic);
  return async () => {
    for (let left = events, pass = 0; left > 0; ) {
      const found = await reader.next();
      await each(found);
      const count = [...found.values()].reduce((sum, { length }) => sum + length, 0);
      left -= count;
      pass = (pass + count) % HELD;
      if (pass > 0 && left > 0) continue;
      await reader.close();
      if (left > 0) reader = await engine.reader(place.topic);
    }
    return { operations: events, times: [] };
  };
}

const read: Loop = async (place, events) => {
  await fill(place, HELD);
  return reading(place, events, async () => {});
};

const relay: Loop = async (place, events) => {
  const engine = engineOf(place);
  const pool = poolOf(place);
  for (let first = 0; first < events; first += 1000) {
    const written = Array.from({ length: 1000 }, (_, index) => eventOf(place.topic, first + index));
    await pool.query(
      "insert into outbox (topic, key_hash, event) select * from unnest($1::text[], $2::int[], $3::bytea[])",
      [
        written.map(({ topic }) => topic),
        written.map(({ subject }) => keyHash(subject)),
        written.map((event) => Buffer.from(encodeEvent(event))),
      ],
    );
  }
  return async () => {
    for (let left = events; left > 0; ) {
      const { rows } = await pool.query<{ id: string; key_hash: number; event: Buffer }>({
        name: "bench_take",
        text: "select id, key_hash, event from outbox order by id limit $1",
        values: [ROUND],
      });
      const parts = new Map<number, Buffer[]>();
      for (const { key_hash, event } of rows) {
        const part = parts.get(key_hash % PARTITIONS) ?? [];
        part.push(event);
        parts.set(key_hash % PARTITIONS, part);
      }
      await engine.append(place.topic, parts);
      const ids = rows.map(({ id }) => id);
      await pool.query({ name: "bench_gone", text: "delete from outbox where id = any($1)", values: [ids] });
      left -= rows.length;
    }
    return { operations: events, times: [] };
  };
};

const MOVE = `
with effects as (insert into bench_effect (event) select * from unnest($1::text[]))
update bench_offset set next = next + $2 where partition = $3`;

// The least that makes an effect and the place behind it one: a statement that commits both.
const consume: Loop = async (place, events) => {
  await fill(place, events);
  const pool = poolOf(place);
  const move = async (partition: number, values: readonly Buffer[]) => {
    for (let first = 0; first < values.length; first += TOGETHER) {
      const ids = values
        .slice(first, first + TOGETHER)
        .map((_, index) => `${place.topic}/${partition}/${first + index}`);
      await pool.query({ name: "bench_move", text: MOVE, values: [ids, ids.length, partition] });
    }
  };
  return reading(place, events, (found) =>
    Promise.all([...found].map(([partition, values]) => move(partition, values))),
  );
};

export const bare: Loops = { append, read, relay, consume };
