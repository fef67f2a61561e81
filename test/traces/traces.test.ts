// An order is one trace, from the edge over every service that has a part in it to the letter that an event leads to, and no
// span tells anything about the customer.
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Trace } from "../../mesh/runner/src/traces/store.ts";
import { as, basket, confirmedOrder, placeOrder } from "../edge/shop.ts";
import { sharedWays, type Way } from "../edge/ways.ts";
import { sharedMesh } from "../mesh.ts";
import { until } from "../until.ts";
import { accessToken } from "../users.ts";

const root = join(import.meta.dirname, "..", "..");
const mesh = sharedMesh();
const ways = sharedWays(mesh);

const newTraceId = () => randomBytes(16).toString("hex");
const newParent = (trace: string, sampled: boolean) =>
  `00-${trace}-${randomBytes(8).toString("hex")}-${sampled ? "01" : "00"}`;

async function find(trace: string): Promise<Trace | undefined> {
  const response = await fetch(`http://127.0.0.1:${mesh.ports.traces}/api/traces/${trace}`);
  return response.ok ? ((await response.json()) as Trace) : undefined;
}

/** Places an order that the caller wants traced, or not. */
async function order(way: Way, trace: string, sampled: boolean): Promise<void> {
  const headers = { ...(await as(mesh, "ada")), traceparent: newParent(trace, sampled) };
  expect(await placeOrder(way, await basket(way), headers)).toMatchObject({ code: "OK" });
}

const sides = ({ service, name, kind }: Trace["tree"][number]) => `${service} ${kind} ${name}`;

/** What an order comes to, however it began: each line is a span that there must be once. */
const ofAnOrder = [
  "order server larder.order.v1.OrderService/PlaceOrder",
  "order client larder.pricing.v1.PricingService/Quote",
  "pricing server larder.pricing.v1.PricingService/Quote",
  "pricing client larder.catalog.v1.CatalogService/BatchGetProducts",
  "catalog server larder.catalog.v1.CatalogService/BatchGetProducts",
  ...[
    ["inventory", "inventory.v1.InventoryService", "Reserve", "Commit"],
    ["customer", "customer.v1.WalletService", "Hold", "Capture"],
    ["shipping", "shipping.v1.ShippingService", "Book", "Confirm"],
  ].flatMap(([workload, service, ...methods]) =>
    methods.flatMap((method) => [
      `order client larder.${service}/${method}`,
      `${workload} server larder.${service}/${method}`,
    ]),
  ),
  "notification consumer larder.order.confirmed.v1",
  "notification client larder.customer.v1.CustomerService/BatchGetCustomers",
  "customer server larder.customer.v1.CustomerService/BatchGetCustomers",
];

/** The trace, once every span of an order is in it. */
const wholeTrace = (trace: string) =>
  until(`the whole trace ${trace}`, async () => {
    const found = await find(trace);
    const seen = new Set(found?.tree.map(sides));
    return ofAnOrder.every((span) => seen.has(span)) ? found : undefined;
  });

describe("an order that its caller wants traced", () => {
  test("is one tree from the edge to the letter, in every protocol", async () => {
    for (const way of ways) {
      const id = newTraceId();
      await order(way, id, true);
      const { tree, root: first, service } = await wholeTrace(id);
      expect({ way: way.name, first, service }).toEqual({
        way: way.name,
        first: "larder.storefront.v1.StorefrontService/PlaceOrder",
        service: "gateway",
      });
      // Nothing stands apart: whose parent is not here is the call of the outsider.
      expect(tree.filter(({ depth }) => depth === 0).map(sides), way.name).toEqual([
        "gateway server larder.storefront.v1.StorefrontService/PlaceOrder",
      ]);
    }
  });

  test("shows each server beneath the client that called it", async () => {
    const id = newTraceId();
    await order(ways[0] as Way, id, true);
    const { tree } = await wholeTrace(id);
    const named = new Map(tree.map((span) => [span.spanId, span]));
    for (const span of tree.filter(({ kind, depth }) => kind === "server" && depth > 0)) {
      expect(named.get(span.parentSpanId)).toMatchObject({ kind: "client", name: span.name });
    }
    const letter = tree.find(({ kind }) => kind === "consumer");
    expect(named.get(letter?.parentSpanId ?? "")).toMatchObject({ service: "order", kind: "server" });
  });
});

test("an order that its caller does not want traced is not", async () => {
  const [unwanted, wanted] = [newTraceId(), newTraceId()];
  await order(ways[0] as Way, unwanted, false);
  await confirmedOrder(mesh, ways[0] as Way, "ada");
  // Spans leave a service in the order in which they ended: if the later order is here, the earlier would be.
  await order(ways[0] as Way, wanted, true);
  await wholeTrace(wanted);
  expect(await find(unwanted)).toBeUndefined();
});

test("a trace context that cannot be read changes nothing", async () => {
  for (const traceparent of ["nonsense", `00-${"0".repeat(32)}-${"0".repeat(16)}-01`, `ff-${"g".repeat(32)}-1-1`]) {
    const headers = { ...(await as(mesh, "ada")), traceparent };
    const way = ways[0] as Way;
    expect(await placeOrder(way, await basket(way), headers)).toMatchObject({ code: "OK" });
  }
});

/** Every attribute that a span may have, with the form of its values. */
const allowed: Readonly<Record<string, RegExp>> = {
  "rpc.system": /^grpc$/,
  "rpc.service": /^larder(\.[a-z]+)+\.v1\.[A-Z][A-Za-z]+$/,
  "rpc.method": /^[A-Z][A-Za-z]+$/,
  "rpc.grpc.status_code": /^\d{1,2}$/,
  "messaging.destination.name": /^larder(\.[a-z]+)+\.v1$/,
  "messaging.operation.type": /^process$/,
};

const ids = new Set(["id", "spanId", "parentSpanId"]);

test("the demo shows where its trace is, and no span of it tells of token, address, goods or money", async () => {
  const { status, stdout } = spawnSync(process.execPath, [join(root, "mesh/runner/bin/larder.js"), "demo"], {
    encoding: "utf8",
    env: { ...process.env, LARDER_RUN_FOLDER: mesh.run(), LARDER_DATA_FOLDER: mesh.data() },
  });
  expect(status).toBe(0);
  const [, id = ""] = /The trace of the order: http:\/\/127\.0\.0\.1:\d+\/traces\/([\da-f]{32})\n/.exec(stdout) ?? [];
  const trace = await wholeTrace(id);

  for (const span of trace.tree) {
    expect(span.events).toEqual([]);
    expect(span.message).toBe("");
    for (const [name, value] of Object.entries(span.attributes)) {
      expect(Object.keys(allowed)).toContain(name);
      expect(String(value)).toMatch(allowed[name] as RegExp);
    }
  }
  // And once more without knowing the attributes; but an id is made of random hex digits, which may spell a name.
  const text = JSON.stringify(trace, (name, value) => (ids.has(name) ? undefined : value));
  const bought = [...stdout.matchAll(/^ {2}\d+ x (.+?) {2,}/gm)].map((found) => found[1] ?? "");
  const [, placed = ""] = /(orders\/\S+)/.exec(stdout) ?? [];
  expect(bought.length).toBeGreaterThan(0);
  for (const secret of [await accessToken(mesh, "ada"), "eyJ", "Bearer", "@", "ada", placed, ...bought, "EUR"])
    expect(text).not.toContain(secret);
});
