// What becomes of an event that cannot be handled: delivered again, given up, and settled by an operator.

import { describe, expect, test } from "vitest";
import type { ConsumeOptions, DeliveredEvent } from "../consumer.ts";
import type { Engine } from "../contract.ts";
import { deathOf, RejectEvent, UNREADABLE } from "../dead-letter.ts";
import { type Event, encodeEvent, MAX_EVENT_BYTES } from "../event.ts";
import { dropLetter, type Letter, NotReplayable, openLetters, replayLetter } from "../letters.ts";
import { partitionOf } from "../murmur2.ts";
import { until } from "../testing.ts";
import { consumption, PARTITIONS } from "./consumption.ts";
import { eventOf, leaveEffect, versionsByKey } from "./shop.ts";

export function failureContract(running: () => Engine): void {
  describe("a consumer", () => {
    const { append, appendBytes, consuming, handled, found, dead, keyOfPartition, now } = consumption(running);

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
  });
}
