// A workspace that has never heard of meshc, and what init makes of it.

import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { edit, meshc } from "../recorded-run.ts";

vi.setConfig({ testTimeout: 60_000 });

let folder: string;
const write = (name: string, text: string) => {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
};
const proto = "proto/farm/stall/v1/stall.proto";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "meshc-init-"));
  write("buf.yaml", "# Ours.\nversion: v2\nmodules:\n  - path: proto\n");
  write(
    proto,
    `syntax = "proto3";
package farm.stall.v1;
service StallService {
  rpc ListGoods(Ask) returns (Ask) {
    // ListGoods
  }
  rpc Sell(Ask) returns (Ask) {
    // Sell
  }
  rpc WatchQueue(Ask) returns (stream Ask) {
    // WatchQueue
  }
}
message Ask {}
`,
  );
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Pastes what is proposed to where it belongs, as a reader does. */
function paste(out: string): void {
  const [head = "", body = ""] = out.split("service StallService {\n");
  edit(folder, proto, "package farm.stall.v1;", `package farm.stall.v1;\n${head}`);
  const [service = "", ...methods] = body.replace(/\n\}\n*$/, "\n").split(/^ {2}\/\/ rpc /m);
  edit(folder, proto, "StallService {\n", `StallService {\n${service}`);
  for (const method of methods) {
    const [name = "", ...options] = method.split("\n");
    edit(folder, proto, `// ${name}`, options.join("\n"));
  }
}

test("puts the options within reach, and proposes what makes a contract without errors", async () => {
  const { code, out, err } = await meshc("init", folder);
  expect(code).toBe(0);
  expect(err).toContain("buf.yaml written\nthird_party/meshc/mesh/v1/policy.proto written\nmesh.yaml written\n");
  expect(readFileSync(join(folder, "buf.yaml"), "utf8")).toBe(
    "# Ours.\nversion: v2\nmodules:\n  - path: proto\n  - path: third_party/meshc\n",
  );
  paste(out);
  expect(await meshc("check", folder)).toMatchObject({
    code: 0,
    out: "",
    err: "1 workload, 3 methods, 0 topics: no findings\n",
  });
  // Done once, there is nothing left to write or to propose.
  const again = await meshc("init", folder);
  expect(again.out).toBe("");
  expect(again.err).not.toContain("written");
});

test("takes callers from policies that are there", async () => {
  write(
    "policies/stall.yaml",
    `kind: AuthorizationPolicy
spec:
  selector: {matchLabels: {app: stall}}
  rules:
    - from: [{source: {principals: ["cluster.local/ns/farm/sa/till"]}}]
      to: [{operation: {paths: ["/farm.stall.v1.StallService/Sell"]}}]
`,
  );
  const { out } = await meshc("init --policies policies", folder);
  expect(out).toContain(
    '  // rpc Sell\n  option idempotency_level = IDEMPOTENCY_UNKNOWN;\n  option (mesh.v1.method) = {\n    callers: ["till"]\n',
  );
  expect(out).toContain(
    '  // rpc ListGoods\n  option idempotency_level = NO_SIDE_EFFECTS;\n  option (mesh.v1.method) = {\n    callers: ["@any"]\n',
  );
  expect(out).toContain("    stream: {idle_ms: 60000, max_ms: 600000}\n");
});

test("refuses options of others under our numbers, and changes nothing", async () => {
  write(
    "proto/farm/options/options.proto",
    'syntax = "proto3";\npackage farm.options;\nimport "google/protobuf/descriptor.proto";\nextend google.protobuf.MethodOptions { string ours = 276310004; }\n',
  );
  const before = readdirSync(folder);
  expect(await meshc("init", folder)).toEqual({
    code: 2,
    out: "",
    err: expect.stringMatching(
      /^meshc: farm\/options\/options\.proto: the option farm\.options\.ours has the number 276310004, .*\n$/,
    ),
  });
  expect(readdirSync(folder)).toEqual(before);
});

test("works where buf.yaml names no modules", async () => {
  rmSync(join(folder, "proto"), { recursive: true });
  write("buf.yaml", "version: v2\n");
  write("a.proto", 'syntax = "proto3"; package a.v1; service A { rpc Get(M) returns (M); } message M {}');
  expect(await meshc("init", folder)).toMatchObject({ code: 0 });
  edit(folder, "a.proto", "package a.v1;", 'package a.v1; import "mesh/v1/policy.proto";');
  expect(await meshc("check", folder)).toMatchObject({ code: 1, out: expect.stringContaining("a.proto:1: ") });
});

test.each([
  ["version: v1\n", "buf.yaml is not of version v2: npx buf config migrate"],
  ["version: v2\nmodules:\n  - path: nowhere\n", "nowhere"],
])("changes nothing where buf.yaml is %j", async (text, message) => {
  write("buf.yaml", text);
  expect(await meshc("init", folder)).toMatchObject({ code: 2, err: expect.stringContaining(message) });
  expect(existsSync(join(folder, "mesh.yaml"))).toBe(false);
  expect(readFileSync(join(folder, "buf.yaml"), "utf8")).toBe(text);
});
