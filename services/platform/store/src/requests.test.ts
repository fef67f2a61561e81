import { log } from "@larder/platform";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Database, forgetRequests, migrate, openDatabase, repeatedly, requestMigrations } from "./index.ts";
import { startPostgres, type TestPostgres, until } from "./testing.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let postgres: TestPostgres;
let db: Database;

beforeAll(async () => {
  postgres = await startPostgres();
  db = openDatabase(await postgres.createDatabase());
  await migrate(db, requestMigrations);
});

afterAll(async () => {
  await db.close();
  await postgres.stop();
});

const claim = async (id: string, hash: string, method = "Hold", caller = "order") =>
  (
    await db.query<{ answer: string | null }>("claim", "select claim($1, $2, $3, $4) as answer", [
      caller,
      method,
      id,
      hash,
    ])
  ).rows[0]?.answer;

test("a request id is new once, for each caller and method", async () => {
  expect(await claim("1", "a")).toBeNull();
  expect(await claim("1", "a")).toBe("OK");
  expect(await claim("1", "b")).toBe("REQUEST_ID_REUSED");
  expect(await claim("1", "b", "Reserve")).toBeNull();
  expect(await claim("1", "b", "Hold", "gateway")).toBeNull();
});

test("a refusal is kept for the repeat", async () => {
  await claim("2", "a");
  await db.query("refuse", "select refuse('order', 'Hold', '2', 'FUNDS_SHORT')");
  expect(await claim("2", "a")).toBe("FUNDS_SHORT");
});

test("what was undone is refused, whether it had come before or not", async () => {
  await claim("3", "a");
  for (const id of ["3", "4"]) await db.query("tombstone", "select tombstone('order', 'Hold', $1)", [id]);
  expect(await claim("3", "a")).toBe("UNDONE");
  expect(await claim("4", "a")).toBe("UNDONE");
});

test("of many requests at once the new ones are claimed, and repeats get what the first got", async () => {
  await claim("known", "a");
  await db.query("tombstone", "select tombstone('order', 'Hold', $1)", ["gone"]);
  const asked = [
    ["new", "a", null],
    ["known", "a", "OK"],
    ["known", "b", "REQUEST_ID_REUSED"],
    ["gone", "a", "UNDONE"],
    ["short", "a", null],
    ["short", "a", "FUNDS_SHORT"],
    ["new", "b", "REQUEST_ID_REUSED"],
  ] as const;
  const batch = [asked.map(() => "order"), asked.map(([id]) => id), asked.map(([, hash]) => hash)];
  const { rows } = await db.query<{ places: number[] }>(
    "claim_all",
    "select claim_all($1, 'Hold', $2, $3) as places",
    batch,
  );
  expect(rows[0]?.places).toEqual([1, 5]);
  const outcomes = asked.map(([id], index) =>
    [0, 4].includes(index) ? (id === "short" ? "FUNDS_SHORT" : "OK") : null,
  );
  const concluded = await db.query<{ outcomes: string[] }>(
    "conclude_all",
    "select conclude_all($1, 'Hold', $2, $3, $4) as outcomes",
    [...batch, outcomes],
  );
  expect(concluded.rows[0]?.outcomes).toEqual(asked.map(([, , answer], index) => answer ?? outcomes[index]));
  expect(await claim("short", "a")).toBe("FUNDS_SHORT");
});

test("requests are forgotten after seven days, and not before", async () => {
  await claim("old", "a");
  await claim("young", "a");
  const age = "update requests set create_time = now() - $2 * interval '1 day' where request_id = $1";
  await db.query("age", age, ["old", 7.1]);
  await db.query("age", age, ["young", 6.9]);
  await forgetRequests(db);
  expect(await claim("old", "b")).toBeNull();
  expect(await claim("young", "b")).toBe("REQUEST_ID_REUSED");
});

test("repeated work goes on after a failure, and ends when it is told to", async () => {
  const warn = vi.spyOn(log, "warn").mockImplementation(() => {});
  const controller = new AbortController();
  let runs = 0;
  const work = repeatedly("count", 1, async () => {
    runs += 1;
    if (runs === 1) throw new Error("no");
  })(controller.signal);
  await until(() => runs >= 3);
  controller.abort();
  await work;
  expect(warn.mock.calls).toEqual([["repeated work failed", { work: "count", error: "Error: no" }]]);
  warn.mockRestore();
});
