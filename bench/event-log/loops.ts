// The loops that are measured: the same work done by our library (`ours.ts`) and by the libraries of the stores alone (`bare.ts`).
import type { OutgoingEvent } from "@larder/events";

/** One topic on one engine, fresh for each run. */
export interface Place {
  readonly topic: string;
  /** The address of the event log. */
  readonly log: string;
  /** The address of a database that has outbox, inbox and the tables of `servers.ts`. */
  readonly database: string;
}

export interface Done {
  readonly operations: number;
  /** Of single calls in ms, where the loop consists of calls that wait for one another. */
  readonly times: readonly number[];
  /** What the database was asked, where that is counted. */
  readonly statements?: number;
  readonly commits?: number;
}

/** Prepares a loop; what it returns is measured. */
export type Loop = (place: Place, amount: number) => Promise<() => Promise<Done>>;

/** Each loop takes so many events, or runs for so many ms, as its comment says. */
export interface Loops {
  /** For `amount` ms: batches of a hundred events to each of four partitions, one call after the other. */
  readonly append: Loop;
  /** `amount` events of a topic that holds `HELD`, from its start again and again. */
  readonly read: Loop;
  /** `amount` events that stand in the outbox, into the log. */
  readonly relay: Loop;
  /** `amount` events that stand in the log, each with its row in the database, in one transaction with the offset. */
  readonly consume: Loop;
}

export const PARTITIONS = 4;
/** Of an append, and so of an entry or batch of the log. */
export const BATCH = 100;
/** Events in a topic that is read. */
export const HELD = 40_000;
/** The most that a relay takes in one round. */
export const ROUND = 500;
/** The most events of one transaction of a consumer. */
export const TOGETHER = 100;

const body = new Uint8Array(160).fill(7);

/** An event of about 350 bytes, as OrderConfirmed has. */
export const eventOf = (topic: string, number: number): OutgoingEvent => ({
  topic,
  id: `${topic}/${number}`,
  source: "bench",
  type: "larder.bench.Event",
  subject: `orders/${number}`,
  time: new Date(),
  dataschema: "larder:contract/0.0.0",
  aggregateVersion: 1n,
  data: body,
});

/** Repeats a call until the time is over, and takes the time of each. */
export async function forMs(ms: number, call: () => Promise<number>): Promise<Done> {
  const times: number[] = [];
  let operations = 0;
  for (const end = performance.now() + ms; performance.now() < end; ) {
    const begun = performance.now();
    operations += await call();
    times.push(performance.now() - begun);
  }
  return { operations, times };
}
