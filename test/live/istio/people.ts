// People under Istio: from outside through the ingress to the public methods, with tokens of an identity provider, by the manifests of staging. They join
// a mesh that runs; behind the gateway's proxy is a bare process that counts.

import { type JWTPayload, SignJWT } from "jose";
import { beforeAll, describe, expect, test } from "vitest";
import { tokenKey } from "../../../mesh/compiler/src/emit/testing/certificates.ts";
import type { Contract, Method } from "../../contract.ts";
import type { RawClient } from "../../equality/client.ts";
import { until } from "../../until.ts";
import type { IstioIngress } from "./ingress.ts";
import type { OutsideIssuer } from "./issuer.ts";
import type { Mesh } from "./mesh.ts";

/** The workload with methods for people. It needs a proxy in the mesh. */
export const GATEWAY = "gateway";

/** As the environment says. */
export const ISSUER = { url: "https://id.staging.larder.example", audience: "larder" };
const HOST = "shop.staging.larder.example";
const ASSERTION = "x-larder-user";

/** What the cases need of a mesh with the manifests of staging. */
export interface Outside {
  readonly mesh: Mesh;
  readonly ingress: IstioIngress;
  readonly issuer: OutsideIssuer;
}

/** The tests, with what runs by then. */
export function peopleSuite(contract: Contract, outside: () => Outside): void {
  describe("people", () => suite(contract, outside));
}

function suite(contract: Contract, outside: () => Outside): void {
  const open = contract.methods.filter(({ callers }) => callers.includes("@edge"));
  const [scoped, free] = [open.filter(({ scopes }) => scopes.length > 0), open.filter(({ scopes }) => !scopes.length)];
  const all = [...new Set(open.flatMap(({ scopes }) => scopes))];
  const withScope = (scope: string) => scoped.find(({ scopes }) => scopes.includes(scope)) as Method;
  const [someMethod, writing] = [withScope("orders.read"), withScope("orders.write")];

  const callee = () => outside().mesh.callee(GATEWAY);
  /** How a call through the ingress ends, and how often it arrives. */
  const call = async (path: string, headers: Readonly<Record<string, string>>, through?: RawClient) => {
    callee().reset();
    const client = through ?? outside().ingress.dial(HOST);
    const code = await client.call(path, { headers });
    if (!through) client.close();
    return `${code}, ${callee().arrived.length} arrived`;
  };
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  const withClaims = (claims: JWTPayload) => outside().issuer.signed({ scope: all.join(" "), ...claims });
  const withScopes = async (scopes: readonly string[]) => bearer(await withClaims({ scope: scopes.join(" ") }));
  const now = () => Math.floor(Date.now() / 1000);
  const forged = (kid: string) =>
    new SignJWT({ iss: ISSUER.url, aud: ISSUER.audience, sub: "ada", exp: now() + 600, scope: all.join(" ") })
      .setProtectedHeader({ alg: "ES256", kid })
      .sign(tokenKey("other").privateKey);
  const rightKid = async () => JSON.parse(decoded((await outside().issuer.signed({})).split(".")[0])).kid as string;

  beforeAll(async () => {
    const everything = await withScopes(all);
    const passes = async () => (await call(someMethod.path, everything)).startsWith("OK");
    await until("the way in for people", passes, 60_000);
  });

  test("reach each public method with its scopes, and none without one of them", async () => {
    const client = outside().ingress.dial(HOST);
    const wrong: string[] = [];
    const expects = async (wanted: string, { path }: Method, headers: Record<string, string>, what: string) => {
      const is = await call(path, headers, client);
      if (is !== wanted) wrong.push(`${path} ${what}: ${is}, not ${wanted}`);
    };
    for (const method of open)
      await expects("OK, 1 arrived", method, await withScopes(method.scopes), "with its scopes");
    for (const method of free) await expects("OK, 1 arrived", method, {}, "without a token");
    for (const method of scoped) {
      await expects("PERMISSION_DENIED, 0 arrived", method, {}, "without a token");
      for (const scope of method.scopes) {
        const others = await withScopes(all.filter((other) => other !== scope));
        await expects("PERMISSION_DENIED, 0 arrived", method, others, `without ${scope}`);
      }
    }
    client.close();
    console.log(`people: ${open.length} methods, ${all.length} scopes`);
    expect(wrong).toEqual([]);
    expect([scoped.length > 10, free.length > 3, all.length > 3]).toEqual([true, true, true]);
  });

  test("are let in by a token that the identity provider gives, and go on with it", async () => {
    const { issuer } = outside();
    const token = await issuer.token("ada", "orders.read");
    expect(await call(someMethod.path, bearer(token))).toBe("OK, 1 arrived");
    expect(callee().headers.authorization).toBe(`Bearer ${token}`);
    expect(await call(writing.path, bearer(token))).toBe("PERMISSION_DENIED, 0 arrived");
    // The keys came from where the environment says.
    expect(issuer.asked).toContain("/jwks");
  });

  test.each([
    ["of another key", "UNAUTHENTICATED", () => forged("other")],
    ["of another key, under the name of the right one", "UNAUTHENTICATED", async () => forged(await rightKid())],
    ["of another issuer", "UNAUTHENTICATED", () => withClaims({ iss: "https://id.elsewhere.example" })],
    // Envoy knows the token, and says that it is not for here.
    ["for another audience", "PERMISSION_DENIED", () => withClaims({ aud: "elsewhere" })],
    ["that is over", "UNAUTHENTICATED", () => withClaims({ exp: now() - 3600 })],
    ["that is signed by nobody", "UNAUTHENTICATED", async () => unsigned(await withClaims({}))],
    ["that is none", "UNAUTHENTICATED", () => "anything"],
  ])("are refused with a token %s, at methods without scopes too: %s", async (_, code, token) => {
    const headers = bearer(await token());
    for (const { path } of [someMethod, ...free.slice(0, 1)]) {
      expect(await call(path, headers), path).toBe(`${code}, 0 arrived`);
    }
  });

  test("cannot say themselves on whose behalf they call", async () => {
    const headers = { ...(await withScopes(someMethod.scopes)), [ASSERTION]: "forged" };
    expect(await call(someMethod.path, headers)).toBe("OK, 1 arrived");
    expect(callee().headers[ASSERTION]).toBeUndefined();
  });

  test("reach nothing else: no other workload's methods, no other host", async () => {
    const everything = await withScopes(all);
    const client = outside().ingress.dial(HOST);
    for (const { path } of contract.methods.filter((method) => !open.includes(method))) {
      expect(await call(path, everything, client), path).toBe("UNIMPLEMENTED, 0 arrived");
    }
    client.close();
    // By its name in the handshake, or only in the call, at the port where the shop answers.
    const elsewhere = HOST.replace("shop", "elsewhere");
    for (const [asked, code] of [
      [{ name: elsewhere }, "UNAVAILABLE"],
      [{ authority: elsewhere }, "UNIMPLEMENTED"],
    ] as const) {
      const client = outside().ingress.dial(HOST, undefined, asked);
      expect(await call(someMethod.path, everything, client), code).toBe(`${code}, 0 arrived`);
      client.close();
    }
  });

  test("are asked for the same over HTTP and JSON, and led to TLS", async () => {
    const { ingress } = outside();
    const ask = async (verb: string, path: string, headers: Record<string, string>) => {
      callee().reset();
      const { status } = await ingress.ask(HOST, verb, path, headers);
      return `${status}, ${callee().arrived.length} arrived`;
    };
    const [reads, nothing] = [await withScopes(["orders.read"]), await withScopes([])];
    for (const path of ["/v1/orders", "/v1/orders/a"]) {
      expect(await ask("GET", path, reads), path).toBe("200, 1 arrived");
      expect(await ask("GET", path, nothing), path).toBe("403, 0 arrived");
      expect(await ask("GET", path, bearer(await forged("other"))), path).toBe("401, 0 arrived");
    }
    expect(await ask("POST", "/v1/orders", reads)).toBe("403, 0 arrived");
    expect(await ask("POST", "/v1/orders", await withScopes(["orders.write"]))).toBe("200, 1 arrived");
    expect(await ask("GET", "/v1/products", {})).toBe("200, 1 arrived");
    expect(await ask("GET", "/v1/elsewhere", reads)).toBe("404, 0 arrived");
    const plain = await ingress.ask(HOST, "GET", "/v1/products", {}, "plain");
    expect(plain).toEqual({ status: 301, location: `https://${HOST}/v1/products` });
  });

  test("are who comes through the ingress, and no workload is, whatever its token", async () => {
    const everything = {
      ...(await withScopes(all)),
      "x-forwarded-client-cert": `URI=${idOf("istio-ingress", "istio-ingress")}`,
    };
    for (const caller of ["order", GATEWAY, "operator"]) {
      const client = await outside().mesh.dialAs(GATEWAY, idOf(caller));
      for (const { path } of open) {
        expect(await call(path, everything, client), `${caller} ${path}`).toBe("PERMISSION_DENIED, 0 arrived");
      }
      client.close();
    }
  });
}

const idOf = (workload: string, namespace = "larder") => `spiffe://larder.staging/ns/${namespace}/sa/${workload}`;

const decoded = (part = ""): string => Buffer.from(part, "base64url").toString();

/** The token as one says it is without a signature. */
function unsigned(token: string): string {
  const [header = "", payload = ""] = token.split(".");
  const none = JSON.stringify({ ...JSON.parse(decoded(header)), alg: "none" });
  return `${Buffer.from(none).toString("base64url")}.${payload}.`;
}
