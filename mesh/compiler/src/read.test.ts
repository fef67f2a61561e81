import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { CodeGeneratorRequestSchema, type FileDescriptorSet, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { describe, expect, test } from "vitest";
import { imageOf } from "./inline-protos.ts";
import { InputError } from "./input-error.ts";
import type { Contract, Method } from "./model.ts";
import { readImage, readRequest } from "./read.ts";

const order = `syntax = "proto3";
package shop.order.v1;

import "google/api/annotations.proto";
import "mesh/v1/policy.proto";

option (mesh.v1.workload) = {
  name: "order"
  summary: "Takes orders."
  jobs: [
    {name: "sweep", limit_ms: 500, handler_ms: 5, calls: [{method: "shop.order.v1.Orders/Get"}]},
    {name: "relay", limit_ms: 900}
  ]
};
option (mesh.v1.external_workload) = {name: "till", namespace: "stores", trust_domain: "old.example"};

// Orders.
service Orders {
  option (mesh.v1.service).slo = {availability_percent: 99.9, latency_ms: 80, latency_percent: 99};

  // Takes an order.
  //
  //  - twice is fine
  rpc Take(Ask) returns (Answer) {
    option idempotency_level = IDEMPOTENT;
    option (google.api.http) = {
      post: "/v1/orders"
      body: "*"
      additional_bindings: {put: "/v1/{name=orders/*}", body: "name"}
      additional_bindings: {custom: {kind: "TAKE", path: "/v1/take"}}
    };
    option (mesh.v1.method) = {
      callers: ["@edge", "till"]
      scopes: ["orders.write"]
      deadline_ms: 700
      retry: {max_attempts: 2, on: [RETRY_CODE_UNAVAILABLE, RETRY_CODE_RESOURCE_EXHAUSTED]}
      handler_ms: 40
      calls: {method: "shop.order.v1.Orders/Get", stage: 1, times: 3, within_ms: 50, optional: true}
      calls: {method: "shop.order.v1.Orders/Undo", detached: true}
      compensated_by: "Undo"
      end_user: END_USER_REQUIRED
      slo: {latency_ms: 300, latency_percent: 95}
    };
  }
  rpc Get(Ask) returns (Answer) {
    option idempotency_level = NO_SIDE_EFFECTS;
    option (mesh.v1.method).callers = "@any";
    option (mesh.v1.method).any_caller.reason = "reads what is public";
    option (mesh.v1.method).no_deadline.reason = "waits";
    option (mesh.v1.method).end_user = END_USER_OPTIONAL;
  }
  rpc Undo(Ask) returns (Answer) {
    option idempotency_level = IDEMPOTENCY_UNKNOWN;
    option (mesh.v1.method) = {callers: ["order"], deadline_ms: 10, compensated_by: "other.v1.Shop/Undo"};
  }
  rpc Bare(stream Ask) returns (Answer);
  rpc Watch(Ask) returns (stream Answer) {
    option (mesh.v1.method) = {stream: {idle_ms: 1, max_ms: 2}};
  }
  rpc Talk(stream Ask) returns (stream Answer);
}
message Ask {
  string name = 1;

  message Asked {
    option (mesh.v1.topic) = {
      name: "shop.asked.v1"
      key: "id"
      producers: ["order"]
      consumers: [{workload: "order", limit_ms: 70, handler_ms: 3, calls: [{method: "shop.order.v1.Orders/Get"}]}]
      max_deliveries: 4
      retention_hours: 24
    };
    string id = 1;
    int32 count = 2;
  }
}
message Answer {}
`;

/** A file that options of ours do not touch, in a package of others and in one that could be ours. */
const plain = (name: string) =>
  `syntax = "proto3"; package ${name}; service Plain { rpc Get(Ask) returns (Ask); } message Ask {}`;

const image = imageOf({
  "shop/order/v1/order.proto": order,
  "shop/plain.proto": plain("shop.plain.v1"),
  "grpc/foreign.proto": plain("grpc.foreign.v1"),
});
const contract = readImage(image);

function method(name: string, from: Contract = contract): Method {
  const found = from.services.flatMap(({ methods }) => methods).find(({ id }) => id === `shop.order.v1.Orders/${name}`);
  if (!found) throw new Error(`no ${name}`);
  return found;
}

const lineOf = (text: string) => order.split("\n").findIndex((line) => line.includes(text)) + 1;
const at = (text: string) => ({ file: "shop/order/v1/order.proto", line: lineOf(text) });

describe("a contract", () => {
  test("has workloads with their jobs, services and places", () => {
    expect(contract.workloads).toMatchObject([
      { name: "order", summary: "Takes orders.", services: [{ name: "Orders" }] },
    ]);
    expect(contract.workloads[0]?.jobs).toMatchObject([
      {
        name: "sweep",
        limitMs: 500,
        handlerMs: 5,
        calls: [{ method: "shop.order.v1.Orders/Get", stage: 0, times: 1 }],
      },
      { name: "relay", limitMs: 900, handlerMs: 20, calls: [] },
    ]);
    expect(contract.workloads[0]?.at).toEqual(at("option (mesh.v1.workload)"));
    expect(contract.externalWorkloads).toEqual([
      { name: "till", namespace: "stores", trustDomain: "old.example", at: at("external_workload") },
    ]);
  });

  test("has services that are run by the only workload of their file, with methods in the order of names", () => {
    const service = contract.services.find(({ name }) => name === "Orders");
    expect(service).toMatchObject({
      id: "shop.order.v1.Orders",
      package: "shop.order.v1",
      workload: "order",
      slo: { availabilityPercent: 99.9, latencyMs: 80, latencyPercent: 99 },
      at: at("service Orders"),
    });
    expect(service?.methods.map(({ name }) => name)).toEqual(["Bare", "Get", "Take", "Talk", "Undo", "Watch"]);
  });

  test("has every statement of a method", () => {
    expect(method("Take")).toMatchObject({
      path: "/shop.order.v1.Orders/Take",
      kind: "unary",
      idempotency: "idempotent",
      idempotencyStated: true,
      hasPolicy: true,
      callers: ["@edge", "till"],
      scopes: ["orders.write"],
      deadlineMs: 700,
      retry: { maxAttempts: 2, on: ["UNAVAILABLE", "RESOURCE_EXHAUSTED"] },
      handlerMs: 40,
      compensatedBy: "shop.order.v1.Orders/Undo",
      endUser: "required",
      slo: { latencyMs: 300, latencyPercent: 95 },
      request: "shop.order.v1.Ask",
      response: "shop.order.v1.Answer",
      comment: "Takes an order.\n\n - twice is fine",
      at: at("rpc Take"),
    });
    expect(method("Take").calls).toEqual([
      {
        method: "shop.order.v1.Orders/Get",
        stage: 1,
        times: 3,
        withinMs: 50,
        optional: true,
        detached: false,
        at: at("stage: 1, times: 3"),
      },
      {
        method: "shop.order.v1.Orders/Undo",
        stage: 0,
        times: 1,
        optional: false,
        detached: true,
        at: at("detached: true"),
      },
    ]);
    expect(method("Take").lines).toMatchObject({
      callers: lineOf('["@edge", "till"]'),
      retry: lineOf("max_attempts"),
      deadline_ms: lineOf("deadline_ms: 700"),
    });
  });

  test("keeps what a method leaves out apart from what it states", () => {
    expect(method("Get")).toMatchObject({
      anyCallerReason: "reads what is public",
      noDeadlineReason: "waits",
      endUser: "optional",
      handlerMs: 20,
      calls: [],
    });
    for (const absent of ["deadlineMs", "retry", "stream", "compensatedBy", "slo"]) {
      expect(method("Get")).not.toHaveProperty(absent);
    }
    expect(method("Undo")).toMatchObject({
      idempotency: "unset",
      idempotencyStated: true,
      compensatedBy: "other.v1.Shop/Undo",
    });
    expect(method("Bare")).toMatchObject({ hasPolicy: false, idempotencyStated: false, callers: [], comment: "" });
  });

  test("knows the kinds of streams", () => {
    expect(["Take", "Bare", "Watch", "Talk"].map((name) => method(name).kind)).toEqual([
      "unary",
      "client",
      "server",
      "bidi",
    ]);
    expect(method("Watch").stream).toEqual({ idleMs: 1, maxMs: 2 });
  });

  test("has the HTTP form of a method, additional bindings included", () => {
    expect(method("Take").http).toEqual([
      { verb: "POST", template: "/v1/orders", body: "*" },
      { verb: "PUT", template: "/v1/{name=orders/*}", body: "name" },
      { verb: "TAKE", template: "/v1/take" },
    ]);
    expect(method("Get").http).toEqual([]);
  });

  test("has topics of nested messages too", () => {
    expect(contract.topics).toMatchObject([
      {
        name: "shop.asked.v1",
        message: "shop.order.v1.Ask.Asked",
        key: "id",
        fields: ["id", "count"],
        producers: ["order"],
        consumers: [{ workload: "order", limitMs: 70, handlerMs: 3, calls: [{ method: "shop.order.v1.Orders/Get" }] }],
        maxDeliveries: 4,
        retentionHours: 24,
        at: at("option (mesh.v1.topic)"),
      },
    ]);
  });

  test("leaves out services of others, known packages by themselves and more by name", () => {
    const ids = (read: Contract) => read.services.map(({ id }) => id);
    expect(ids(contract)).toEqual(["shop.order.v1.Orders", "shop.plain.v1.Plain"]);
    expect(ids(readImage(image, { foreignPackages: ["shop.plain"] }))).toEqual(["shop.order.v1.Orders"]);
  });
});

describe("images", () => {
  const files = (): FileDescriptorSet => fromBinary(FileDescriptorSetSchema, image);
  const bytes = (set: FileDescriptorSet) => toBinary(FileDescriptorSetSchema, set);

  test("may list their files in any order", () => {
    const reversed = files();
    reversed.file.reverse();
    expect(readImage(bytes(reversed))).toEqual(contract);
  });

  test("may be several, which share files", () => {
    const rest = files();
    rest.file = rest.file.filter((file) => file.name !== "shop/order/v1/order.proto");
    expect(readImage([bytes(rest), image])).toEqual(contract);
  });

  test("may be several, of which one knows the lines", () => {
    const stripped = files();
    for (const file of stripped.file) delete file.sourceCodeInfo;
    expect(readImage([bytes(stripped), image])).toEqual(contract);
    expect(readImage([image, bytes(stripped)])).toEqual(contract);
  });

  test("must not differ in a file they share", () => {
    const other = files();
    const file = other.file.find(({ name }) => name === "shop/plain.proto");
    if (file) file.package = "shop.other.v1";
    expect(() =>
      readImage([
        { bytes: image, name: "a" },
        { bytes: bytes(other), name: "b" },
      ]),
    ).toThrow(new InputError("shop/plain.proto is not the same in a and in b"));
  });

  test("may lack source information, and then places have no line", () => {
    const stripped = files();
    for (const file of stripped.file) delete file.sourceCodeInfo;
    const bare = method("Take", readImage(bytes(stripped)));
    expect(bare.at).toEqual({ file: "shop/order/v1/order.proto", line: 0 });
    expect(bare.deadlineMs).toBe(700);
    expect(bare.lines).toEqual({});
  });

  test("may come in a request to a plugin", () => {
    const request = create(CodeGeneratorRequestSchema, { protoFile: files().file });
    expect(readRequest(request)).toEqual(contract);
  });

  test.each([
    ["nothing", new Uint8Array(), /^the image is empty/],
    ["text", new TextEncoder().encode("syntax = 'proto3';"), /^the image is not a binary image/],
    ["zeros", new Uint8Array(64), /^the image is not a binary image/],
    ["another message", new Uint8Array([10, 0]), /names no file/],
  ])("of %s are refused in one line", (_, input, message) => {
    expect(() => readImage(input)).toThrow(InputError);
    expect(() => readImage(input)).toThrow(message);
  });

  test("without their imports are refused by the name of what is missing", () => {
    const partial = files();
    partial.file = partial.file.filter((file) => file.name !== "mesh/v1/policy.proto");
    expect(() => readImage(bytes(partial))).toThrow(
      /^shop\/order\/v1\/order.proto imports mesh\/v1\/policy.proto, which/,
    );
  });

  test("with a damaged option are refused by its name and that of the element", () => {
    const damaged = files();
    const options = damaged.file.find(({ name }) => name === "shop/order/v1/order.proto")?.service[0]?.method[0]
      ?.options;
    // A message of two bytes, which says that its first field has 100.
    if (options) options.$unknown = [{ no: 276310004, wireType: 2, data: new Uint8Array([2, 10, 100]) }];
    expect(() => readImage(bytes(damaged))).toThrow(InputError);
    expect(() => readImage(bytes(damaged))).toThrow(
      /mesh\.v1\.method of rpc shop\.order\.v1\.Orders\.Take cannot be read/,
    );
  });

  test("with an option of ours under another number are refused", () => {
    const forked = files();
    const policy = forked.file.find(({ name }) => name === "mesh/v1/policy.proto");
    const extension = policy?.extension.find(({ name }) => name === "method");
    if (extension) extension.number = 50001;
    expect(() => readImage(bytes(forked))).toThrow(/mesh\.v1\.method with the number 50001, not 276310004/);
  });
});

test("the compiler knows no particular system", () => {
  const { stdout } = spawnSync("git", ["ls-files", "--", "."], { cwd: import.meta.dirname, encoding: "utf8" });
  const sources = stdout.split("\n").filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"));
  expect(sources.length).toBeGreaterThan(20);
  for (const name of sources) {
    expect.soft(readFileSync(join(import.meta.dirname, name), "utf8"), name).not.toMatch(/larder/i);
  }
});
