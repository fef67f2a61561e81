// The edge without a sidecar: every protocol through the one pipeline, against a handler of the test's own.
import { once } from "node:events";
import { connect } from "node:http2";
import { Code as ConnectCode, ConnectError, createClient } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport, createGrpcWebTransport } from "@connectrpc/connect-node";
import { ErrorInfoSchema } from "@larder/contract/google/rpc/error_details_pb.js";
import { Health } from "@larder/contract/grpc/health/v1/health_pb.js";
import { StorefrontService } from "@larder/contract/larder/storefront/v1/storefront_service_pb.js";
import { type Call, Code, RpcError, rpcError } from "@larder/platform";
import { decodeJwt } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { rateExceeded } from "./errors.ts";
import { startGateway, type TestGateway } from "./testing.ts";

let gateway: TestGateway;
const seen: Call[] = [];

beforeAll(async () => {
  gateway = await startGateway(
    {
      async getProduct({ name }, call) {
        seen.push(call);
        if (name === "products/none")
          throw rpcError("catalog", Code.NOT_FOUND, "PRODUCT_NOT_FOUND", `${name} does not exist`, { name });
        if (name === "products/down")
          throw new RpcError(Code.UNAVAILABLE, "", "connect ECONNREFUSED 10.0.0.7", { domain: "", remote: true });
        if (name === "products/denied")
          throw new RpcError(Code.PERMISSION_DENIED, "", "RBAC: access denied", { domain: "", remote: true });
        return { product: { name, displayName: "Milk" }, available: 3 };
      },
      async listProducts({ category, pageSize }, call) {
        seen.push(call);
        return { products: [{ name: `products/${category}-${pageSize}` }] };
      },
      async placeOrder({ requestId, lines }, call) {
        seen.push(call);
        return {
          order: {
            name: `orders/${requestId}`,
            customer: `customers/${call.user?.subject}`,
            slot: `slots/${lines[0]?.quantity}`,
          },
        };
      },
      async updatePreferences({ preferences, updateMask }) {
        return { preferences: { name: updateMask?.paths.join(",") ?? "", email: preferences?.email ?? false } };
      },
      async *watchOrder({ name }) {
        yield { order: { name, version: 1n } };
        yield { order: { name, version: 2n } };
      },
    },
    {
      rate: {
        count: async (who) => {
          if (who === "user:eager") throw rateExceeded(1);
        },
        close: () => {},
      },
    },
  );
});

afterAll(() => gateway.close());

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const buyer = bearer("ada:orders.write,orders.read,profile.write");
const basket = { requestId: "request-1", lines: [{ product: "products/milk", quantity: 2 }], slot: "slots/a" };

const transports = {
  gRPC: () => createGrpcTransport({ baseUrl: gateway.url }),
  "gRPC-Web over HTTP/1.1": () => createGrpcWebTransport({ baseUrl: gateway.url, httpVersion: "1.1" }),
  "Connect with JSON over HTTP/1.1": () =>
    createConnectTransport({ baseUrl: gateway.url, httpVersion: "1.1", useBinaryFormat: false }),
  "Connect with binary over HTTP/2": () => createConnectTransport({ baseUrl: gateway.url, httpVersion: "2" }),
};

test.each(Object.entries(transports))(
  "%s: an answer, a stream, and an error with its reason",
  async (_name, transport) => {
    const shop = createClient(StorefrontService, transport());
    expect((await shop.getProduct({ name: "products/milk" })).available).toBe(3);
    const versions: bigint[] = [];
    for await (const { order } of shop.watchOrder({ name: "orders/7" }, { headers: buyer }))
      versions.push(order?.version ?? 0n);
    expect(versions).toEqual([1n, 2n]);

    const error = await shop.getProduct({ name: "products/none" }).then(() => undefined, ConnectError.from);
    expect(error).toMatchObject({ code: ConnectCode.NotFound, rawMessage: "products/none does not exist" });
    expect(error?.findDetails(ErrorInfoSchema)).toMatchObject([{ reason: "PRODUCT_NOT_FOUND", domain: "catalog" }]);
  },
);

test.each([
  ["no token", {}, ConnectCode.Unauthenticated, "TOKEN_MISSING"],
  ["a forged token", bearer("forged"), ConnectCode.Unauthenticated, "TOKEN_INVALID"],
  ["a token without the scope", bearer("ada:orders.read"), ConnectCode.PermissionDenied, "SCOPE_MISSING"],
  ["too many calls", bearer("eager:orders.write"), ConnectCode.ResourceExhausted, "RATE_EXCEEDED"],
])("%s is refused before the handler is reached", async (_name, headers, code, reason) => {
  const before = seen.length;
  const shop = createClient(StorefrontService, transports.gRPC());
  const error = await shop.placeOrder(basket, { headers }).then(() => undefined, ConnectError.from);
  expect(error?.code).toBe(code);
  expect(error?.findDetails(ErrorInfoSchema)).toMatchObject([{ reason, domain: "gateway" }]);
  expect(seen.length).toBe(before);
});

test("a forged token is refused also where none is needed", async () => {
  const shop = createClient(StorefrontService, transports.gRPC());
  const error = await shop
    .getProduct({ name: "products/milk" }, { headers: bearer("forged") })
    .then(() => undefined, ConnectError.from);
  expect(error?.code).toBe(ConnectCode.Unauthenticated);
});

test("the services behind get an assertion of the user with the scopes of the method, and the deadline of the contract", async () => {
  const shop = createClient(StorefrontService, transports.gRPC());
  await shop.placeOrder(basket, { headers: buyer });
  const call = seen.at(-1);
  expect(decodeJwt(call?.userAssertion ?? "")).toMatchObject({
    iss: "larder-gateway",
    aud: "larder-internal",
    sub: "ada",
    scope: "orders.write",
  });
  expect(call?.remainingMs()).toBeLessThanOrEqual(2500);
  await shop.getProduct({ name: "products/milk" });
  expect(seen.at(-1)?.userAssertion).toBeUndefined();
});

test("what fails behind is told without its address, and what is nobody's business as an internal error", async () => {
  const shop = createClient(StorefrontService, transports.gRPC());
  const fail = (name: string) => shop.getProduct({ name }).then(() => undefined, ConnectError.from);
  expect(await fail("products/down")).toMatchObject({
    code: ConnectCode.Unavailable,
    rawMessage: expect.not.stringContaining("10.0.0.7"),
  });
  expect(await fail("products/denied")).toMatchObject({ code: ConnectCode.Internal, rawMessage: "internal error" });
  const unknown = await shop.listSlots({}).then(() => undefined, ConnectError.from);
  expect(unknown).toMatchObject({ code: ConnectCode.Internal, rawMessage: "internal error" });
});

test("a request that breaks a rule names every field", async () => {
  const shop = createClient(StorefrontService, transports.gRPC());
  const error = await shop
    .placeOrder({ ...basket, lines: [], slot: "" }, { headers: buyer })
    .then(() => undefined, ConnectError.from);
  expect(error?.code).toBe(ConnectCode.InvalidArgument);
  expect(error?.rawMessage).toContain("lines");
  expect(error?.rawMessage).toContain("slot");
});

const rest = async (verb: string, path: string, body?: string, headers: Record<string, string> = buyer) => {
  const response = await fetch(gateway.url + path, { method: verb, headers, ...(body === undefined ? {} : { body }) });
  return {
    status: response.status,
    json: (await response.json()) as Record<string, unknown>,
    headers: response.headers,
  };
};

test("JSON over HTTP: path, query and body make the request", async () => {
  expect((await rest("GET", "/v1/products/milk")).json).toMatchObject({
    product: { name: "products/milk" },
    available: 3,
  });
  expect((await rest("GET", "/v1/products?category=dairy&page_size=7")).json).toMatchObject({
    products: [{ name: "products/dairy-7" }],
  });
  expect((await rest("POST", "/v1/orders", JSON.stringify(basket))).json).toMatchObject({
    order: { slot: "slots/2", customer: "customers/ada" },
  });
  expect((await rest("PATCH", "/v1/preferences?update_mask=email", '{"email": true}')).json).toMatchObject({
    preferences: { name: "email", email: true },
  });
});

const reasonOf = (json: Record<string, unknown>) => (json.details as { reason?: string }[] | undefined)?.[0]?.reason;

test.each([
  ["GET", "/v1/products/none", undefined, 404, 5, "PRODUCT_NOT_FOUND"],
  ["GET", "/v1/products/UPPER", undefined, 400, 3, "INVALID_REQUEST"],
  ["GET", "/v1/products?page_size=many", undefined, 400, 3, "MALFORMED_REQUEST"],
  ["GET", "/v1/products?nonsense=1", undefined, 400, 3, "MALFORMED_REQUEST"],
  ["POST", "/v1/orders", "{", 400, 3, "MALFORMED_REQUEST"],
  ["POST", "/v1/orders", "[]", 400, 3, "MALFORMED_REQUEST"],
  ["POST", "/v1/orders", '{"slot": 7}', 400, 3, "MALFORMED_REQUEST"],
  ["POST", "/v1/orders", `"${"x".repeat(2 << 20)}"`, 413, 8, "REQUEST_TOO_LARGE"],
  ["DELETE", "/v1/orders", undefined, 405, 12, "UNKNOWN_METHOD"],
  ["GET", "/v2/products", undefined, 404, 12, "UNKNOWN_METHOD"],
])(
  "JSON over HTTP: %s %s is answered with the status and reason that it deserves",
  async (verb, path, body, status, code, reason) => {
    const answer = await rest(verb, path, body);
    expect({ status: answer.status, code: answer.json.code, reason: reasonOf(answer.json) }).toEqual({
      status,
      code,
      reason,
    });
  },
);

test("JSON over HTTP: a call without its token or scope says so", async () => {
  expect(await rest("POST", "/v1/orders", JSON.stringify(basket), {})).toMatchObject({
    status: 401,
    json: { code: 16 },
  });
  expect(await rest("POST", "/v1/orders", JSON.stringify(basket), bearer("ada:"))).toMatchObject({
    status: 403,
    json: { code: 7 },
  });
});

test("a browser that opens the address is told where to go, and a load balancer that it is alive", async () => {
  expect(await (await fetch(gateway.url)).text()).toContain("/v1/products");
  expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200);
});

test("pages of other origins may ask, health and HTTP/2 without TLS are there", async () => {
  const preflight = await fetch(`${gateway.url}/v1/orders`, { method: "OPTIONS" });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get("access-control-allow-headers")).toContain("authorization");
  const health = createClient(Health, transports.gRPC());
  expect((await health.check({ service: StorefrontService.typeName })).status).toBe(1);
  const session = connect(gateway.url);
  const stream = session.request({ ":path": "/v1/products/milk" });
  const [headers] = await once(stream, "response");
  expect(headers[":status"]).toBe(200);
  stream.resume();
  await once(stream, "close");
  session.close();
});
