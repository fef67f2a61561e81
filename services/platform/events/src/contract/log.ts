// Topics, appending, reading, retention, and what is left after the server was killed.

import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Engine } from "../contract.ts";
import { EventTooLarge, MAX_EVENT_BYTES } from "../event.ts";
import { type EventLog, type LogRecord, LogUnavailable, OffsetOutOfRange } from "../log.ts";
import { openEventLog } from "../open.ts";
import { until } from "../testing.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const texts = (records: readonly LogRecord[]): string[] => records.map(({ value }) => new TextDecoder().decode(value));
const records = (first: number, ...values: string[]) =>
  values.map((value, index) => ({ sequence: BigInt(first + index), value: bytes(value) }));

export function logContract(running: () => Engine): void {
  describe("the log", () => {
    let engine: Engine;
    let log: EventLog;
    let topic: string;

    beforeAll(() => {
      engine = running();
      log = openEventLog(engine.url);
    });
    afterAll(() => log.close());
    beforeEach(async () => {
      topic = `test.${randomUUID()}.v1`;
      await log.createTopic(topic, 4);
    });

    const append = (first: number, values: string[], { partition = 0, producer = "a" } = {}) =>
      log.append([{ topic, partition, producer, records: records(first, ...values) }]).then(([appended]) => appended);
    const read = async (from: number, partition = 0, max = 500) =>
      texts(await log.read(topic, new Map([[partition, BigInt(from)]]), { max }));
    const readAll = async (): Promise<string[]> => {
      const found: string[] = [];
      for (let more = await read(0); more.length > 0; more = await read(found.length)) found.push(...more);
      return found;
    };

    describe("topics", () => {
      test("keep the number of partitions that they were created with", async () => {
        expect(await log.createTopic(topic, 8)).toBe(4);
        expect(await log.partitions(topic)).toBe(4);
      });

      test("that nobody created have the log's default", async () => {
        const other = openEventLog(engine.url);
        const partitions = await other.partitions(`${topic}.other`);
        expect(partitions).toBeGreaterThan(0);
        expect(await log.partitions(`${topic}.other`)).toBe(partitions);
        await other.close();
      });
    });

    describe("append", () => {
      test("keeps records in order, without gaps", async () => {
        expect(await append(1, ["a", "b"])).toEqual({ next: 2n, skipped: 0 });
        expect(await append(3, ["c"])).toEqual({ next: 3n, skipped: 0 });
        const found = await log.read(topic, new Map([[0, 0n]]));
        expect(found.map(({ offset, partition, topic: of }) => [of, partition, offset])).toEqual([
          [topic, 0, 0n],
          [topic, 0, 1n],
          [topic, 0, 2n],
        ]);
        expect(texts(found)).toEqual(["a", "b", "c"]);
        expect(found.every(({ time }) => Math.abs(time.getTime() - Date.now()) < 3_600_000)).toBe(true);
      });

      test("skips what it has seen from the producer, whole batches and parts", async () => {
        await append(1, ["a", "b", "c"]);
        expect(await append(1, ["a", "b", "c"])).toEqual({ next: 3n, skipped: 3 });
        expect(await append(2, ["b", "c", "d", "e"])).toEqual({ next: 5n, skipped: 2 });
        expect(await append(2, ["b"])).toEqual({ next: 5n, skipped: 1 });
        expect(await read(0)).toEqual(["a", "b", "c", "d", "e"]);
      });

      test("tells producers and partitions apart", async () => {
        await append(1, ["a1"], { producer: "a" });
        await append(1, ["b1"], { producer: "b" });
        await append(1, ["a1"], { producer: "a", partition: 1 });
        expect(await read(0)).toEqual(["a1", "b1"]);
        expect(await read(0, 1)).toEqual(["a1"]);
      });

      test("lets numbers have gaps", async () => {
        const [appended] = await log.append([
          { topic, partition: 0, producer: "a", records: [...records(5, "e"), ...records(9, "i")] },
        ]);
        expect(appended).toEqual({ next: 2n, skipped: 0 });
        expect(await append(7, ["g"])).toEqual({ next: 2n, skipped: 1 });
        expect(await append(10, ["j"])).toEqual({ next: 3n, skipped: 0 });
      });

      test("takes numbers as large as they get", async () => {
        const large = 2 ** 53 - 10;
        await append(large, ["a", "b"]);
        expect(await append(large + 1, ["b", "c"])).toEqual({ next: 3n, skipped: 1 });
      });

      test("takes several batches at once, and empty values and any bytes", async () => {
        const all = Uint8Array.from({ length: 256 }, (_, index) => index);
        const value = new Uint8Array(100_000).fill(7);
        await log.append([
          {
            topic,
            partition: 0,
            producer: "a",
            records: [
              { sequence: 1n, value: new Uint8Array() },
              { sequence: 2n, value: all },
            ],
          },
          { topic, partition: 1, producer: "a", records: [{ sequence: 1n, value }] },
        ]);
        const found = await log.read(
          topic,
          new Map([
            [0, 0n],
            [1, 0n],
          ]),
        );
        const plain = found.map((record) => [record.partition, Buffer.from(record.value).toString("base64")]);
        const expected: [number, Uint8Array][] = [
          [0, new Uint8Array()],
          [0, all],
          [1, value],
        ];
        expect(plain.sort()).toEqual(
          expected.map(([partition, bytes]) => [partition, Buffer.from(bytes).toString("base64")]).sort(),
        );
      });

      test("refuses a record that is too large, and the batches beside it", async () => {
        const large = {
          topic,
          partition: 1,
          producer: "a",
          records: [{ sequence: 1n, value: new Uint8Array(10 << 20) }],
        };
        const small = { topic, partition: 0, producer: "a", records: records(1, "a") };
        await expect(log.append([small, large])).rejects.toBeInstanceOf(EventTooLarge);
        expect(await read(0)).toEqual([]);
        const largest = { ...large, records: [{ sequence: 1n, value: new Uint8Array(MAX_EVENT_BYTES) }] };
        expect(await log.append([small, largest])).toEqual([
          { next: 1n, skipped: 0 },
          { next: 1n, skipped: 0 },
        ]);
        expect((await log.read(topic, new Map([[1, 0n]])))[0]?.value).toHaveLength(MAX_EVENT_BYTES);
      });

      test("of two producers at once keeps the records of both, each in order", async () => {
        const other = openEventLog(engine.url);
        const by = async (from: EventLog, producer: string) => {
          for (let sequence = 1; sequence <= 30; sequence += 1) {
            await from.append([
              { topic, partition: 0, producer, records: records(sequence, `${producer}${sequence}`) },
            ]);
          }
        };
        await Promise.all([by(log, "a"), by(other, "b")]);
        const found = await readAll();
        const expected = (producer: string) => Array.from({ length: 30 }, (_, index) => `${producer}${index + 1}`);
        expect(found.filter((value) => value.startsWith("a"))).toEqual(expected("a"));
        expect(found.filter((value) => value.startsWith("b"))).toEqual(expected("b"));
        await other.close();
      });

      test("of one producer by two processes at once has every record once", async () => {
        const other = openEventLog(engine.url);
        const values = Array.from({ length: 50 }, (_, index) => String(index));
        const all = async (by: EventLog) => {
          for (const [index, value] of values.entries()) {
            await by.append([{ topic, partition: 0, producer: "a", records: records(index + 1, value) }]);
          }
        };
        await Promise.all([all(log), all(other)]);
        expect(await readAll()).toEqual(values);
        await other.close();
      });
    });

    describe("read", () => {
      test("begins anywhere, also in the middle of a batch", async () => {
        await append(1, ["a", "b", "c"]);
        await append(4, ["d", "e"]);
        for (let from = 0; from <= 5; from += 1)
          expect(await read(from)).toEqual(["a", "b", "c", "d", "e"].slice(from));
      });

      test("reads several partitions, each on from its own offset", async () => {
        await append(1, ["a", "b"], { partition: 0 });
        await append(1, ["c", "d"], { partition: 3 });
        const found = await log.read(
          topic,
          new Map([
            [0, 1n],
            [3, 0n],
            [2, 0n],
          ]),
        );
        expect(texts(found).sort()).toEqual(["b", "c", "d"]);
      });

      test("goes through a long partition in pieces", async () => {
        const values = Array.from({ length: 300 }, (_, index) => String(index));
        for (let at = 0; at < 300; at += 3) await append(at + 1, values.slice(at, at + 3));
        const found: string[] = [];
        for (let calls = 0; found.length < 300 && calls < 300; calls += 1)
          found.push(...(await read(found.length, 0, 10)));
        expect(found).toEqual(values);
      });

      test("waits for what is not yet there", async () => {
        await append(1, ["a"]);
        const waiting = log.read(
          topic,
          new Map([
            [0, 1n],
            [1, 0n],
          ]),
          { waitMs: 60_000 },
        );
        await append(1, ["b"], { partition: 1 });
        expect(texts(await waiting)).toEqual(["b"]);
      });

      test("waits no longer than it was told, or until the signal", async () => {
        expect(await log.read(topic, new Map([[0, 0n]]), { waitMs: 20 })).toEqual([]);
        const controller = new AbortController();
        const waiting = log.read(topic, new Map([[0, 0n]]), { waitMs: 600_000, signal: controller.signal });
        controller.abort();
        expect(await waiting).toEqual([]);
        // The next wait is not disturbed by the one that was given up.
        const again = log.read(topic, new Map([[0, 0n]]), { waitMs: 60_000 });
        await append(1, ["a"]);
        expect(texts(await again)).toEqual(["a"]);
      });

      test("refuses an offset that is not there", async () => {
        await append(1, ["a"]);
        const error = await log.read(topic, new Map([[0, 7n]])).catch((caught: unknown) => caught);
        expect(error).toBeInstanceOf(OffsetOutOfRange);
        expect(error).toMatchObject({ topic, partition: 0, offset: 7n, range: { earliest: 0n, next: 1n } });
      });
    });

    test("finds offsets by time", async () => {
      const times: Date[] = [];
      for (let n = 0; n < 5; n += 1) {
        await append(n * 2 + 1, [`${n}a`, `${n}b`]);
        const last = (await log.read(topic, new Map([[0, BigInt(n * 2 + 1)]])))[0] as LogRecord;
        times.push(last.time);
        await until(() => Date.now() > last.time.getTime() + 1);
      }
      expect(await log.offsetAt(topic, 0, new Date(0))).toBe(0n);
      for (let n = 0; n < 5; n += 1) expect(await log.offsetAt(topic, 0, times[n] as Date)).toBe(BigInt(n * 2));
      expect(await log.offsetAt(topic, 0, new Date((times[2] as Date).getTime() + 1))).toBe(6n);
      expect(await log.offsetAt(topic, 0, new Date(Date.now() + 3_600_000))).toBe(10n);
      expect(await log.offsetAt(topic, 1, new Date(0))).toBe(0n);
    });

    describe("retention", () => {
      const everything = { retentionMs: -3_600_000 };

      test("drops what is old and that no named group needs", async () => {
        await append(1, ["a", "b"]);
        await append(3, ["c", "d"]);
        await log.note(topic, "slow", new Map([[0, 2n]]));
        await log.note(topic, "fast", new Map([[0, 4n]]));
        expect(await log.trim(topic, 0, { ...everything, groups: ["slow", "fast"] })).toBe(2n);
        expect(await read(2)).toEqual(["c", "d"]);
        expect(await log.range(topic, 0)).toEqual({ earliest: 2n, next: 4n });
        const error = await log.read(topic, new Map([[0, 1n]])).catch((caught: unknown) => caught);
        expect(error).toMatchObject({ name: "OffsetOutOfRange", range: { earliest: 2n, next: 4n } });
      });

      test("keeps a batch of which a record is needed", async () => {
        await append(1, ["a", "b", "c"]);
        await log.note(topic, "slow", new Map([[0, 1n]]));
        const earliest = await log.trim(topic, 0, { ...everything, groups: ["slow"] });
        expect(earliest).toBeLessThanOrEqual(1n);
        expect(await read(1)).toEqual(["b", "c"]);
      });

      test("keeps everything for a named group that was never there", async () => {
        await append(1, ["a"]);
        expect(await log.trim(topic, 0, { ...everything, groups: ["new"] })).toBe(0n);
        expect(await read(0)).toEqual(["a"]);
      });

      test("keeps what is young", async () => {
        await append(1, ["a"]);
        expect(await log.trim(topic, 0, { retentionMs: 3_600_000, groups: [] })).toBe(0n);
        expect(await read(0)).toEqual(["a"]);
      });

      test("does not forget the numbers of what is gone, nor the offsets", async () => {
        await append(1, ["a", "b"]);
        expect(await log.trim(topic, 0, { ...everything, groups: [] })).toBeGreaterThan(0n);
        const other = openEventLog(engine.url);
        const again = { topic, partition: 0, producer: "a", records: records(1, "a", "b", "c") };
        expect(await other.append([again])).toEqual([{ next: 3n, skipped: 2 }]);
        expect(await read(2)).toEqual(["c"]);
        await other.close();
      });

      test("is told to a reader that waits on", async () => {
        await append(1, ["a"]);
        expect(await read(0)).toEqual(["a"]);
        await append(2, ["b"]);
        await append(3, ["c"]);
        await log.trim(topic, 0, { ...everything, groups: [] });
        await append(4, ["d"]);
        // It stands at 1, where it ended, and must not go on at 3 as if nothing were missing.
        const got: string[] = [];
        const waiting = async () => {
          for (;;) got.push(...texts(await log.read(topic, new Map([[0, 1n]]), { waitMs: 10 })));
        };
        await expect(waiting()).rejects.toBeInstanceOf(OffsetOutOfRange);
        expect(got).toEqual([]);
      });
    });

    test("tells how far a group is behind", async () => {
      await append(1, ["a", "b", "c"]);
      await log.note(topic, "group", new Map([[0, 1n]]));
      await log.note(topic, "group", new Map([[1, 0n]]));
      const lag = await log.lag(topic, "group");
      expect(lag.slice(0, 3)).toEqual([
        { partition: 0, earliest: 0n, next: 3n, noted: 1n, behind: 2n },
        { partition: 1, earliest: 0n, next: 0n, noted: 0n, behind: 0n },
        { partition: 2, earliest: 0n, next: 0n, noted: undefined, behind: 0n },
      ]);
      expect((await log.lag(topic, "other"))[0]).toMatchObject({ noted: undefined, behind: 3n });
    });

    describe("when the server is killed", () => {
      test("what was acknowledged is there afterwards, and so are the numbers", async () => {
        await append(1, ["a", "b"]);
        const waiting = log.read(topic, new Map([[0, 2n]]), { waitMs: 60_000 }).catch((error: unknown) => error);
        await engine.kill();
        expect(await waiting).toBeInstanceOf(LogUnavailable);
        await expect(append(3, ["c"])).rejects.toBeInstanceOf(LogUnavailable);
        await expect(log.ping()).rejects.toBeInstanceOf(LogUnavailable);
        await engine.start();
        await until(() =>
          log.ping().then(
            () => true,
            () => false,
          ),
        );
        expect(await append(1, ["a", "b", "c"])).toEqual({ next: 3n, skipped: 2 });
        expect(await read(0)).toEqual(["a", "b", "c"]);
        expect(texts(await log.read(topic, new Map([[0, 2n]]), { waitMs: 60_000 }))).toEqual(["c"]);
      });

      test("appends that are repeated until they succeed stand once", async () => {
        const values = Array.from({ length: 400 }, (_, index) => String(index));
        let acknowledged = 0;
        const appending = (async () => {
          for (const [index, value] of values.entries()) {
            for (;;) {
              try {
                await append(index + 1, [value]);
                break;
              } catch (error) {
                expect(error).toBeInstanceOf(LogUnavailable);
              }
            }
            acknowledged = index + 1;
          }
        })();
        for (const at of [50, 200]) {
          await until(() => acknowledged >= at);
          await engine.kill();
          await engine.start();
        }
        await appending;
        expect(await readAll()).toEqual(values);
      });
    });
  });
}
