import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRemoteJWKSet, jwtVerify } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startIssuer } from "./issuer.ts";

let folder: string;
let server: Server;
let url: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "issuer-"));
  server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  server.on("request", await startIssuer({ url, folder, edgeUrl: "http://127.0.0.1:1", audience: "larder" }));
});

afterAll(async () => {
  server.close();
  server.closeAllConnections();
  await rm(folder, { recursive: true });
});

const ask = async (form: Record<string, string>) => {
  const body = new URLSearchParams({ client_id: "larder-cli", grant_type: "password", ...form });
  const response = await fetch(`${url}/token`, { method: "POST", body });
  return { status: response.status, answer: (await response.json()) as Record<string, string> };
};

test("a demo user gets a token that the published keys verify, with every scope of the contract", async () => {
  const { status, answer } = await ask({ username: "ada", password: "larder" });
  expect(status).toBe(200);
  const { payload } = await jwtVerify(answer.access_token ?? "", createRemoteJWKSet(new URL(`${url}/jwks`)), {
    issuer: url,
    audience: "larder",
  });
  expect(payload.sub).toBe("ada");
  expect(payload.scope).toBe("orders.read orders.write profile.read profile.write");
});

test("a token carries no more scopes than were asked for", async () => {
  const { answer } = await ask({ username: "ada", password: "larder", scope: "orders.read" });
  expect(answer.scope).toBe("orders.read");
});

test.each([
  [{ username: "ada", password: "wrong" }, "invalid_grant"],
  [{ username: "nobody", password: "larder" }, "invalid_grant"],
  [{ username: "ada", password: "larder", scope: "everything" }, "invalid_scope"],
])("%o is refused with %s", async (form, error) => {
  const { status, answer } = await ask(form as Record<string, string>);
  expect(status).toBe(400);
  expect(answer.error).toBe(error);
});

test("the provider describes itself, and its keys survive a restart", async () => {
  const keys = async () => (await fetch(`${url}/jwks`)).json();
  const before = await keys();
  server.removeAllListeners("request");
  server.on("request", await startIssuer({ url, folder, edgeUrl: "http://127.0.0.1:1", audience: "larder" }));
  expect(await keys()).toEqual(before);
  const about = (await (await fetch(`${url}/.well-known/openid-configuration`)).json()) as { issuer: string };
  expect(about.issuer).toBe(url);
});
