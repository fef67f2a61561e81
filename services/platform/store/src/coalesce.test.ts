import { AsyncLocalStorage } from "node:async_hooks";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { coalesce, type Database, openDatabase, StoreUnavailable, violates } from "./index.ts";
import { startPostgres, type TestPostgres } from "./testing.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let postgres: TestPostgres;
let db: Database;

beforeAll(async () => {
  postgres = await startPostgres();
  db = openDatabase(await postgres.createDatabase());
  await db.session((session) =>
    session.execute(
      "create table stock (sku text primary key, held int not null check (held <= 10)); insert into stock values ('milk', 0), ('bread', 0)",
    ),
  );
});

afterAll(async () => {
  await db.close();
  await postgres.stop();
});

const settled = async <T>(promises: readonly Promise<T>[]) =>
  (await Promise.allSettled(promises)).map((one) => (one.status === "fulfilled" ? one.value : one.reason));

test("callers of one turn share a batch, and each gets its own result", async () => {
  const batches: number[][] = [];
  const double = coalesce(async (items: readonly number[]) => {
    batches.push([...items]);
    return items.map((item) => item * 2);
  });
  expect(await Promise.all([double(1), double(2), double(3)])).toEqual([2, 4, 6]);
  expect(await double(4)).toBe(8);
  expect(batches).toEqual([[1, 2, 3], [4]]);
});

test("what arrives while a batch runs makes up the next one", async () => {
  const batches: number[][] = [];
  const gates: (() => void)[] = [];
  const slow = coalesce(async (items: readonly number[]) => {
    batches.push([...items]);
    await new Promise<void>((resolve) => gates.push(resolve));
    return items;
  });
  const first = slow(1);
  while (batches.length < 1) await new Promise(setImmediate);
  const others = [slow(2), slow(3)];
  await new Promise(setImmediate);
  expect(batches).toEqual([[1]]);
  gates[0]?.();
  await first;
  while (batches.length < 2) await new Promise(setImmediate);
  gates[1]?.();
  expect(await Promise.all(others)).toEqual([2, 3]);
  expect(batches).toEqual([[1], [2, 3]]);
});

test("batches keep to their size and their number at a time", async () => {
  let running = 0;
  let most = 0;
  const sizes: number[] = [];
  const run = coalesce(
    async (items: readonly number[]) => {
      most = Math.max(most, ++running);
      sizes.push(items.length);
      await new Promise(setImmediate);
      running -= 1;
      return items;
    },
    { max: 4, concurrency: 2 },
  );
  await Promise.all(Array.from({ length: 10 }, (_, index) => run(index)));
  expect(sizes).toEqual([4, 4, 2]);
  expect(most).toBe(2);
});

test("an item may fail alone by its result", async () => {
  const odd = coalesce(async (items: readonly number[]) =>
    items.map((item) => (item % 2 ? item : new Error(`${item} is even`))),
  );
  expect(await settled([odd(1), odd(2), odd(3)])).toEqual([1, new Error("2 is even"), 3]);
});

test("if the database refuses the statement, only those at fault fail", async () => {
  const before = db.stats().byStatement.hold ?? 0;
  const hold = coalesce(async (items: readonly { sku: string; count: number }[]) => {
    const { rows } = await db.query<{ position: bigint; held: number }>(
      "hold",
      `update stock set held = held + item.count from unnest($1::text[], $2::int[]) with ordinality as item(sku, count, position)
       where stock.sku = item.sku returning item.position, held`,
      [items.map(({ sku }) => sku), items.map(({ count }) => count)],
    );
    const byPosition = new Map(rows.map(({ position, held }) => [Number(position), held]));
    return items.map(({ sku }, index) => byPosition.get(index + 1) ?? new Error(`no ${sku}`));
  });
  const [milk, bread, eggs] = await settled([
    hold({ sku: "milk", count: 3 }),
    hold({ sku: "bread", count: 11 }),
    hold({ sku: "eggs", count: 1 }),
  ]);
  expect(milk).toBe(3);
  expect(violates(bread, "stock_held_check")).toBe(true);
  expect(eggs).toEqual(new Error("no eggs"));
  // All three, then the first alone, the other two, and each of these alone.
  expect((db.stats().byStatement.hold ?? 0) - before).toBe(5);
});

test("nothing is tried again when the store is away", async () => {
  let runs = 0;
  const run = coalesce<number, number>(async () => {
    runs += 1;
    throw new StoreUnavailable(new Error("gone"));
  });
  expect((await settled([run(1), run(2)])).map((error) => error instanceof StoreUnavailable)).toEqual([true, true]);
  expect(runs).toBe(1);
});

test("a batch that gives too few results fails for everybody", async () => {
  const broken = coalesce(async (items: readonly number[]) => items.slice(1));
  expect((await settled([broken(1), broken(2)])).map(String)).toEqual(
    Array(2).fill("Error: a batch of 2 items gave 1 results"),
  );
});

test("a batch runs outside of the requests of its callers", async () => {
  const request = new AsyncLocalStorage<string>();
  const seen: (string | undefined)[] = [];
  const look = coalesce(async (items: readonly number[]) => {
    seen.push(request.getStore());
    return items;
  });
  await request.run("a request", async () => {
    await look(1);
    expect(request.getStore()).toBe("a request");
    const pair = [look(2), look(3)];
    await Promise.all(pair);
  });
  expect(seen).toEqual([undefined, undefined]);
});
