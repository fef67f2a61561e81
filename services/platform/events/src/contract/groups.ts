// Members of a group share the partitions out, under leases whose epochs rise.

import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Engine } from "../contract.ts";
import type { EventLog, Lease } from "../log.ts";
import { openEventLog } from "../open.ts";
import { until } from "../testing.ts";

export function groupContract(running: () => Engine): void {
  describe("groups", () => {
    let engine: Engine;
    let log: EventLog;
    let topic: string;

    beforeAll(() => {
      engine = running();
      log = openEventLog(engine.url);
    });
    afterAll(() => log.close());
    beforeEach(async () => {
      topic = `test.${randomUUID()}.v1`;
      await log.createTopic(topic, 4);
    });

    /** A member that holds what it gets. */
    const member = (by: EventLog, name: string, { leaseMs = 600, floor = 0n } = {}) => {
      const controller = new AbortController();
      const held = new Map<number, Lease>();
      const epochs: bigint[] = [];
      const joined = by.join(
        {
          topic,
          group: "group",
          member: name,
          leaseMs,
          epochOf: async () => floor,
          work: async (lease) => {
            held.set(lease.partition, lease);
            epochs.push(lease.epoch);
            if (!lease.signal.aborted) await new Promise((resolve) => lease.signal.addEventListener("abort", resolve));
            held.delete(lease.partition);
          },
        },
        controller.signal,
      );
      const leave = () => {
        controller.abort();
        return joined;
      };
      return { held, epochs, leave, joined };
    };
    const partitionsOf = (...members: ReturnType<typeof member>[]) =>
      members.flatMap(({ held }) => [...held.keys()]).sort();

    test("share the partitions out, and take over from who leaves", async () => {
      const first = member(log, "1");
      await until(() => first.held.size === 4);
      const second = member(log, "2");
      await until(() => first.held.size === 2 && second.held.size === 2);
      expect(partitionsOf(first, second)).toEqual([0, 1, 2, 3]);
      await first.leave();
      await until(() => second.held.size === 4);
      await second.leave();
      expect(second.held.size).toBe(0);
    });

    test("give every lease on a partition a higher epoch", async () => {
      const first = member(log, "1");
      await until(() => first.held.size === 4);
      await first.leave();
      const second = member(log, "2");
      await until(() => second.held.size === 4);
      expect(Math.min(...second.epochs.map(Number))).toBeGreaterThan(Math.max(...first.epochs.map(Number)) - 1);
      await second.leave();
      const third = member(log, "3", { floor: 1000n });
      await until(() => third.held.size === 4);
      expect(third.epochs.every((epoch) => epoch > 1000n)).toBe(true);
      await third.leave();
    });

    test("hold more than one lease on a partition at no time", async () => {
      const all = ["1", "2", "3", "4", "5"].map((name) => member(log, name, { leaseMs: 5000 }));
      let twice = 0;
      const watch = setInterval(() => {
        const held = partitionsOf(...all);
        if (new Set(held).size < held.length) twice += 1;
      }, 1);
      await until(() => partitionsOf(...all).length === 4);
      for (const one of all.slice(0, 3)) await one.leave();
      await until(() => partitionsOf(...all).length === 4);
      clearInterval(watch);
      expect(twice).toBe(0);
      await Promise.all(all.map(({ leave }) => leave()));
    });

    test("let a member that comes back under its name take over at once", async () => {
      const lost = openEventLog(engine.url);
      const first = member(lost, "1", { leaseMs: 600_000 });
      await until(() => first.held.size === 4);
      await lost.close(); // As if its process had ended: nothing is given back.
      const again = member(log, "1", { leaseMs: 600_000 });
      await until(() => again.held.size === 4);
      await again.leave();
      await first.leave().catch(() => {});
    });

    test("take over when the time of who died is up, however seldom they say themselves that they live", async () => {
      const dying = openEventLog(engine.url);
      const first = member(dying, "1", { leaseMs: 300 });
      const ended = first.joined.catch(() => {});
      await until(() => first.held.size === 4);
      const second = member(log, "2", { leaseMs: 600_000 });
      await until(() => second.held.size === 2);
      await dying.close(); // As if its process had ended: nothing is given back.
      await until(() => second.held.size === 4);
      await second.leave();
      await ended;
    });

    test("end when the work of a member fails, with its failure", async () => {
      const controller = new AbortController();
      const failing = log.join(
        {
          topic,
          group: "group",
          member: "1",
          leaseMs: 600,
          epochOf: async () => 0n,
          work: async ({ partition }) => {
            if (partition === 2) throw new Error("broken");
          },
        },
        controller.signal,
      );
      await expect(failing).rejects.toThrow("broken");
    });
  });
}
