// A relay or a consumer in a process of its own, which the suite kills and stops. Settings come as JSON in the first argument.

import { openDatabase } from "@larder/store";
import { consume } from "../consumer.ts";
import type { EventLog } from "../log.ts";
import { openEventLog } from "../open.ts";
import { openRelay } from "../relay.ts";
import { leaveEffect } from "./shop.ts";

/** What the process is to be. */
export type ChildSettings = {
  readonly log: string;
  readonly db: string;
} & (
  | {
      readonly role: "relay";
      /** Where it ends in its first round; with `frozen before append` it stops there, and says `appended` when it was woken and has. */
      readonly end: "killed before append" | "killed after append" | "frozen before append";
    }
  | {
      readonly role: "consumer";
      readonly topic: string;
      readonly group: string;
      readonly leaseMs: number;
      /** On an event of this key it kills itself. */
      readonly deadly?: string;
      /** On an event of this key it says `handling` and goes on when it reads a line. */
      readonly waitAt?: string;
    }
);

const settings = JSON.parse(process.argv[2] ?? "") as ChildSettings;
const log = openEventLog(settings.log);
const db = openDatabase(settings.db, { idleInTransactionMs: 1000 });
const { signal } = new AbortController();
// It ends with the suite, however that ends.
process.stdin.on("end", () => process.exit()).resume();

const die = (): Promise<never> => {
  process.kill(process.pid, "SIGKILL");
  return new Promise(() => {});
};

if (settings.role === "relay") {
  const { end } = settings;
  const dying: EventLog = Object.create(log, {
    append: {
      value: async (batches: Parameters<EventLog["append"]>[0]) => {
        if (end === "killed before append") await die();
        if (end === "frozen before append") process.kill(process.pid, "SIGSTOP");
        const appended = await log.append(batches);
        if (end === "killed after append") await die();
        process.stdout.write("appended\n");
        return appended;
      },
    },
    partitions: { value: (topic: string) => log.partitions(topic) },
  });
  await openRelay(db, dying).run(signal);
} else {
  const { topic, group, leaseMs, deadly, waitAt } = settings;
  const leave = leaveEffect("child");
  await consume(
    log,
    db,
    {
      topic,
      group,
      leaseMs,
      maxDeliveries: 3,
      backoff: () => 0,
      handle: async (tx, event) => {
        if (event.subject === deadly) await die();
        await leave(tx, event);
        if (event.subject !== waitAt) return;
        process.stdout.write("handling\n");
        await new Promise((resolve) => process.stdin.once("data", resolve));
      },
    },
    signal,
  );
}
