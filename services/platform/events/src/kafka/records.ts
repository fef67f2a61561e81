// Records as they stand in Kafka's batches.

import { type LogRecord, LogUnavailable } from "../log.ts";
import type { Batch, Spot } from "./requests.ts";

const LOG_APPEND_TIME = 1 << 3;
const CONTROL = 1 << 5;
/** More offsets in a row that hold nothing are not believed: each takes memory. */
const MOST_EMPTY = 1n << 20n;

/**
 * The records of batches from an offset on, without gaps: an offset that holds nothing for readers, such as the end of a transaction that
 * a tool has made, stands as a record without bytes. Throws `LogUnavailable` for offsets that cannot be.
 */
export function recordsOf({ topic, partition }: Spot, from: bigint, batches: readonly Batch[]): LogRecord[] {
  const records: LogRecord[] = [];
  let next = from;
  for (const batch of batches) {
    const byLog = (batch.attributes & LOG_APPEND_TIME) !== 0;
    const last = batch.firstOffset + BigInt(batch.lastOffsetDelta);
    if (last < from) throw strange(`Kafka answers with offset ${last} for a read from ${from} on`);
    const add = (until: bigint, value: Uint8Array, time: bigint) => {
      if (until - next > MOST_EMPTY) throw strange(`Kafka has nothing at offset ${next}, and goes on at ${until}`);
      for (; next < until; next += 1n)
        records.push({ topic, partition, offset: next, time: new Date(Number(time)), value: NOTHING });
      if (next === until) records.push({ topic, partition, offset: next++, time: new Date(Number(time)), value });
    };
    for (const { offsetDelta, timestampDelta, value } of (batch.attributes & CONTROL) === 0 ? batch.records : []) {
      const time = byLog ? batch.maxTimestamp : batch.firstTimestamp + timestampDelta;
      add(batch.firstOffset + BigInt(offsetDelta), value ?? NOTHING, time);
    }
    add(last, NOTHING, batch.maxTimestamp);
  }
  return records;
}

const strange = (what: string): LogUnavailable => new LogUnavailable(new Error(what));

const NOTHING = new Uint8Array();
