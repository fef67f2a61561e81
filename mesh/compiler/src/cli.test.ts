import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { imageOf, testdata, workspaceFrom } from "./inline-protos.ts";
import { edit as editIn, meshc as run } from "./recorded-run.ts";
import { coloured, type Paint, plain } from "./report.ts";

let folder: string;
beforeEach(() => {
  folder = workspaceFrom("workspace");
});
afterEach(() => rmSync(folder, { recursive: true }));

const meshc = (args: string, { at = folder, paint = plain as Paint } = {}) => run(args, at, paint);
const edit = (name: string, from: string, to: string) => editIn(folder, name, from, to);

const stock = "proto/shop/v1/stock_service.proto";
const unusedCaller =
  `${stock}:13: caller-unused: shop.v1.StockService/CheckStock may be called by order, ` +
  "but no method, job or consumer of order declares the call. " +
  "Mend: remove it from callers, or declare the call in the method, job or consumer that makes it.\n";

/** Takes away the calls that make order a caller of CheckStock. */
function breakContract(): void {
  edit("proto/shop/v1/order_service.proto", '      calls: {method: "shop.v1.StockService/CheckStock", stage: 1}\n', "");
  edit("proto/shop/v1/order_service.proto", "StockService/CheckStock", "StockService/Release");
}

describe("meshc check", () => {
  test("answers 0 and counts what it saw when nothing is wrong", async () => {
    expect(await meshc("check")).toEqual({ code: 0, out: "", err: "2 workloads, 5 methods, 0 topics: no findings\n" });
  });

  test("answers 1 with a line for each finding, by the path of the file", async () => {
    breakContract();
    const { code, out, err } = await meshc("check");
    expect(code).toBe(1);
    expect(out).toBe(unusedCaller);
    expect(err).toBe("2 workloads, 5 methods, 0 topics: 1 error, 0 warnings\n");
  });

  test("shows paths from the folder it runs in", async () => {
    breakContract();
    const { out } = await meshc("check", { at: join(folder, "proto/shop") });
    expect(out).toMatch(/^v1\/stock_service\.proto:13: /);
  });

  test("answers 0 for warnings alone", async () => {
    breakContract();
    edit("mesh.yaml", "version: 1", "version: 1\nseverities: {caller-unused: warning}");
    const { code, out } = await meshc("check");
    expect(code).toBe(0);
    expect(out).toContain("caller-unused (warning): ");
  });

  test("writes JSON for programs", async () => {
    breakContract();
    const { code, out } = await meshc("check --format json");
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      findings: [
        { code: "caller-unused", severity: "error", subject: "shop.v1.StockService/CheckStock", file: stock, line: 13 },
      ],
      errors: 1,
      warnings: 0,
    });
  });

  test("writes SARIF for code review", async () => {
    breakContract();
    const { code, out } = await meshc("check --format sarif");
    expect(code).toBe(1);
    const [run] = JSON.parse(out).runs;
    expect(run.results).toHaveLength(1);
    expect(run.results[0]).toMatchObject({ ruleId: "caller-unused", ruleIndex: 0, level: "error" });
    expect(run.tool.driver.rules).toMatchObject([{ id: "caller-unused" }]);
  });

  test("writes colours only where it is told to", async () => {
    breakContract();
    expect((await meshc("check", { paint: coloured })).out).toContain("\u001b[31mcaller-unused");
  });

  test("reads images instead of the workspace", async () => {
    breakContract();
    writeFileSync(join(folder, "other.binpb"), imageOf({ "a.proto": 'syntax = "proto3"; package a; message A {}' }));
    expect(await meshc("check other.binpb")).toMatchObject({
      code: 0,
      err: "0 workloads, 0 methods, 0 topics: no findings\n",
    });
  });

  test("checks again with the deadlines of an environment", async () => {
    const shorter = "deadlines: {shop.v1.StockService/Reserve: 199}\n";
    writeFileSync(
      join(folder, "environments/two.yaml"),
      readFileSync(join(folder, "environments/one.yaml"), "utf8") + shorter,
    );
    edit("mesh.yaml", "one.yaml]", "one.yaml, environments/two.yaml]");
    const { code, out } = await meshc("check");
    expect(code).toBe(1);
    expect(out).toContain("deadline-unkeepable: in environments/two.yaml, shop.v1.StockService/Reserve needs 200 ms");
  });
});

describe("meshc explain", () => {
  test.each(["PlaceOrder", "Reserve", "WatchStock"])("says everything about %s", async (method) => {
    const { code, out } = await meshc(`explain ${method}`);
    expect(code).toBe(0);
    await expect(out).toMatchFileSnapshot(join(testdata, `explain/${method}.txt`));
  });

  test("writes JSON for programs", async () => {
    const { out } = await meshc("explain shop.v1.StockService/Reserve --format json");
    expect(JSON.parse(out)).toMatchObject({
      method: "shop.v1.StockService/Reserve",
      deadlineMs: 300,
      budget: { needMs: 200, handlerMs: 50 },
      tries: 2,
      amplification: { factor: 4 },
      enforcedBy: [
        { file: "deploy/clients.json", line: 7 },
        { file: "deploy/config.go", line: 3 },
        { file: "deploy/stock.yaml", line: 2 },
      ],
    });
  });

  test.each([
    ["Reserv", "did you mean shop.v1.StockService/Reserve?"],
    ["stock/Reserve", "did you mean shop.v1.StockService/Reserve?"],
    ["Nonsense", "the contract has no method Nonsense\n"],
  ])("answers 2 for the unknown method %s", async (method, message) => {
    const { code, err } = await meshc(`explain ${method}`);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });

  test("answers 2 for a name that fits several methods", async () => {
    edit(stock, "rpc CheckStock(", "rpc PlaceOrder(");
    const { code, err } = await meshc("explain PlaceOrder");
    expect(code).toBe(2);
    expect(err).toBe(
      "meshc: PlaceOrder fits several methods: shop.v1.OrderService/PlaceOrder, shop.v1.StockService/PlaceOrder\n",
    );
  });
});

describe("meshc graph", () => {
  test("draws workloads, or what runs in them, for Markdown, Graphviz and programs", async () => {
    expect(await meshc("graph")).toMatchObject({ code: 0, err: "", out: expect.stringMatching(/^flowchart LR\n/) });
    expect((await meshc("graph --methods")).out).toContain('["StockService/Reserve"]');
    expect((await meshc("graph --format dot")).out).toMatch(/^digraph contract \{\n/);
    const { edges } = JSON.parse((await meshc("graph --format json")).out);
    expect(edges).toContainEqual({ from: "order", to: "stock", kind: "call", label: "3" });
  });

  test("answers 2 for a format that it does not draw", async () => {
    expect(await meshc("graph --format text")).toMatchObject({
      code: 2,
      err: "meshc: --format must be mermaid or dot or json, not text (meshc --help)\n",
    });
  });
});

describe("meshc generate", () => {
  const files = () => readdirSync(join(folder, "out/local")).sort();

  test("writes the files of each target, and finds nothing to do after", async () => {
    expect((await meshc("generate")).code).toBe(0);
    expect(files()).toEqual(["order.yaml", "stock.yaml"]);
    expect(await meshc("generate --check")).toEqual({ code: 0, out: "", err: "" });
  });

  test("lists with --check what differs, writes nothing and answers 1", async () => {
    await meshc("generate");
    const local = join(folder, "out/local");
    rmSync(join(local, "order.yaml"));
    writeFileSync(join(local, "stock.yaml"), "# generated by meshc, and changed\n");
    writeFileSync(join(local, "gone.yaml"), "# generated by meshc; do not edit\n");
    const { code, out, err } = await meshc("generate --check");
    expect(code).toBe(1);
    expect(out).toBe("out/local/gone.yaml: stale\nout/local/order.yaml: new\nout/local/stock.yaml: changed\n");
    expect(err).toBe("3 files out of date: run meshc generate\n");
    expect(files()).toEqual(["gone.yaml", "stock.yaml"]);
  });

  test("deletes what it no longer makes, and nothing that others wrote", async () => {
    mkdirSync(join(folder, "out/local"), { recursive: true });
    writeFileSync(join(folder, "out/local/gone.yaml"), "# generated by meshc; do not edit\n");
    writeFileSync(join(folder, "out/local/notes.md"), "by hand\n");
    await meshc("generate");
    expect(files()).toEqual(["notes.md", "order.yaml", "stock.yaml"]);
  });

  test("overwrites nothing that others wrote", async () => {
    mkdirSync(join(folder, "out/local"), { recursive: true });
    writeFileSync(join(folder, "out/local/stock.yaml"), "by hand\n");
    const { code, err } = await meshc("generate");
    expect(code).toBe(2);
    expect(err).toContain("out/local/stock.yaml was not written by meshc");
    expect(files()).toEqual(["stock.yaml"]);
  });

  test("writes a target once for each environment that mesh.yaml names with it", async () => {
    cpSync(join(folder, "environments/one.yaml"), join(folder, "environments/two.yaml"));
    writeFileSync(
      join(folder, "mesh.yaml"),
      "version: 1\nenvironments: [environments/one.yaml]\ngenerate:\n  local:\n" +
        "    - {environment: environments/one.yaml, folder: out/one}\n" +
        "    - {environment: environments/two.yaml, folder: out/two}\n",
    );
    const made = () => readdirSync(join(folder, "out")).sort();
    expect((await meshc("generate --env environments/two.yaml")).code).toBe(0);
    expect(made()).toEqual(["two"]);
    expect((await meshc("generate")).code).toBe(0);
    expect(made()).toEqual(["one", "two"]);
  });

  test("writes one target to another folder", async () => {
    expect((await meshc("generate local --out elsewhere --env environments/one.yaml")).code).toBe(0);
    expect(existsSync(join(folder, "elsewhere/stock.yaml"))).toBe(true);
    expect(existsSync(join(folder, "out"))).toBe(false);
  });

  test("makes nothing from a contract with errors", async () => {
    breakContract();
    const { code, err } = await meshc("generate");
    expect(code).toBe(2);
    expect(err).toMatch(
      /^meshc: the contract has errors, so nothing is generated: .*caller-unused.*; run meshc check\n$/,
    );
    expect(existsSync(join(folder, "out"))).toBe(false);
  });

  test.each([
    ["generate loca --out x", "there is no target loca: did you mean local?"],
    ["generate istio", "mesh.yaml names no folder for istio: add it under generate, or pass --out DIR"],
    ["generate --env nowhere.yaml", "nowhere.yaml cannot be read"],
    ["generate local other --out x", "--out is for one target: name it"],
  ])("answers 2 for %s", async (args, message) => {
    const { code, err } = await meshc(args);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});

describe("meshc", () => {
  test.each([
    ["", "meshc: name a command: check, diff, drift, explain, graph, generate, init, verify (meshc --help)\n"],
    [
      "chek",
      "meshc: there is no command chek: there are check, diff, drift, explain, graph, generate, init, verify (meshc --help)\n",
    ],
    ["check --formt json", "meshc: unknown option '--formt' (meshc --help)\n"],
    ["check --format xml", "meshc: --format must be text or json or sarif, not xml (meshc --help)\n"],
    ["explain PlaceOrder --format sarif", "meshc: --format must be text or json, not sarif (meshc --help)\n"],
    ["diff", "meshc: name what to compare with: meshc diff --against COMMIT|IMAGE (meshc --help)\n"],
    ["explain", "meshc: name a method: meshc explain SERVICE/METHOD (meshc --help)\n"],
    ["check nowhere.binpb", /^meshc: nowhere\.binpb cannot be read: .*\n$/],
    ["check mesh.yaml", /^meshc: mesh\.yaml is not a binary image .*\n$/],
  ])("answers 2 and one line for %j", async (args, message) => {
    const { code, out, err } = await meshc(args);
    expect(code).toBe(2);
    expect(out).toBe("");
    if (typeof message === "string") expect(err).toBe(message);
    else expect(err).toMatch(message);
  });

  test("answers 2 with the words of buf for a proto that does not compile", async () => {
    edit(stock, "message CheckStockRequest {}", "");
    const { code, err } = await meshc("check");
    expect(code).toBe(2);
    expect(err).toMatch(/^meshc: proto\/shop\/v1\/stock_service\.proto:\d+:\d+:.*\n$/);
  });

  test("answers 2 with a line for each problem of mesh.yaml", async () => {
    edit("mesh.yaml", "version: 1", "version: 1\nexeptions: []");
    expect(await meshc("check")).toMatchObject({
      code: 2,
      err: "meshc: mesh.yaml:2: exeptions is not a known key: did you mean exceptions?\n",
    });
  });

  test("answers 2 with the line that names an environment that is not there, to who needs it", async () => {
    rmSync(join(folder, "environments/one.yaml"));
    const err = "meshc: mesh.yaml:2: there is no file environments/one.yaml\n";
    expect(await meshc("check")).toEqual({ code: 2, out: "", err });
    expect(await meshc("generate")).toEqual({ code: 2, out: "", err });
    expect(await meshc("explain PlaceOrder")).toMatchObject({ code: 0, err: "" });
  });

  test("answers 2 where there is no workspace", async () => {
    rmSync(join(folder, "buf.yaml"));
    const { code, err } = await meshc("check");
    expect(code).toBe(2);
    expect(err).toContain("holds no buf.yaml: run meshc in a buf workspace, or name an image");
  });

  test.each(["--help", "help", "check --help"])("explains itself for %s", async (args) => {
    const { code, out } = await meshc(args);
    expect(code).toBe(0);
    expect(out).toContain("meshc explain SERVICE/METHOD");
  });
});

describe("the program", () => {
  const program = (args: string[], input?: Uint8Array) =>
    spawnSync(process.execPath, [join(import.meta.dirname, "../bin/meshc.js"), ...args], {
      cwd: folder,
      encoding: "utf8",
      ...(input ? { input } : {}),
    });

  test("reads an image from standard input, and answers by its exit code without colours", () => {
    breakContract();
    const image = spawnSync("buf", ["build", "-o", "-"], { cwd: folder, maxBuffer: 1 << 28 }).stdout;
    const { status, stdout } = program(["check", "-"], image);
    expect(stdout).toBe(unusedCaller);
    expect(status).toBe(1);
  });

  test("answers 0 and 2 too", () => {
    expect(program(["check"]).status).toBe(0);
    expect(program(["nonsense"])).toMatchObject({ status: 2, stdout: "" });
  });
});
