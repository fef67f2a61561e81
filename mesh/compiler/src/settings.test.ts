import { expect, test } from "vitest";
import { check } from "./check.ts";
import { imageOf } from "./inline-protos.ts";
import { readImage } from "./read.ts";
import { parseSettings } from "./settings.ts";

test("settings have their defaults", () => {
  expect(parseSettings("version: 1")).toEqual({
    environments: [],
    namedAt: new Map(),
    generate: [],
    artefacts: [],
    foreignPackages: [],
    severities: {},
    exceptions: [],
    diff: {},
  });
});

test("settings are read, and the folders of generate are artefacts too", () => {
  const settings = parseSettings(`
version: 1
environments: [one.yaml]
generate: {local: mesh/local}
artefacts: [gen, mesh/local]
foreign: [acme.legacy]
severities: {caller-unused: warning}
exceptions:
  - code: call-cycle
    subject: a.v1.A/*
    reason: it ends by itself
diff:
  fail: [breaking, loosening]
  accepted: [{code: caller-removed, subject: a.v1.A/B, reason: it is gone}]
`);
  expect(settings).toEqual({
    environments: ["one.yaml"],
    namedAt: new Map([["one.yaml", "mesh.yaml:3"]]),
    generate: [{ target: "local", folder: "mesh/local" }],
    artefacts: ["mesh/local", "gen"],
    foreignPackages: ["acme.legacy"],
    severities: { "caller-unused": "warning" },
    exceptions: [
      { code: "call-cycle", subject: "a.v1.A/*", reason: "it ends by itself", at: { file: "mesh.yaml", line: 9 } },
    ],
    diff: {
      fail: ["breaking", "loosening"],
      accepted: [{ code: "caller-removed", subject: "a.v1.A/B", reason: "it is gone" }],
    },
  });
});

test("each environment file is known by the line that names it first", () => {
  const { namedAt } = parseSettings(`version: 1
environments: [one.yaml, two.yaml]
generate:
  local: {folder: a, environment: one.yaml}
  kafka: {folder: b, environment: three.yaml}
  istio:
    - {folder: c, environment: one.yaml}
    - {folder: d, environment: four.yaml}
`);
  expect(Object.fromEntries(namedAt)).toEqual({
    "one.yaml": "mesh.yaml:2",
    "two.yaml": "mesh.yaml:2",
    "three.yaml": "mesh.yaml:5",
    "four.yaml": "mesh.yaml:8",
  });
});

test("sets repeat what another target writes, so explain does not look there", () => {
  const { generate, artefacts } = parseSettings("version: 1\ngenerate: {istio: mesh/istio, istio-sets: mesh/sets}");
  expect(generate.map(({ target }) => target)).toEqual(["istio", "istio-sets"]);
  expect(artefacts).toEqual(["mesh/istio"]);
});

test("a target may have several folders, each for an environment of its own", () => {
  const { generate } = parseSettings(
    "version: 1\ngenerate: {istio: [{folder: a, environment: one.yaml}, {folder: b, environment: two.yaml}]}",
  );
  expect(generate).toEqual([
    { target: "istio", folder: "a", environment: "one.yaml" },
    { target: "istio", folder: "b", environment: "two.yaml" },
  ]);
});

test.each([
  [
    "version: 1\ngenerate:\n  local: out\n  istio: out",
    "mesh.yaml:4: two targets are written to out: give each a folder of its own",
  ],
  ["version: 1\nexeptions: []", "mesh.yaml:2: exeptions is not a known key: did you mean exceptions?"],
  ["version: 1\nx: 1", /^mesh\.yaml:2: x is not a known key; there are version, environments, /],
  ["{}", "mesh.yaml:1: the file lacks version"],
  ["", "mesh.yaml:1: the file lacks version"],
  ["version: 2", "mesh.yaml:1: version must be 1"],
  ["version: 1\nseverities:\n  call-cycle: off", "mesh.yaml:3: severities.call-cycle must be error or warning"],
  [
    "version: 1\nseverities:\n  call-cicle: error",
    "mesh.yaml:3: no rule has the code call-cicle: did you mean call-cycle?",
  ],
  [
    "version: 1\nexceptions:\n  - {code: call-cycle, subject: a, reason: b}\n  - {code: call-cycle, subject: a, reason: ' '}",
    "mesh.yaml:4: exceptions.1.reason must not be empty",
  ],
  ["version: 1\nexceptions:\n  - {code: call-cycle, subject: a}", "mesh.yaml:3: exceptions.0 lacks reason"],
  [
    "version: 1\nexceptions:\n  - {code: nonsense, subject: a, reason: b}",
    "mesh.yaml:3: no rule has the code nonsense",
  ],
  [
    "version: 1\ndiff:\n  accepted: [{code: caller-remove, subject: a, reason: b}]",
    "mesh.yaml:3: no change has the code caller-remove: did you mean caller-removed?",
  ],
  [
    "version: 1\nexceptions: [{code: caller-removed, subject: a, reason: b}]",
    "mesh.yaml:2: no rule has the code caller-removed",
  ],
  ["version: 1\ndiff: {fail: [safe]}", "mesh.yaml:2: diff.fail.0 must be breaking or loosening"],
  ["version: [1", /^mesh\.yaml:1: /],
])("settings %j are refused with the line", (text, message) => {
  expect(() => parseSettings(text)).toThrow(message);
});

const contract = readImage(
  imageOf({
    "shop/v1/shop.proto": `syntax = "proto3";
package shop.v1;
import "mesh/v1/policy.proto";
option (mesh.v1.workload) = {name: "shop"};
service Shop {
  rpc Get(Ask) returns (Ask) {
    option idempotency_level = NO_SIDE_EFFECTS;
  }
  rpc Got(Ask) returns (Ask);
}
message Ask {}`,
  }),
);

const at = { file: "mesh.yaml", line: 3 };
const codes = (list: ReturnType<typeof check>) => list.map(({ code, subject }) => `${code} ${subject}`);

test("an exception takes away the finding it names and no other", () => {
  const exceptions = [{ code: "method-without-policy", subject: "shop.v1.Shop/Get", reason: "old", at }];
  expect(codes(check(contract, { exceptions }))).toEqual([
    "method-without-idempotency shop.v1.Shop/Got",
    "method-without-policy shop.v1.Shop/Got",
  ]);
});

test("a star at the end of an exception stands for any rest", () => {
  const exceptions = [{ code: "method-without-policy", subject: "shop.v1.Shop/*", reason: "old", at }];
  expect(codes(check(contract, { exceptions }))).toEqual(["method-without-idempotency shop.v1.Shop/Got"]);
});

test("an exception that matches nothing is a finding in mesh.yaml", () => {
  const exceptions = [{ code: "method-without-policy", subject: "shop.v1.Shop/Gone", reason: "old", at }];
  const finding = check(contract, { exceptions }).find(({ code }) => code === "exception-unused");
  expect(finding).toMatchObject({ severity: "warning", at, subject: "shop.v1.Shop/Gone" });
});

test("severities are the owner's to set", () => {
  const severities = { "method-without-policy": "warning" } as const;
  expect(check(contract, { severities }).map(({ code, severity }) => [code, severity])).toEqual([
    ["method-without-policy", "warning"],
    ["method-without-idempotency", "error"],
    ["method-without-policy", "warning"],
  ]);
});
