import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { create, fromBinary } from "@bufbuild/protobuf";
import { type CodeGeneratorRequest, CodeGeneratorRequestSchema, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { afterEach, beforeEach, expect, test } from "vitest";
import { main } from "./cli.ts";
import { workspaceFrom } from "./inline-protos.ts";
import { respond } from "./plugin.ts";
import { plain } from "./report.ts";

let folder: string;
beforeEach(() => {
  folder = workspaceFrom("workspace");
});
afterEach(() => rmSync(folder, { recursive: true }));

const plugin = join(import.meta.dirname, "plugin.ts");

/** Lets buf run the plugin as a workspace does. */
function generate(...lines: string[]) {
  const entry = [`  - local: [${process.execPath}, ${plugin}]`, "    out: made", ...lines.map((line) => `    ${line}`)];
  writeFileSync(join(folder, "buf.gen.yaml"), ["version: v2", "plugins:", ...entry, ""].join("\n"));
  return spawnSync("buf", ["generate"], { cwd: folder, encoding: "utf8" });
}

function request(parameter: string): CodeGeneratorRequest {
  const image = spawnSync("buf", ["build", "-o", "-"], { cwd: folder, maxBuffer: 1 << 28 }).stdout;
  const { file } = fromBinary(FileDescriptorSetSchema, image);
  return create(CodeGeneratorRequestSchema, {
    parameter,
    protoFile: file,
    fileToGenerate: file.map(({ name }) => name),
  });
}

test("run by buf, it writes what the command line writes", async () => {
  expect(generate("strategy: all", "opt: target=local")).toMatchObject({ status: 0, stderr: "" });
  await main(["generate", "local"], { folder, out: () => {}, err: () => {}, paint: plain });
  const made = readdirSync(join(folder, "made")).sort();
  expect(made).toEqual(["order.yaml", "stock.yaml"]);
  for (const name of made) {
    expect(readFileSync(join(folder, "made", name), "utf8")).toBe(
      readFileSync(join(folder, "out/local", name), "utf8"),
    );
  }
});

test("run by buf, it says what is wrong with a contract and writes nothing", () => {
  const path = join(folder, "proto/shop/v1/stock_service.proto");
  writeFileSync(path, readFileSync(path, "utf8").replace("deadline_ms: 300", "deadline_ms: 150"));
  const { status, stderr } = generate("strategy: all", "opt: target=local");
  expect(status).not.toBe(0);
  expect(stderr).toContain("shop/v1/stock_service.proto:22: deadline-unkeepable");
  expect(stderr).toContain("strategy: all");
  expect(readdirSync(folder)).not.toContain("made");
});

test("reads the environment that its option names", () => {
  const other = readFileSync(join(folder, "environments/one.yaml"), "utf8").replace("shop.example", "other.example");
  writeFileSync(join(folder, "other.yaml"), other);
  const { error, file } = respond(request("target=local,env=other.yaml"), folder);
  expect(error).toBe("");
  expect(file.find(({ name }) => name === "stock.yaml")?.content).toContain("spiffe://other.example/");
});

test.each([
  ["", "name a target: opt: target=local"],
  ["target=", "name a target: opt: target=local"],
  ["target=locl", "there is no target locl: did you mean local?"],
  ["target=local,nev=x", "unknown option nev: there are target and env"],
  ["target=local,env=none.yaml", "none.yaml cannot be read"],
])("refuses the options %j in its answer", (parameter, message) => {
  expect(respond(request(parameter), folder)).toMatchObject({ error: expect.stringContaining(message), file: [] });
});
