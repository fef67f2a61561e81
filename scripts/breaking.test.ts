import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { parse, stringify } from "yaml";
import { baseline, breaking, findBase, policyDiff } from "./breaking.ts";
import { stepSinceRelease } from "./contract-version.ts";

// A clone in small: our protos and the protos of others, on main, with one commit.
const source = join(import.meta.dirname, "..");
const file = "proto/larder/type/v1/money.proto";
let root: string;

// Each test builds images in processes of their own, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "larder-breaking-"));
  for (const part of ["proto", "third_party", "buf.yaml", "mesh.yaml"])
    cpSync(join(source, part), join(root, part), { recursive: true });
  rmSync(join(root, baseline), { force: true });
  writeFileSync(join(root, ".gitignore"), "third_party/\n.build/\n");
  git("init", "--quiet", "--initial-branch=main");
  commit("contract");
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

test("a branch without a change of the contract breaks nothing", () => {
  git("switch", "--quiet", "--create", "topic");
  writeFileSync(join(root, "README.md"), "text");
  commit("text");
  expect(findBase(root, {})).toHaveProperty("commit");
  expect(breaking(root, findBase(root, {}))).toBe("");
});

test("a field removed on a branch is found against the commit where the branch left main", () => {
  git("switch", "--quiet", "--create", "topic");
  removeField();
  commit("remove a field");
  expect(breaking(root, findBase(root, {}))).toMatch(/money\.proto.*Previously present field "\d+" with name "nanos"/);
});

test("a change that main made after the branch left is not held against the branch", () => {
  git("switch", "--quiet", "--create", "topic");
  writeFileSync(join(root, "README.md"), "text");
  commit("text");
  git("switch", "--quiet", "main");
  const before = readFileSync(join(root, file), "utf8");
  writeFileSync(join(root, file), `${before}\n// Added later.\nmessage Later {\n  // Text.\n  string text = 1;\n}\n`);
  commit("add a message");
  git("switch", "--quiet", "topic");
  expect(breaking(root, findBase(root, {}))).toBe("");
});

test("main is held against the last release, not against itself", () => {
  expect(findBase(root, {})).toHaveProperty("nothing");
  execFileSync("buf", ["build", "proto", "--exclude-source-info", "-o", baseline], { cwd: root });
  commit("release");
  expect(breaking(root, findBase(root, {}))).toBe("");
  removeField();
  commit("remove a field");
  expect(findBase(root, {})).toEqual({ image: join(root, baseline) });
  expect(breaking(root, findBase(root, {}))).toMatch(/Previously present field/);
});

test("a contract that does not compile does not pass", () => {
  git("switch", "--quiet", "--create", "topic");
  writeFileSync(join(root, file), 'syntax = "proto3"; nonsense');
  commit("break");
  expect(breaking(root, findBase(root, {}))).toMatch(/money\.proto:1:/);
});

test("a caller dropped on a branch is found, and passes once mesh.yaml accepts it", () => {
  git("switch", "--quiet", "--create", "topic");
  const service = "proto/larder/inventory/v1/inventory_service.proto";
  const rpc = readFileSync(join(root, service), "utf8").split(/(?=rpc ReceiveStock)/)[1] as string;
  edit(service, rpc, rpc.replace('callers: ["backoffice"]', 'callers: ["order"]'));
  commit("drop a caller");
  const base = findBase(root, {});
  expect(breaking(root, base)).toBe("");
  const dropped = "larder.inventory.v1.InventoryService/ReceiveStock may no longer be called by backoffice";
  expect(policyDiff(root, base)).toEqual({
    output: expect.stringMatching(new RegExp(`^${service}:\\d+: caller-removed \\(breaking\\): ${dropped}`, "m")),
    fails: true,
  });
  accept("caller-removed", "larder.inventory.v1.InventoryService/ReceiveStock");
  expect(policyDiff(root, base).fails).toBe(false);
});

test("the step since the release is what buf breaking and meshc diff find, accepted or not", () => {
  execFileSync("buf", ["build", "proto", "--exclude-source-info", "-o", baseline], { cwd: root });
  expect(stepSinceRelease(root)).toBe("none");
  edit("proto/larder/inventory/v1/inventory_service.proto", "handler_ms: 60", "handler_ms: 61");
  expect(stepSinceRelease(root)).toBe("minor");
  edit("proto/larder/inventory/v1/inventory_service.proto", "deadline_ms: 500", "deadline_ms: 499");
  accept("deadline-shortened", "*");
  expect(stepSinceRelease(root)).toBe("major");
  edit("proto/larder/inventory/v1/inventory_service.proto", "deadline_ms: 499", "deadline_ms: 500");
  removeField();
  expect(stepSinceRelease(root)).toBe("major");
});

/** Has mesh.yaml accept one change, and no other. */
function accept(code: string, subject: string): void {
  const path = join(root, "mesh.yaml");
  const settings = parse(readFileSync(path, "utf8"));
  writeFileSync(path, stringify({ ...settings, diff: { accepted: [{ code, subject, reason: "said" }] } }));
}

function edit(name: string, from: string, to: string): void {
  const path = join(root, name);
  const text = readFileSync(path, "utf8");
  expect(text).toContain(from);
  writeFileSync(path, text.replace(from, to));
}

function removeField(): void {
  const text = readFileSync(join(root, file), "utf8");
  const without = text.replace(/^.*\bint32 nanos = \d+[^;]*;\n/m, "");
  expect(without).not.toBe(text);
  writeFileSync(join(root, file), without);
}

function commit(message: string): void {
  mkdirSync(join(root, ".build"), { recursive: true });
  git("add", "--all");
  git("-c", "user.name=test", "-c", "user.email=test@example.com", "commit", "--quiet", "--message", message);
}

function git(...args: string[]): void {
  execFileSync("git", args, { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
}
