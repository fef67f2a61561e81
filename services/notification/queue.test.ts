// The queue on a real Valkey.
import { startValkey, type TestValkey } from "@larder/events/testing";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Handled, openQueue, type Queue, type QueueOptions } from "./queue.ts";

// Waits on conditions that take a retry or two.
vi.setConfig({ testTimeout: 30_000 });

let valkey: TestValkey;
let number = 0;
const open: Queue[] = [];

beforeAll(async () => {
  valkey = await startValkey();
});
afterAll(async () => {
  for (const queue of open) queue.close();
  await valkey.stop();
});

const newName = () => `test-${number++}`;
function queueNamed(name: string, options?: QueueOptions): Queue {
  const queue = openQueue(valkey.url, name, options);
  open.push(queue);
  return queue;
}

/** Works until `done` holds; answers the batches that were handled. */
async function working(
  queue: Queue,
  handle: (ids: readonly string[]) => Handled[] | Promise<Handled[]>,
  done: (batches: string[][]) => boolean,
): Promise<string[][]> {
  const batches: string[][] = [];
  const ending = new AbortController();
  const run = queue.work(async (ids) => {
    batches.push([...ids]);
    return handle(ids);
  }, ending.signal);
  await expect.poll(() => done(batches), { timeout: 20_000 }).toBe(true);
  ending.abort();
  await run;
  return batches;
}

const allDone = (ids: readonly string[]): Handled[] => ids.map(() => "done");
const handled = (count: number) => (batches: string[][]) => batches.flat().length >= count;

/** Puts ids in until they are there: a queue that has no connection yet takes none. */
async function fill(queue: Queue, name: string, ids: readonly string[]): Promise<void> {
  const size = () => {
    queue.add(ids);
    return valkey.ask("ZCARD", `notification:queue:${name}`);
  };
  await expect.poll(size, { timeout: 20_000 }).toBe(ids.length);
}

test("what is added is handled once, together, the earliest first", async () => {
  const name = newName();
  const queue = queueNamed(name);
  await fill(queue, name, ["a", "b"]);
  queue.add(["a"]);
  const batches = await working(queue, allDone, handled(2));
  expect(batches.flat()).toEqual(["a", "b"]);
  expect(await valkey.ask("ZCARD", `notification:queue:${name}`)).toBe(0);
});

test("two workers never have the same id at a time", async () => {
  const name = newName();
  const queues = [queueNamed(name, { batch: 3 }), queueNamed(name, { batch: 3 })];
  const ids = Array.from({ length: 60 }, (_, n) => `id-${n}`);
  await fill(queues[0] as Queue, name, ids);
  const seen: string[] = [];
  const all = () => seen.length === ids.length;
  const handle = (batch: readonly string[]) => {
    seen.push(...batch);
    return allDone(batch);
  };
  await Promise.all(queues.map((queue) => working(queue, handle, all)));
  expect(seen.sort()).toEqual(ids.sort());
});

test("what is to be tried again comes again, and nothing else does", async () => {
  const name = newName();
  const queue = queueNamed(name);
  await fill(queue, name, ["good", "bad"]);
  let tries = 0;
  const handle = (ids: readonly string[]): Handled[] => ids.map((id) => (id === "bad" && ++tries < 3 ? 1 : "done"));
  const batches = await working(queue, handle, handled(4));
  expect(batches.flat().sort()).toEqual(["bad", "bad", "bad", "good"]);
});

test("what a worker took that died, or whose handling failed, comes to another", async () => {
  const name = newName();
  const dying = queueNamed(name, { takenMs: 100 });
  await fill(dying, name, ["a"]);
  const ending = new AbortController();
  const taken = Promise.withResolvers<void>();
  const never = dying.work(() => {
    taken.resolve();
    return new Promise(() => {});
  }, ending.signal);
  await taken.promise;
  ending.abort();
  let failures = 1;
  const batches = await working(
    queueNamed(name),
    async (ids) => {
      if (failures-- > 0) throw new Error("the database is away");
      return allDone(ids);
    },
    handled(2),
  );
  expect(batches).toEqual([["a"], ["a"]]);
  void never;
});

test("a second batch is begun only while batches are full", async () => {
  const name = newName();
  const queue = queueNamed(name, { batch: 2, workers: 2 });
  await fill(queue, name, ["1", "2", "3", "4", "5", "6"]);
  let running = 0;
  let most = 0;
  const handle = async (ids: readonly string[]) => {
    most = Math.max(most, ++running);
    await valkey.ask("PING");
    running -= 1;
    return allDone(ids);
  };
  const batches = await working(queue, handle, handled(6));
  expect(batches.map(({ length }) => length)).toEqual([2, 2, 2]);
  expect(most).toBe(2);
});

test("it goes on when the server comes back", async () => {
  const name = newName();
  const queue = queueNamed(name);
  await fill(queue, name, ["a"]);
  await valkey.kill();
  queue.add(["lost"]);
  const run = working(queue, allDone, handled(1));
  await valkey.start();
  expect((await run).flat()).toEqual(["a"]);
});
