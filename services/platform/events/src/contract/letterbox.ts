// Dead letters lie for as long as they are to lie, and are counted.

import { metrics } from "@larder/platform";
import { describe, expect, test } from "vitest";
import type { Engine } from "../contract.ts";
import { bury, deadTopic } from "../dead-letter.ts";
import { keepLetters } from "../letterbox.ts";
import { until } from "../testing.ts";
import { consumption } from "./consumption.ts";

const HOUR_MS = 3_600_000;

export function letterboxContract(running: () => Engine): void {
  describe("dead letters", () => {
    const { now, append, consuming, handled } = consumption(running);

    const counted = async (): Promise<number | undefined> => {
      const text = await metrics.getSingleMetricAsString("larder_dead_letters");
      const value = text.split("\n").find((line) => line.includes(deadTopic(now().topic)));
      return value === undefined ? undefined : Number(value.split(" ").at(-1));
    };
    const range = () => now().log.range(deadTopic(now().topic), 1);
    const letters = async (count: number) => {
      const { log, topic } = now();
      for (let offset = 0n; offset < count; offset += 1n) {
        const record = { topic, partition: 1, offset, time: new Date(), value: new Uint8Array([1]) };
        await bury(log, record, { group: "suite", attempts: 1, reason: "broken" });
      }
    };
    const keeping = async (retentionMs: number, fn: () => Promise<void>) => {
      const { log, topic } = now();
      const controller = new AbortController();
      const kept = keepLetters(log, topic, { retentionMs, everyMs: 1 }, controller.signal);
      await fn().finally(() => controller.abort());
      await kept;
    };

    test("stay until they are older than their retention", async () => {
      await letters(3);
      await keeping(HOUR_MS, () => until(async () => (await counted()) === 3));
      expect(await range()).toEqual({ earliest: 0n, next: 3n });
    });

    test("go when they are, and the number of those that lie there falls", async () => {
      await letters(3);
      // The newest record of a partition may stay.
      await keeping(-HOUR_MS, () => until(async () => ((await counted()) ?? 3) <= 1));
      expect((await range()).earliest).toBeGreaterThanOrEqual(2n);
    });

    test("that are not there do not trouble a consumer, who has its events", async () => {
      await append(["a", 1]);
      await consuming({}, () => handled(1));
      await keeping(HOUR_MS, () => until(async () => (await counted()) === 0));
    });
  });
}
