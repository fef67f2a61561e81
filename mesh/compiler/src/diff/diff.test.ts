// One contract, and edits of it: each is found as what it is in one direction, and as its opposite in the other.

import { fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { beforeAll, expect, test } from "vitest";
import { imageOf, imagesOf } from "../inline-protos.ts";
import type { Contract } from "../model.ts";
import { readImage } from "../read.ts";
import type { Change } from "./comparison.ts";
import { comparisons, diff, fails } from "./index.ts";

const base = `syntax = "proto3";
package v00;
import "google/api/annotations.proto";
import "mesh/v1/policy.proto";

option (mesh.v1.workload) = {name: "shop"};
option (mesh.v1.workload) = {name: "desk", jobs: [{name: "sweep", limit_ms: 500, handler_ms: 30, calls: [{method: "v00.Shop/Look"}]}]};
option (mesh.v1.external_workload) = {name: "till", namespace: "stores", trust_domain: "old.example"};

service Shop {
  option (mesh.v1.service) = {
    workload: "shop"
    slo: {availability_percent: 99.9, latency_ms: 100, latency_percent: 99}
  };
  rpc Buy(Ask) returns (Answer) {
    option idempotency_level = IDEMPOTENT;
    option (google.api.http) = {post: "/v1/buy" body: "*"};
    option (mesh.v1.method) = {
      callers: ["@edge", "desk"]
      scopes: ["shop.buy"]
      deadline_ms: 500
      handler_ms: 40
      retry: {max_attempts: 2, on: [RETRY_CODE_UNAVAILABLE]}
      compensated_by: "Undo"
      end_user: END_USER_OPTIONAL
      slo: {latency_ms: 200, latency_percent: 99}
      calls: [{method: "v00.Shop/Look", stage: 1}]
    };
  }
  rpc Undo(Ask) returns (Answer) {
    option idempotency_level = IDEMPOTENT;
    option (mesh.v1.method) = {
      callers: ["@edge", "desk"]
      scopes: ["shop.buy"]
      no_deadline: {reason: "it takes what it takes"}
    };
  }
  rpc Look(Ask) returns (Answer) {
    option idempotency_level = NO_SIDE_EFFECTS;
    option (mesh.v1.method) = {
      callers: ["@any"]
      any_caller: {reason: "no secret"}
      deadline_ms: 100
    };
  }
  rpc Watch(Ask) returns (stream Answer) {
    option idempotency_level = NO_SIDE_EFFECTS;
    option (mesh.v1.method) = {
      callers: ["till"]
      stream: {idle_ms: 1000, max_ms: 60000}
    };
  }
}
message Ask {}
message Answer {}
message Bought {
  option (mesh.v1.topic) = {
    name: "shop.bought.v1"
    key: "order"
    producers: ["shop"]
    consumers: [{workload: "desk", limit_ms: 400}]
    max_deliveries: 5
    retention_hours: 24
  };
  string order = 1;
  string buyer = 2;
}
message Sold {
  option (mesh.v1.topic) = {
    name: "shop.sold.v1"
    key: "order"
    producers: ["shop"]
    no_dead_letter: {reason: "order matters more"}
  };
  string order = 1;
}
`;

/** What to replace, by what, and the codes found on the way there and on the way back. */
const edits: readonly [from: string, to: string, there: string[], back: string[]][] = [
  [
    '["@edge", "desk"]\n      scopes: ["shop.buy"]\n      deadline',
    '["desk"]\n      deadline',
    ["caller-removed"],
    ["caller-added"],
  ],
  ['["@any"]', '["@any", "desk"]', [], []],
  ['["@any"]', '["@any", "till"]', ["caller-added"], ["caller-removed"]],
  ['["@any"]\n      any_caller: {reason: "no secret"}', '["shop", "desk"]', ["caller-removed"], ["caller-added"]],
  [
    'scopes: ["shop.buy"]\n      deadline',
    'scopes: ["shop.buy", "shop"]\n      deadline',
    ["scope-added"],
    ["scope-removed"],
  ],
  ["END_USER_OPTIONAL", "END_USER_REQUIRED", ["end-user-required"], ["end-user-dropped"]],
  ["      end_user: END_USER_OPTIONAL\n", "", ["end-user-dropped"], ["end-user-verified"]],
  [
    'post: "/v1/buy" body: "*"',
    'post: "/v1/buy" body: "*" additional_bindings: {put: "/v1/buy"}',
    ["http-added"],
    ["http-removed"],
  ],
  ['post: "/v1/buy" body: "*"', 'post: "/v1/buy"', ["http-added", "http-removed"], ["http-added", "http-removed"]],
  ["deadline_ms: 500", "deadline_ms: 400", ["deadline-shortened"], ["deadline-lengthened"]],
  [
    'no_deadline: {reason: "it takes what it takes"}',
    "deadline_ms: 90",
    ["deadline-shortened"],
    ["deadline-lengthened"],
  ],
  ["idle_ms: 1000", "idle_ms: 900", ["stream-shortened"], ["stream-lengthened"]],
  ["max_ms: 60000", "max_ms: 50000", ["stream-shortened"], ["stream-lengthened"]],
  [
    "idle_ms: 1000, max_ms: 60000",
    "idle_ms: 900, max_ms: 70000",
    ["stream-lengthened", "stream-shortened"],
    ["stream-lengthened", "stream-shortened"],
  ],
  ["      retry: {max_attempts: 2, on: [RETRY_CODE_UNAVAILABLE]}\n", "", ["retry-dropped"], ["retry-added"]],
  ["max_attempts: 2", "max_attempts: 3", ["retry-added"], ["retry-dropped"]],
  [
    "[RETRY_CODE_UNAVAILABLE]",
    "[RETRY_CODE_UNAVAILABLE, RETRY_CODE_RESOURCE_EXHAUSTED]",
    ["retry-added"],
    ["retry-dropped"],
  ],
  [
    "idempotency_level = IDEMPOTENT;\n    option (google",
    "idempotency_level = IDEMPOTENCY_UNKNOWN;\n    option (google",
    ["idempotency-dropped"],
    ["idempotency-added"],
  ],
  [
    'level = NO_SIDE_EFFECTS;\n    option (mesh.v1.method) = {\n      callers: ["@any',
    'level = IDEMPOTENT;\n    option (mesh.v1.method) = {\n      callers: ["@any',
    ["idempotency-dropped"],
    ["idempotency-added"],
  ],
  ['      compensated_by: "Undo"\n', "", ["compensation-removed"], ["compensation-added"]],
  ['compensated_by: "Undo"', 'compensated_by: "Look"', ["compensation-removed"], ["compensation-removed"]],
  ["availability_percent: 99.9,", "availability_percent: 99.5,", ["slo-weakened"], ["slo-strengthened"]],
  ["latency_ms: 200", "latency_ms: 300", ["slo-weakened"], ["slo-strengthened"]],
  [
    "latency_ms: 200, latency_percent: 99",
    "latency_ms: 200, latency_percent: 95",
    ["slo-weakened"],
    ["slo-strengthened"],
  ],
  [
    '{name: "shop"};',
    '{name: "shop"};\noption (mesh.v1.workload) = {name: "mill"};',
    ["workload-added"],
    ["workload-removed"],
  ],
  [
    'name: "till", namespace: "stores"',
    'name: "till", namespace: "shops"',
    ["external-workload-removed"],
    ["external-workload-removed"],
  ],
  [
    'trust_domain: "old.example"',
    'trust_domain: "new.example"',
    ["external-workload-removed"],
    ["external-workload-removed"],
  ],
  [
    "option (mesh.v1.external_workload) =",
    'option (mesh.v1.external_workload) = {name: "post", namespace: "x"};\noption (mesh.v1.external_workload) =',
    ["external-workload-added"],
    ["external-workload-removed"],
  ],
  ['workload: "shop"', 'workload: "desk"', ["service-moved"], ["service-moved"]],
  [
    "service Shop {",
    "service More {\n  rpc Ask(v00.Ask) returns (Answer) {\n    option (mesh.v1.method) = {deadline_ms: 1};\n  }\n}\nservice Shop {",
    ["method-added"],
    ["method-removed"],
  ],
  [
    "  rpc Undo",
    "  rpc Gift(Ask) returns (Answer) {\n    option (mesh.v1.method) = {deadline_ms: 1};\n  }\n  rpc Undo",
    ["method-added"],
    ["method-removed"],
  ],
  ["  rpc Undo", "  rpc Bare(Ask) returns (Answer);\n  rpc Undo", [], []],
  ["rpc Watch(Ask)", "rpc Watch(stream Ask)", ["kind-changed"], ["kind-changed"]],
  ["no secret", "nothing secret", ["reason-changed"], ["reason-changed"]],
  ["it takes what", "it lasts what", ["reason-changed"], ["reason-changed"]],
  ["order matters more", "order matters most", ["reason-changed"], ["reason-changed"]],
  ['{name: "sweep"', '{name: "relay", limit_ms: 9}, {name: "sweep"', ["job-added"], ["job-removed"]],
  ["limit_ms: 500", "limit_ms: 600", ["work-time-changed"], ["work-time-changed"]],
  ["handler_ms: 30", "handler_ms: 31", ["work-time-changed"], ["work-time-changed"]],
  ["handler_ms: 40", "handler_ms: 41", ["work-time-changed"], ["work-time-changed"]],
  ["limit_ms: 400", "limit_ms: 400, handler_ms: 9", ["work-time-changed"], ["work-time-changed"]],
  ["limit_ms: 400", "limit_ms: 300", ["work-time-changed"], ["work-time-changed"]],
  ["limit_ms: 400", 'limit_ms: 400, calls: [{method: "v00.Shop/Look"}]', ["call-added"], ["call-removed"]],
  ['calls: [{method: "v00.Shop/Look"}]', "", ["call-removed"], ["call-added"]],
  ["stage: 1", "stage: 2", ["call-changed"], ["call-changed"]],
  ["stage: 1", "stage: 1, times: 2", ["call-changed"], ["call-changed"]],
  ["stage: 1", "stage: 1, within_ms: 2", ["call-changed"], ["call-changed"]],
  ["stage: 1", "stage: 1, optional: true", ["call-changed"], ["call-changed"]],
  ["stage: 1", "stage: 1, detached: true", ["call-changed"], ["call-changed"]],
  ["stage: 1}", 'stage: 1}, {method: "v00.Shop/Look", stage: 3}', ["call-added"], ["call-removed"]],
  [
    "message Sold {\n  option (mesh.v1.topic)",
    'message More {\n  option (mesh.v1.topic) = {name: "m.v1"};\n}\nmessage Sold {\n  option (mesh.v1.topic)',
    ["topic-added"],
    ["topic-removed"],
  ],
  ["shop.bought.v1", "shop.bought.v2", ["topic-renamed"], ["topic-renamed"]],
  [
    'key: "order"\n    producers: ["shop"]\n    consumers',
    'key: "buyer"\n    producers: ["shop"]\n    consumers',
    ["topic-key-changed"],
    ["topic-key-changed"],
  ],
  [
    'producers: ["shop"]\n    consumers',
    'producers: ["shop", "desk"]\n    consumers',
    ["producer-added"],
    ["producer-removed"],
  ],
  [
    'consumers: [{workload: "desk"',
    'consumers: [{workload: "shop"}, {workload: "desk"',
    ["consumer-added"],
    ["consumer-removed"],
  ],
  ["max_deliveries: 5", "max_deliveries: 4", ["deliveries-lowered"], ["deliveries-raised"]],
  [
    'no_dead_letter: {reason: "order matters more"}',
    "max_deliveries: 9",
    ["deliveries-lowered"],
    ["deliveries-raised"],
  ],
  ["retention_hours: 24", "retention_hours: 12", ["retention-shortened"], ["retention-lengthened"]],
  ["    retention_hours: 24\n", "", ["retention-shortened"], ["retention-lengthened"]],
];

// All variants are built in one go, each in a package of its own; names of one length let the bytes be renamed after.
const packageOf = (index: number) => `v${String(index).padStart(2, "0")}`;
const variant = (index: number): string => {
  const [from, to] = edits[index - 1] ?? ["", ""];
  expect(base.split(from).length, from).toBeGreaterThan(1);
  return base.replace(from, to).replaceAll("v00", packageOf(index));
};
const contracts: Contract[] = [];
beforeAll(() => {
  const names = [0, ...edits.keys().map((i) => i + 1)];
  const images = imagesOf(Object.fromEntries(names.map((i) => [`${packageOf(i)}.proto`, variant(i)])));
  for (const [i, image] of [...images.values()].entries()) {
    const renamed = Buffer.from(image).toString("latin1").replaceAll(packageOf(i), "v00");
    contracts.push(readImage(Buffer.from(renamed, "latin1")));
  }
});

const contract = (index: number): Contract => contracts[index] as Contract;
const codes = (changes: readonly Change[]): string[] => changes.map(({ code }) => code).sort();

test.each(edits.map(([from, to, there, back], i) => ({ index: i + 1, from, to, there, back })))(
  "$from to $to is found as what it is, and its opposite on the way back",
  ({ index, there, back }) => {
    expect(codes(diff(contract(0), contract(index)))).toEqual([...there].sort());
    expect(codes(diff(contract(index), contract(0)))).toEqual([...back].sort());
  },
);

/** The lines of the changes, or their files alone where no line of the new contract is near. */
const lines = (old: number, now: number): number[] => diff(contract(old), contract(now)).map(({ at }) => at.line);
const lineOf = (index: number, text: string): number =>
  variant(index).slice(0, variant(index).indexOf(text)).split("\n").length;
const editTo = (text: string): number => edits.findIndex(([, to]) => to.includes(text)) + 1;

test("shows each change at the field that changed, and what is gone at what it stood in", () => {
  const shortened = editTo("deadline_ms: 400");
  expect(lines(0, shortened)).toEqual([lineOf(shortened, "deadline_ms: 400")]);
  const unscoped = editTo('["desk"]\n');
  expect(lines(0, unscoped)).toEqual([lineOf(unscoped, 'callers: ["desk"]')]);
  const gift = editTo("rpc Gift");
  expect(lines(0, gift)).toEqual([lineOf(gift, "rpc Gift")]);
  expect(lines(gift, 0)).toEqual([lineOf(0, "service Shop")]);
  const key = editTo('key: "buyer"');
  expect(lines(0, key)).toEqual([lineOf(key, 'key: "buyer"')]);
  const mill = editTo('"mill"');
  expect(lines(mill, 0)).toEqual([0]);
});

test("a contract has no changes against itself", () => {
  expect(diff(contract(0), contract(0))).toEqual([]);
});

test("every code is found by one of the edits", () => {
  const found = new Set(edits.flatMap(([, , there, back]) => [...there, ...back]));
  expect([...found].sort()).toEqual(comparisons.map(({ code }) => code).sort());
});

test("every field of policy.proto is compared", () => {
  const file = fromBinary(FileDescriptorSetSchema, imageOf({ "a.proto": base })).file.find(
    ({ name }) => name === "mesh/v1/policy.proto",
  );
  const all = (file?.messageType ?? []).flatMap((message) =>
    message.field.map((field) => `${message.name}.${field.name}`),
  );
  // A sentence for people, which changes nothing.
  const words = ["Workload.summary"];
  const compared = [...new Set(comparisons.flatMap(({ fields }) => fields))];
  expect([...compared, ...words].sort()).toEqual(all.sort());
});

test("every comparison says why, and every one that is not safe how to mend it", () => {
  for (const { code, effect, why, mend } of comparisons) {
    expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(why).toMatch(/^[a-z].*[^.]$/);
    if (effect === "safe") expect(mend).toBeUndefined();
    else expect(mend).toMatch(/^[a-z].*[^.]$/);
  }
});

test("fails on what breaks, or on what the settings say, unless somebody accepts it", () => {
  const accepted = { code: "deadline-shortened", subject: "v00.Shop/*", reason: "agreed with all callers" };
  const shortened = edits.findIndex(([, to]) => to === "deadline_ms: 400") + 1;
  const change = (old: number, now: number, settings = {}) => diff(contract(old), contract(now), settings)[0] as Change;
  expect(fails(change(0, shortened), {})).toBe(true);
  expect(fails(change(0, shortened), { fail: ["loosening"] })).toBe(false);
  expect(change(0, shortened, { accepted: [accepted] }).accepted).toBe("agreed with all callers");
  expect(fails(change(0, shortened, { accepted: [accepted] }), {})).toBe(false);
  expect(fails(change(0, shortened, { accepted: [{ ...accepted, subject: "v00.Desk/*" }] }), {})).toBe(true);
  expect(fails(change(shortened, 0), {})).toBe(false);
  expect(fails(change(shortened, 0), { fail: ["breaking", "loosening"] })).toBe(true);
});
