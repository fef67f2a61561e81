// The loops as Larder's services run them.
import {
  type Batch,
  type ConsumeOptions,
  consume,
  type EventLog,
  encodeEvent,
  openEventLog,
  openRelay,
  writeEvent,
  writeEvents,
} from "@larder/events";
import { type Database, openDatabase, type Tx } from "@larder/store";
import {
  BATCH,
  type Done,
  eventOf,
  forMs,
  HELD,
  type Loop,
  type Loops,
  PARTITIONS,
  type Place,
  TOGETHER,
} from "./loops.ts";

const logs = new Map<string, EventLog>();
const databases = new Map<string, Database>();

const logOf = ({ log: url }: Place): EventLog => {
  const log = logs.get(url) ?? openEventLog(url);
  logs.set(url, log);
  return log;
};
const databaseOf = ({ database: url }: Place): Database => {
  const database = databases.get(url) ?? openDatabase(url);
  databases.set(url, database);
  return database;
};

/** Appends to all partitions at once, under numbers that rise. */
function appending(log: EventLog, topic: string): () => Promise<number> {
  const values = Array.from({ length: BATCH }, (_, index) => encodeEvent(eventOf(topic, index)));
  let next = 1n;
  return async () => {
    const records = values.map((value, index) => ({ sequence: next + BigInt(index), value }));
    next += BigInt(BATCH);
    const batches = Array.from(
      { length: PARTITIONS },
      (_, partition): Batch => ({ topic, partition, producer: "bench", records }),
    );
    await log.append(batches);
    return BATCH * PARTITIONS;
  };
}

const append: Loop = async (place, ms) => {
  const log = logOf(place);
  await log.partitions(place.topic);
  const call = appending(log, place.topic);
  return () => forMs(ms, call);
};

/** Fills a topic for whoever reads it, unless that was done. */
export async function fill(place: Place, events: number): Promise<void> {
  const log = logOf(place);
  if ((await log.range(place.topic, 0)).next > 0n) return;
  for (let first = 0; first < events; ) {
    const batches = Array.from({ length: PARTITIONS }, (_, partition): Batch => {
      const records = Array.from({ length: BATCH }, (_, index) => {
        const number = first + partition * BATCH + index;
        return { sequence: BigInt(number + 1), value: encodeEvent(eventOf(place.topic, number)) };
      });
      return { topic: place.topic, partition, producer: "bench", records };
    });
    await log.append(batches);
    first += BATCH * PARTITIONS;
  }
}

const read: Loop = async (place, events) => {
  const log = logOf(place);
  await fill(place, HELD);
  const from = new Map<number, bigint>();
  return async () => {
    for (let left = events, pass = 0; left > 0; ) {
      if (pass === 0) for (let partition = 0; partition < PARTITIONS; partition += 1) from.set(partition, 0n);
      const records = await log.read(place.topic, from, { waitMs: 100 });
      for (const { partition, offset } of records) from.set(partition, offset + 1n);
      left -= records.length;
      pass = (pass + records.length) % HELD;
    }
    return { operations: events, times: [] };
  };
};

const relay: Loop = async (place, events) => {
  const log = logOf(place);
  const database = databaseOf(place);
  for (let first = 0; first < events; first += 1000) {
    const written = Array.from({ length: 1000 }, (_, index) => eventOf(place.topic, first + index));
    await database.transaction((tx) => writeEvents(tx, written));
  }
  const begin = database.stats();
  return async () => {
    const controller = new AbortController();
    let left = events;
    const counting: EventLog = Object.create(log, {
      append: {
        value: async (batches: readonly Batch[]) => {
          const appended = await log.append(batches);
          left -= batches.reduce((sum, { records }) => sum + records.length, 0);
          if (left <= 0) controller.abort();
          return appended;
        },
      },
      partitions: { value: (topic: string) => log.partitions(topic) },
    });
    await openRelay(database, counting).run(controller.signal);
    return { operations: events, times: [], ...asked(database, begin) };
  };
};

const asked = (database: Database, { queries, commits }: { queries: number; commits: number }) => {
  const now = database.stats();
  return { statements: now.queries - queries, commits: now.commits - commits };
};

const effect: Pick<ConsumeOptions, "handle" | "handleAll"> = {
  handle: (tx, event) => leave(tx, [event.id]),
  handleAll: (tx, events) =>
    leave(
      tx,
      events.map(({ id }) => id),
    ),
};
const leave = async (tx: Tx, ids: readonly string[]): Promise<void> => {
  await tx.query("bench_effect", "insert into bench_effect (event) select * from unnest($1::text[])", [ids]);
};

/** Consumes until `stop` says that it was enough. */
async function consuming(
  place: Place,
  group: string,
  observe: (ended: () => void) => ConsumeOptions["observe"],
): Promise<void> {
  const controller = new AbortController();
  const options = { topic: place.topic, group, maxDeliveries: 0, batch: TOGETHER, ...effect };
  const watching = observe(() => controller.abort());
  await consume(
    logOf(place),
    databaseOf(place),
    { ...options, ...(watching && { observe: watching }) },
    controller.signal,
  );
}

const consumed: Loop = async (place, events) => {
  await fill(place, events);
  const begin = databaseOf(place).stats();
  return async () => {
    let left = events;
    await consuming(place, "bench", (end) => () => {
      left -= 1;
      if (left === 0) end();
    });
    return { operations: events, times: [], ...asked(databaseOf(place), begin) };
  };
};

export const ours: Loops = { append, read, relay, consume: consumed };

/** `amount` events, one at a time on an idle system: ms from the commit of the transaction that caused it to that of its effect. */
export const delay: Loop = async (place, events) => {
  const log = logOf(place);
  const database = databaseOf(place);
  await log.partitions(place.topic);
  return async (): Promise<Done> => {
    const controller = new AbortController();
    const times: number[] = [];
    let handled = Promise.withResolvers<void>();
    const relaying = openRelay(database, log).run(controller.signal);
    const consumer = consuming(place, "bench", (end) => {
      controller.signal.addEventListener("abort", end);
      return () => handled.resolve();
    });
    for (let number = 0; number < events + WARM_UP; number += 1) {
      handled = Promise.withResolvers();
      // Every partition is met, at no fixed distance from anybody's clock.
      await new Promise((resolve) => setTimeout(resolve, 10 + (number % 7) * 5));
      await database.transaction((tx) => writeEvent(tx, eventOf(place.topic, number)));
      const committed = performance.now();
      await handled.promise;
      if (number >= WARM_UP) times.push(performance.now() - committed);
    }
    controller.abort();
    await Promise.all([relaying, consumer]);
    return { operations: events, times };
  };
};
/** The first events wait for leases and plans. */
const WARM_UP = 10;
