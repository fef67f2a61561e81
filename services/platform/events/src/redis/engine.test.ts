import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { Redis } from "ioredis";
import { expect, test, vi } from "vitest";
import { eventLogContract } from "../contract.ts";
import { LogUnavailable, OffsetOutOfRange } from "../log.ts";
import { openEventLog } from "../open.ts";
import { startValkey } from "../testing.ts";
import { parseRedisUrl } from "./address.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

eventLogContract("Redis Streams", startValkey);

const withValkey = async (run: (valkey: Awaited<ReturnType<typeof startValkey>>) => Promise<void>) => {
  const valkey = await startValkey();
  try {
    await run(valkey);
  } finally {
    await valkey.stop();
  }
};

const one = (topic: string, sequence: bigint) => [
  { topic, partition: 0, producer: "a", records: [{ sequence, value: new Uint8Array([1]) }] },
];

test("a log that has lost its data does not let a waiting reader go on as if nothing had happened", () =>
  withValkey(async (valkey) => {
    const log = openEventLog(valkey.url);
    const topic = `test.${randomUUID()}`;
    await log.append(one(topic, 1n));
    await log.read(topic, new Map([[0, 0n]]));
    await valkey.empty();
    const reading = async () => {
      for (;;) await log.read(topic, new Map([[0, 1n]]), { waitMs: 10 });
    };
    await expect(reading()).rejects.toBeInstanceOf(OffsetOutOfRange);
    await log.close();
  }));

test("entries that were deleted behind the log's back are missed", () =>
  withValkey(async (valkey) => {
    const log = openEventLog(valkey.url);
    const topic = `test.${randomUUID()}`;
    for (const sequence of [1n, 2n, 3n]) await log.append(one(topic, sequence));
    const redis = new Redis({ path: valkey.socket, password: "of-a-test" });
    await redis.xdel(`${topic}:{0}`, "1-1");
    expect((await log.read(topic, new Map([[0, 0n]]))).map(({ offset }) => offset)).toEqual([0n]);
    const reading = async () => {
      for (;;) await log.read(topic, new Map([[0, 1n]]), { waitMs: 10 });
    };
    await expect(reading()).rejects.toBeInstanceOf(OffsetOutOfRange);
    redis.disconnect();
    await log.close();
  }));

test("a server that says nothing counts as lost, for waiting reads too", () =>
  withValkey(async (valkey) => {
    const log = openEventLog(valkey.url);
    await log.ping();
    valkey.pause();
    const reading = log.read("t", new Map([[0, 0n]]), { waitMs: 10 });
    await expect(reading).rejects.toBeInstanceOf(LogUnavailable);
    valkey.resume();
    await log.close();
  }));

test("what the server refuses for good is no outage", () =>
  withValkey(async (valkey) => {
    const redis = new Redis({ path: valkey.socket, password: "of-a-test" });
    await redis.set("t:{0}", "no stream");
    const log = openEventLog(valkey.url);
    const error = await log.append(one("t", 1n)).catch((caught: unknown) => caught);
    expect(error).not.toBeInstanceOf(LogUnavailable);
    expect(String(error)).toContain("WRONGTYPE");
    redis.disconnect();
    await log.close();
  }));

test("a server without memory refuses appends as unavailable, and still renews leases and trims", () =>
  withValkey(async (valkey) => {
    const redis = new Redis({ path: valkey.socket, password: "of-a-test" });
    const log = openEventLog(valkey.url);
    await log.createTopic("t", 1);
    await log.append(one("t", 1n));
    await redis.config("SET", "maxmemory", "1");
    await expect(log.append(one("t", 2n))).rejects.toBeInstanceOf(LogUnavailable);
    expect(await log.trim("t", 0, { retentionMs: -60_000, groups: [] })).toBe(1n);
    const controller = new AbortController();
    const { promise, resolve } = Promise.withResolvers<void>();
    const joined = log.join(
      { topic: "t", group: "g", member: "1", leaseMs: 1000, epochOf: async () => 0n, work: async () => resolve() },
      controller.signal,
    );
    await promise;
    controller.abort();
    await joined;
    redis.disconnect();
    await log.close();
  }));

const ownText = readFileSync(import.meta.filename, "utf8");

test.each([
  ["redis+unix://:secret@/run/log/valkey.sock", { password: "secret", path: "/run/log/valkey.sock" }],
  ["redis+unix://order:s%40c@/a/b.sock", { username: "order", password: "s@c", path: "/a/b.sock" }],
  ["redis+unix:///a/b.sock", { path: "/a/b.sock" }],
  ["redis://localhost", { host: "localhost", port: 6379 }],
  ["redis://u:p@host.example:7000", { username: "u", password: "p", host: "host.example", port: 7000 }],
  ["rediss://host:7000", { host: "host", port: 7000, tls: {} }],
  [`rediss://host?ca=${import.meta.filename}`, { host: "host", port: 6379, tls: { ca: ownText } }],
])("%s is understood", (url, address) => {
  expect(parseRedisUrl(url)).toEqual(address);
});

test.each([
  "http://localhost:9092",
  "redis://u:p@host?ca=/ca.pem",
  "rediss://u:p@host?insecure=1",
  "rediss://u:p@host?ca=/a&x=1",
])("%s is refused", (url) => {
  expect(() => openEventLog(url)).toThrow("redis+unix://");
});

test("who vouches for a server is read at once", () => {
  expect(() => parseRedisUrl("rediss://host?ca=/no/such.pem")).toThrow("/no/such.pem");
});
