// What a consumer does for the dead-letter topic beside its events: it says how much lies there, and forgets what is older than its retention.

import { setTimeout as sleep } from "node:timers/promises";
import { CodedError, integer, log as journal, type Setting } from "@larder/platform";
import { exposeGauge } from "@larder/store";
import { deadTopic } from "./dead-letter.ts";
import type { EventLog } from "./log.ts";

const LOOK_EVERY_MS = 60_000;
/** 90 days. */
export const DEAD_LETTER_HOURS = 2160;

/** How long a workload keeps the dead letters of its topics: `<PREFIX>_DEAD_LETTER_HOURS`. */
export const deadLetterHours = (prefix: string): Setting<number> =>
  integer(`${prefix}_DEAD_LETTER_HOURS`, DEAD_LETTER_HOURS, { min: 1 });

const held = new Map<string, number>();
exposeGauge("larder_dead_letters", "Records of dead-letter topics: letters, and marks that settle them.", () =>
  [...held].map(([topic, value]) => ({ labels: { topic }, value })),
);

export interface LetterboxOptions {
  /** Younger letters stay, settled or not. */
  readonly retentionMs: number;
  /** Absent: one minute. */
  readonly everyMs?: number;
}

/** Looks after the dead letters of a topic until the signal aborts. What is dropped is told in the log of the process. */
export async function keepLetters(
  log: EventLog,
  topic: string,
  { retentionMs, everyMs = LOOK_EVERY_MS }: LetterboxOptions,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      held.set(deadTopic(topic), await tidy(log, topic, retentionMs));
    } catch (error) {
      // While the log is away what is old stays old. Anything else is for a person, and no reason to consume nothing.
      if (!(error instanceof CodedError)) journal.error("dead letters are not looked after", { error: String(error) });
    }
    await sleep(everyMs, undefined, { signal }).catch(() => {});
  }
}

/** Returns how many records are left. */
async function tidy(log: EventLog, topic: string, retentionMs: number): Promise<number> {
  const dead = deadTopic(topic);
  const partitions = await log.partitions(topic);
  let left = 0n;
  for (let partition = 0; partition < partitions; partition += 1) {
    const before = await log.range(dead, partition);
    const earliest = await log.trim(dead, partition, { retentionMs, groups: [] });
    if (earliest > before.earliest) {
      const letters = Number(earliest - before.earliest);
      journal.warn("dead letters have reached the end of their retention", { topic: dead, partition, letters });
    }
    left += before.next - earliest;
  }
  return Number(left);
}
