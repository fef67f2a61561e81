// The whole of compose.yaml without containers: an order, what its parts may reach, and what comes back after it was killed.

import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { connect } from "node:tls";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { until } from "../until.ts";
import { Composition } from "./composition.ts";

vi.setConfig({ testTimeout: 300_000, hookTimeout: 600_000 });

let composition: Composition;

beforeAll(async () => {
  composition = await Composition.start();
});
afterAll(() => composition?.stop());

const shop = (path: string, init: RequestInit = {}) =>
  fetch(`http://${composition.address("gateway-sidecar")}:8080${path}`, init);

async function token(): Promise<string> {
  const form = { client_id: "larder-cli", grant_type: "password", username: "ada", password: "larder" };
  const at = `http://${composition.address("issuer")}:8081/token`;
  const response = await fetch(at, { method: "POST", body: new URLSearchParams(form) });
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

test("an order needs a token", async () => {
  expect((await shop("/v1/orders", { method: "POST", body: "{}" })).status).toBe(401);
});

test("a process that was killed, and left its socket, is back, and orders go on", async () => {
  composition.kill("order");
  await until("order to be gone", async () => !(await composition.isHealthy("order")) || undefined);
  await until("order to be back", async () => (await composition.isHealthy("order")) || undefined, 200_000);
  expect((await order()).name).toMatch(/^orders\//);
});

test("a sidecar that was killed is back, and so is the agent, which keeps its authority", async () => {
  const bundle = () => readFileSync(composition.volume("order", "sds", "bundle.yaml"), "utf8");
  const before = bundle();
  for (const name of ["order-sidecar", "agent"]) {
    composition.kill(name);
    await until(`${name} to be gone`, async () => !(await composition.isHealthy(name)) || undefined);
    await until(`${name} to be back`, async () => (await composition.isHealthy(name)) || undefined, 200_000);
  }
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
