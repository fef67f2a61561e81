// Records as they stand in a stream entry: `n` how many, `t` when, `d` the records in the framing of a CloudEvents batch
// (io.cloudevents.v1.CloudEventBatch: field 1, repeated), so that any reader with that schema can decode the entry.

import type { LogRecord } from "../log.ts";

const FRAME_TAG = 0x0a; // Field 1, length-delimited.

/** The bytes of a batch. */
export function frame(values: readonly Uint8Array[]): Buffer {
  const size = values.reduce((sum, { length }) => sum + 1 + varintSize(length) + length, 0);
  const bytes = Buffer.allocUnsafe(size);
  let at = 0;
  for (const value of values) {
    bytes[at++] = FRAME_TAG;
    let rest = value.length;
    for (; rest > 0x7f; rest >>>= 7) bytes[at++] = (rest & 0x7f) | 0x80;
    bytes[at++] = rest;
    bytes.set(value, at);
    at += value.length;
  }
  return bytes;
}

const varintSize = (value: number): number => (value < 0x80 ? 1 : 1 + varintSize(value >>> 7));

/** A stream entry as the server sends it. */
export type RawEntry = readonly [id: Buffer, fields: readonly Buffer[]];

/** The offset of an entry's first record. */
export const baseOf = ([id]: RawEntry): bigint => BigInt(id.toString("latin1").split("-")[0] ?? "");

/** The records of an entry. One that cannot be taken apart stands as one record of all its bytes, `n - 1` empty ones behind it. */
export function recordsOf(topic: string, partition: number, entry: RawEntry): LogRecord[] {
  const [, fields] = entry;
  const count = Number(fields[1]);
  const time = new Date(Number(fields[3]));
  const data = fields[5] ?? Buffer.alloc(0);
  const values = unframe(data, count) ?? [data, ...Array<Uint8Array>(count - 1).fill(new Uint8Array())];
  const base = baseOf(entry);
  return values.map((value, index) => ({ topic, partition, offset: base + BigInt(index), time, value }));
}

function unframe(data: Buffer, count: number): Uint8Array[] | undefined {
  const values: Uint8Array[] = [];
  let at = 0;
  while (at < data.length) {
    if (data[at++] !== FRAME_TAG) return undefined;
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = data[at++];
      if (byte === undefined || shift > 28) return undefined;
      length += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    if (at + length > data.length) return undefined;
    values.push(data.subarray(at, at + length));
    at += length;
  }
  return values.length === count ? values : undefined;
}
