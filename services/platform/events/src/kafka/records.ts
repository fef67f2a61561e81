// Records as they stand in Kafka's batches.

import type { LogRecord } from "../log.ts";
import type { Batch, Spot } from "./requests.ts";

const LOG_APPEND_TIME = 1 << 3;
const CONTROL = 1 << 5;

/**
 * The records of batches from an offset on, without gaps: an offset that holds nothing for readers, such as the end of a transaction that
 * a tool has made, stands as a record without bytes.
 */
export function recordsOf({ topic, partition }: Spot, from: bigint, batches: readonly Batch[]): LogRecord[] {
  const records: LogRecord[] = [];
  let next = from;
  for (const batch of batches) {
    const byLog = (batch.attributes & LOG_APPEND_TIME) !== 0;
    const last = batch.firstOffset + BigInt(batch.lastOffsetDelta);
    const add = (until: bigint, value: Uint8Array, time: bigint) => {
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

const NOTHING = new Uint8Array();
