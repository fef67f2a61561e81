import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { InputError } from "./input-error.ts";
import { replaceFiles } from "./replace-files.ts";

let folder: string;
const at = (...parts: string[]) => join(folder, ...parts);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "meshc-"));
  writeFileSync(at("old"), "old");
  writeFileSync(at("stale"), "stale");
});
afterEach(() => rmSync(folder, { recursive: true }));

test("files are made with their folders, replaced and deleted, and nothing else is left", () => {
  replaceFiles([{ path: at("a/b/new"), content: "new" }, { path: at("old"), content: "newer" }, { path: at("stale") }]);
  expect(readdirSync(folder, { recursive: true }).sort()).toEqual(["a", "a/b", "a/b/new", "old"]);
  expect(readFileSync(at("old"), "utf8")).toBe("newer");
});

test.each([
  ["a file stands where a folder is needed", "old/new"],
  ["a folder stands where the file is to be", "folder"],
])("nothing is written where %s", (_, name) => {
  mkdirSync(at("folder"));
  const files = [{ path: at("old"), content: "newer" }, { path: at(name), content: "x" }, { path: at("stale") }];
  expect(() => replaceFiles(files)).toThrow(InputError);
  expect(() => replaceFiles(files)).toThrow(`${at(name)} cannot be written: `);
  expect(readdirSync(folder).sort()).toEqual(["folder", "old", "stale"]);
  expect(readFileSync(at("old"), "utf8")).toBe("old");
});
