// The hash by which Kafka's default partitioner places a key. The same in every language: testdata/murmur2.json.

const SEED = 0x9747b28c;
const M = 0x5bd1e995;
const utf8 = new TextEncoder();

/** The 32-bit hash of bytes, signed. */
export function murmur2(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const whole = bytes.length & ~3;
  let hash = SEED ^ bytes.length;
  for (let at = 0; at < whole; at += 4) {
    let word = Math.imul(view.getInt32(at, true), M);
    word = Math.imul(word ^ (word >>> 24), M);
    hash = Math.imul(hash, M) ^ word;
  }
  if (whole < bytes.length) {
    for (let at = bytes.length - 1; at >= whole; at -= 1) hash ^= view.getUint8(at) << (8 * (at - whole));
    hash = Math.imul(hash, M);
  }
  hash = Math.imul(hash ^ (hash >>> 13), M);
  return hash ^ (hash >>> 15);
}

/** The hash of a key as a number from 0 to 2^31 - 1. */
export const keyHash = (key: string): number => murmur2(utf8.encode(key)) & 0x7fffffff;

/** The partition of a key. */
export const partitionOf = (key: string, partitions: number): number => keyHash(key) % partitions;
