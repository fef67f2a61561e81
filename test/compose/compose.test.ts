// The whole of compose.yaml without containers: an order, what its parts may reach, and what comes back after it was killed.

import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { connect } from "node:tls";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import {
  BatchIngestReadingsRequestSchema,
  BatchIngestReadingsResponseSchema,
} from "@larder/contract/larder/telemetry/v1/ingestion_service_pb.js";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { deviceCertificate } from "../../mesh/runner/src/certs/device.ts";
import { partnerClient } from "../../mesh/runner/src/issuer/scopes.ts";
import { until } from "../until.ts";
import { framed, unframed, Wire } from "../wire.ts";
import { Composition, whyNotRust } from "./composition.ts";

vi.setConfig({ testTimeout: 300_000, hookTimeout: 600_000 });

let composition: Composition;

beforeAll(async () => {
  composition = await Composition.start();
});
afterAll(() => composition?.stop());

const shop = (path: string, init: RequestInit = {}) =>
  fetch(`http://${composition.address("gateway-sidecar")}:8080${path}`, init);

const token = (username = "ada"): Promise<string> =>
  tokenFor({ client_id: "larder-cli", grant_type: "password", username, password: "larder" });

async function tokenFor(form: Record<string, string>, headers: Record<string, string> = {}): Promise<string> {
  const at = `http://${composition.address("issuer")}:8081/token`;
  const response = await fetch(at, { method: "POST", headers, body: new URLSearchParams(form) });
  return ((await response.json()) as { access_token: string }).access_token;
}

interface Order {
  readonly name: string;
  readonly state: string;
}

/** Places an order, again with another number while the machine is too busy for it. */
function order(): Promise<Order> {
  return until(
    "a confirmed order",
    async () => {
      const slots = (await (await shop("/v1/slots?page_size=200")).json()) as { slots?: { name: string }[] };
      const response = await shop("/v1/orders", {
        method: "POST",
        headers: { authorization: `Bearer ${await token()}`, "content-type": "application/json" },
        body: JSON.stringify({
          requestId: randomUUID(),
          slot: slots.slots?.at(-1)?.name,
          lines: [{ product: "products/abate-pears-1kg-sunny-bank", quantity: 2 }],
        }),
      });
      const { order } = (await response.json()) as { order?: Order };
      return order?.state === "CONFIRMED" || order?.state === "ORDER_STATE_CONFIRMED" ? order : undefined;
    },
    200_000,
  );
}

test("an order is placed and confirmed, and its letter arrives", async () => {
  const { name } = await order();
  const number = name.replace("orders/", "");
  await until(
    "the letter",
    async () => {
      const response = await fetch(`http://${composition.address("mail")}:8025/api/mails?to=ada@`);
      const mails = (await response.json()) as { subject: string }[];
      return mails.some(({ subject }) => subject.includes(number)) || undefined;
    },
    200_000,
  );
});

test("what a device measures is in the series of the cold chain, and no other device gets in", async (context) => {
  if (whyNotRust) context.skip(whyNotRust);
  const data = composition.volume("authority");
  const { certificate, key, bundle } = await deviceCertificate(
    { deviceTrustDomain: "devices.larder.local" },
    { data },
    "compose-1",
  );
  const host = composition.address("ingestion-sidecar");
  await expect(Wire.tls(8444, "localhost:8444", { host, ca: bundle })).rejects.toThrow();
  const wire = await Wire.tls(8444, "localhost:8444", { host, ca: bundle, cert: certificate, key });
  // A window of ten seconds is told when readings have come that are ten seconds younger.
  const now = Date.now();
  const readings = Array.from({ length: 9 }, (_, at) => ({
    ...{ device: "devices/compose-1", sequence: BigInt(at + 1), celsius: 4 },
    measureTime: timestampFromMs(now - 90_000 + at * 10_000),
  }));
  const request = toBinary(BatchIngestReadingsRequestSchema, create(BatchIngestReadingsRequestSchema, { readings }));
  await until("readings to be taken", async () => {
    const path = "/larder.telemetry.v1.IngestionService/BatchIngestReadings";
    const { code, body } = await wire.call(path, {}, framed(request));
    return (code === "OK" && fromBinary(BatchIngestReadingsResponseSchema, unframed(body)).accepted === 9) || undefined;
  });
  wire.close();
  const staff = { authorization: `Bearer ${await token("nora")}` };
  const query = new URLSearchParams({
    subject: "devices/compose-1",
    start_time: new Date(now - 600_000).toISOString(),
  });
  const points = await until(
    "the series",
    async () => {
      const response = await shop(`/v1/coldchain/series?${query}`, { headers: staff });
      const { points = [] } = (await response.json()) as { points?: { meanCelsius?: number }[] };
      return points.length > 0 ? points : undefined;
    },
    200_000,
  );
  expect(points.every(({ meanCelsius }) => meanCelsius === 4)).toBe(true);
});

test("goods are scored for a partner by a model", async () => {
  const basic = Buffer.from(`${partnerClient.id}:${partnerClient.secret}`).toString("base64");
  const form = { grant_type: "client_credentials", scope: "scoring.read" };
  const partner = `Bearer ${await tokenFor(form, { authorization: `Basic ${basic}` })}`;
  const goods = {
    productClass: "PRODUCT_CLASS_FISH",
    remainingShelfLife: "172800s",
    history: [{ time: new Date().toISOString(), celsius: 9 }],
  };
  const score = await until(
    "a score",
    async () => {
      const response = await shop("/v1/scores", {
        method: "POST",
        headers: { authorization: partner, "content-type": "application/json" },
        body: JSON.stringify({ goods }),
      });
      return response.ok ? ((await response.json()) as object) : undefined;
    },
    200_000,
  );
  expect(JSON.stringify(score)).toContain("models/spoilage-1");
});

test("an order needs a token", async () => {
  expect((await shop("/v1/orders", { method: "POST", body: "{}" })).status).toBe(401);
});

test("a process that was killed, and left its socket, is back, and orders go on", async () => {
  await composition.crash("order");
  expect((await order()).name).toMatch(/^orders\//);
});

test("a sidecar that was killed is back, and so is the agent, which keeps its authority", async () => {
  const bundle = () => readFileSync(composition.volume("order", "sds", "bundle.yaml"), "utf8");
  const before = bundle();
  for (const name of ["order-sidecar", "agent"]) await composition.crash(name);
  expect(bundle()).toBe(before);
  expect((await order()).name).toMatch(/^orders\//);
});

test("a sidecar takes nobody without a certificate of the mesh", async () => {
  const refused = await new Promise<string>((resolve) => {
    const socket = connect({
      host: composition.address("inventory-sidecar"),
      port: 50051,
      ALPNProtocols: ["h2"],
      rejectUnauthorized: false,
    });
    socket.once("error", (error) => resolve(error.message));
    // TLS 1.3 tells a client after its handshake that its certificate was missing.
    socket.on("data", () => resolve("answered"));
    socket.once("close", () => resolve("closed"));
  });
  expect(refused).not.toBe("answered");
});
