// The edge, real: tokens, scopes and paths, in the protocols that clients speak.

import { request as httpsRequest } from "node:https";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { tokenKey } from "../testing/certificates.ts";
import { bearer, desk, RealEdge, token } from "../testing/edge.ts";

let edge: RealEdge;

beforeAll(async () => {
  edge = await RealEdge.start();
});

afterEach(() => {
  edge.app.reset();
});

afterAll(() => edge.close());

describe("a token", () => {
  test("that is missing is UNAUTHENTICATED, in the form of each protocol", async () => {
    expect(await edge.grpc("SearchBooks")).toMatchObject({ code: "UNAUTHENTICATED", details: "Jwt is missing" });
    expect(await edge.connect("SearchBooks")).toMatchObject({
      status: 401,
      type: "application/json",
      body: { code: "unauthenticated", message: "Jwt is missing" },
    });
    expect(await edge.http("GET", "/v1/books/search")).toMatchObject({
      status: 401,
      type: "application/json",
      body: { code: 16, status: "UNAUTHENTICATED", message: "Jwt is missing" },
    });
    expect(await edge.web("SearchBooks")).toMatchObject({ code: 16, message: "a valid access token is needed" });
    expect(edge.app.seen).toHaveLength(0);
  });

  test("that is expired, forged, or no token at all is UNAUTHENTICATED, even where none is needed", async () => {
    const bad = [
      await token("books.search", { expires: "-30s" }),
      await token("books.search", { key: tokenKey("tokens") }),
      "x",
    ];
    for (const token of bad) {
      expect((await edge.grpc("SearchBooks", token)).code).toBe("UNAUTHENTICATED");
      expect((await edge.grpc("GetBook", token)).code).toBe("UNAUTHENTICATED");
      expect((await edge.http("GET", "/v1/books/1", bearer(token))).status).toBe(401);
    }
    expect((await edge.grpc("SearchBooks", await token("books.search", { issuer: "https://other.test" }))).code).toBe(
      "UNAUTHENTICATED",
    );
    expect(edge.app.seen).toHaveLength(0);
  });

  test("for another audience is refused", async () => {
    expect((await edge.grpc("SearchBooks", await token("books.search", { audience: "other" }))).code).toBe(
      "PERMISSION_DENIED",
    );
  });

  test("in the query is none", async () => {
    const path = `/v1/books/search?access_token=${await token("books.search")}`;
    expect((await edge.http("GET", path)).status).toBe(401);
  });

  test("without the scope is PERMISSION_DENIED, in the form of each protocol", async () => {
    const other = await token("books.write other books.searching");
    expect((await edge.grpc("SearchBooks", other)).code).toBe("PERMISSION_DENIED");
    expect(await edge.connect("SearchBooks", other)).toMatchObject({
      status: 403,
      body: { code: "permission_denied" },
    });
    expect(await edge.http("GET", "/v1/books/search", bearer(other))).toMatchObject({
      status: 403,
      body: { code: 7, status: "PERMISSION_DENIED" },
    });
    expect(await edge.web("SearchBooks", other)).toMatchObject({ code: 7 });
    expect(edge.app.seen).toHaveLength(0);
  });

  test("with the scope passes in each protocol, and goes along to the process", async () => {
    const good = await token("profile books.search");
    expect((await edge.grpc("SearchBooks", good)).code).toBe("OK");
    expect(await edge.connect("SearchBooks", good)).toMatchObject({ status: 200, body: "passed" });
    expect(await edge.http("GET", "/v1/books/search?text=moby", bearer(good))).toMatchObject({
      status: 200,
      body: "passed",
    });
    expect(await edge.web("SearchBooks", good)).toMatchObject({ message: "passed" });
    expect(edge.app.seen.map(({ headers }) => headers.authorization)).toEqual(Array(4).fill(`Bearer ${good}`));
  });

  test("needs every scope that the method names", async () => {
    for (const scope of ["books.write", "loans.write", ""]) {
      expect((await edge.grpc("Lend", await token(scope))).code).toBe("PERMISSION_DENIED");
      expect((await edge.http("POST", "/v1/books/1:lend", bearer(await token(scope)), "{}")).status).toBe(403);
    }
    const both = await token("loans.write books.write");
    expect((await edge.grpc("Lend", both)).code).toBe("OK");
    expect((await edge.http("POST", "/v1/books/1:lend", bearer(both), "{}")).status).toBe(200);
  });

  test("is not needed where the method names no scope", async () => {
    expect((await edge.grpc("GetBook")).code).toBe("OK");
    expect((await edge.http("GET", "/v1/books/1")).status).toBe(200);
  });
});

describe("a path", () => {
  test("outside the contract is refused", async () => {
    expect((await edge.grpc("Burn")).code).toBe("PERMISSION_DENIED");
    expect((await edge.grpc("/acme.stock.v1.StockService/Find")).code).toBe("PERMISSION_DENIED");
    expect(await edge.connect("Burn")).toMatchObject({ status: 403, body: { code: "permission_denied" } });
    expect(await edge.http("GET", "/v1/shelves")).toMatchObject({ status: 403, body: { code: 7 } });
    expect((await edge.http("DELETE", "/v1/books/1")).status).toBe(403);
    expect((await edge.http("GET", "/v1/books")).status).toBe(403);
    expect(edge.app.seen).toHaveLength(0);
  });

  test("that the environment names passes without a token", async () => {
    for (const path of ["/", "/healthz", "/console/app.js"])
      expect((await edge.http("GET", path)).status, path).toBe(200);
    for (const path of ["/healthz/x", "/console"]) expect((await edge.http("GET", path)).status, path).toBe(403);
  });

  test("of health and reflection passes without a token", async () => {
    expect((await edge.grpc("/grpc.health.v1.Health/Check")).code).toBe("OK");
    expect((await edge.grpc("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo")).code).toBe("OK");
    expect((await edge.grpc("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo")).code).toBe("OK");
  });

  test("is asked about by browsers before they call", async () => {
    const ask = { origin: "https://shop.test", "access-control-request-method": "POST" };
    expect((await edge.http("OPTIONS", desk("SearchBooks"), ask)).status).toBe(200);
    expect((await edge.http("OPTIONS", desk("SearchBooks"))).status).toBe(401);
  });

  test("tells a page of the allowed origin why it is refused", async () => {
    for (const [verb, path] of [
      ["GET", "/v1/books/search"],
      ["GET", "/v1/shelves"],
      ["GET", "/v1/books/1"],
    ] as const) {
      const { headers } = await edge.http(verb, path, { origin: "https://shop.test" });
      expect(headers.get("access-control-allow-origin"), path).toBe("https://shop.test");
    }
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
    expect(await edge.rawStatus(path)).toBe(403);
    expect(edge.app.seen).toHaveLength(0);
  });

  test.each(["/console/../v1/books/search", "/v1/books/.", "/v1/books/.."])(
    "with dot segments is refused: %s",
    async (path) => {
      expect(await edge.rawStatus(path)).toBe(403);
    },
  );

  test("may escape what has to be", async () => {
    expect((await edge.http("GET", "/v1/books/caf%C3%A9%20noir")).status).toBe(200);
  });
});

test("nobody outside sets what only the mesh may say", async () => {
  const headers = {
    "x-library-user": "forged",
    "x-forwarded-client-cert": "URI=spiffe://library.test/ns/reading/sa/clerk",
    "x-envoy-retry-on": "5xx",
    "x-envoy-max-retries": "9",
    "x-envoy-upstream-rq-timeout-ms": "1",
    "x-request-id": "forged",
  };
  const answer = await edge.http("GET", "/v1/books/1", headers);
  expect(answer.status).toBe(200);
  const arrived = edge.app.seen[0]?.headers ?? {};
  for (const name of Object.keys(headers)) expect(arrived[name], name).not.toBe(headers[name as keyof typeof headers]);
  expect(answer.headers.get("x-request-id")).toBe(arrived["x-request-id"]);
});

test("a trace begun outside goes on", async () => {
  const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  await edge.grpc("GetBook", undefined, { headers: { traceparent } });
  expect(edge.app.seen[0]?.headers.traceparent).toBe(traceparent);
});

test("the port with TLS has the same policy, in HTTP/1.1 too", async () => {
  const ca = edge.run.authority.bundle;
  const status = (path: string, headers = {}) =>
    new Promise<number>((resolve, reject) => {
      const options = {
        host: "127.0.0.1",
        port: edge.ports.tlsPort,
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
