// From the log to the effect: exactly once, in the order of the key, one by one and together, and where a group is moved.

import { describe, expect, test } from "vitest";
import { type ConsumeOptions, consume, type DeliveredEvent, type Outcome } from "../consumer.ts";
import type { Engine } from "../contract.ts";
import { moveTo } from "../inbox.ts";
import { partitionOf } from "../murmur2.ts";
import { until } from "../testing.ts";
import { consumption, PARTITIONS } from "./consumption.ts";
import { eventOf, inOrder, leaveEffect, versionsByKey } from "./shop.ts";

export function deliveryContract(running: () => Engine): void {
  describe("a consumer", () => {
    const { append, consuming, handled, found, keyOfPartition, now } = consumption(running);

    test("handles each event once, in the order of its key, and goes on where it was", async () => {
      const keys = ["a", "b", "c", "d", "e", "f"];
      for (let version = 1; version <= 20; version += 1)
        await append(...keys.map((key) => [key, version] as [string, number]));
      await consuming({}, () => handled(60));
      await consuming({}, () => handled(120));
      expect(versionsByKey(await found())).toEqual(inOrder(keys, 20));
      const lag = await now().log.lag(now().topic, "suite");
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
        topic: now().topic,
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
          const { rows } = await now().db.query(
            "suite_claimed",
            "select 1 from consumer_offsets where group_name = 'late' and topic = $1",
            [now().topic],
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

    test("handles events together where it may, once each", async () => {
      const batches: bigint[][] = [];
      await append(["a", 1], ["a", 2], ["a", 1], ["a", 3]);
      const handleAll: ConsumeOptions["handleAll"] = async (tx, events) => {
        batches.push(events.map(({ aggregateVersion }) => aggregateVersion ?? 0n));
        for (const event of events) await leaveEffect("suite")(tx, event);
      };
      await consuming({ handleAll }, () => handled(3));
      expect(batches).toEqual([[1n, 2n, 3n]]);
    });

    test("lets the events of a partition gather while it lingers", async () => {
      const sizes: number[] = [];
      const handleAll: ConsumeOptions["handleAll"] = async (tx, events) => {
        sizes.push(events.length);
        for (const event of events) await leaveEffect("suite")(tx, event);
      };
      const elsewhere = keyOfPartition((partitionOf("a", PARTITIONS) + 1) % PARTITIONS, "elsewhere");
      await append(["a", 1]);
      await consuming({ handleAll, lingerMs: 600_000 }, async () => {
        await handled(1);
        for (let version = 2; version <= 10; version += 1) await append(["a", version]);
        await append([elsewhere, 1]);
        await handled(2);
        expect(versionsByKey(await found())).toEqual({ a: [1], [elsewhere]: [1] });
      });
      await consuming({ handleAll }, () => handled(11));
      expect(sizes).toEqual([9]);
    });

    test("lets groups consume on their own", async () => {
      await append(["a", 1]);
      await consuming({ group: "one", handle: leaveEffect("one") }, () =>
        consuming({ group: "two", handle: leaveEffect("two") }, () => handled(2)),
      );
      expect((await found()).map(({ by }) => by).sort()).toEqual(["one", "two"]);
    });

    describe("whose group is moved", () => {
      const place = () => ({ group: "suite", topic: now().topic, partition: partitionOf("a", PARTITIONS) });

      test("handles again only what it is told to", async () => {
        await append(["a", 1], ["a", 2], ["a", 3]);
        await consuming({}, () => handled(3));
        const outcomes: string[] = [];
        const observe = ({ what, event }: Outcome) => void outcomes.push(`${what} ${event?.aggregateVersion}`);
        expect(await moveTo(now().db, place(), 1n, [eventOf(now().topic, "a", 3n)])).toBe(3n);
        await consuming({ observe }, () => until(() => outcomes.length === 2));
        expect(outcomes).toEqual(["repeated 2", "handled 3"]);
        expect(await moveTo(now().db, { ...place(), group: "nobody" }, 0n)).toBeUndefined();
      });

      test("goes there at once, with nothing new to wake it", async () => {
        await append(["a", 1], ["a", 2]);
        await consuming({}, async () => {
          await handled(2);
          await now().db.query("suite_forget", "delete from effect where topic = $1", [now().topic]);
          await moveTo(
            now().db,
            place(),
            0n,
            [1n, 2n].map((version) => eventOf(now().topic, "a", version)),
          );
          await handled(2);
        });
      });

      test("has no effect from a delivery that was under way", async () => {
        const calls: bigint[] = [];
        await append(["a", 1], ["a", 2]);
        const handle: ConsumeOptions["handle"] = async (tx, event) => {
          calls.push(event.offset);
          // An operator goes first, between the event and its commit.
          if (calls.length === 1) await moveTo(now().db, place(), 1n);
          await leaveEffect("suite")(tx, event);
        };
        await consuming({ handle, batch: 1 }, () => handled(1));
        expect(versionsByKey(await found())).toEqual({ a: [2] });
        expect(calls).toEqual([0n, 1n]);
      });
    });

    test("stops at once when it is told to, and keeps what it is in the middle of", async () => {
      const started = Promise.withResolvers<void>();
      const controller = new AbortController();
      await append(["a", 1], ["a", 2]);
      const run = consume(
        now().log,
        now().db,
        {
          topic: now().topic,
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
