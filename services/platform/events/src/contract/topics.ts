// Topics have the partitions with which they were created.

import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Engine } from "../contract.ts";
import { deadTopic } from "../dead-letter.ts";
import { openEventLog } from "../open.ts";
import { PartitionsDiffer, provision } from "../provision.ts";

export function topicContract(running: () => Engine): void {
  describe("topics", () => {
    const topic = () => {
      const name = `test.${randomUUID()}.v1`;
      const of = { key: "id", producers: [], consumers: ["suite"], maxDeliveries: 1, retentionHours: 0 };
      const prepare = (partitions: number) =>
        provision(running().url, { topics: [{ name, ...of }], workloads: [], partitions });
      return { name, prepare };
    };
    const partitionsOf = async (...names: string[]) => {
      const log = openEventLog(running().url);
      return Promise.all(names.map((name) => log.partitions(name))).finally(() => log.close());
    };

    test("are prepared with the number that is wanted, again and again", async () => {
      const { name, prepare } = topic();
      await prepare(3);
      await prepare(3);
      expect(await partitionsOf(name, deadTopic(name))).toEqual([3, 3]);
    });

    test("are not prepared with another number than they have, and keep it", async () => {
      const { name, prepare } = topic();
      await prepare(3);
      await expect(prepare(5)).rejects.toThrow(PartitionsDiffer);
      await expect(prepare(2)).rejects.toThrow(`${name} was created with 3 partitions and cannot have 2`);
      expect(await partitionsOf(name, deadTopic(name))).toEqual([3, 3]);
    });
  });
}
