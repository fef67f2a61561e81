import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { Connection } from "./connection.ts";
import { StoreUnavailable } from "./errors.ts";
import { Pool, type PoolSettings } from "./pool.ts";
import { startPostgres, type TestPostgres, until } from "./testing.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let postgres: TestPostgres;
let settings: PoolSettings;

beforeAll(async () => {
  postgres = await startPostgres();
  settings = {
    url: await postgres.createDatabase(),
    max: 3,
    applicationName: "pool",
    connectTimeoutMs: 60_000,
    acquireTimeoutMs: 60_000,
    statementTimeoutMs: 60_000,
    idleInTransactionMs: 60_000,
    idleMs: 60_000,
  };
});

afterAll(() => postgres.stop());

/** A pool whose connections are not ready before they are let. */
function slowPool(more: Partial<PoolSettings> = {}) {
  const opening: (() => void)[] = [];
  const pool = new Pool({ ...settings, ...more }, () => new Promise((resolve) => opening.push(resolve)));
  const letReady = async () => {
    await until(() => opening.length > 0);
    opening.shift()?.();
  };
  return { pool, opening, letReady };
}

async function giveBack(pool: Pool, ...connections: Connection[]) {
  for (const connection of connections) pool.release(connection);
  await pool.close();
}

test("what is given back goes to whoever waits, and no further connection is opened for a burst", async () => {
  const { pool, opening, letReady } = slowPool();
  const burst = [pool.acquire(), pool.acquire(), pool.acquire()] as const;
  await letReady();
  const first = await burst[0];
  // For the second one a connection is on its way.
  await until(() => opening.length === 1);
  pool.release(first);
  expect(await burst[2]).toBe(first);
  expect(pool.size).toBe(2);
  await letReady();
  await giveBack(pool, first, await burst[1]);
});

test("as many are opened as are needed at a time, one after the other", async () => {
  const { pool, opening, letReady } = slowPool();
  const all = [pool.acquire(), pool.acquire(), pool.acquire()];
  for (const held of all) {
    await until(() => opening.length === 1);
    await letReady();
    await held;
  }
  const connections = await Promise.all(all);
  expect([new Set(connections).size, pool.size]).toEqual([3, 3]);
  await giveBack(pool, ...connections);
});

test("when none can be opened, each who waits hears of it", async () => {
  const { pool } = slowPool({ url: settings.url.replace(/host=[^&]*/, "host=/nowhere") });
  const failures = await Promise.all(
    [pool.acquire(), pool.acquire(), pool.acquire(), pool.acquire()].map((each) => each.catch((error) => error)),
  );
  for (const failure of failures) expect(failure).toBeInstanceOf(StoreUnavailable);
  expect(pool.size).toBe(0);
  await pool.close();
});
