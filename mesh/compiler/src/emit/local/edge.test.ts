// The edge, real: tokens, scopes and limits, in the protocols that clients speak.

import type { Server } from "node:http";
import { request as httpsRequest } from "node:https";
import { createServer } from "node:net";
import { SignJWT } from "jose";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Edge, Environment } from "../../environment-model.ts";
import { Caller, type Outcome } from "../testing/calls.ts";
import { tokenKey } from "../testing/certificates.ts";
import { EdgeApp, issuer } from "../testing/edge-app.ts";
import { library, libraryEnvironment } from "../testing/library.ts";
import { RunFolder, type Sidecar } from "../testing/sidecar.ts";
import { emitLocal } from "./index.ts";

const contract = library();
const method = (name: string) => `/acme.desk.v1.DeskService/${name}`;
const keys = tokenKey("tokens");

let run: RunFolder;
let sidecar: Sidecar;
let app: EdgeApp;
let keyServer: Server;
let ports: { readonly port: number; readonly tlsPort: number };
const cleanups: (() => void | Promise<void>)[] = [];

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address ? address.port : 0;
}

/** The environment of the library with an edge of its own. */
async function environmentWith(change: Partial<Edge>): Promise<Environment & { readonly edge: Edge }> {
  const environment = libraryEnvironment();
  if (!environment.edge) throw new Error("the library has no edge");
  const own = { port: await freePort(), tlsPort: await freePort() };
  return { ...environment, edge: { ...environment.edge, ...own, ...change } };
}

beforeAll(async () => {
  const environment = await environmentWith({});
  ports = environment.edge;
  run = await RunFolder.create(environment, emitLocal(contract, environment));
  keyServer = await issuer(run.path, keys.jwks);
  sidecar = await run.sidecar("desk");
  app = await new EdgeApp(sidecar.folder).listen();
});

afterEach(() => {
  app.silent = false;
  app.seen.length = 0;
});

afterAll(async () => {
  for (const cleanup of cleanups) await cleanup();
  app.close();
  keyServer.close();
  await run.close();
});

interface TokenChange {
  readonly audience?: string;
  readonly issuer?: string;
  readonly expires?: string;
  readonly key?: typeof keys;
}

const token = (scope: string, change: TokenChange = {}) =>
  new SignJWT({ scope })
    .setProtectedHeader({ alg: "ES256", kid: "tokens" })
    .setIssuer(change.issuer ?? "https://issuer.library.test")
    .setAudience(change.audience ?? "library")
    .setSubject("ada")
    .setExpirationTime(change.expires ?? "60s")
    .sign((change.key ?? keys).privateKey);

const bearer = (token?: string): Record<string, string> => (token ? { authorization: `Bearer ${token}` } : {});

async function grpc(
  name: string,
  token?: string,
  headers: Record<string, string> = {},
  port = ports.port,
): Promise<Outcome> {
  const caller = Caller.plaintext(port);
  try {
    return await caller.call(name.startsWith("/") ? name : method(name), { headers: { ...bearer(token), ...headers } });
  } finally {
    caller.close();
  }
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: unknown;
  readonly headers: Headers;
}

async function http(
  verb: string,
  path: string,
  headers: Record<string, string> = {},
  body?: string,
  port = ports.port,
): Promise<Answer> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { method: verb, headers, ...(body ? { body } : {}) });
  const type = response.headers.get("content-type") ?? "";
  const text = await response.text();
  return {
    status: response.status,
    type,
    body: type.includes("json") ? JSON.parse(text) : text,
    headers: response.headers,
  };
}

const connect = (name: string, token?: string) =>
  http("POST", method(name), { "content-type": "application/json", ...bearer(token) }, "{}");

/** Calls by gRPC-Web and reads the frame of trailers; a body that has none is the message. */
async function web(name: string, token?: string): Promise<{ code: number; message: string }> {
  const headers = { "content-type": "application/grpc-web+proto", ...bearer(token) };
  const response = await fetch(`http://127.0.0.1:${ports.port}${method(name)}`, {
    method: "POST",
    headers,
    body: "\0\0\0\0\0",
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  if (response.headers.get("content-type") !== "application/grpc-web+proto")
    return { code: -1, message: bytes.toString() };
  expect(bytes[0]).toBe(0x80);
  expect(bytes.readUInt32BE(1)).toBe(bytes.length - 5);
  const trailers = new Map(
    bytes
      .subarray(5)
      .toString()
      .split("\r\n")
      .map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1)]),
  );
  return { code: Number(trailers.get("grpc-status")), message: decodeURIComponent(trailers.get("grpc-message") ?? "") };
}

describe("a token", () => {
  test("that is missing is UNAUTHENTICATED, in the form of each protocol", async () => {
    expect(await grpc("SearchBooks")).toMatchObject({ code: "UNAUTHENTICATED", details: "Jwt is missing" });
    expect(await connect("SearchBooks")).toMatchObject({
      status: 401,
      type: "application/json",
      body: { code: "unauthenticated", message: "Jwt is missing" },
    });
    expect(await http("GET", "/v1/books/search")).toMatchObject({
      status: 401,
      type: "application/json",
      body: { code: 16, status: "UNAUTHENTICATED", message: "Jwt is missing" },
    });
    expect(await web("SearchBooks")).toMatchObject({ code: 16, message: "a valid access token is needed" });
    expect(app.seen).toHaveLength(0);
  });

  test("that is expired, forged, or no token at all is UNAUTHENTICATED, even where none is needed", async () => {
    const bad = [
      await token("books.search", { expires: "-30s" }),
      await token("books.search", { key: tokenKey("tokens") }),
      "x",
    ];
    for (const token of bad) {
      expect((await grpc("SearchBooks", token)).code).toBe("UNAUTHENTICATED");
      expect((await grpc("GetBook", token)).code).toBe("UNAUTHENTICATED");
      expect((await http("GET", "/v1/books/1", bearer(token))).status).toBe(401);
    }
    expect((await grpc("SearchBooks", await token("books.search", { issuer: "https://other.test" }))).code).toBe(
      "UNAUTHENTICATED",
    );
    expect(app.seen).toHaveLength(0);
  });

  test("for another audience is refused", async () => {
    expect((await grpc("SearchBooks", await token("books.search", { audience: "other" }))).code).toBe(
      "PERMISSION_DENIED",
    );
  });

  test("in the query is none", async () => {
    const path = `/v1/books/search?access_token=${await token("books.search")}`;
    expect((await http("GET", path)).status).toBe(401);
  });

  test("without the scope is PERMISSION_DENIED, in the form of each protocol", async () => {
    const other = await token("books.write other books.searching");
    expect((await grpc("SearchBooks", other)).code).toBe("PERMISSION_DENIED");
    expect(await connect("SearchBooks", other)).toMatchObject({ status: 403, body: { code: "permission_denied" } });
    expect(await http("GET", "/v1/books/search", bearer(other))).toMatchObject({
      status: 403,
      body: { code: 7, status: "PERMISSION_DENIED" },
    });
    expect(await web("SearchBooks", other)).toMatchObject({ code: 7 });
    expect(app.seen).toHaveLength(0);
  });

  test("with the scope passes in each protocol, and goes along to the process", async () => {
    const good = await token("profile books.search");
    expect((await grpc("SearchBooks", good)).code).toBe("OK");
    expect(await connect("SearchBooks", good)).toMatchObject({ status: 200, body: "passed" });
    expect(await http("GET", "/v1/books/search?text=moby", bearer(good))).toMatchObject({
      status: 200,
      body: "passed",
    });
    expect(await web("SearchBooks", good)).toMatchObject({ message: "passed" });
    expect(app.seen.map(({ headers }) => headers.authorization)).toEqual(Array(4).fill(`Bearer ${good}`));
  });

  test("needs every scope that the method names", async () => {
    for (const scope of ["books.write", "loans.write", ""]) {
      expect((await grpc("Lend", await token(scope))).code).toBe("PERMISSION_DENIED");
      expect((await http("POST", "/v1/books/1:lend", bearer(await token(scope)), "{}")).status).toBe(403);
    }
    const both = await token("loans.write books.write");
    expect((await grpc("Lend", both)).code).toBe("OK");
    expect((await http("POST", "/v1/books/1:lend", bearer(both), "{}")).status).toBe(200);
  });

  test("is not needed where the method names no scope", async () => {
    expect((await grpc("GetBook")).code).toBe("OK");
    expect((await http("GET", "/v1/books/1")).status).toBe(200);
  });
});

describe("a path", () => {
  test("outside the contract is refused", async () => {
    expect((await grpc("Burn")).code).toBe("PERMISSION_DENIED");
    expect((await grpc("/acme.stock.v1.StockService/Find")).code).toBe("PERMISSION_DENIED");
    expect(await connect("Burn")).toMatchObject({ status: 403, body: { code: "permission_denied" } });
    expect(await http("GET", "/v1/shelves")).toMatchObject({ status: 403, body: { code: 7 } });
    expect((await http("DELETE", "/v1/books/1")).status).toBe(403);
    expect((await http("GET", "/v1/books")).status).toBe(403);
    expect(app.seen).toHaveLength(0);
  });

  test("that the environment names passes without a token", async () => {
    for (const path of ["/", "/healthz", "/console/app.js"]) expect((await http("GET", path)).status, path).toBe(200);
    for (const path of ["/healthz/x", "/console"]) expect((await http("GET", path)).status, path).toBe(403);
  });

  test("of health and reflection passes without a token", async () => {
    expect((await grpc("/grpc.health.v1.Health/Check")).code).toBe("OK");
    expect((await grpc("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo")).code).toBe("OK");
    expect((await grpc("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo")).code).toBe("OK");
  });

  test("is asked about by browsers before they call", async () => {
    const ask = { origin: "https://shop.test", "access-control-request-method": "POST" };
    expect((await http("OPTIONS", method("SearchBooks"), ask)).status).toBe(200);
    expect((await http("OPTIONS", method("SearchBooks"))).status).toBe(401);
  });

  // Each would be a method without a token in one reading, and one that needs a token in another.
  test.each([
    "/v1/books/%73earch",
    "/v1/books/%2e%2e/books/search",
    "/v1//books/search",
    "//v1/books/search",
    "/console/%2e%2e/v1/books/search",
    "/console/..%2fv1%2fbooks%2fsearch",
    "/console\\..\\v1\\books\\search",
    "/v1/books/search%2f",
    "/v1/books/1%5c",
    "/acme.desk.v1.DeskService//SearchBooks",
  ])("with another spelling is refused: %s", async (path) => {
    expect(await rawStatus(path)).toBe(403);
    expect(app.seen).toHaveLength(0);
  });

  test.each(["/console/../v1/books/search", "/v1/books/.", "/v1/books/.."])(
    "with dot segments is refused: %s",
    async (path) => {
      expect(await rawStatus(path)).toBe(403);
    },
  );

  test("may escape what has to be", async () => {
    expect((await http("GET", "/v1/books/caf%C3%A9%20noir")).status).toBe(200);
  });
});

/** Sends the path as it is; fetch would clean it up. */
const rawStatus = (path: string): Promise<number> => raw(path).then(({ status }) => status);

async function raw(path: string, headers: Record<string, string> = {}): Promise<{ status: number }> {
  const { request } = await import("node:http");
  return new Promise((resolve, reject) => {
    const call = request({ host: "127.0.0.1", port: ports.port, path, headers }, (response) => {
      response.resume();
      response.on("end", () => resolve({ status: response.statusCode ?? 0 }));
    });
    call.on("error", reject).end();
  });
}

test("nobody outside sets what only the mesh may say", async () => {
  const headers = {
    "x-library-user": "forged",
    "x-forwarded-client-cert": "URI=spiffe://library.test/ns/reading/sa/clerk",
    "x-envoy-retry-on": "5xx",
    "x-envoy-max-retries": "9",
    "x-envoy-upstream-rq-timeout-ms": "1",
    "x-request-id": "forged",
  };
  const answer = await http("GET", "/v1/books/1", headers);
  expect(answer.status).toBe(200);
  const arrived = app.seen[0]?.headers ?? {};
  for (const name of Object.keys(headers)) expect(arrived[name], name).not.toBe(headers[name as keyof typeof headers]);
  expect(answer.headers.get("x-request-id")).toBe(arrived["x-request-id"]);
});

test("a trace begun outside goes on", async () => {
  const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  await grpc("GetBook", undefined, { traceparent });
  expect(app.seen[0]?.headers.traceparent).toBe(traceparent);
});

describe("limits", () => {
  test("a body that is too long is RESOURCE_EXHAUSTED and never arrives", async () => {
    const caller = Caller.plaintext(ports.port);
    const long = "x".repeat(300_000);
    expect(await caller.call(method("GetBook"), { text: long })).toMatchObject({
      code: "RESOURCE_EXHAUSTED",
      details: "the body is longer than 100000 bytes",
    });
    caller.close();
    const write = bearer(await token("books.write loans.write"));
    expect(await http("POST", "/v1/books/1:lend", write, long)).toMatchObject({
      status: 413,
      body: { code: 8, status: "RESOURCE_EXHAUSTED" },
    });
    const json = { "content-type": "application/json" };
    expect(await http("POST", method("GetBook"), json, long)).toMatchObject({
      status: 413,
      body: { code: "resource_exhausted" },
    });
    expect(app.seen).toHaveLength(0);
  });

  test("a stream of the client may be longer", async () => {
    const headers = bearer(await token("books.write"));
    const caller = Caller.plaintext(ports.port);
    expect((await caller.call(method("Scan"), { text: "x".repeat(300_000), headers })).code).toBe("OK");
    caller.close();
    expect(app.seen[0]?.bytes).toBe(300_005);
  });

  test("a silent process: DEADLINE_EXCEEDED when the time of the method is over", async () => {
    app.silent = true;
    const [native, rpc, rest] = await Promise.all([grpc("GetBook"), connect("GetBook"), http("GET", "/v1/books/1")]);
    expect(native.code).toBe("DEADLINE_EXCEEDED");
    expect(rpc).toMatchObject({ status: 504, body: { code: "deadline_exceeded" } });
    expect(rest).toMatchObject({ status: 504, body: { code: 4, status: "DEADLINE_EXCEEDED" } });
  });

  test("a full process: RESOURCE_EXHAUSTED", async () => {
    app.silent = true;
    const waiting = Array.from({ length: 64 }, () => http("GET", "/v1/books/1"));
    await expect.poll(() => app.seen.length).toBe(64);
    expect(await grpc("GetBook")).toMatchObject({
      code: "RESOURCE_EXHAUSTED",
      details: "desk has 64 calls in progress and takes no more",
    });
    expect(await connect("GetBook")).toMatchObject({ status: 429, body: { code: "resource_exhausted" } });
    expect(await http("GET", "/v1/books/1")).toMatchObject({ status: 429, body: { code: 8 } });
    await Promise.all(waiting);
  });
});

test("the port with TLS has the same policy, in HTTP/1.1 too", async () => {
  const ca = run.authority.bundle;
  const status = (path: string, headers = {}) =>
    new Promise<number>((resolve, reject) => {
      const options = {
        host: "127.0.0.1",
        port: ports.tlsPort,
        path,
        headers,
        ca,
        servername: "localhost",
        agent: false,
      } as const;
      const call = httpsRequest(options, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      call.on("error", reject).end();
    });
  expect(await status("/v1/books/1")).toBe(200);
  expect(await status("/v1/books/search")).toBe(401);
  expect(await status("/v1/books/search", bearer(await token("books.search")))).toBe(200);
  expect(await status("/v1/books/search", bearer(await token("other")))).toBe(403);
});

describe("another edge", () => {
  async function start(change: Partial<Edge>) {
    const environment = await environmentWith(change);
    const folder = await RunFolder.create(environment, emitLocal(contract, environment));
    cleanups.push(() => folder.close());
    return { folder, port: environment.edge.port };
  }

  test("lets in as many requests as the environment says, and refuses the rest with RESOURCE_EXHAUSTED", async () => {
    const { folder, port } = await start({ rateLimit: { requestsPerSecond: 1, burst: 3 } });
    const desk = await folder.sidecar("desk");
    const own = await new EdgeApp(desk.folder).listen();
    cleanups.unshift(() => own.close());
    const codes = [];
    for (let i = 0; i < 6; i++) codes.push((await grpc("GetBook", undefined, {}, port)).code);
    expect(codes.slice(0, 3)).toEqual(["OK", "OK", "OK"]);
    expect(codes).toContain("RESOURCE_EXHAUSTED");
    const answers = await Promise.all(Array.from({ length: 6 }, () => http("GET", "/v1/books/1", {}, undefined, port)));
    expect(answers.find(({ status }) => status === 429)?.body).toEqual({
      code: 8,
      status: "RESOURCE_EXHAUSTED",
      message: "too many requests",
    });
  });

  test("without its process answers UNAVAILABLE, and without its issuer refuses tokens until there is one", async () => {
    const { folder, port } = await start({});
    const desk = await folder.sidecar("desk");
    expect((await grpc("GetBook", undefined, {}, port)).code).toBe("UNAVAILABLE");
    expect(await http("GET", "/v1/books/1", {}, undefined, port)).toMatchObject({
      status: 503,
      body: { code: 14, status: "UNAVAILABLE", message: "the service cannot be reached" },
    });
    const own = await new EdgeApp(desk.folder).listen();
    cleanups.unshift(() => own.close());
    const good = await token("books.search");
    expect((await grpc("SearchBooks", good, {}, port)).code).toBe("UNAUTHENTICATED");
    const late = await issuer(folder.path, keys.jwks);
    cleanups.unshift(() => void late.close());
    await expect.poll(async () => (await grpc("SearchBooks", good, {}, port)).code, { timeout: 10_000 }).toBe("OK");
  });
});
