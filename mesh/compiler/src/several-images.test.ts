// Services of one mesh whose protos lie in different repositories: each image by itself is half a graph, together they are one.

import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { imagesOf, workspaceFrom } from "./inline-protos.ts";
import { meshc } from "./recorded-run.ts";

const unary = (name: string, policy: string) => `
  rpc ${name}(${name}Request) returns (${name}Response) {
    option idempotency_level = IDEMPOTENT;
    option (mesh.v1.method) = {${policy}};
  }`;
const messages = (...names: string[]) =>
  names.map((name) => `message ${name}Request {}\nmessage ${name}Response {}`).join("\n");
const retry = (tries: number) => `retry: {max_attempts: ${tries}, on: [RETRY_CODE_UNAVAILABLE]}`;

const protos = {
  "front.proto": `
syntax = "proto3";
package front.v1;
import "mesh/v1/policy.proto";
option (mesh.v1.workload) = {name: "front"};
service Front {
  ${unary("Keep", `callers: ["@edge"] scopes: ["x.write"] deadline_ms: 1000 calls: {method: "back.v1.Back/Fast"}`)}
  ${unary("Break", `callers: ["@edge"] scopes: ["x.write"] deadline_ms: 300 calls: {method: "back.v1.Back/Slow"}`)}
  ${unary("Insist", `callers: ["@edge"] scopes: ["x.write"] deadline_ms: 9000 ${retry(3)} calls: {method: "back.v1.Back/Fast"}`)}
}
${messages("Keep", "Break", "Insist")}`,
  "back.proto": `
syntax = "proto3";
package back.v1;
import "mesh/v1/policy.proto";
option (mesh.v1.workload) = {name: "back"};
service Back {
  ${unary("Fast", `callers: ["front"] deadline_ms: 200 ${retry(2)}`)}
  ${unary("Slow", `callers: ["front"] deadline_ms: 400`)}
}
${messages("Fast", "Slow")}`,
};

let folder: string;
beforeAll(() => {
  folder = workspaceFrom("workspace");
  for (const [name, image] of imagesOf(protos)) writeFileSync(join(folder, name.replace(".proto", ".binpb")), image);
});
afterAll(() => rmSync(folder, { recursive: true }));

const codes = async (images: string) => {
  const { out } = await meshc(`check ${images} --format json`, folder);
  const { findings } = JSON.parse(out) as { findings: { code: string; subject: string }[] };
  return findings.map(({ code, subject }) => `${code} ${subject}`).sort();
};

test("alone, an image is told what it lacks", async () => {
  expect(await codes("front.binpb")).toEqual(expect.arrayContaining(["call-unknown front.v1.Front/Break"]));
  expect(await codes("back.binpb")).toEqual(expect.arrayContaining(["caller-unknown back.v1.Back/Slow"]));
});

test("together they are one graph: deadlines and tries are proven across them, in any order", async () => {
  const whole = ["deadline-unkeepable front.v1.Front/Break", "retry-amplification front.v1.Front/Insist"];
  expect(await codes("front.binpb back.binpb")).toEqual(whole);
  expect(await codes("back.binpb front.binpb")).toEqual(whole);
});

test("a method of one image is explained with its callees in the other", async () => {
  const { out } = await meshc("explain front.v1.Front/Insist front.binpb back.binpb", folder);
  expect(out).toContain("back.v1.Back/Fast  200 ms");
  expect(out).toContain("worst path: 6 tries for one call: front.v1.Front/Insist (3) > back.v1.Back/Fast (2)");
});
