import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { checkEngine, keepEngine } from "./event-log.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "larder-engine-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("data that nobody has used yet fit either engine", () => {
  expect(() => checkEngine(folder, "valkey")).not.toThrow();
  expect(() => checkEngine(folder, "kafka")).not.toThrow();
});

test.each([
  ["valkey", "kafka", "LARDER_DATA_FOLDER=.data-kafka make up LOG=kafka"],
  ["kafka", "valkey", "LARDER_DATA_FOLDER=.data-valkey make up"],
] as const)("data of %s do not fit %s, and the refusal says how to have both", (kept, other, mend) => {
  keepEngine(folder, kept);
  expect(() => checkEngine(folder, kept)).not.toThrow();
  expect(() => checkEngine(folder, other)).toThrow(`belong to an event log on ${kept}`);
  expect(() => checkEngine(folder, other)).toThrow(mend);
});

test("data of a time when there was one engine are Valkey's", () => {
  mkdirSync(join(folder, "log", "appendonlydir"), { recursive: true });
  expect(() => checkEngine(folder, "valkey")).not.toThrow();
  expect(() => checkEngine(folder, "kafka")).toThrow("belong to an event log on valkey");
});
