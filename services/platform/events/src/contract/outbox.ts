// From the transaction that causes an event to the log: exactly once, in the order of the key.

import { randomUUID } from "node:crypto";
import { type Database, openDatabase } from "@larder/store";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Engine } from "../contract.ts";
import { decodeEvent } from "../event.ts";
import type { EventLog } from "../log.ts";
import { openEventLog } from "../open.ts";
import { outboxColumns, outboxRows, wakeRelay, writeEvent, writeEvents } from "../outbox.ts";
import { openRelay, type RelayOptions } from "../relay.ts";
import { until } from "../testing.ts";
import { startChild } from "./process.ts";
import { change, eventOf, openShop, type Shop } from "./shop.ts";

export function outboxContract(running: () => Engine): void {
  describe("the outbox", () => {
    let shop: Shop;
    let db: Database;
    let log: EventLog;
    let topic: string;

    beforeAll(async () => {
      shop = await openShop();
      db = shop.db;
      log = openEventLog(running().url);
    });
    afterAll(async () => {
      await log.close();
      await shop.stop();
    });
    beforeEach(async () => {
      topic = `test.${randomUUID()}.v1`;
      await log.createTopic(topic, 2);
    });

    /** Runs a relay while `fn` runs. */
    const relaying = async <T>(fn: (relay: ReturnType<typeof openRelay>) => Promise<T>, options?: RelayOptions) => {
      const controller = new AbortController();
      const relay = openRelay(db, log, options);
      const run = relay.run(controller.signal);
      try {
        return await fn(relay);
      } finally {
        controller.abort();
        await run;
      }
    };

    /** The ids of the events of a topic, partition by partition. */
    const inLog = async (): Promise<string[]> => {
      const ids: string[] = [];
      for (const partition of [0, 1]) {
        for (let from = 0n; ; ) {
          const records = await log.read(topic, new Map([[partition, from]]));
          if (records.length === 0) break;
          ids.push(...records.map(({ value }) => decodeEvent(value).id.replace(`${topic}/`, "")));
          from = (records.at(-1)?.offset ?? 0n) + 1n;
        }
      }
      return ids;
    };
    const arrived = (count: number) => until(async () => (await inLog()).length >= count);
    const emptied = () =>
      until(async () => (await db.query("suite_outbox", "select 1 from outbox limit 1")).rows.length === 0);
    /** Events that have numbers and are not yet known to be in the log. */
    const pending = async (): Promise<number> => {
      const { rows } = await db.query<{ n: bigint }>(
        "suite_pending",
        "select sum(cardinality(pending)) as n from outbox_state",
      );
      return Number(rows[0]?.n);
    };
    const ofKey = (ids: readonly string[], key: string) => ids.filter((id) => id.startsWith(`${key}/`));

    test("takes events to the log in the order of their keys, and forgets them", async () => {
      const keys = ["a", "b", "c"];
      await relaying(async (relay) => {
        for (let version = 1; version <= 10; version += 1) await Promise.all(keys.map((key) => change(db, topic, key)));
        await arrived(30);
        await emptied();
        expect(relay.stats()).toMatchObject({ appended: 30, skipped: 0 });
      });
      const ids = await inLog();
      expect(ids).toHaveLength(30);
      for (const key of keys)
        expect(ofKey(ids, key)).toEqual(Array.from({ length: 10 }, (_, index) => `${key}/${index + 1}`));
    });

    test("leaves out the events of a transaction that did not commit", async () => {
      const failed = db.transaction(async (tx) => {
        await writeEvent(tx, eventOf(topic, "a", 1n));
        throw new Error("no");
      });
      await expect(failed).rejects.toThrow("no");
      await change(db, topic, "b");
      await relaying(() => arrived(1));
      expect(await inLog()).toEqual(["b/1"]);
    });

    test("takes an event that became visible after younger ones", async () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const drawn = Promise.withResolvers<void>();
      const late = db.transaction(async (tx) => {
        await writeEvent(tx, eventOf(topic, "late", 1n));
        drawn.resolve();
        await promise;
      });
      await drawn.promise;
      await relaying(async () => {
        await change(db, topic, "early");
        await arrived(1);
        await emptied();
        resolve();
        await late;
        await arrived(2);
      });
      expect((await inLog()).sort()).toEqual(["early/1", "late/1"]);
    });

    test("works in rounds of a limited size", async () => {
      await db.transaction((tx) =>
        writeEvents(
          tx,
          Array.from({ length: 25 }, (_, index) => eventOf(topic, "a", BigInt(index + 1))),
        ),
      );
      await relaying(
        async (relay) => {
          await arrived(25);
          await emptied();
          expect(relay.stats().rounds).toBeGreaterThanOrEqual(3);
        },
        { max: 10 },
      );
      expect(await inLog()).toEqual(Array.from({ length: 25 }, (_, index) => `a/${index + 1}`));
    });

    test("can be written by a statement that writes other rows too", async () => {
      const events = [eventOf(topic, "a", 1n), eventOf(topic, "b", 1n)];
      await relaying(
        async () => {
          await db.query(
            "suite_joined",
            `with new as (insert into aggregate select key, 1 from unnest($1::text[]) as k(key) returning 1)
             insert into outbox (topic, key_hash, event) select * from ${outboxRows(2)}`,
            [events.map(({ id }) => id), ...outboxColumns(events)],
          );
          wakeRelay(db);
          await arrived(2);
        },
        { pollMs: 600_000 },
      );
    });

    test("is told of events that another process writes", async () => {
      const elsewhere = openDatabase(shop.url);
      await relaying(
        async (relay) => {
          await until(() => relay.stats().rounds > 0);
          await change(elsewhere, topic, "a");
          await arrived(1);
        },
        { pollMs: 600_000 },
      );
      await elsewhere.close();
    });

    test("has one relay at work, and another takes over when its session ends", async () => {
      await relaying(async (first) => {
        await change(db, topic, "a");
        await arrived(1);
        await relaying(
          async (second) => {
            await change(db, topic, "a");
            await arrived(2);
            expect([first.stats().appended, second.stats().appended]).toEqual([2, 0]);
            // Ends the session of whoever holds the locks, until it is the other one that gets them.
            for (let count = 3; second.stats().appended === 0; count += 1) {
              await db.query(
                "suite_end_relay",
                "select pg_terminate_backend(pid) from (select distinct pid from pg_locks where locktype = 'advisory') as holder",
              );
              await change(db, topic, "a");
              await arrived(count);
            }
          },
          { pollMs: 50 },
        );
      });
      const ids = await inLog();
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids).toEqual(ids.map((_, index) => `a/${index + 1}`));
    });

    describe.each(["killed before append", "killed after append"] as const)("of a relay that is %s", (end) => {
      test("has every event in the log once, and in order", async () => {
        const keys = ["a", "b", "c", "d", "e"];
        for (let version = 1; version <= 3; version += 1) for (const key of keys) await change(db, topic, key);
        // It dies in its first round; whoever comes next meets numbers that were given and not yet forgotten.
        for (let deaths = 0; deaths < 3; deaths += 1) {
          const child = startChild({ role: "relay", log: running().url, db: shop.url, end });
          expect([await child.ended, child.output()]).toEqual(["SIGKILL", ""]);
          for (const key of keys) await change(db, topic, key);
        }
        expect(await pending()).toBeGreaterThan(0);
        await relaying(async (relay) => {
          await arrived(keys.length * 6);
          await emptied();
          if (end === "killed after append") expect(relay.stats().skipped).toBeGreaterThan(0);
        });
        const ids = await inLog();
        expect(ids).toHaveLength(keys.length * 6);
        for (const key of keys)
          expect(ofKey(ids, key)).toEqual([1, 2, 3, 4, 5, 6].map((version) => `${key}/${version}`));
      });
    });

    test("of a relay that is frozen, replaced and woken has every event in the log once, and in order", async () => {
      for (let version = 1; version <= 3; version += 1) await change(db, topic, "a");
      const child = startChild({ role: "relay", log: running().url, db: shop.url, end: "frozen before append" });
      await until(async () => (await pending()) > 0);
      // Nobody ends its session but the database, which hears nothing of it.
      await relaying(async () => {
        await arrived(3);
        await change(db, topic, "a");
        await arrived(4);
        await emptied();
        // Again and again: it may not have come to its stop yet.
        await until(() => child.process.kill("SIGCONT") && child.output().includes("appended"));
      });
      await child.kill();
      expect(await inLog()).toEqual([1, 2, 3, 4].map((version) => `a/${version}`));
    });

    test("of a database that was set back does not lose what is new", async () => {
      await relaying(async () => {
        for (let n = 0; n < 5; n += 1) await change(db, topic, "a");
        await arrived(5);
        await emptied();
      });
      await db.query("suite_set_back", "update outbox_state set next_sequence = 1, pending = '{}'");
      await change(db, topic, "a");
      await relaying(async () => {
        await arrived(6);
        await emptied();
        await change(db, topic, "a");
        await arrived(7);
      });
      expect(await inLog()).toEqual([1, 2, 3, 4, 5, 6, 7].map((version) => `a/${version}`));
    });

    test("waits while the log is away, and forgets nothing meanwhile", async () => {
      await relaying(async () => {
        await change(db, topic, "a");
        await arrived(1);
        await running().kill();
        for (let n = 0; n < 5; n += 1) await change(db, topic, "a");
        await running().start();
        await until(() =>
          log.ping().then(
            () => true,
            () => false,
          ),
        );
        await arrived(6);
        await emptied();
      });
      expect(await inLog()).toEqual([1, 2, 3, 4, 5, 6].map((version) => `a/${version}`));
    });
  });
}
