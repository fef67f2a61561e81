// From the log to the effect: exactly once, in the order of the key, whatever happens to handlers and consumers.

import { randomUUID } from "node:crypto";
import type { Database } from "@larder/store";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type ConsumeOptions, consume, type DeliveredEvent, type Outcome } from "../consumer.ts";
import type { Engine } from "../contract.ts";
import { deadTopic, deathOf, UNREADABLE } from "../dead-letter.ts";
import { RejectEvent } from "../delivery.ts";
import { decodeEvent, type Event, encodeEvent } from "../event.ts";
import type { EventLog } from "../log.ts";
import { partitionOf } from "../murmur2.ts";
import { openEventLog } from "../open.ts";
import { until } from "../testing.ts";
import { startChild } from "./process.ts";
import { effects, eventOf, inOrder, leaveEffect, openShop, type Shop, versionsByKey } from "./shop.ts";

const PARTITIONS = 4;

export function deliveryContract(running: () => Engine): void {
  describe("a consumer", () => {
    let shop: Shop;
    let db: Database;
    let log: EventLog;
    let topic: string;
    let sequence: bigint;

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

    test("handles each event once, in the order of its key, and goes on where it was", async () => {
      const keys = ["a", "b", "c", "d", "e", "f"];
      for (let version = 1; version <= 20; version += 1)
        await append(...keys.map((key) => [key, version] as [string, number]));
      await consuming({}, () => handled(60));
      await consuming({}, () => handled(120));
      expect(versionsByKey(await found())).toEqual(inOrder(keys, 20));
      const lag = await log.lag(topic, "suite");
      expect(lag.map(({ behind }) => behind)).toEqual([0n, 0n, 0n, 0n]);
    });

    test("gets events while it waits", async () => {
      await consuming({}, async () => {
        for (let version = 1; version <= 5; version += 1) {
          await append(["a", version]);
          await handled(version);
        }
      });
    });

    test("gets the event with its attributes and its place", async () => {
      const events: DeliveredEvent[] = [];
      await append(["a", 1]);
      await consuming({ handle: async (_, event) => void events.push(event) }, () => until(() => events.length === 1));
      expect(events[0]).toMatchObject({
        topic,
        subject: "a",
        partition: partitionOf("a", PARTITIONS),
        offset: 0n,
        attempt: 1,
        aggregateVersion: 1n,
        source: "suite",
      });
    });

    test("begins with the next event if it is new and says so", async () => {
      await append(["a", 1]);
      await consuming({ start: "latest", group: "late" }, async () => {
        await until(async () => {
          const { rows } = await db.query(
            "suite_claimed",
            "select 1 from consumer_offsets where group_name = 'late' and topic = $1",
            [topic],
          );
          return rows.length === PARTITIONS;
        });
        await append(["a", 2]);
        await handled(1);
      });
      expect(await found()).toMatchObject([{ key: "a", version: 2n }]);
    });

    test("passes over an event that was appended twice", async () => {
      const outcomes: Outcome[] = [];
      await append(["a", 1], ["a", 1], ["a", 2]);
      await append(["a", 1]);
      await consuming({ observe: (outcome) => void outcomes.push(outcome) }, () => until(() => outcomes.length === 4));
      expect(outcomes.map(({ what }) => what).sort()).toEqual(["handled", "handled", "repeated", "repeated"]);
      expect(versionsByKey(await found())).toEqual({ a: [1, 2] });
    });

    test("lets groups consume on their own", async () => {
      await append(["a", 1]);
      await consuming({ group: "one", handle: leaveEffect("one") }, () =>
        consuming({ group: "two", handle: leaveEffect("two") }, () => handled(2)),
      );
      expect((await found()).map(({ by }) => by).sort()).toEqual(["one", "two"]);
    });

    describe("whose handler fails", () => {
      const poison = "poison";
      /** Fails on one key, after it has left its effect. */
      const failing =
        (error: () => Error, calls: DeliveredEvent[] = []) =>
        async (...[tx, event]: Parameters<ConsumeOptions["handle"]>) => {
          await leaveEffect("suite")(tx, event);
          if (event.subject !== poison) return;
          calls.push(event);
          throw error();
        };
      const other = () => keyOfPartition(partitionOf(poison, PARTITIONS), "same");

      test("delivers again, then gives the event up and goes on", async () => {
        const calls: DeliveredEvent[] = [];
        await append([other(), 1], [poison, 1], [other(), 2], ["elsewhere", 1]);
        await consuming({ handle: failing(() => new Error("cannot"), calls) }, () => handled(3));
        expect(calls.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
        expect(versionsByKey(await found())).toEqual({ [other()]: [1, 2], elsewhere: [1] });
        const letters = await dead();
        expect(letters).toHaveLength(1);
        expect(letters[0]).toMatchObject({ id: `${topic}/${poison}/1`, subject: poison, aggregateVersion: 1n });
        expect(deathOf(letters[0] as Event)).toEqual({
          group: "suite",
          attempts: 3,
          reason: "Error: cannot",
          origin: `${topic}/${partitionOf(poison, PARTITIONS)}/1`,
        });
      });

      test("delivers exactly as often one by one as in batches", async () => {
        const calls: DeliveredEvent[] = [];
        await append([other(), 1], [poison, 1], [other(), 2]);
        await consuming({ handle: failing(() => new Error("cannot"), calls), batch: 1 }, () => handled(2));
        expect(calls.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
        expect(await dead()).toHaveLength(1);
      });

      test("does not deliver again what was rejected for good", async () => {
        const calls: DeliveredEvent[] = [];
        await append([poison, 1], [other(), 1]);
        await consuming({ handle: failing(() => new RejectEvent("unknown version"), calls) }, () => handled(1));
        expect(calls).toHaveLength(1);
        expect(deathOf((await dead())[0] as Event)).toMatchObject({
          attempts: 1,
          reason: "RejectEvent: unknown version",
        });
      });

      test("goes on with the event once it succeeds", async () => {
        let failures = 2;
        await append([poison, 1], [poison, 2]);
        await consuming(
          {
            handle: async (tx, event) => {
              await leaveEffect("suite")(tx, event);
              if (failures-- > 0) throw new Error("not yet");
            },
          },
          () => handled(2),
        );
        expect(versionsByKey(await found())).toEqual({ [poison]: [1, 2] });
        expect(await dead()).toEqual([]);
      });

      test("holds its partition during the back-off, and no other", async () => {
        const elsewhere = keyOfPartition((partitionOf(poison, PARTITIONS) + 1) % PARTITIONS, "elsewhere");
        const waits: number[] = [];
        await append([poison, 1], [other(), 1]);
        await consuming(
          { handle: failing(() => new Error("cannot")), backoff: (failed) => waits.push(failed) * 600_000 },
          async () => {
            await until(() => waits.length === 1);
            await append([elsewhere, 1]);
            await handled(1);
          },
        );
        expect(versionsByKey(await found())).toEqual({ [elsewhere]: [1] });
        expect(waits).toEqual([1]);
        // What is left is delivered when it is back, with the count that it had.
        const calls: DeliveredEvent[] = [];
        await consuming({ handle: failing(() => new Error("cannot"), calls) }, () => handled(2));
        expect(calls.map(({ attempt }) => attempt)).toEqual([2, 3]);
      });

      test("never gives up where the contract says so", async () => {
        const calls: DeliveredEvent[] = [];
        await append([poison, 1], [other(), 1]);
        await consuming({ handle: failing(() => new Error("cannot"), calls), maxDeliveries: 0 }, () =>
          until(() => calls.length >= 20),
        );
        expect(await found()).toEqual([]);
        expect(await dead()).toEqual([]);
      });

      test("gives up an event at whose commit the database refuses", async () => {
        await db.session((session) =>
          session.execute(`create table if not exists parent (key text primary key);
            create table if not exists child (key text references parent deferrable initially deferred)`),
        );
        await append([other(), 1], [poison, 1], [other(), 2]);
        await consuming(
          {
            handle: async (tx, event) => {
              await leaveEffect("suite")(tx, event);
              if (event.subject === poison) await tx.query("suite_orphan", "insert into child values ('nobody')");
            },
          },
          () => handled(2),
        );
        expect(versionsByKey(await found())).toEqual({ [other()]: [1, 2] });
        expect(deathOf((await dead())[0] as Event)?.reason).toContain("child_key_fkey");
      });
    });

    test("sends bytes that are no event to the dead letters, with the bytes", async () => {
      const junk = new TextEncoder().encode("this is not an event");
      const partition = partitionOf("a", PARTITIONS);
      const good = (version: bigint) => encodeEvent(eventOf(topic, "a", version));
      await appendBytes(partition, good(1n), junk, good(2n));
      await consuming({}, () => handled(2));
      expect(versionsByKey(await found())).toEqual({ a: [1, 2] });
      const [letter] = await dead();
      expect(letter).toMatchObject({ type: UNREADABLE, id: `${topic}/${partition}/1`, data: Buffer.from(junk) });
      expect(deathOf(letter as Event)).toMatchObject({ attempts: 1, origin: `${topic}/${partition}/1` });
    });

    test("that dies on an event is not caught in it for ever", async () => {
      await append(["a", 1], ["deadly", 1], ["deadly", 2]);
      const behind = keyOfPartition(partitionOf("deadly", PARTITIONS), "behind");
      await append([behind, 1]);
      let deaths = 0;
      const settings = {
        role: "consumer",
        log: running().url,
        db: shop.url,
        topic,
        group: "mortal",
        leaseMs: 200,
        deadly: "deadly",
      } as const;
      for (let alive = false; !alive; ) {
        const child = startChild(settings);
        const outcome = await Promise.race([child.ended, handled(2)]);
        alive = outcome === undefined;
        if (!alive) deaths += 1;
        await child.kill();
      }
      // Once in a batch, which says nothing about any one event, and three times for each of the two.
      expect(deaths).toBeGreaterThanOrEqual(6);
      expect(deaths).toBeLessThanOrEqual(8);
      expect(versionsByKey(await found())).toEqual({ a: [1], [behind]: [1] });
      const letters = await dead();
      expect(letters.map(({ id }) => id)).toEqual([`${topic}/deadly/1`, `${topic}/deadly/2`]);
      expect(letters.map((letter) => deathOf(letter)?.attempts)).toEqual([3, 3]);
    });

    describe("that has been replaced", () => {
      test("does not begin another event", async () => {
        const calls: string[] = [];
        const handle =
          (by: string) =>
          async (...[tx, event]: Parameters<ConsumeOptions["handle"]>) => {
            calls.push(`${by} ${event.aggregateVersion}`);
            await leaveEffect(by)(tx, event);
          };
        // Two members under one name: the second takes over, and the first does not learn of it from the log for minutes.
        const options = { member: "same", leaseMs: 600_000 };
        await append(["a", 1]);
        await consuming({ ...options, handle: handle("old") }, async () => {
          await handled(1);
          const other = openEventLog(running().url);
          await consuming(
            { ...options, handle: handle("new") },
            async () => {
              await until(async () => {
                const { rows } = await db.query<{ least: bigint }>(
                  "suite_epochs",
                  "select min(epoch) as least from consumer_offsets where topic = $1 having count(*) = $2",
                  [topic, PARTITIONS],
                );
                return (rows[0]?.least ?? 0n) > 1n;
              });
              await append(["a", 2], ["a", 3]);
              await handled(3);
            },
            other,
          );
          await other.close();
        });
        expect(calls).toEqual(["old 1", "new 2", "new 3"]);
      });

      test("cannot commit what it was in the middle of", async () => {
        const started = Promise.withResolvers<void>();
        const goOn = Promise.withResolvers<void>();
        const options = { member: "same", leaseMs: 600_000 };
        await append(["a", 1]);
        const slow = async (...[tx, event]: Parameters<ConsumeOptions["handle"]>) => {
          await leaveEffect("old")(tx, event);
          started.resolve();
          await goOn.promise;
        };
        await consuming({ ...options, handle: slow }, async () => {
          await started.promise;
          const other = openEventLog(running().url);
          await consuming(
            { ...options, handle: leaveEffect("new") },
            async () => {
              await until(async () => {
                const { rows } = await db.query<{ n: bigint }>(
                  "suite_waiting",
                  "select count(*) as n from pg_stat_activity where wait_event_type = 'Lock'",
                );
                return (rows[0]?.n ?? 0n) > 0n;
              });
              goOn.resolve();
              await handled(1);
            },
            other,
          );
          await other.close();
        });
        expect(await found()).toEqual([{ key: "a", version: 1n, by: "new" }]);
      });

      test("because it was stopped past its lease has no effect when it wakes", async () => {
        await append(["a", 1]);
        const child = startChild({
          role: "consumer",
          log: running().url,
          db: shop.url,
          topic,
          group: "suite",
          leaseMs: 300,
          waitAt: "a",
        });
        await until(() => child.output().includes("handling"));
        child.process.kill("SIGSTOP");
        await consuming({ leaseMs: 300 }, async () => {
          await handled(1);
          await append(["a", 2]);
          await handled(2);
          child.process.stdin?.write("go on\n");
          child.process.kill("SIGCONT");
          // It finds out that it was replaced, and goes on as a member like any other.
          await until(() => /consumer (interrupted|was replaced)/.test(child.output()));
          await append(["b", 1], ["c", 1], ["d", 1]);
          await handled(5);
        });
        await child.kill();
        expect((await found()).filter(({ key }) => key === "a")).toEqual([
          { key: "a", version: 1n, by: "suite" },
          { key: "a", version: 2n, by: "suite" },
        ]);
      });
    });

    test("stops at once when it is told to, and keeps what it is in the middle of", async () => {
      const started = Promise.withResolvers<void>();
      const controller = new AbortController();
      await append(["a", 1], ["a", 2]);
      const run = consume(
        log,
        db,
        {
          topic,
          group: "suite",
          maxDeliveries: 3,
          batch: 1,
          handle: async (tx, event, signal) => {
            started.resolve();
            await new Promise((resolve) => signal.addEventListener("abort", resolve));
            await leaveEffect("suite")(tx, event);
          },
        },
        controller.signal,
      );
      await started.promise;
      controller.abort();
      await run;
      expect(versionsByKey(await found())).toEqual({ a: [1] });
    });
  });
}
