import { createRecordsBatch } from "@platformatic/kafka";
import { afterEach, expect, test, vi } from "vitest";
import { LogUnavailable } from "../log.ts";
import { parseKafkaUrl } from "./address.ts";
import { Cluster } from "./cluster.ts";
import { PRODUCER } from "./requests.ts";
import { Tail } from "./tail.ts";
import { type Held, Knowledge, startNode } from "./test-node.ts";

vi.setConfig({ testTimeout: 60_000 });

const ends: (() => void)[] = [];
afterEach(() => {
  vi.restoreAllMocks();
  for (const end of ends.splice(0)) end();
});

/** A batch of one record at an offset, which it notes. */
function batch(producer: bigint, offset: bigint, sequence: number): Buffer {
  const headers = new Map([[Buffer.from("larder.note"), Buffer.from(String(offset))]]);
  const bytes = createRecordsBatch([{ topic: "t", value: Buffer.from("x"), headers }]).buffer;
  bytes.writeBigInt64BE(offset, 0);
  bytes.writeBigInt64BE(producer, 43);
  bytes.writeInt32BE(sequence, 53);
  return bytes;
}

async function tailOf(held: Partial<Held>) {
  const known = new Knowledge();
  known.held = { ...known.held, ...held };
  const node = await startNode(known, 1);
  const cluster = new Cluster(parseKafkaUrl(`kafka://127.0.0.1:${node.port}`), "test");
  ends.push(node.stop, () => cluster.close());
  return { tail: new Tail(cluster, { topic: "t", partition: 0 }), node };
}

async function read(held: Partial<Held>): Promise<Tail> {
  const { tail } = await tailOf(held);
  await tail.read();
  return tail;
}

/** The sequence that the next batch gets. */
const nextOf = (tail: Tail): number => tail.batch({ tail, values: [], note: "" }, Buffer.alloc(0)).sequence;

const range = { earliest: 3n, next: 8n };

test("the end is that of our newest batch, whatever others have written behind it", async () => {
  const batches = new Map([
    [7n, batch(5n, 7n, 0)],
    [6n, batch(PRODUCER, 6n, 40)],
  ]);
  const tail = await read({ ...range, batches, sequence: 40 });
  expect([tail.end, tail.newest?.note, tail.newest?.last, nextOf(tail)]).toEqual([8n, "6", 6n, 41]);
  // Who does not remember the sequence takes any; all must go on from the same.
  expect(nextOf(await read({ ...range, batches }))).toBe(41);
  expect(nextOf(await read({}))).toBe(0);
});

test("an end that cannot be read is not taken for one without numbers", async () => {
  await expect(read(range)).rejects.toThrow("cannot be read yet");
});

test("a batch that cannot be read yet is waited for", async () => {
  const batches = new Map([[7n, batch(PRODUCER, 7n, 40)]]);
  await read({ ...range, batches, sequence: 40 });
  await expect(read({ ...range, batches, sequence: 41 })).rejects.toThrow("is on its way");
  await expect(read({ sequence: 0 })).rejects.toThrow("is on its way");
});

test("where compaction has left nothing, the end is looked for before it", async () => {
  // From 7 and from 6 on there is only what a stranger wrote at 8, and ours before that.
  const strange = batch(5n, 8n, 0);
  const batches = new Map([
    ...[8n, 7n, 6n].map((offset) => [offset, strange] as const),
    [5n, batch(PRODUCER, 5n, 40)] as const,
  ]);
  expect((await read({ earliest: 3n, next: 9n, batches, sequence: 40 })).newest?.last).toBe(5n);
});

test("an end that has been known for long is read again", async () => {
  const { tail, node } = await tailOf({});
  await tail.ready();
  node.stop();
  await tail.ready();
  const now = performance.now();
  vi.spyOn(performance, "now").mockReturnValue(now + 3_600_001);
  await expect(tail.ready()).rejects.toBeInstanceOf(LogUnavailable);
});
