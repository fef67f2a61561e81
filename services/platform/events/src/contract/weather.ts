// The whole way, from the cause to the effect, while servers are killed and the log is trimmed.

import { randomUUID } from "node:crypto";
import { CodedError } from "@larder/platform";
import type { Database } from "@larder/store";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { consume } from "../consumer.ts";
import type { Engine } from "../contract.ts";
import { deadTopic } from "../dead-letter.ts";
import type { EventLog } from "../log.ts";
import { openEventLog } from "../open.ts";
import { openRelay } from "../relay.ts";
import { retain } from "../retention.ts";
import { until } from "../testing.ts";
import { change, effects, inOrder, leaveEffect, openShop, type Shop, versionsByKey } from "./shop.ts";

const PARTITIONS = 4;
const KEYS = ["a", "b", "c", "d", "e", "f", "g", "h"];

export function weatherContract(running: () => Engine): void {
  describe("from cause to effect", () => {
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
      await log.createTopic(topic, PARTITIONS);
    });

    /** Runs a relay and two consumers while `fn` runs. */
    const system = async (fn: () => Promise<void>) => {
      const controller = new AbortController();
      const consumer = (by: string) =>
        consume(
          log,
          db,
          { topic, group: "suite", handle: leaveEffect(by), maxDeliveries: 3, leaseMs: 600 },
          controller.signal,
        );
      const all = [openRelay(db, log).run(controller.signal), consumer("one"), consumer("two")];
      try {
        await Promise.race([fn(), Promise.all(all).then(() => Promise.reject(new Error("a part has ended")))]);
      } finally {
        controller.abort();
        await Promise.all(all);
      }
    };

    /** Changes every key so often; repeats what the weather undid, as long as it is known to be undone. */
    const produce = async (versions: number) => {
      const one = async (key: string) => {
        while ((await versionOf(key)) < versions) await change(db, topic, key).catch(ignoreOutage);
      };
      await Promise.all(KEYS.map(one));
    };
    const versionOf = async (key: string): Promise<number> => {
      for (;;) {
        try {
          const { rows } = await db.query<{ version: bigint }>(
            "suite_version",
            "select version from aggregate where key = $1",
            [`${topic}/${key}`],
          );
          return Number(rows[0]?.version ?? 0);
        } catch (error) {
          ignoreOutage(error);
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      }
    };
    const ignoreOutage = (error: unknown) => {
      if (!(error instanceof CodedError)) throw error;
    };
    const count = () =>
      effects(db, topic).then(
        ({ length }) => length,
        () => 0,
      );

    test("every event has its effect once and in order, though both servers are killed again and again", async () => {
      const versions = 60;
      await system(async () => {
        const producing = produce(versions);
        for (const at of [40, 120, 200, 300]) {
          await until(async () => (await count()) >= at);
          const server = at % 100 === 0 ? running() : shop.postgres;
          await server.kill();
          await server.start();
        }
        await producing;
        await until(async () => (await count()) >= versions * KEYS.length);
      });
      expect(versionsByKey(await effects(db, topic))).toEqual(inOrder(KEYS, versions));
      for (let partition = 0; partition < PARTITIONS; partition += 1) {
        expect((await log.range(deadTopic(topic), partition)).next).toBe(0n);
      }
    });

    test("trimming all the time takes nothing from a consumer", async () => {
      const versions = 40;
      const controller = new AbortController();
      const trimming = retain(log, [{ topic, retentionMs: -3_600_000, groups: ["suite"] }], controller.signal, {
        everyMs: 1,
      });
      await system(async () => {
        await produce(versions);
        await until(async () => (await count()) >= versions * KEYS.length);
        await until(async () => {
          const ranges = await Promise.all(
            Array.from({ length: PARTITIONS }, (_, partition) => log.range(topic, partition)),
          );
          return ranges.every(({ earliest, next }) => next - earliest <= 1n);
        });
      });
      controller.abort();
      await trimming;
      expect(versionsByKey(await effects(db, topic))).toEqual(inOrder(KEYS, versions));
    });
  });
}
