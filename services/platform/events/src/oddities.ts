// What is odd about an event and no reason to refuse it: it is handled, told in the log of the process, and counted.

import { log as journal } from "@larder/platform";
import { Counts, exposeCounter } from "@larder/store";
import type { DeliveredEvent } from "./consumer.ts";
import type { Place } from "./inbox.ts";

/** An event may be so much younger than its record in the log: clocks differ. */
const FUTURE_MS = 60_000;
/** Of so many keys at least the newest version is remembered, of those that came last. */
const KEYS = 10_000;

const counts = new Counts();
exposeCounter("larder_consumer_oddities_total", "Events that were handled though something is odd about them.", () =>
  counts.read(),
);

/** Watches one partition. It knows what it has seen itself: an older owner may have seen more. */
export class Oddities {
  readonly #place: Place;
  // Two generations: dropping the oldest key each time would mean to look for it among all that were dropped before.
  #newest = new Map<string, bigint>();
  #before = new Map<string, bigint>();

  constructor(place: Place) {
    this.#place = place;
  }

  /** Looks at an event that was handled. `appended` is when it got into the log, by the log's clock. */
  look(event: DeliveredEvent, appended: Date): void {
    if (event.time.getTime() > appended.getTime() + FUTURE_MS) this.#tell("from the future", event);
    const { subject, aggregateVersion } = event;
    if (aggregateVersion === undefined) return;
    const newest = this.#newest.get(subject) ?? this.#before.get(subject) ?? 0n;
    this.#newest.set(subject, aggregateVersion > newest ? aggregateVersion : newest);
    if (aggregateVersion < newest) this.#tell("out of order", event);
    if (this.#newest.size < KEYS) return;
    this.#before = this.#newest;
    this.#newest = new Map();
  }

  #tell(
    what: "from the future" | "out of order",
    { offset, id, source, time, aggregateVersion }: DeliveredEvent,
  ): void {
    const { topic, group } = this.#place;
    counts.add({ topic, group, what });
    journal.warn("event is odd", {
      ...this.#place,
      what,
      offset: String(offset),
      event: id,
      source,
      time: time.toISOString(),
      ...(aggregateVersion === undefined ? {} : { version: String(aggregateVersion) }),
    });
  }
}
