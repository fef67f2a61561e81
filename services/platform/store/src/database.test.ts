import { metrics } from "@larder/platform";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type Database, openDatabase, StatementTimeout, StoreUnavailable, sqlState, violates } from "./index.ts";
import { startPostgres, type TestPostgres } from "./testing.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let postgres: TestPostgres;
let url: string;
let db: Database;

beforeAll(async () => {
  postgres = await startPostgres();
  url = await postgres.createDatabase();
  db = openDatabase(url, { max: 4, applicationName: "test" });
  await db.session((session) =>
    session.execute(`create table account (name text primary key, balance bigint not null check (balance >= 0));
                     insert into account values ('ada', 10), ('bob', 0)`),
  );
});

afterAll(async () => {
  await db.close();
  await postgres.stop();
});

const balance = async (name: string) =>
  (await db.query<{ balance: bigint }>("balance", "select balance from account where name = $1", [name])).rows[0]
    ?.balance;

const add = "update account set balance = balance + $2 where name = $1";

test("the server waits for the disk before it acknowledges a commit", async () => {
  const { rows } = await db.query(
    "durable",
    "select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit",
  );
  expect(rows).toEqual([{ fsync: "on", commit: "on" }]);
});

test("values come back without losing digits or depending on a time zone", async () => {
  const { rows } = await db.query(
    "values",
    `select 9007199254740993::int8 as big, array[1, null, 3]::int8[] as bigs, 1.10::numeric as exact, date '2026-11-22' as day,
            timestamptz '2026-11-22 10:00+01' as at, '{"a": [1]}'::jsonb as doc, '\\x01ff'::bytea as bytes, null as nothing, $1::int8 as echo`,
    [2n ** 62n],
  );
  expect(rows[0]).toEqual({
    big: 9007199254740993n,
    bigs: [1n, null, 3n],
    exact: "1.10",
    day: "2026-11-22",
    at: new Date("2026-11-22T09:00:00Z"),
    doc: { a: [1] },
    bytes: Buffer.from([1, 255]),
    nothing: null,
    echo: 2n ** 62n,
  });
});

test("a name stands for one statement", async () => {
  await db.query("one", "select 1");
  await expect(db.query("one", "select 2")).rejects.toThrow('two statements are named "one"');
  await expect(db.query("x".repeat(64), "select 1")).rejects.toThrow("1 to 63 characters");
});

describe("transaction", () => {
  test("stands as a whole, and tells so afterwards", async () => {
    const told: string[] = [];
    await db.transaction(async (tx) => {
      tx.afterCommit(() => told.push("committed"));
      await Promise.all([tx.query("add", add, ["ada", -1n]), tx.query("add", add, ["bob", 1n])]);
      expect(told).toEqual([]);
    });
    expect(told).toEqual(["committed"]);
    expect([await balance("ada"), await balance("bob")]).toEqual([9n, 1n]);
  });

  test("leaves nothing when the function throws", async () => {
    const told: string[] = [];
    const failed = db.transaction(async (tx) => {
      tx.afterCommit(() => told.push("committed"));
      await tx.query("add", add, ["bob", 100n]);
      throw new Error("no");
    });
    await expect(failed).rejects.toThrow("no");
    expect(await balance("bob")).toBe(1n);
    expect(told).toEqual([]);
  });

  test("fails if one of its statements failed and nobody minded", async () => {
    const failed = db.transaction(async (tx) => {
      await tx.query("add", add, ["bob", 100n]);
      await tx.query("add", add, ["ada", -100n]).catch(() => {});
    });
    await expect(failed).rejects.toThrow("was rolled back");
    expect(await balance("bob")).toBe(1n);
  });

  test("refuses statements after its end", async () => {
    const tx = await db.transaction(async (open) => open);
    await expect(tx.query("one", "select 1")).rejects.toThrow("after the end");
  });

  test("runs again after a serialization failure, as often as was asked", async () => {
    const collide = (retrySerialization: number) => {
      let runs = 0;
      const fight = db.transaction(
        async (tx) => {
          runs += 1;
          await balanceIn(tx);
          // Another transaction comes in between, the first time.
          if (runs === 1) await db.query("add", add, ["ada", 1n]);
          await tx.query("add", add, ["ada", 1n]);
        },
        { isolation: "serializable", retrySerialization },
      );
      return fight.then(() => runs);
    };
    const balanceIn = (tx: { query: Database["query"] }) =>
      tx.query("balance", "select balance from account where name = $1", ["ada"]);
    expect(await collide(1)).toBe(2);
    const refused = await collide(0).catch(sqlState);
    expect(refused).toBe("40001");
  });
});

test("a refused row names its constraint", async () => {
  const error = await db.query("add", add, ["ada", -1000n]).catch((caught: unknown) => caught);
  expect(violates(error)).toBe(true);
  expect(violates(error, "account_balance_check")).toBe(true);
  expect(violates(error, "account_pkey")).toBe(false);
  expect(violates(new Error("no"))).toBe(false);
});

test("a statement that takes too long is ended, and the connection goes on", async () => {
  const hasty = openDatabase(url, { max: 1, statementTimeoutMs: 50 });
  const error = await hasty.query("sleep", "select pg_sleep(30)").catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(StatementTimeout);
  await hasty.ping();
  expect(hasty.stats().connections).toBe(1);
  await hasty.close();
});

test("a caller who gets no connection in time hears that the store is unavailable", async () => {
  const small = openDatabase(url, { max: 1, acquireTimeoutMs: 50 });
  const { promise, resolve } = Promise.withResolvers<void>();
  const holding = small.transaction(async (tx) => {
    await tx.query("one", "select 1");
    await promise;
  });
  await expect(small.ping()).rejects.toBeInstanceOf(StoreUnavailable);
  resolve();
  await holding;
  await small.ping();
  await small.close();
});

test("counts statements, and commits that the disk had to take", async () => {
  const counted = openDatabase(url, { max: 2 });
  await counted.query("balance", "select balance from account where name = $1", ["ada"]);
  await counted.query("add", add, ["ada", 1n]);
  await counted.query("add", add, ["nobody", 1n]);
  await counted.transaction(async (tx) => {
    await tx.query("add", add, ["ada", 1n]);
    await tx.query("lock", "select 1 from account where name = $1 for update", ["ada"]);
  });
  await counted.transaction((tx) => tx.query("balance", "select balance from account where name = $1", ["ada"]));
  await counted.transaction(() => Promise.reject(new Error("nothing sent"))).catch(() => {});
  expect(counted.stats()).toMatchObject({
    queries: 6,
    commits: 2,
    rollbacks: 0,
    byStatement: { balance: 2, add: 3, lock: 1 },
  });
  await counted.close();
  const shown = await metrics.metrics();
  expect(shown).toContain('larder_store_statements_total{statement="lock"} 1');
  expect(Number(/^larder_store_commits_total (\d+)$/m.exec(shown)?.[1])).toBeGreaterThanOrEqual(2);
});

test("counts what functions of the service's own commit", async () => {
  await db.session((session) =>
    session.execute(`create function pay(who text) returns bigint language sql as
        'update account set balance = balance + 1 where name = who returning balance';
      create function twice(n int) returns int language sql immutable as 'select n * 2'`),
  );
  const counted = openDatabase(url);
  await counted.query("twice", "select twice($1)", [2]);
  await counted.query("pay", "select pay($1)", ["ada"]);
  await counted.transaction((tx) => tx.query("pay_all", "select name, pay (name) from account"));
  expect(counted.stats().commits).toBe(2);
  await counted.close();
});

test("a table that was altered does not leave a prepared statement broken", async () => {
  const one = openDatabase(url, { max: 1 });
  await one.query("all", "select * from account limit 1");
  await one.session((session) => session.execute("alter table account add column note text"));
  await one.query("all", "select * from account limit 1").catch(() => {});
  expect((await one.query("all", "select * from account limit 1")).rows[0]).toHaveProperty("note");
  await one.close();
});

test("a session keeps its locks until it ends", async () => {
  const lock = "select pg_try_advisory_lock(7) as got";
  await db.session(async (session) => {
    expect((await session.query("lock7", lock)).rows).toEqual([{ got: true }]);
    expect((await db.query("lock7", lock)).rows).toEqual([{ got: false }]);
  });
  expect((await db.session((session) => session.query("lock7", lock))).rows).toEqual([{ got: true }]);
});

test("closing lets what runs end, and refuses what comes after", async () => {
  const closing = openDatabase(url);
  const running = closing.query("nap", "select pg_sleep(0.05)");
  // It must have its connection before the end begins.
  while (closing.stats().connections === 0) await new Promise(setImmediate);
  await Promise.all([closing.close(), running]);
  await expect(closing.ping()).rejects.toThrow("was closed");
});
