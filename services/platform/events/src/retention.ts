// Lets the log forget what is old and no longer needed.

import { setTimeout as sleep } from "node:timers/promises";
import type { DescMessage } from "@bufbuild/protobuf";
import { CodedError, log as journal } from "@larder/platform";
import type { EventLog } from "./log.ts";
import { topicOf } from "./topic.ts";

/** How long the events of a topic are kept: see `topicOf`. */
export interface Retention {
  readonly topic: string;
  readonly retentionMs: number;
  /** The groups that must have consumed an event before it goes: those that the contract names. */
  readonly groups: readonly string[];
}

/** What the contract says about the topic of an event. `defaultHours` where it leaves the retention to the environment. */
export function retentionOf(schema: DescMessage, defaultHours: number): Retention {
  const { name, retentionHours, consumers } = topicOf(schema);
  return { topic: name, retentionMs: (retentionHours || defaultHours) * 3_600_000, groups: consumers };
}

export interface RetainOptions {
  /** Absent: one minute. */
  readonly everyMs?: number;
}

/** Trims the topics now and then, until the signal aborts. A group that lags behind the retention is named in the log of the process. */
export async function retain(
  log: EventLog,
  topics: readonly Retention[],
  signal: AbortSignal,
  { everyMs = 60_000 }: RetainOptions = {},
): Promise<void> {
  while (!signal.aborted) {
    try {
      for (const topic of topics) await trim(log, topic);
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      // The log is away: what is old now will still be old then.
    }
    await sleep(everyMs, undefined, { signal }).catch(() => {});
  }
}

async function trim(log: EventLog, { topic, retentionMs, groups }: Retention): Promise<void> {
  const partitions = await log.partitions(topic);
  for (let partition = 0; partition < partitions; partition += 1)
    await log.trim(topic, partition, { retentionMs, groups });
  const old = new Date(Date.now() - retentionMs);
  for (const group of groups) {
    for (const { partition, noted, earliest, behind } of await log.lag(topic, group)) {
      if (behind === 0n) continue;
      const due = await log.offsetAt(topic, partition, old);
      if (due <= (noted ?? earliest)) continue;
      journal.warn("events are kept past their retention for a consumer", {
        topic,
        partition,
        group,
        behind: Number(behind),
      });
    }
  }
}
