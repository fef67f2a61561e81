// What does not belong into a log, or not there, not now: each is refused, put aside or handled with a word, and the stream goes on.

import { create, toBinary } from "@bufbuild/protobuf";
import { OrderConfirmedSchema } from "@larder/contract/larder/order/v1/order_events_pb.js";
import { log as journal, metrics } from "@larder/platform";
import { describe, expect, test, vi } from "vitest";
import { batchSubscription, type Delivered, subscription } from "../consumer.ts";
import type { Engine } from "../contract.ts";
import { deathOf } from "../dead-letter.ts";
import { type Event, EventTooLarge, encodeEvent } from "../event.ts";
import { openLetters, replayLetter } from "../letters.ts";
import { partitionOf } from "../murmur2.ts";
import { writeEvent } from "../outbox.ts";
import { consumption, PARTITIONS } from "./consumption.ts";
import { eventOf, leaveEffect, versionsByKey } from "./shop.ts";

export function badInputContract(running: () => Engine): void {
  describe("bad input", () => {
    const { append, appendBytes, consuming, handled, found, dead, now } = consumption(running);
    const inPartitionOf = (key: string, ...events: Event[]) =>
      appendBytes(partitionOf(key, PARTITIONS), ...events.map(encodeEvent));

    /** What was counted in the topic of the test that runs, by a label. */
    const counted = async (name: string, by: string): Promise<Record<string, number>> => {
      const metric = await metrics.getSingleMetric(name)?.get();
      const ours = metric?.values.filter(({ labels }) => labels.topic === now().topic) ?? [];
      return Object.fromEntries(ours.map(({ labels, value }) => [labels[by], value]));
    };
    const odd = async (what: string): Promise<number> =>
      (await counted("larder_consumer_oddities_total", "what"))[what] ?? 0;

    test("an event of 10 MiB is refused where it is written, with its transaction", async () => {
      const { db, topic } = now();
      const large = { ...eventOf(topic, "a", 1n), data: new Uint8Array(10 << 20) };
      await expect(db.transaction((tx) => writeEvent(tx, large))).rejects.toBeInstanceOf(EventTooLarge);
      const around = db.query("suite_large", "insert into outbox (topic, key_hash, event) values ($1, 0, $2)", [
        topic,
        Buffer.alloc(10 << 20),
      ]);
      await expect(around).rejects.toThrow("outbox_event_size");
      const { rows } = await db.query("suite_outbox", "select 1 from outbox where topic = $1", [topic]);
      expect(rows).toEqual([]);
    });

    test("an event of another schema, and a payload that is not of its schema, go to the dead letters at once", async () => {
      const { topic } = now();
      const good: Event = {
        ...eventOf(topic, "a", 3n),
        type: OrderConfirmedSchema.typeName,
        data: toBinary(OrderConfirmedSchema, create(OrderConfirmedSchema, { order: "orders/a" })),
      };
      const other = eventOf(topic, "a", 1n);
      const garbled = { ...eventOf(topic, "a", 2n), type: good.type, data: Uint8Array.of(0x0a, 0xff) };
      await inPartitionOf("a", other, garbled, good);
      const orders: string[] = [];
      const { handle } = subscription(OrderConfirmedSchema, async (tx, { order }, event) => {
        orders.push(order);
        await leaveEffect("suite")(tx, event);
      });
      await consuming({ handle }, () => handled(1));
      expect(orders).toEqual(["orders/a"]);
      expect((await dead()).map((letter) => [letter.id, deathOf(letter)?.attempts])).toEqual([
        [other.id, 1],
        [garbled.id, 1],
      ]);
    });

    test("events of a version or a type to come are put aside, one by one, and handled once their reader knows them", async () => {
      const told = vi.spyOn(journal, "error");
      const { topic, log } = now();
      const known = (version: bigint): Event => ({
        ...eventOf(topic, "a", version),
        type: OrderConfirmedSchema.typeName,
        data: toBinary(OrderConfirmedSchema, create(OrderConfirmedSchema, { order: `orders/${version}` })),
      });
      const [first, nextVersion, laterContract, laterBuild, newType, last] = [
        known(1n),
        { ...known(2n), type: "larder.order.v2.OrderConfirmed" },
        { ...known(3n), dataschema: "larder:contract/99.0.0" },
        // What a newer build of the same contract adds is passed over by an older one: field 1000, a varint.
        { ...known(4n), data: Uint8Array.of(...known(4n).data, 0xc0, 0x3e, 0x01) },
        { ...known(5n), type: "larder.order.v1.OrderForgotten" },
        known(6n),
      ];
      await inPartitionOf("a", first, nextVersion, laterContract, laterBuild, newType, last);
      const { handle, handleAll } = batchSubscription(
        OrderConfirmedSchema,
        async (tx, delivered: readonly Delivered<unknown>[]) => {
          for (const { event } of delivered) await leaveEffect("today")(tx, event);
        },
      );
      await consuming({ handle, handleAll }, () => handled(3));
      expect(versionsByKey(await found())).toEqual({ a: [1, 4, 6] });
      const letters = await dead();
      expect(letters.map((letter) => [letter.id, deathOf(letter)?.attempts, deathOf(letter)?.reason])).toEqual([
        [nextVersion.id, 1, `UnknownEvent: expected ${first.type}, not ${nextVersion.type}`],
        [laterContract.id, 1, expect.stringContaining("not of larder:contract/99.0.0")],
        [newType.id, 1, `UnknownEvent: expected ${first.type}, not ${newType.type}`],
      ]);
      // As it was written, payload and all.
      expect(letters[0]).toMatchObject({ type: nextVersion.type, aggregateVersion: 2n });
      expect([...(letters[0]?.data ?? [])]).toEqual([...nextVersion.data]);
      expect(await counted("larder_consumer_parked_total", "why")).toEqual({ "unknown version": 2, "unknown type": 1 });
      const lines = told.mock.calls.filter(([, fields]) => fields?.topic === topic);
      told.mockRestore();
      expect(lines.map(([, fields]) => fields?.why)).toEqual(["unknown version", "unknown version", "unknown type"]);

      // The next build knows them all.
      for (const letter of await openLetters(log, topic)) await replayLetter(log, letter);
      await consuming({ handle: leaveEffect("tomorrow") }, () => handled(6));
      expect(versionsByKey(await found())).toEqual({ a: [1, 4, 6, 2, 3, 5] });
      expect(await openLetters(log, topic)).toEqual([]);
    });

    test("an event that is older than what was handled of its key is handled, and counted", async () => {
      await append(["a", 2], ["b", 1], ["a", 1], ["a", 3]);
      await consuming({}, () => handled(4));
      expect(versionsByKey(await found())).toEqual({ a: [2, 1, 3], b: [1] });
      expect(await odd("out of order")).toBe(1);
    });

    test("an event from the future is handled in its place, and counted", async () => {
      const { topic } = now();
      const future = { ...eventOf(topic, "a", 1n), time: new Date(Date.now() + 86_400_000) };
      await inPartitionOf("a", future, eventOf(topic, "a", 2n));
      await consuming({}, () => handled(2));
      expect(versionsByKey(await found())).toEqual({ a: [1, 2] });
      expect(await odd("from the future")).toBe(1);
      expect(await odd("out of order")).toBe(0);
    });
  });
}
