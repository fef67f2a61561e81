import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { type Database, MigrationError, migrate, openDatabase } from "./index.ts";
import { startPostgres, type TestPostgres } from "./testing.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let postgres: TestPostgres;
let db: Database;
let folder: string;
let url: URL;

beforeAll(async () => {
  postgres = await startPostgres();
  db = openDatabase(await postgres.createDatabase());
});

afterAll(async () => {
  await db.close();
  await postgres.stop();
});

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "larder-migrations-"));
  url = pathToFileURL(`${folder}/`);
});

afterEach(async () => {
  await db.session((session) => session.execute("drop schema public cascade; create schema public"));
  rmSync(folder, { recursive: true });
});

const file = (name: string, sql: string) => writeFileSync(join(folder, name), sql);

const tables = async () =>
  (
    await db.query<{ name: string }>(
      "tables",
      "select tablename as name from pg_tables where schemaname = 'public' order by 1",
    )
  ).rows.map(({ name }) => name);

test("applies files in order, once", async () => {
  file("002_more.sql", "alter table a add column b int; insert into a values (1, 2)");
  file("001_first.sql", "create table a (n int)");
  expect(await migrate(db, url)).toEqual({ applied: ["main/001_first.sql", "main/002_more.sql"] });
  expect(await migrate(db, url)).toEqual({ applied: [] });
  file("003_last.sql", "create table c ()");
  expect(await migrate(db, url)).toEqual({ applied: ["main/003_last.sql"] });
  expect(await tables()).toEqual(["a", "c", "schema_migrations"]);
});

test("a file that fails leaves nothing, and those before it stay", async () => {
  file("001_first.sql", "create table a (n int)");
  file("002_bad.sql", "create table b (n int); select 1/0");
  await expect(migrate(db, url)).rejects.toThrow("main: 002_bad.sql failed: division by zero");
  expect(await tables()).toEqual(["a", "schema_migrations"]);
  file("002_bad.sql", "create table b (n int)");
  expect(await migrate(db, url)).toEqual({ applied: ["main/002_bad.sql"] });
});

test("history must not change", async () => {
  file("001_first.sql", "create table a (n int)");
  file("003_third.sql", "create table c (n int)");
  await migrate(db, url);
  file("001_first.sql", "create table a (n bigint)");
  await expect(migrate(db, url)).rejects.toThrow("main: 001_first.sql was changed after it was applied");
  file("001_first.sql", "create table a (n int)");
  file("002_late.sql", "create table b (n int)");
  await expect(migrate(db, url)).rejects.toThrow("002_late.sql stands before 003_third.sql, which was applied already");
  rmSync(join(folder, "002_late.sql"));
  rmSync(join(folder, "001_first.sql"));
  await expect(migrate(db, url)).rejects.toThrow("main: 001_first.sql was applied and has gone");
});

test("an older build may meet a newer database", async () => {
  file("001_first.sql", "create table a (n int)");
  file("002_new.sql", "create table b (n int)");
  await migrate(db, url);
  rmSync(join(folder, "002_new.sql"));
  expect(await migrate(db, url)).toEqual({ applied: [] });
});

test.each([["1_short.sql"], ["001-dash.sql"], ["001_Upper.sql"]])(
  "the name %s is refused before anything runs",
  async (name) => {
    file("000_first.sql", "create table a (n int)");
    file(name, "select 1");
    await expect(migrate(db, url)).rejects.toBeInstanceOf(MigrationError);
    expect(await tables()).toEqual([]);
  },
);

test("two files of one number are refused", async () => {
  file("001_a.sql", "select 1");
  file("001_b.sql", "select 1");
  await expect(migrate(db, url)).rejects.toThrow("two migrations have the number of 001_b.sql");
});

test("sets have histories of their own, and come in the order given", async () => {
  file("001_first.sql", "create table a (n int)");
  const library = mkdtempSync(join(tmpdir(), "larder-library-"));
  writeFileSync(join(library, "001_base.sql"), "create table base (n int)");
  file("002_uses.sql", "insert into base values (1)");
  const set = { name: "library", folder: pathToFileURL(`${library}/`) };
  expect(await migrate(db, set, url)).toEqual({
    applied: ["library/001_base.sql", "main/001_first.sql", "main/002_uses.sql"],
  });
  rmSync(library, { recursive: true });
});

test("instances that start together apply each file once", async () => {
  file("001_first.sql", "create table a (n int); select pg_sleep(0.05)");
  file("002_more.sql", "insert into a values (1)");
  const results = await Promise.all(Array.from({ length: 4 }, () => migrate(db, url)));
  expect(results.map(({ applied }) => applied.length).sort()).toEqual([0, 0, 0, 2]);
  expect((await db.query("a", "select * from a")).count).toBe(1);
});
