// The database is killed and comes back; the process that uses it stays.

import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { type Database, openDatabase, StoreUnavailable } from "./index.ts";
import { startPostgres, type TestPostgres, until } from "./testing.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let postgres: TestPostgres;
let url: string;
let db: Database;

beforeAll(async () => {
  postgres = await startPostgres();
  url = await postgres.createDatabase();
  db = openDatabase(url, { max: 4 });
});

afterEach(async () => {
  await db.close();
  await postgres.start();
  db = openDatabase(url, { max: 4 });
});

afterAll(async () => {
  await db.close();
  await postgres.stop();
});

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

const running = async (count: number) => {
  const { rows } = await db.query<{ n: bigint }>(
    "running",
    "select count(*) as n from pg_stat_activity where query like '%pg_sleep%' and pid <> pg_backend_pid() and state = 'active'",
  );
  return rows[0]?.n === BigInt(count);
};

test("statements in progress, new ones and open transactions fail as unavailable, and all works after the restart", async () => {
  const statement = failure(db.query("nap", "select pg_sleep(60)"));
  const transaction = failure(
    db.transaction(async (tx) => {
      await tx.query("nap_in_tx", "select pg_sleep(60), 1");
    }),
  );
  await until(() => running(2));
  await postgres.kill();
  expect(await statement).toBeInstanceOf(StoreUnavailable);
  expect(await transaction).toBeInstanceOf(StoreUnavailable);
  for (let i = 0; i < 10; i += 1) expect(await failure(db.ping())).toBeInstanceOf(StoreUnavailable);
  await postgres.start();
  await Promise.all(Array.from({ length: 20 }, () => db.ping()));
  expect(db.stats().connections).toBeLessThanOrEqual(4);
});

test("idle connections that died are not handed out", async () => {
  await Promise.all(Array.from({ length: 4 }, () => db.ping()));
  await postgres.kill();
  await until(() => db.stats().connections === 0);
  await postgres.start();
  await db.ping();
});

test("whoever waits for a connection hears at once", async () => {
  const naps = Array.from({ length: 4 }, () => failure(db.query("nap", "select pg_sleep(60)")));
  const waiting = failure(db.ping());
  await until(() => db.stats().connections === 4);
  const beside = openDatabase(url);
  await until(async () => {
    const { rows } = await beside.query<{ n: bigint }>(
      "naps",
      "select count(*) as n from pg_stat_activity where query like '%pg_sleep%' and pid <> pg_backend_pid()",
    );
    return rows[0]?.n === 4n;
  });
  await postgres.kill();
  expect(await waiting).toBeInstanceOf(StoreUnavailable);
  await Promise.all(naps);
  await beside.close();
  await postgres.start();
});

test("a commit that was on its way is reported as unknown, anything before it as undone", async () => {
  await db.session((session) =>
    session.execute(`create table slow (n int);
      create function sleep_at_commit() returns trigger language plpgsql as $$ begin perform pg_sleep(60); return null; end $$;
      create constraint trigger slow after insert on slow deferrable initially deferred for each row execute function sleep_at_commit()`),
  );
  const committing = failure(
    db.transaction(async (tx) => {
      await tx.query("slow", "insert into slow values (1)");
    }),
  );
  const before = failure(
    db.transaction(async (tx) => {
      await tx.query("slow_nap", "select pg_sleep(60), 2");
    }),
  );
  await until(async () => {
    const { rows } = await db.query<{ n: bigint }>(
      "sleeping",
      "select count(*) as n from pg_stat_activity where wait_event = 'PgSleep'",
    );
    return rows[0]?.n === 2n;
  });
  await postgres.kill();
  expect(await committing).toMatchObject({ name: "StoreUnavailable", outcomeUnknown: true });
  expect(await before).toMatchObject({ name: "StoreUnavailable", outcomeUnknown: false });
  await postgres.start();
});

test("listening goes on, and says that it may have missed something", async () => {
  const heard: (string | undefined)[] = [];
  db.listen("news", (payload) => heard.push(payload));
  await until(() => heard.length === 1);
  const say = (text: string) => db.query("say", "select pg_notify('news', $1)", [text]);
  await say("before");
  await until(() => heard.length === 2);
  await postgres.kill();
  await postgres.start();
  await until(() => heard.length === 3);
  await say("after");
  await until(() => heard.length === 4);
  expect(heard).toEqual([undefined, "before", undefined, "after"]);
});

test("a session learns that it is lost", async () => {
  const lost = db.session(async (session) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    session.lost.addEventListener("abort", () => resolve());
    await session.query("one", "select 1");
    await postgres.kill();
    await promise;
    return failure(session.query("one", "select 1"));
  });
  expect(await lost).toBeInstanceOf(StoreUnavailable);
  await postgres.start();
});

test("a server that says nothing counts as lost", async () => {
  const hasty = openDatabase(url, { max: 1, statementTimeoutMs: 100 });
  await hasty.ping();
  postgres.pause();
  expect(await failure(hasty.ping())).toBeInstanceOf(StoreUnavailable);
  postgres.resume();
  await hasty.ping();
  await hasty.close();
});

test("a wrong password is no outage", async () => {
  const wrong = openDatabase(url.replace("of-a-test", "guessed"));
  const error = await failure(wrong.ping());
  expect(error).not.toBeInstanceOf(StoreUnavailable);
  expect(String(error)).toContain("password authentication failed");
  await wrong.close();
});

test("the address of the database is in no message that reaches a caller", async () => {
  const nowhere = openDatabase("postgres://someone:secret@/db?host=/nonexistent");
  const error = (await failure(nowhere.ping())) as StoreUnavailable;
  expect(error.message).toBe("the database is unavailable");
  await nowhere.close();
});
