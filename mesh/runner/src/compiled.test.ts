import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { compile } from "./compiled.ts";
import { SERVICE_HEAP } from "./supervisor/heap.ts";
import type { ChildSpec } from "./supervisor/spec.ts";

let folder: string;
let kept: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "compiled-"));
  kept = join(folder, "kept");
  mkdirSync(kept);
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A program that leaves a file behind when it is run. */
function child(source = 'import "./part.ts";'): ChildSpec {
  writeFileSync(
    join(folder, "part.ts"),
    'import { writeFileSync } from "node:fs";\nwriteFileSync("ran" as string, "");',
  );
  writeFileSync(join(folder, "main.ts"), source);
  return {
    name: "program",
    role: "service",
    command: process.execPath,
    args: [...SERVICE_HEAP, join(folder, "main.ts")],
    cwd: folder,
    env: { PATH: process.env.PATH ?? "", NODE_COMPILE_CACHE: kept },
    probe: { kind: "http", socket: "", path: "" },
    sockets: [],
    shared: [],
    stopSignal: "SIGTERM",
    graceMs: 0,
  };
}
const signal = new AbortController().signal;

test("a program is compiled for its first start, and not run", async () => {
  await compile([child()], signal);
  expect(readdirSync(kept)).not.toEqual([]);
  expect(existsSync(join(folder, "ran"))).toBe(false);
});

test("what was compiled is what the program is started with", async () => {
  const program = child();
  await compile([program], signal);
  const compiled = readdirSync(kept);
  execFileSync(program.command, program.args, { cwd: folder, env: program.env });
  expect(existsSync(join(folder, "ran"))).toBe(true);
  // Node keeps what it compiles under other options in a folder of its own.
  expect(readdirSync(kept)).toEqual(compiled);
});

test("what is kept already is left as it is", async () => {
  writeFileSync(join(kept, "before"), "");
  await compile([child()], signal);
  expect(readdirSync(kept)).toEqual(["before"]);
});

test("a program that does not compile is no failure here, and nothing is done once the mesh is told to stop", async () => {
  await compile([child("this is no program")], signal);
  await compile([child()], AbortSignal.abort());
  expect(existsSync(join(folder, "ran"))).toBe(false);
});
