// Where an event goes that could not be handled: the topic's dead-letter topic, with what is known about the failure.

import { Counts, exposeCounter } from "@larder/store";
import { dataschema } from "./contract-version.ts";
import { decodeEvent, type Event, EventFormatError, EventTooLarge, encodeEvent, UnknownEvent } from "./event.ts";
import type { Place } from "./inbox.ts";
import type { EventLog, LogRecord } from "./log.ts";

/** Thrown by a handler: no further delivery will help. The event goes to the dead-letter topic at once. */
export class RejectEvent extends Error {
  override name = "RejectEvent";
}

/** Why an event was put aside. */
export type Why = UnknownEvent["what"] | "unreadable" | "rejected" | "failed too often";

/** Why no further delivery will help after an error; undefined if one may. */
export function hopelessIn(error: unknown): Why | undefined {
  if (error instanceof UnknownEvent) return error.what;
  if (error instanceof EventFormatError) return "unreadable";
  return error instanceof RejectEvent ? "rejected" : undefined;
}

const parked = new Counts();
exposeCounter("larder_consumer_parked_total", "Events put aside in the dead-letter topic, by why.", () =>
  parked.read(),
);

export const countParked = ({ topic, group }: Place, why: Why): void => parked.add({ topic, group, why });

/** The dead-letter topic of a topic. */
export const deadTopic = (topic: string): string => `${topic}.dead`;

/** Why an event was given up. */
export interface Failure {
  readonly group: string;
  readonly attempts: number;
  readonly reason: string;
}

// Attributes that a dead letter has besides those of the event that it was.
const ATTRIBUTES = {
  error: "deaderror",
  attempts: "deadattempts",
  group: "deadgroup",
  origin: "deadorigin",
  cut: "deadcut",
} as const;

/** What a dead letter says about itself. */
export interface Death extends Failure {
  /** `<topic>/<partition>/<offset>` of the event. */
  readonly origin: string;
  /** The letter had no room for the payload, which stands at the origin for as long as the topic is kept. */
  readonly withoutPayload?: true;
}

const LONGEST_REASON = 1000;

/** Appends the event to the dead-letter topic, once however often this is called for the record. */
export async function bury(log: EventLog, record: LogRecord, failure: Failure): Promise<void> {
  const { topic, partition, offset } = record;
  await log.createTopic(deadTopic(topic), await log.partitions(topic));
  const value = encodeDead(record, failure);
  // Numbers may have gaps: the offset tells letters of one partition and group apart, and rises.
  const records = [{ sequence: offset + 1n, value }];
  await log.append([{ topic: deadTopic(topic), partition, producer: `dead/${failure.group}/${partition}`, records }]);
}

function encodeDead(record: LogRecord, failure: Failure): Uint8Array {
  const event = readable(record) ?? unreadable(record, failure.group);
  const extensions = {
    ...event.extensions,
    [ATTRIBUTES.error]: failure.reason.slice(0, LONGEST_REASON),
    [ATTRIBUTES.attempts]: String(failure.attempts),
    [ATTRIBUTES.group]: failure.group,
    [ATTRIBUTES.origin]: `${record.topic}/${record.partition}/${record.offset}`,
  };
  try {
    return encodeEvent({ ...event, extensions });
  } catch (error) {
    if (!(error instanceof EventTooLarge)) throw error;
    return encodeEvent({ ...event, extensions: { ...extensions, [ATTRIBUTES.cut]: "true" }, data: new Uint8Array() });
  }
}

function readable({ value }: LogRecord): Event | undefined {
  try {
    return decodeEvent(value);
  } catch {
    return undefined; // What is wrong with it is the reason that the letter gives.
  }
}

/** The type of a dead letter whose bytes were no event; they are its payload. */
export const UNREADABLE = "larder.events.Unreadable";

const unreadable = ({ topic, partition, offset, value }: LogRecord, group: string): Event => ({
  id: `${topic}/${partition}/${offset}`,
  source: group,
  type: UNREADABLE,
  subject: `${topic}/${partition}`,
  time: new Date(),
  dataschema: dataschema(),
  data: value,
});

/** What a dead letter says about itself: undefined for an event that is none. */
export function deathOf({ extensions = {} }: Event): Death | undefined {
  const { [ATTRIBUTES.error]: reason, [ATTRIBUTES.group]: group, [ATTRIBUTES.origin]: origin } = extensions;
  if (reason === undefined || group === undefined || origin === undefined) return undefined;
  const cut = extensions[ATTRIBUTES.cut] ? { withoutPayload: true as const } : {};
  return { reason, group, origin, attempts: Number(extensions[ATTRIBUTES.attempts]), ...cut };
}

/** The event that a dead letter was. */
export function withoutDeath(event: Event): Event {
  const names: readonly string[] = Object.values(ATTRIBUTES);
  const rest = Object.entries(event.extensions ?? {}).filter(([name]) => !names.includes(name));
  return { ...event, extensions: rest.length > 0 ? Object.fromEntries(rest) : undefined };
}
