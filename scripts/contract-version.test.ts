import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { problemWith, released, statedVersion, writeVersion } from "./contract-version.ts";

const source = join(import.meta.dirname, "..");
const { workspaces } = JSON.parse(readFileSync(join(source, "package.json"), "utf8")) as { workspaces: string[] };
const files = [
  "gen/ts/package.json",
  "gen/go/version.go",
  "gen/python/pyproject.toml",
  "gen/rust/Cargo.toml",
  "Cargo.lock",
  "examples/rust/Cargo.lock",
  "test/live/clients/rust/Cargo.lock",
  "examples/typescript/package.json",
  "package-lock.json",
  "test/packages/typescript/package.json",
  "package.json",
  ...workspaces.map((workspace) => join(workspace, "package.json")),
];

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "larder-version-"));
  for (const file of files) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    cpSync(join(source, file), join(root, file));
  }
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test.each([
  ["1.4.2", "1.4.2", "none"],
  ["1.5.0", "1.4.2", "minor"],
  ["2.0.0", "1.4.2", "minor"],
  ["2.0.0", "1.4.2", "major"],
  ["0.1.1", "0.1.0", "minor"],
  ["0.2.0", "0.1.7", "major"],
  ["0.10.0", "0.9.0", "major"],
] as const)("%s may follow %s after a %s step", (version, since, step) => {
  expect(problemWith(version, since, step)).toBeUndefined();
});

test.each([
  ["1.4.1", "1.4.2", "none", "1.4.2"],
  ["1.4.3", "1.4.2", "minor", "1.5.0"],
  ["1.5.0", "1.4.2", "major", "2.0.0"],
  ["0.1.0", "0.1.0", "minor", "0.1.1"],
  ["0.1.9", "0.1.0", "major", "0.2.0"],
  ["0.9.0", "0.10.0", "none", "0.10.0"],
] as const)("%s may not follow %s after a %s step", (version, since, step, least) => {
  expect(problemWith(version, since, step)).toContain(`must be ${least} or later`);
});

test("what is no version is refused, and nothing is written", () => {
  expect(() => writeVersion(root, "0.2")).toThrow("0.2 is not a version of three numbers");
  expect(statedVersion(root)).toBe(statedVersion(source));
});

test("a version is written wherever it stands, and nothing else is", () => {
  const before = statedVersion(root);
  writeVersion(root, "7.8.9");
  expect(statedVersion(root)).toBe("7.8.9");
  for (const file of files) {
    const restored = readFileSync(join(root, file), "utf8").replaceAll("7.8.9", before);
    expect(restored).toBe(readFileSync(join(source, file), "utf8"));
  }
});

test.each([
  ["gen/rust/Cargo.toml", /^version = .*$/m, 'version = "9.9.9"'],
  ["services/order/package.json", /"@larder\/contract": ".*"/, '"@larder/contract": "9.9.9"'],
])("another version in %s is refused", (file, from, to) => {
  const path = join(root, file);
  writeFileSync(path, readFileSync(path, "utf8").replace(from, to));
  expect(() => statedVersion(root)).toThrow(`9.9.9 in ${file}`);
});

test("the released version is recorded", () => {
  expect(readFileSync(join(source, released), "utf8")).toMatch(/^\d+\.\d+\.\d+\n$/);
});
