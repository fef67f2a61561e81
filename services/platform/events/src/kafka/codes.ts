// What Kafka's error codes mean here.

import { LogForbidden, LogUnavailable } from "../log.ts";

export const NONE = 0;
export const OFFSET_OUT_OF_RANGE = 1;
export const UNKNOWN_TOPIC = 3;
export const TOPIC_EXISTS = 36;

/** The sequence of a batch does not follow that of the producer's last one: it lies ahead, far behind, or the producer is forgotten. */
export const OUT_OF_SEQUENCE: ReadonlySet<number> = new Set([45, 46, 59]);

/** Topic, group and cluster that the user has no right to. */
const FORBIDDEN = new Set([29, 30, 31]);

// Who is asked does not lead the partition (any more), or a topic is so new that this node does not know it.
const ELSEWHERE = new Set([UNKNOWN_TOPIC, 5, 6, 9, 14, 15, 16, 41, 74, 75, 78, 100, 103]);

// The cluster cannot do it now; whether it was done is not known.
const UNAVAILABLE = new Set([-1, 2, 7, 8, 13, 19, 20, 56, 77, 89]);

/**
 * To be asked again, with fresh knowledge of who leads what. Nothing was done, unless it was an append: a node may cease to lead when it has
 * taken one.
 */
export class Elsewhere extends Error {
  override name = "Elsewhere";
}

/** Throws what a code means: nothing for 0. `what` was asked for: `topic t`. */
export function check(code: number, what: string): void {
  if (code === NONE) return;
  const error = new Error(`Kafka answered code ${code} for ${what}`);
  if (FORBIDDEN.has(code)) throw new LogForbidden(what, error);
  if (ELSEWHERE.has(code)) throw new Elsewhere(error.message);
  throw UNAVAILABLE.has(code) ? new LogUnavailable(error) : error;
}
