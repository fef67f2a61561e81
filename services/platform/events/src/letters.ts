// What an operator does with dead letters: sees those that are open, hands one to the consumer that gave it up, or drops it.
// The log forgets nothing on demand: a letter is settled by a mark behind it, in the same partition of the dead-letter topic.

import { dataschema } from "./contract-version.ts";
import { type Death, deadTopic, deathOf, UNREADABLE, withoutDeath } from "./dead-letter.ts";
import { decodeEvent, type Event, EventTooLarge, encodeEvent } from "./event.ts";
import type { EventLog, LogRecord } from "./log.ts";

/** A dead letter that nobody has settled. */
export interface Letter {
  /** `<topic>/<partition>/<offset>`, with the partition and offset in the dead-letter topic. */
  readonly id: string;
  /** The topic that its event came from. */
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  /** When it was given up. */
  readonly time: Date;
  /** The event as it was, without what is said about its end. */
  readonly event: Event;
  readonly death: Death;
}

/** Why a letter cannot be replayed. */
export class NotReplayable extends Error {
  override name = "NotReplayable";
}

/** The type of the mark that settles a letter. */
const SETTLED = "larder.events.LetterSettled";
const SETTLES = "settles";
/** The attribute of a replayed event: the only group that it is for. */
const ONLY_FOR = "onlyfor";

/** Whether an event is for the group: one that was replayed is for the group that had given it up. */
export const isFor = ({ extensions }: Event, group: string): boolean =>
  extensions?.[ONLY_FOR] === undefined || extensions[ONLY_FOR] === group;

/** The open letters of a topic, partition by partition, the earliest first. */
export async function openLetters(log: EventLog, topic: string): Promise<Letter[]> {
  const letters: Letter[] = [];
  const partitions = await log.createTopic(deadTopic(topic), await log.partitions(topic));
  for (let partition = 0; partition < partitions; partition += 1) {
    const open = new Map<string, Letter>();
    for await (const record of recordsOf(log, deadTopic(topic), partition)) {
      const event = decodeEvent(record.value);
      const death = deathOf(event);
      if (event.type === SETTLED) open.delete(event.extensions?.[SETTLES] ?? "");
      else if (death) {
        const { offset, time } = record;
        const id = `${topic}/${partition}/${offset}`;
        open.set(String(offset), { id, topic, partition, offset, time, event: withoutDeath(event), death });
      }
    }
    letters.push(...open.values());
  }
  return letters;
}

/** The records that a partition holds now. */
export async function* recordsOf(log: EventLog, topic: string, partition: number, from?: bigint) {
  const range = await log.range(topic, partition);
  for (let next = from ?? range.earliest; next < range.next; ) {
    const records = await log.read(topic, new Map([[partition, next]]));
    for (const record of records) if (record.offset < range.next) yield record;
    next = (records.at(-1)?.offset ?? range.next) + 1n;
  }
}

/**
 * Puts the event of a letter at the end of the partition that it came from, for the group that had given it up: other groups pass
 * over it, and that group too if it has handled it meanwhile. The letter is settled; if the event fails again there will be another.
 * Repeating it changes nothing. Throws `NotReplayable`.
 */
export async function replayLetter(log: EventLog, letter: Letter): Promise<void> {
  const { topic, id, death } = letter;
  const event = await eventOf(log, letter);
  const value = encoded({ ...event, extensions: { ...event.extensions, [ONLY_FOR]: death.group } });
  const { partition } = originOf(letter);
  await log.append([{ topic, partition, producer: `replay/${id}`, records: [{ sequence: 1n, value }] }]);
  await settle(log, letter, "replayed");
}

/** Settles a letter without more: its event will not be handled. Repeating it changes nothing. */
export const dropLetter = (log: EventLog, letter: Letter): Promise<void> => settle(log, letter, "dropped");

/** Throws `NotReplayable` where `replayLetter` would. */
export async function checkReplayable(log: EventLog, letter: Letter): Promise<void> {
  await eventOf(log, letter);
}

function encoded(event: Event): Uint8Array {
  try {
    return encodeEvent(event);
  } catch (error) {
    throw error instanceof EventTooLarge ? new NotReplayable(error.message) : error;
  }
}

async function settle(log: EventLog, { topic, partition, offset, id }: Letter, how: string): Promise<void> {
  const value = encodeEvent({
    id: `${id}/settled`,
    source: "operator",
    type: SETTLED,
    subject: id,
    time: new Date(),
    dataschema: dataschema(),
    extensions: { [SETTLES]: String(offset), how },
    data: new Uint8Array(),
  });
  const records = [{ sequence: 1n, value }];
  await log.append([{ topic: deadTopic(topic), partition, producer: `settled/${id}`, records }]);
}

// A letter whose event was too large with what is said about its end has no payload: it stands where the event came from.
async function eventOf(log: EventLog, letter: Letter): Promise<Event> {
  const { id, topic, event, death } = letter;
  if (event.type === UNREADABLE) throw new NotReplayable(`${id} is no event: no consumer can read it`);
  if (event.data.length > 0) return event;
  const { partition, offset } = originOf(letter);
  const { earliest, next } = await log.range(topic, partition);
  let origin: LogRecord | undefined;
  if (offset >= earliest && offset < next) [origin] = await log.read(topic, new Map([[partition, offset]]), { max: 1 });
  // An event may be empty by itself: then the letter is all there was.
  const found = origin ? decodeEvent(origin.value) : event;
  if (!origin && death.withoutPayload) throw new NotReplayable(`the payload of ${id} is no longer in ${death.origin}`);
  return found;
}

function originOf({ death }: Letter): { partition: number; offset: bigint } {
  const [, partition, offset] = /\/(\d+)\/(\d+)$/.exec(death.origin) ?? [];
  return { partition: Number(partition), offset: BigInt(offset ?? 0) };
}
