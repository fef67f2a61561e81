// From the log to the effect: exactly once, in the order of the key, whatever happens to handlers and consumers.

import { describe, expect, test } from "vitest";
import { type ConsumeOptions, consume, type DeliveredEvent, type Outcome } from "../consumer.ts";
import type { Engine } from "../contract.ts";
import { deathOf, RejectEvent, UNREADABLE } from "../dead-letter.ts";
import { type Event, encodeEvent, MAX_EVENT_BYTES } from "../event.ts";
import { moveTo } from "../inbox.ts";
import { dropLetter, type Letter, NotReplayable, openLetters, replayLetter } from "../letters.ts";
import { partitionOf } from "../murmur2.ts";
import { until } from "../testing.ts";
import { consumption, PARTITIONS } from "./consumption.ts";
import { eventOf, inOrder, leaveEffect, versionsByKey } from "./shop.ts";

export function deliveryContract(running: () => Engine): void {
  describe("a consumer", () => {
    const { append, appendBytes, consuming, handled, found, dead, keyOfPartition, now } = consumption(running);

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
        expect(letters[0]).toMatchObject({ id: `${now().topic}/${poison}/1`, subject: poison, aggregateVersion: 1n });
        expect(deathOf(letters[0] as Event)).toEqual({
          group: "suite",
          attempts: 3,
          reason: "Error: cannot",
          origin: `${now().topic}/${partitionOf(poison, PARTITIONS)}/1`,
        });
      });

      test("delivers exactly as often one by one as in batches", async () => {
        const calls: DeliveredEvent[] = [];
        await append([other(), 1], [poison, 1], [other(), 2]);
        await consuming({ handle: failing(() => new Error("cannot"), calls), batch: 1 }, () => handled(2));
        expect(calls.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
        expect(await dead()).toHaveLength(1);
      });

      test("tells events that are handled together apart by handling them one by one", async () => {
        const calls: DeliveredEvent[] = [];
        await append([other(), 1], [poison, 1], [other(), 2]);
        const handle = failing(() => new Error("cannot"), calls);
        const handleAll: ConsumeOptions["handleAll"] = async (tx, events) => {
          for (const event of events) await leaveEffect("suite")(tx, event);
          throw new Error("one of them cannot");
        };
        await consuming({ handle, handleAll }, () => handled(2));
        expect(calls.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
        expect(versionsByKey(await found())).toEqual({ [other()]: [1, 2] });
        expect(await dead()).toMatchObject([{ subject: poison }]);
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
        await now().db.session((session) =>
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

    describe("whose dead letters an operator looks at", () => {
      /** Lets every group of two give up what `broken` says, until all events are settled one way or the other. */
      const consumed = (group: string, broken: boolean, done: () => Promise<unknown>) =>
        consuming(
          {
            group,
            maxDeliveries: 1,
            handle: async (tx, event) => {
              if (broken && event.subject === "poison") throw new Error("cannot");
              await leaveEffect(group)(tx, event);
            },
          },
          done,
        );
      const open = () => openLetters(now().log, now().topic);
      const by = async (group: string) => (await found()).filter((effect) => effect.by === group);
      const handledBy = (group: string, count: number) => until(async () => (await by(group)).length >= count);

      test("replays a letter for the group that gave it up, once, and for no other", async () => {
        await append(["poison", 1], ["a", 1]);
        await consumed("one", true, () => until(async () => (await open()).length === 1));
        await consumed("two", false, () => handledBy("two", 2));
        const [letter] = (await open()) as [Letter];
        expect(letter).toMatchObject({
          event: { subject: "poison" },
          death: { group: "one", reason: "Error: cannot" },
        });
        expect(letter.event.extensions).toBeUndefined();
        await replayLetter(now().log, letter);
        await replayLetter(now().log, letter);
        expect(await open()).toEqual([]);
        await append(["poison", 2]);
        await consumed("one", false, () => handledBy("one", 3));
        await consumed("two", false, () => handledBy("two", 3));
        for (const group of ["one", "two"]) expect(versionsByKey(await by(group))).toEqual({ a: [1], poison: [1, 2] });
        const partition = partitionOf("poison", PARTITIONS);
        expect((await now().log.range(now().topic, partition)).next - letter.offset).toBeLessThanOrEqual(4n);
      });

      test("gets another letter if the event fails again", async () => {
        await append(["poison", 1]);
        await consumed("one", true, () => until(async () => (await open()).length === 1));
        const [first] = (await open()) as [Letter];
        await replayLetter(now().log, first);
        await consumed("one", true, () => until(async () => (await open()).length === 1));
        const [second] = (await open()) as [Letter];
        expect(second.offset).toBeGreaterThan(first.offset);
        expect(second.event.id).toBe(first.event.id);
      });

      test("drops a letter, and leaves the others", async () => {
        await append(["poison", 1], ["poison", 2]);
        await consumed("one", true, () => until(async () => (await open()).length === 2));
        const [first, second] = (await open()) as [Letter, Letter];
        await dropLetter(now().log, first);
        expect((await open()).map(({ id }) => id)).toEqual([second.id]);
        await consumed("one", false, async () => {
          await append(["poison", 3]);
          await handledBy("one", 1);
        });
        expect(versionsByKey(await by("one"))).toEqual({ poison: [3] });
      });

      test("cannot replay bytes that are no event, and finds the payload that a letter had no room for", async () => {
        const event = eventOf(now().topic, "poison", 1n);
        // Room for the name of a group, and for no more.
        const room = MAX_EVENT_BYTES - encodeEvent(event).length - 100;
        const large = { ...event, data: new Uint8Array(room).fill(7) };
        const partition = partitionOf("poison", PARTITIONS);
        await appendBytes(partition, new TextEncoder().encode("this is not an event"), encodeEvent(large));
        await consumed("one", true, () => until(async () => (await open()).length === 2));
        const [junk, cut] = (await open()) as [Letter, Letter];
        await expect(replayLetter(now().log, junk)).rejects.toThrow(NotReplayable);
        expect(cut.death).toMatchObject({ withoutPayload: true });
        expect(cut.event.data).toHaveLength(0);
        await replayLetter(now().log, cut);
        const sizes: number[] = [];
        const handle: ConsumeOptions["handle"] = async (_, event) => void sizes.push(event.data.length);
        await consuming({ group: "one", handle }, () => until(() => sizes.length === 1));
        expect(sizes).toEqual([large.data.length]);
        expect((await open()).map(({ id }) => id)).toEqual([junk.id]);
      });
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

    test("sends bytes that are no event to the dead letters, with the bytes", async () => {
      const junk = new TextEncoder().encode("this is not an event");
      const partition = partitionOf("a", PARTITIONS);
      const good = (version: bigint) => encodeEvent(eventOf(now().topic, "a", version));
      await appendBytes(partition, good(1n), junk, good(2n));
      await consuming({}, () => handled(2));
      expect(versionsByKey(await found())).toEqual({ a: [1, 2] });
      const [letter] = await dead();
      expect(letter).toMatchObject({ type: UNREADABLE, id: `${now().topic}/${partition}/1`, data: Buffer.from(junk) });
      expect(deathOf(letter as Event)).toMatchObject({ attempts: 1, origin: `${now().topic}/${partition}/1` });
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
