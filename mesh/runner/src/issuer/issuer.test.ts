import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRemoteJWKSet, jwtVerify } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startIssuer } from "./issuer.ts";
import { partnerClient } from "./scopes.ts";

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

test("a demo user gets a token that the published keys verify, with every scope that shopping takes", async () => {
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
  [{ username: "ada", password: "larder", scope: "orders.read coldchain.read" }, "invalid_scope"],
  [{ username: "nora", password: "larder", scope: "orders.read" }, "invalid_scope"],
  [{ username: "larder-partner", password: "larder" }, "invalid_grant"],
])("%o is refused with %s", async (form, error) => {
  const { status, answer } = await ask(form as Record<string, string>);
  expect(status).toBe(400);
  expect(answer.error).toBe(error);
});

test("staff may look at the cold chain, and do nothing else", async () => {
  expect((await ask({ username: "nora", password: "larder" })).answer.scope).toBe("coldchain.read");
});

describe("the program of a partner", () => {
  const partner = async (form: Record<string, string>, secret: string = partnerClient.secret) => {
    const credentials = Buffer.from(`${partnerClient.id}:${secret}`).toString("base64");
    const body = new URLSearchParams({ grant_type: "client_credentials", ...form });
    const headers = { authorization: `Basic ${credentials}` };
    const response = await fetch(`${url}/token`, { method: "POST", headers, body });
    return (await response.json()) as Record<string, string>;
  };

  test("gets a token in its own name for scores", async () => {
    const { access_token = "", scope } = await partner({ scope: "scoring.read" });
    expect(scope).toBe("scoring.read");
    const { payload } = await jwtVerify(access_token, createRemoteJWKSet(new URL(`${url}/jwks`)), {
      issuer: url,
      audience: "larder",
    });
    expect(payload).toMatchObject({ sub: partnerClient.id, scope: "scoring.read" });
  });

  test("gets nothing else, and nothing without its secret", async () => {
    const { scope } = await partner({ scope: "scoring.read coldchain.read orders.read" });
    expect(scope).toBe("scoring.read");
    expect((await partner({ scope: "coldchain.read" })).scope).toBeUndefined();
    expect((await partner({ scope: "scoring.read" }, "guessed")).error).toBe("invalid_client");
    for (const answer of [
      await partner({ grant_type: "password", username: "ada", password: "larder" }),
      (await ask({ grant_type: "client_credentials", scope: "scoring.read" })).answer,
    ])
      expect(answer.error_description).toBe("requested grant type is not allowed for this client");
  });
});

test.each([
  ["nora", "coldchain.read orders.read", "coldchain.read"],
  ["ada", "coldchain.read orders.read", "orders.read"],
])("whoever signs in as %s is given what that user may have of what was asked for", async (user, asked, given) => {
  const { verifier, challenge } = proofKey();
  const back = "http://127.0.0.1:4711/callback";
  const { callback } = await signIn("larder-cli", back, challenge, { user, password: "larder" }, asked);
  const code = callback?.searchParams.get("code") ?? "";
  const form = { client_id: "larder-cli", grant_type: "authorization_code", code, redirect_uri: back };
  expect((await ask({ ...form, code_verifier: verifier })).answer.scope).toBe(given);
});

/** Follows a sign-in as a browser does, with its cookies. Returns where it ends outside of the provider. */
async function signIn(
  client: string,
  callback: string,
  challenge: string,
  form: Record<string, string>,
  scope = "orders.read",
) {
  const cookies = new Map<string, string>();
  const query = { client_id: client, redirect_uri: callback, response_type: "code", scope: `openid ${scope}` };
  const proof = { code_challenge: challenge, code_challenge_method: "S256" };
  let next = new URL(`${url}/auth?${new URLSearchParams({ ...query, ...proof })}`);
  let body: URLSearchParams | undefined;
  for (let step = 0; step < 10 && next.href.startsWith(url); step++) {
    const headers = { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; ") };
    const response = await fetch(next, { redirect: "manual", headers, ...(body ? { method: "POST", body } : {}) });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      cookies.set(name, value);
    }
    const location = response.headers.get("location");
    // A page instead of a redirect is the form, which is filled in once.
    if (!location && body) return { status: response.status };
    body = location ? undefined : new URLSearchParams(form);
    if (location) next = new URL(location, url);
  }
  return { status: 303, callback: next };
}

const proofKey = () => {
  const verifier = randomBytes(32).toString("base64url");
  return { verifier, challenge: createHash("sha256").update(verifier).digest("base64url") };
};

test.each([
  ["larder-console", "http://127.0.0.1:1/console/callback"],
  ["larder-cli", "http://127.0.0.1:4711/callback"],
])("whoever signs in to %s in a browser gets a code, and a token for it with the proof key alone", async (id, back) => {
  const { verifier, challenge } = proofKey();
  const { callback } = await signIn(id, back, challenge, { user: "ada", password: "larder" });
  expect(callback?.href).toMatch(new RegExp(`^${back}\\?code=`));
  const code = callback?.searchParams.get("code") ?? "";
  const form = { client_id: id, grant_type: "authorization_code", code, redirect_uri: back };
  expect((await ask({ ...form, code_verifier: proofKey().verifier })).answer.error).toBe("invalid_grant");
  const again = await signIn(id, back, challenge, { user: "ada", password: "larder" });
  const second = again.callback?.searchParams.get("code") ?? "";
  expect((await ask({ ...form, code: second, code_verifier: verifier })).answer).toMatchObject({
    scope: "orders.read",
  });
});

test("a wrong password keeps whoever signs in on the page", async () => {
  const form = { user: "ada", password: "wrong" };
  const { status, callback } = await signIn(
    "larder-console",
    "http://127.0.0.1:1/console/callback",
    proofKey().challenge,
    form,
  );
  expect({ status, callback }).toEqual({ status: 401, callback: undefined });
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
