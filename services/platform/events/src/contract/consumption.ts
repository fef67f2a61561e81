// What the suite needs to watch a consumer: a shop, a topic of its own for each test, and ways to fill it and to look at what came of it.

import { randomUUID } from "node:crypto";
import type { Database } from "@larder/store";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { type ConsumeOptions, consume } from "../consumer.ts";
import type { Engine } from "../contract.ts";
import { deadTopic } from "../dead-letter.ts";
import { decodeEvent, type Event, encodeEvent } from "../event.ts";
import type { EventLog } from "../log.ts";
import { partitionOf } from "../murmur2.ts";
import { openEventLog } from "../open.ts";
import { until } from "../testing.ts";
import { effects, eventOf, leaveEffect, openShop, type Shop } from "./shop.ts";

export const PARTITIONS = 4;

/** Sets up and tears down around the tests of the surrounding `describe`. */
export function consumption(running: () => Engine) {
  let shop: Shop;
  let db: Database;
  let log: EventLog;
  let topic: string;
  let sequence: bigint;

  beforeAll(async () => {
    shop = await openShop();
    db = shop.db;
    log = openEventLog(running().url);
    // On a busy machine longer than a call waits.
    await until(() =>
      log.ping().then(
        () => true,
        () => false,
      ),
    );
  });
  afterAll(async () => {
    await log.close();
    await shop.stop();
  });
  beforeEach(async () => {
    topic = `test.${randomUUID()}.v1`;
    sequence = 0n;
    await log.createTopic(topic, PARTITIONS);
  });

  const appendBytes = (partition: number, ...values: Uint8Array[]) =>
    log.append([
      { topic, partition, producer: "suite", records: values.map((value) => ({ sequence: ++sequence, value })) },
    ]);
  const append = async (...events: [key: string, version: number][]) => {
    for (const [key, version] of events) {
      await appendBytes(partitionOf(key, PARTITIONS), encodeEvent(eventOf(topic, key, BigInt(version))));
    }
  };

  /** Consumes while `fn` runs. */
  const consuming = async <T>(options: Partial<ConsumeOptions>, fn: () => Promise<T>, by = log): Promise<T> => {
    const controller = new AbortController();
    const all: ConsumeOptions = {
      topic,
      group: "suite",
      handle: leaveEffect("suite"),
      maxDeliveries: 3,
      backoff: () => 0,
      leaseMs: 1000,
      ...options,
    };
    const run = consume(by, db, all, controller.signal);
    try {
      return await Promise.race([fn(), run.then(() => Promise.reject(new Error("the consumer has ended")))]);
    } finally {
      controller.abort();
      await run;
    }
  };
  const found = () => effects(db, topic);
  const handled = (count: number) => until(async () => (await found()).length >= count);
  const dead = async (): Promise<Event[]> => {
    const letters = await Promise.all(
      Array.from({ length: PARTITIONS }, (_, partition) => log.read(deadTopic(topic), new Map([[partition, 0n]]))),
    );
    return letters.flat().map(({ value }) => decodeEvent(value));
  };
  const keyOfPartition = (partition: number, name: string) => {
    for (let n = 0; ; n += 1) if (partitionOf(`${name}${n}`, PARTITIONS) === partition) return `${name}${n}`;
  };

  return {
    append,
    appendBytes,
    consuming,
    handled,
    found,
    dead,
    keyOfPartition,
    /** Those of the test that runs. */
    now: () => ({ shop, db, log, topic }),
  };
}
