import { execFileSync, spawnSync } from "node:child_process";
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";

// A clone with one generated language, all of it committed.
const source = join(import.meta.dirname, "..");
let root: string;

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "larder-generate-"));
  for (const part of ["proto", "third_party", "scripts", "mesh", "gen/ts"]) copy(part);
  for (const file of ["buf.yaml", "buf.gen.yaml", "mesh.yaml", "package.json"]) copy(file);
  symlinkSync(join(source, "node_modules"), join(root, "node_modules"));
  writeFileSync(join(root, ".gitignore"), "node_modules\nthird_party/\n.build/\n*.log\n");
  expect(generate().status).toBe(0);
  git("init", "--quiet");
  commit();
});

afterEach(() => {
  git("reset", "--quiet", "--hard");
  git("clean", "--quiet", "-d", "--force");
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

test("what the contract gives passes", () => {
  expect(generate("--check")).toMatchObject({ status: 0, stdout: "ts: up to date\n" });
});

test("a generated file that was edited fails, and is mended", () => {
  appendFileSync(join(root, "gen/ts/src/mesh/v1/policy_pb.js"), "// edited\n");
  expect(generate("--check")).toMatchObject({
    status: 1,
    stderr: expect.stringContaining("differs: src/mesh/v1/policy_pb.js"),
  });
  expect(generate()).toMatchObject({ status: 0, stdout: "ts: 1 file changed\n" });
  expect(generate("--check").status).toBe(0);
});

test("a file that nothing generates any more fails, and is removed", () => {
  writeFileSync(join(root, "gen/ts/src/old_pb.js"), "");
  expect(generate("--check").stderr).toContain("differs: src/old_pb.js");
  generate();
  expect(generate("--check").status).toBe(0);
});

test("a change of the contract that was not generated fails", () => {
  appendFileSync(join(root, "proto/larder/type/v1/money.proto"), "\n// Added later.\nmessage Later {}\n");
  expect(generate("--check").stderr).toContain("differs: src/larder/type/v1/money_pb.js");
});

test("a new generated file that git does not know fails", () => {
  mkdirSync(join(root, "proto/larder/later/v1"), { recursive: true });
  writeFileSync(
    join(root, "proto/larder/later/v1/later.proto"),
    'syntax = "proto3";\n\npackage larder.later.v1;\n\n// Added later.\nmessage Later {}\n',
  );
  generate();
  expect(generate("--check")).toMatchObject({
    status: 1,
    stderr: expect.stringContaining("not in git: src/larder/later/v1/later_pb.js"),
  });
  git("add", "--all");
  expect(generate("--check").status).toBe(0);
});

test("a contract that does not compile leaves the generated files as they were", () => {
  writeFileSync(join(root, "proto/larder/type/v1/money.proto"), 'syntax = "proto3"; nonsense');
  expect(generate()).toMatchObject({ status: 1, stderr: expect.stringContaining("money.proto:1:") });
  expect(execFileSync("git", ["status", "--porcelain", "gen"], { cwd: root, encoding: "utf8" })).toBe("");
});

function copy(part: string): void {
  cpSync(join(source, part), join(root, part), {
    recursive: true,
    filter: (path) => !/(^|\/)node_modules(\/|$)/.test(path),
  });
}

function generate(...args: string[]) {
  const env = { ...process.env, LANGS: "ts" };
  return spawnSync("node", ["scripts/generate.ts", ...args], { cwd: root, env, encoding: "utf8" });
}

function commit(): void {
  git("add", "--all");
  git("-c", "user.name=test", "-c", "user.email=test@example.com", "commit", "--quiet", "--message", "generated");
}

function git(...args: string[]): void {
  execFileSync("git", args, { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
}
