// The contract of testdata/workspace against traces and policies.

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { workspaceFrom } from "../inline-protos.ts";
import { meshc } from "../recorded-run.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let folder: string;
beforeAll(() => {
  folder = workspaceFrom("workspace");
  mkdirSync(join(folder, "policies"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const text = (key: string, value: string) => ({ key, value: { stringValue: value } });
const spansOf = (service: string, spans: object[]) => ({
  resourceSpans: [{ resource: { attributes: [text("service.name", service)] }, scopeSpans: [{ spans }] }],
});
const calls = (service: string, method: string, more: object = {}) => ({
  kind: 3,
  attributes: [text("rpc.system", "grpc"), text("rpc.service", service), text("rpc.method", method)],
  ...more,
});

/** Every call that the contract declares, as clients see it. */
const everything = [
  spansOf("order", [
    calls("shop.v1.StockService", "CheckStock"),
    calls("shop.v1.StockService", "Reserve", { spanId: "a1" }),
    calls("shop.v1.StockService", "Release"),
    calls("shop.v1.StockService", "WatchStock"),
    calls("grpc.health.v1.Health", "Check"),
    { kind: 3, name: "GET /", attributes: [] },
  ]),
  spansOf("stock", [
    calls("shop.v1.StockService", "CheckStock"),
    // The other end of a call, told by its parent; the new convention has one attribute.
    {
      kind: "SPAN_KIND_SERVER",
      parentSpanId: "a1",
      attributes: [text("rpc.system.name", "grpc"), text("rpc.method", "shop.v1.StockService/Reserve")],
    },
  ]),
];

const run = (...documents: object[]) => {
  writeFileSync(join(folder, "traces.json"), documents.map((document) => JSON.stringify(document)).join("\n"));
  return meshc("drift --traces traces.json", folder);
};

const policy = (caller: string, ...paths: string[]) => `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: stock}
spec:
  selector: {matchLabels: {app: stock}}
  rules:
    - from: [{source: {principals: [${caller}]}}]
      to: [{operation: {paths: [${paths.map((path) => `"${path}"`).join(", ")}]}}]
`;

const compare = (...policies: string[]) => {
  writeFileSync(join(folder, "policies/stock.yaml"), policies.join("---\n"));
  return meshc("drift --policies policies", folder);
};
const codes = (out: string) =>
  [...out.matchAll(/^\S+: (\S+?)(?: \(warning\))?: (\S+)/gm)].map(([, code, id]) => `${code} ${id}`);

test("calls that the contract grants are no finding", async () => {
  const { code, out } = await run(...everything);
  // Nobody called PlaceOrder from inside: outside callers leave no span of theirs.
  expect(codes(out)).toEqual(["drift-uncovered shop.v1.OrderService/PlaceOrder"]);
  expect(code).toBe(0);
});

test("a call that the contract does not grant, and one of an unknown method, fail", async () => {
  const { code, out } = await run(
    ...everything,
    spansOf("stock", [calls("shop.v1.StockService", "Release")]),
    spansOf("desk", [calls("shop.v1.OrderService", "PlaceOrder"), calls("shop.v1.OrderService", "Gone")]),
  );
  expect(codes(out).sort()).toEqual([
    "drift-undeclared shop.v1.OrderService/PlaceOrder",
    "drift-undeclared shop.v1.StockService/Release",
    "drift-unknown-method shop.v1.OrderService/Gone",
  ]);
  expect(out).toMatch(/^proto\/shop\/v1\/order_service\.proto:\d+: drift-undeclared: .* open to desk in traces\.json/m);
  expect(code).toBe(1);
});

test("a caller that never called is an over-grant", async () => {
  const { code, out } = await run(...everything.slice(0, 1));
  expect(codes(out)).toContain("drift-unseen shop.v1.StockService/CheckStock");
  expect(code).toBe(0);
});

const order = "cluster.local/ns/shop/sa/order";
const stock = "cluster.local/ns/shop/sa/stock";
const service = "/shop.v1.StockService";

test("policies that say what the contract says are no finding", async () => {
  const good = [
    policy(order, `${service}/CheckStock`, `${service}/Reserve`, `${service}/Release`),
    policy(stock, `${service}/CheckStock`),
  ];
  expect(codes((await compare(...good)).out)).toEqual([
    "drift-uncovered shop.v1.OrderService/PlaceOrder",
    "drift-uncovered shop.v1.StockService/WatchStock",
  ]);
});

test("a policy that allows a whole service, or everybody, is an over-grant with its place", async () => {
  const { code, out } = await compare(policy(order, `${service}/*`), policy('"*"', `${service}/Release`));
  expect(code).toBe(1);
  expect(out).toContain(
    "shop.v1.StockService/Release is open to everybody in policies/stock.yaml:10, and not in the contract",
  );
  expect(codes(out)).toContain("drift-unseen shop.v1.StockService/CheckStock");
});

test("what denies, and what is no policy, allows nothing", async () => {
  const deny = policy(order, `${service}/*`).replace("spec:\n", "spec:\n  action: DENY\n");
  expect(await compare(deny, "kind: Service\n")).toMatchObject({
    code: 2,
    err: "meshc: policies holds no AuthorizationPolicy that allows something: there is nothing to compare with\n",
  });
});

test.each([
  ["drift", "name what to compare with: meshc drift --traces FILE, --envoy URL or --policies DIR"],
  ["drift --traces a --policies b", "name what to compare with"],
  ["drift --envoy http://127.0.0.1:1 --policies b", "name what to compare with"],
  ["drift --envoy http://127.0.0.1:1", "http://127.0.0.1:1 cannot be asked: connect ECONNREFUSED"],
  ["drift --traces nowhere.json", "nowhere.json cannot be read: "],
  ["drift --policies nowhere", "nowhere cannot be read: "],
  ["drift --traces mesh.yaml", 'mesh.yaml:1: is no OTLP trace in JSON ({"resourceSpans": […]})'],
])("answers 2 for %s", async (args, message) => {
  expect(await meshc(args, folder)).toMatchObject({ code: 2, out: "", err: expect.stringContaining(message) });
});

test("writes JSON for programs", async () => {
  await run(...everything);
  const { out } = await meshc("drift --traces traces.json --format json", folder);
  expect(JSON.parse(out)).toMatchObject({ findings: [{ code: "drift-uncovered" }], errors: 0, warnings: 1 });
});
