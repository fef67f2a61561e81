// Consumers that die, are stopped, or are replaced: nothing is lost, and nothing is done twice.

import { describe, expect, test } from "vitest";
import type { ConsumeOptions } from "../consumer.ts";
import type { Engine } from "../contract.ts";
import { deathOf } from "../dead-letter.ts";
import { partitionOf } from "../murmur2.ts";
import { openEventLog } from "../open.ts";
import { until } from "../testing.ts";
import { consumption, PARTITIONS } from "./consumption.ts";
import { startChild } from "./process.ts";
import { leaveEffect, versionsByKey } from "./shop.ts";

export function replacementContract(running: () => Engine): void {
  describe("a consumer", () => {
    const { append, consuming, handled, found, dead, keyOfPartition, now } = consumption(running);

    test("that dies on an event is not caught in it for ever", async () => {
      await append(["a", 1], ["deadly", 1], ["deadly", 2]);
      const behind = keyOfPartition(partitionOf("deadly", PARTITIONS), "behind");
      await append([behind, 1]);
      let deaths = 0;
      const settings = {
        role: "consumer",
        log: running().url,
        db: now().shop.url,
        topic: now().topic,
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
      // Three times for each of the two; besides, in batches, which say nothing about any one event: how often a partition is
      // taken over in the middle of one depends on the machine.
      expect(deaths).toBeGreaterThanOrEqual(6);
      expect(deaths).toBeLessThanOrEqual(12);
      expect(versionsByKey(await found())).toEqual({ a: [1], [behind]: [1] });
      const letters = await dead();
      expect(letters.map(({ id }) => id)).toEqual([`${now().topic}/deadly/1`, `${now().topic}/deadly/2`]);
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
                const { rows } = await now().db.query<{ least: bigint }>(
                  "suite_epochs",
                  "select min(epoch) as least from consumer_offsets where topic = $1 having count(*) = $2",
                  [now().topic, PARTITIONS],
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
                const { rows } = await now().db.query<{ n: bigint }>(
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
          db: now().shop.url,
          topic: now().topic,
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
  });
}
