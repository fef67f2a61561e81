// meshc check with a baseline: a workspace starts from what it has.

import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { workspaceFrom } from "../inline-protos.ts";
import { edit, meshc } from "../recorded-run.ts";

// Each test builds images in processes of their own, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const stock = "proto/shop/v1/stock_service.proto";
const file = "mesh-baseline.json";
let folder: string;
beforeEach(() => {
  folder = workspaceFrom("workspace");
  // Two findings: a deadline that cannot be kept, and a scope that nothing checks.
  edit(folder, stock, "deadline_ms: 300", "deadline_ms: 190");
  edit(folder, stock, 'callers: ["order", "stock"]', 'callers: ["order", "stock"]\n      scopes: ["x"]');
});
afterEach(() => rmSync(folder, { recursive: true }));

const baseline = () => readFileSync(join(folder, file), "utf8");
const write = () => meshc(`check --write-baseline ${file}`, folder);

test("a baseline holds a line for each subject and code, sorted", async () => {
  expect(await write()).toEqual({ code: 0, out: "", err: `${file}: 2 findings to mend\n` });
  expect(baseline()).toBe(`{
  "version": 1,
  "findings": [
    {"code":"scopes-without-edge","subject":"shop.v1.StockService/CheckStock","count":1},
    {"code":"deadline-unkeepable","subject":"shop.v1.StockService/Reserve","count":1}
  ]
}
`);
});

test("what it holds is not reported, though its lines and numbers change, and what is new is", async () => {
  await write();
  edit(folder, stock, "service StockService", "// Stock.\n\nservice StockService");
  edit(folder, stock, "deadline_ms: 190", "deadline_ms: 180");
  expect(await meshc(`check --baseline ${file}`, folder)).toMatchObject({ code: 0, out: "" });
  edit(folder, stock, "deadline_ms: 200", "deadline_ms: 19");
  const { code, out } = await meshc(`check --baseline ${file}`, folder);
  expect(code).toBe(1);
  expect(out).toMatch(
    /^proto\/shop\/v1\/stock_service\.proto:\d+: deadline-unkeepable: shop\.v1\.StockService\/Release needs.*\n$/,
  );
});

test("what is mended has to be taken out of it", async () => {
  await write();
  edit(folder, stock, "deadline_ms: 190", "deadline_ms: 300");
  const { code, out } = await meshc(`check --baseline ${file}`, folder);
  expect(code).toBe(0);
  expect(out).toMatch(
    /^mesh-baseline\.json:5: baseline-unused \(warning\): .*deadline-unkeepable for "shop\.v1\.StockService\/Reserve"/,
  );
  await write();
  expect(await meshc(`check --baseline ${file}`, folder)).toMatchObject({ code: 0, out: "" });
});

test("named in mesh.yaml it counts for every command, and can be written anew", async () => {
  edit(folder, "mesh.yaml", "version: 1", `version: 1\nbaseline: ${file}`);
  expect(await meshc("check", folder)).toMatchObject({
    code: 2,
    err: expect.stringMatching(
      /^meshc: the baseline mesh-baseline\.json cannot be read: .*--write-baseline mesh-baseline\.json/,
    ),
  });
  expect(await write()).toMatchObject({ code: 0 });
  expect(await meshc("check", folder)).toMatchObject({ code: 0, out: "" });
  expect(await meshc("generate", folder)).toMatchObject({ code: 0 });
});

test.each([
  ["[]", "mesh-baseline.json:1: the file must be object"],
  ['{"version": 2, "findings": []}', "mesh-baseline.json:1: version must be 1"],
  [
    '{"version": 1,\n"findings": [{"code": "x", "subject": "y", "count": 0}]}',
    "mesh-baseline.json:2: findings.0.count must be >= 1",
  ],
])("the baseline %j is refused with its line, and not written over", async (text, message) => {
  writeFileSync(join(folder, file), text);
  expect(await meshc(`check --baseline ${file}`, folder)).toMatchObject({ code: 2, err: `meshc: ${message}\n` });
  expect(await write()).toMatchObject({ code: 2 });
  expect(baseline()).toBe(text);
});

test("a baseline that cannot be written is one clear line", async () => {
  expect(await meshc("check --write-baseline nowhere/b.json", folder)).toMatchObject({
    code: 2,
    err: expect.stringMatching(/^meshc: nowhere\/b\.json cannot be written: .*\n$/),
  });
  expect(existsSync(join(folder, "nowhere"))).toBe(false);
  expect(await meshc("check --baseline a --write-baseline b", folder)).toMatchObject({
    code: 2,
    err: expect.stringContaining("name one of them"),
  });
});

test("an environment that leaves callers to nobody has to accept it by name", async () => {
  const path = join(folder, "environments/one.yaml");
  const cluster = (mesh: string) => `cluster: { system: shop, mesh: ${mesh} }\n`;
  await write();
  writeFileSync(path, `${readFileSync(path, "utf8")}${cluster("none")}`);
  expect(await meshc(`check --baseline ${file}`, folder)).toMatchObject({
    code: 1,
    out: expect.stringMatching(
      /^environments\/one\.yaml:1: left-to-nobody: nobody enforces who may call a method \(.*\n$/,
    ),
  });
  edit(folder, "environments/one.yaml", cluster("none"), `${cluster("none")}accepts: { callers: a trial }\n`);
  expect(await meshc(`check --baseline ${file}`, folder)).toMatchObject({ code: 0, out: "" });
  edit(folder, "environments/one.yaml", `${cluster("none")}accepts: { callers: a trial }\n`, cluster("istio"));
  expect(await meshc(`check --baseline ${file}`, folder)).toMatchObject({ code: 0, out: "" });
});
