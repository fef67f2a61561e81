// What does not belong into a log, or not there, not now: each is refused, put aside or handled with a word, and the stream goes on.

import { create, toBinary } from "@bufbuild/protobuf";
import { OrderConfirmedSchema } from "@larder/contract/larder/order/v1/order_events_pb.js";
import { metrics } from "@larder/platform";
import { describe, expect, test } from "vitest";
import { subscription } from "../consumer.ts";
import type { Engine } from "../contract.ts";
import { deathOf } from "../dead-letter.ts";
import { type Event, EventTooLarge, encodeEvent } from "../event.ts";
import { partitionOf } from "../murmur2.ts";
import { writeEvent } from "../outbox.ts";
import { consumption, PARTITIONS } from "./consumption.ts";
import { eventOf, leaveEffect, versionsByKey } from "./shop.ts";

export function badInputContract(running: () => Engine): void {
  describe("bad input", () => {
    const { append, appendBytes, consuming, handled, found, dead, now } = consumption(running);
    const inPartitionOf = (key: string, ...events: Event[]) =>
      appendBytes(partitionOf(key, PARTITIONS), ...events.map(encodeEvent));

    /** How often something was counted as odd in the topic of the test that runs. */
    const odd = async (what: string): Promise<number> => {
      const metric = await metrics.getSingleMetric("larder_consumer_oddities_total")?.get();
      const ours = metric?.values.filter(({ labels }) => labels.topic === now().topic && labels.what === what) ?? [];
      return ours.reduce((sum, { value }) => sum + value, 0);
    };

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
