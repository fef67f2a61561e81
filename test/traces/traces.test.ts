// An order is one trace, from the edge over every service that has a part in it to the letter that an event leads to, and so is a reading,
// from its sensor to those who hear of the excursion that it opens. No span tells anything about the customer.
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { create, toBinary } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { StorageClass } from "@larder/contract/larder/catalog/v1/product_pb.js";
import { SensorAttachedSchema } from "@larder/contract/larder/coldchain/v1/cold_chain_events_pb.js";
import { ShippingService } from "@larder/contract/larder/shipping/v1/shipping_service_pb.js";
import { BatchIngestReadingsRequestSchema } from "@larder/contract/larder/telemetry/v1/ingestion_service_pb.js";
import { newEvent, openEventLog } from "@larder/events";
import { tell } from "@larder/events/testing";
import { describe, expect, test, vi } from "vitest";
import { Caller, deviceCertificate } from "../../mesh/runner/src/index.ts";
import type { Trace } from "../../mesh/runner/src/traces/store.ts";
import { as, basket, confirmedOrder, isLate, placeOrder } from "../edge/shop.ts";
import { type Headers, sharedWays, type Way } from "../edge/ways.ts";
import { sharedMesh } from "../mesh.ts";
import { until } from "../until.ts";
import { accessToken } from "../users.ts";
import { framed, Wire } from "../wire.ts";

const root = join(import.meta.dirname, "..", "..");
const mesh = sharedMesh();
const ways = sharedWays(mesh);
vi.setConfig({ testTimeout: 180_000 });

const newTraceId = () => randomBytes(16).toString("hex");
const newParent = (trace: string, sampled: boolean) =>
  `00-${trace}-${randomBytes(8).toString("hex")}-${sampled ? "01" : "00"}`;

async function find(trace: string): Promise<Trace | undefined> {
  const response = await fetch(`http://127.0.0.1:${mesh.ports.traces}/api/traces/${trace}`);
  return response.ok ? ((await response.json()) as Trace) : undefined;
}

/** Calls until it is OK: a busy machine may be late. */
const untilOk = (call: () => Promise<{ readonly code: string | undefined }>) =>
  until(
    "a call to be OK",
    async () => {
      try {
        return (await call()).code === "OK";
      } catch (error) {
        if (isLate(error)) return false;
        throw error;
      }
    },
    60_000,
  );

/** Makes a call with a trace of its own, that its caller wants or not, until it is OK; answers the id of that trace. */
async function traced(
  sampled: boolean,
  call: (headers: Headers) => Promise<{ readonly code: string | undefined }>,
): Promise<string> {
  let id = "";
  await untilOk(() => {
    id = newTraceId();
    return call({ traceparent: newParent(id, sampled) });
  });
  return id;
}

/** Places an order that the caller wants traced, or not. */
const order = (way: Way, sampled: boolean): Promise<string> =>
  traced(sampled, async (headers) => placeOrder(way, await basket(way), { ...(await as(mesh, "ada")), ...headers }));

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

/** The trace, once every span is in it: those of an order, or others, and of each but one what it was called by. */
const wholeTrace = (trace: string, spans = ofAnOrder) =>
  until(
    `the whole trace ${trace}`,
    async () => {
      const found = await find(trace);
      const seen = new Set(found?.tree.map(sides));
      const roots = found?.tree.filter(({ depth }) => depth === 0).length;
      return roots === 1 && spans.every((span) => seen.has(span)) ? found : undefined;
    },
    60_000,
  );

describe("an order that its caller wants traced", () => {
  test("is one tree from the edge to the letter, in every protocol", async () => {
    for (const way of ways) {
      const id = await order(way, true);
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
    const id = await order(ways[0] as Way, true);
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
  const unwanted = await order(ways[0] as Way, false);
  await confirmedOrder(mesh, ways[0] as Way, "ada");
  // Spans leave a service in the order in which they ended: if the later order is here, the earlier would be.
  await wholeTrace(await order(ways[0] as Way, true));
  expect(await find(unwanted)).toBeUndefined();
});

test("a trace context that cannot be read changes nothing", async () => {
  for (const traceparent of ["nonsense", `00-${"0".repeat(32)}-${"0".repeat(16)}-01`, `ff-${"g".repeat(32)}-1-1`]) {
    const headers = { ...(await as(mesh, "ada")), traceparent };
    const way = ways[0] as Way;
    await untilOk(async () => placeOrder(way, await basket(way), headers));
  }
});

/** What becomes of readings that show how goods of a shipment were kept too warm for hours. */
const ofAReading = [
  "ingestion server larder.telemetry.v1.IngestionService/BatchIngestReadings",
  "aggregator consumer larder.telemetry.readings.v1",
  "dashboard consumer larder.coldchain.excursion.v1",
  "pricing consumer larder.coldchain.excursion.v1",
  "shipping consumer larder.coldchain.excursion.v1",
  "shipping client larder.scoring.v1.ScoringService/Score",
  "scoring server larder.scoring.v1.ScoringService/Score",
  "order consumer larder.shipment.at-risk.v1",
  "dashboard consumer larder.shipment.at-risk.v1",
  "notification consumer larder.shipment.at-risk.v1",
  "notification client larder.customer.v1.CustomerService/BatchGetCustomers",
];
const HOURS = 12;
const READINGS = 900;

/** A device with the shipment of a new order of quinn, whose goods are being picked. */
async function deviceOfAShipment(): Promise<string> {
  const { name } = await confirmedOrder(mesh, ways[0] as Way, "quinn");
  const shipment = name.replace("orders/", "shipments/");
  const state = await mesh.state();
  const backoffice = new Caller(() => state, "backoffice");
  const pick = () => backoffice.call(ShippingService.method.startPicking, { shipment });
  await until("the goods to be picked", () => pick().catch(() => undefined));
  backoffice.close();
  const device = `devices/traces-${randomBytes(6).toString("hex")}`;
  const { eventLog } = JSON.parse(readFileSync(mesh.data("secrets.json"), "utf8")) as { eventLog: string };
  const log = openEventLog(`redis+unix://:${eventLog}@${mesh.run("log", "valkey.sock")}`);
  // As shipping tells it, but of hours ago.
  const attachTime = timestampFromMs(Date.now() - (HOURS + 1) * 3_600_000);
  const attached = { device, subject: shipment, storageClass: StorageClass.CHILLED, attachTime };
  await tell(log, newEvent(SensorAttachedSchema, attached, { aggregateVersion: 1n, source: "shipping" }));
  await log.close();
  await until("the aggregator to know where the device is", () =>
    mesh.query(`select subject from attachments where device = '${device}'`, "aggregator"),
  );
  return device;
}

test("readings that open an excursion are one tree, from their device to the letter and to all who hear of it", async () => {
  const device = await deviceOfAShipment();
  const { certificate, key, bundle } = await deviceCertificate(
    await mesh.state(),
    { data: mesh.data() },
    device.replace("devices/", ""),
  );
  const everyMs = (HOURS * 3_600_000) / READINGS;
  const readings = Array.from({ length: READINGS }, (_, index) => ({
    ...{ device, sequence: BigInt(index + 1), celsius: 24 },
    measureTime: timestampFromMs(Date.now() - (READINGS - index) * everyMs),
  }));
  const { devices } = mesh.ports;
  const wire = await Wire.tls(devices, `localhost:${devices}`, { cert: certificate, key, ca: bundle });
  const request = framed(
    toBinary(BatchIngestReadingsRequestSchema, create(BatchIngestReadingsRequestSchema, { readings })),
  );
  const path = `/${ofAReading[0]?.split(" ").at(-1)}`;
  const id = await traced(true, (headers) => wire.call(path, headers, request));
  wire.close();

  const { tree } = await wholeTrace(id, ofAReading);
  expect(tree.filter(({ depth }) => depth === 0).map(sides)).toEqual(ofAReading.slice(0, 1));
  const named = new Map(tree.map((span) => [span.spanId, span]));
  const above = (side: string) => named.get(tree.find((span) => sides(span) === side)?.parentSpanId ?? "")?.service;
  for (const side of ofAReading.filter((one) => one.includes(" consumer ")))
    expect(above(side), side).toBe(
      side.endsWith("readings.v1") ? "ingestion" : side.endsWith("excursion.v1") ? "aggregator" : "shipping",
    );
  expect(wrongAttributes(tree)).toEqual([]);
});

/** Every attribute that a span may have, with the form of its values. */
const allowed: Readonly<Record<string, RegExp>> = {
  "rpc.system": /^grpc$/,
  "rpc.service": /^larder(\.[a-z]+)+\.v1\.[A-Z][A-Za-z]+$/,
  "rpc.method": /^[A-Z][A-Za-z]+$/,
  "rpc.grpc.status_code": /^\d{1,2}$/,
  "messaging.destination.name": /^larder(\.[a-z]+(-[a-z]+)*)+\.v1$/,
  "messaging.operation.type": /^process$/,
};

/** The attributes that no span may have, with their values. */
const wrongAttributes = (tree: Trace["tree"]) =>
  tree
    .flatMap(({ attributes }) => Object.entries(attributes))
    .filter(([name, value]) => !allowed[name]?.test(String(value)));

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
  }
  expect(wrongAttributes(trace.tree)).toEqual([]);
  // And once more without knowing the attributes; but an id is made of random hex digits, which may spell a name.
  const text = JSON.stringify(trace, (name, value) => (ids.has(name) ? undefined : value));
  const bought = [...stdout.matchAll(/^ {2}\d+ x (.+?) {2,}/gm)].map((found) => found[1] ?? "");
  const [, placed = ""] = /(orders\/\S+)/.exec(stdout) ?? [];
  expect(bought.length).toBeGreaterThan(0);
  for (const secret of [await accessToken(mesh, "ada"), "eyJ", "Bearer", "@", "ada", placed, ...bought, "EUR"])
    expect(text).not.toContain(secret);
});
