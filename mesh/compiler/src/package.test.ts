import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import * as source from "./index.ts";

const top = join(import.meta.dirname, "..");
const about = JSON.parse(readFileSync(join(top, "package.json"), "utf8"));

const run = (program: string, ...args: string[]) =>
  spawnSync(process.execPath, [join(top, about.bin[program]), ...args], { encoding: "utf8", input: "nonsense" });

test("the library offers every name of src/index.ts, and no other", async () => {
  const library = await import(join(top, about.exports["."].default));
  expect(Object.keys(library)).toEqual(Object.keys(source).sort());
  expect(library.readImage).toBe(source.readImage);
});

test.each([
  ["meshc", `${about.version}\n`],
  ["protoc-gen-meshc", `protoc-gen-meshc ${about.version}\n`],
])("%s says its version", (program, version) => {
  expect(run(program, "--version")).toMatchObject({ status: 0, stdout: version, stderr: "" });
});

test("the plugin explains itself to who runs it by hand", () => {
  expect(run("protoc-gen-meshc", "generate")).toMatchObject({ status: 2, stderr: expect.stringContaining("buf") });
  expect(run("protoc-gen-meshc")).toMatchObject({
    status: 2,
    stdout: "",
    stderr: expect.stringMatching(/^protoc-gen-meshc: standard input holds no CodeGeneratorRequest: .*\n$/),
  });
});
