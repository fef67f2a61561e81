// Events for tests: told as a producer would, waited for as they are consumed, and looked at where they lie.

import { randomUUID } from "node:crypto";
import type { Database } from "@larder/store";
import { until } from "@larder/store/testing";
import { decodeEvent, type Event, encodeEvent } from "./event.ts";
import type { EventLog } from "./log.ts";
import { partitionOf } from "./murmur2.ts";
import type { OutgoingEvent } from "./topic.ts";

/** Where a partition ends behind an event. */
export interface Told {
  readonly topic: string;
  readonly partition: number;
  /** The offset that the next event will get. */
  readonly next: bigint;
}

/** Appends an event without an outbox. */
export async function tell(log: EventLog, { topic, ...event }: OutgoingEvent): Promise<Told> {
  const partition = partitionOf(event.subject, await log.partitions(topic));
  const records = [{ sequence: 1n, value: encodeEvent(event) }];
  const [appended] = await log.append([{ topic, partition, producer: randomUUID(), records }]);
  return { topic, partition, next: appended?.next ?? 0n };
}

/** Waits until a consumer, with this database, has handled an event or given it up. */
export const consumed = (db: Database, group: string, { topic, partition, next }: Told): Promise<void> =>
  until(async () => {
    const { count } = await db.query(
      "consumed",
      "select from consumer_offsets where group_name = $1 and topic = $2 and partition = $3 and next_offset >= $4",
      [group, topic, partition, next],
    );
    return count > 0;
  });

/** All events that lie in a topic, oldest first in each partition. */
export async function eventsIn(log: EventLog, topic: string): Promise<Event[]> {
  const events: Event[] = [];
  for (let partition = 0; partition < (await log.partitions(topic)); partition += 1) {
    const { earliest, next } = await log.range(topic, partition);
    for (let from = earliest; from < next; ) {
      const records = await log.read(topic, new Map([[partition, from]]));
      events.push(...records.map(({ value }) => decodeEvent(value)));
      from = (records.at(-1)?.offset ?? next) + 1n;
    }
  }
  return events;
}
