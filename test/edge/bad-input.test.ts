// Bad input at the edge: each kind gets a clear status in the form of every protocol, and changes nothing in the books.

import { randomUUID } from "node:crypto";
import { connect as http2Connect } from "node:http2";
import { create, type JsonObject, toJson } from "@bufbuild/protobuf";
import {
  CancelOrderRequestSchema,
  GetOrderRequestSchema,
  GetQuoteRequestSchema,
  PlaceOrderRequestSchema,
  type PlaceOrderResponse,
  WatchOrderRequestSchema,
} from "@larder/contract/larder/storefront/v1/storefront_service_pb.js";
import { generateKeyPair, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sharedMesh } from "../mesh.ts";
import { accessToken, signedToken } from "../users.ts";
import { Wire } from "../wire.ts";
import {
  allBooks,
  as,
  basket,
  bearer,
  confirmedOrder,
  methods,
  placeOrder,
  product,
  responseOf,
  type Wanted,
} from "./shop.ts";
import { ask, fromStatus, type Headers, type Outcome, sharedWays, type Way } from "./ways.ts";

const mesh = sharedMesh();
const ways = sharedWays(mesh);
let grpc: Way;
let ada: Headers;
let bela: Headers;
/** An order of ada's. */
let order: string;
let before: string;

beforeAll(async () => {
  grpc = ways[0] as Way;
  [ada, bela] = [await as(mesh, "ada"), await as(mesh, "bela")];
  order = (await confirmedOrder(mesh, grpc, "ada")).name;
  before = await allBooks(mesh);
});

afterAll(async () => {
  expect(await allBooks(mesh)).toBe(before);
});

interface Expected {
  readonly code: string;
  readonly reason: string;
  /** The HTTP status of REST. */
  readonly http: number;
}

/** Tries a call in every way, each with the same outcome, and looks into the books afterwards. */
async function refusedEverywhere(expected: Expected, call: (way: Way) => Promise<Outcome>): Promise<void> {
  for (const way of ways) {
    const { code, reason, domain, message, http } = await call(way);
    expect({ way: way.name, code, reason }).toEqual({ way: way.name, code: expected.code, reason: expected.reason });
    expect(message, way.name).not.toBe("");
    if (reason) expect(domain, way.name).toMatch(/^[a-z]+$/);
    if (http !== undefined) expect({ way: way.name, http }).toEqual({ way: way.name, http: expected.http });
  }
  expect(await allBooks(mesh)).toBe(before);
}

describe("an order that cannot be", () => {
  const invalid = { code: "INVALID_ARGUMENT", reason: "INVALID_REQUEST", http: 400 };
  test.each<[string, Wanted, Expected]>([
    [
      "of an unknown product",
      { lines: [{ product: "products/moon-cheese", quantity: 1 }] },
      { code: "NOT_FOUND", reason: "PRODUCT_NOT_FOUND", http: 404 },
    ],
    ["of no pack", { lines: [{ product, quantity: 0 }] }, invalid],
    ["of fewer than no packs", { lines: [{ product, quantity: -1 }] }, invalid],
    ["of more packs than a line may have", { lines: [{ product, quantity: 100 }] }, invalid],
    ["of as many packs as the number can hold", { lines: [{ product, quantity: 2_147_483_647 }] }, invalid],
    ["of nothing", { lines: [] }, invalid],
    [
      "of one product twice",
      {
        lines: [
          { product, quantity: 1 },
          { product, quantity: 1 },
        ],
      },
      invalid,
    ],
    ["of a product whose name is none", { lines: [{ product: "'; drop table orders; --", quantity: 1 }] }, invalid],
    ["without a request id", { requestId: "" }, invalid],
    ["for no slot", { slot: "" }, invalid],
    [
      "with a coupon that does not exist",
      { coupons: ["NO-SUCH-COUPON"] },
      { code: "FAILED_PRECONDITION", reason: "COUPON_INVALID", http: 400 },
    ],
    [
      "at another price than the customer was told",
      { expectedTotal: { currencyCode: "EUR", units: 1n, nanos: 0 } },
      { code: "FAILED_PRECONDITION", reason: "PRICE_CHANGED", http: 400 },
    ],
  ])("%s", async (_what, wrong, expected) => {
    await refusedEverywhere(expected, async (way) => placeOrder(way, await basket(way, wrong), ada));
  });

  test("names every field that is wrong", async () => {
    const json = { requestId: "", lines: [{ product, quantity: 0 }], slot: "tomorrow" };
    const answer = await ask("POST", `http://127.0.0.1:${mesh.ports.edge}/v1/orders`, "", ada, JSON.stringify(json));
    const details = answer.json.details as { "@type": string; fieldViolations?: { field: string }[] }[];
    const bad = details.find((each) => each["@type"].endsWith("/google.rpc.BadRequest"));
    expect(bad?.fieldViolations?.map(({ field }) => field).sort()).toEqual(["lines[0].quantity", "request_id", "slot"]);
  });

  test("a basket of an unknown product has no price either", async () => {
    const request = create(GetQuoteRequestSchema, { lines: [{ product: "products/moon-cheese", quantity: 1 }] });
    const expected = { code: "NOT_FOUND", reason: "PRODUCT_NOT_FOUND", http: 404 };
    await refusedEverywhere(expected, (way) => way.call(methods.getQuote, request, {}));
  });
});

describe("an order of somebody else", () => {
  const expected = { code: "NOT_FOUND", reason: "ORDER_NOT_FOUND", http: 404 };

  test("is not shown", async () => {
    await refusedEverywhere(expected, (way) =>
      way.call(methods.getOrder, create(GetOrderRequestSchema, { name: order }), bela),
    );
  });

  test("is not cancelled", async () => {
    await refusedEverywhere(expected, (way) =>
      way.call(methods.cancelOrder, create(CancelOrderRequestSchema, { name: order }), bela),
    );
  });

  test("is not watched", async () => {
    for (const way of ways.filter(({ stream }) => stream)) {
      const streamed = await way.stream?.(methods.watchOrder, create(WatchOrderRequestSchema, { name: order }), bela);
      expect(streamed, way.name).toMatchObject({ code: "NOT_FOUND", reason: "ORDER_NOT_FOUND", responses: [] });
    }
  });

  test("looks like one that never was", async () => {
    const name = `orders/${randomUUID()}`;
    await refusedEverywhere(expected, (way) =>
      way.call(methods.getOrder, create(GetOrderRequestSchema, { name }), bela),
    );
  });
});

test("a request id that was used with another body is refused, and nobody pays twice", async () => {
  const request = await basket(grpc);
  const first = responseOf<PlaceOrderResponse>(await placeOrder(grpc, request, ada)).order?.name ?? "";
  order = first;
  await grpc.stream?.(methods.watchOrder, create(WatchOrderRequestSchema, { name: first }), ada);
  before = await allBooks(mesh);
  const other = await basket(grpc, {
    requestId: request.requestId,
    slot: request.slot,
    lines: [{ product, quantity: 3 }],
  });
  const expected = { code: "ALREADY_EXISTS", reason: "REQUEST_ID_REUSED", http: 409 };
  await refusedEverywhere(expected, (way) => placeOrder(way, other, ada));
});

describe("a token", () => {
  const missing = { code: "UNAUTHENTICATED", reason: "", http: 401 };
  const denied = { code: "PERMISSION_DENIED", reason: "", http: 403 };
  const place = (token: string | undefined) => async (way: Way) =>
    placeOrder(way, await basket(way), token === undefined ? {} : bearer(token));
  const now = () => Math.floor(Date.now() / 1000);
  const scope = "orders.read orders.write profile.read profile.write";

  test("that is missing", () => refusedEverywhere(missing, place(undefined)));

  test("that has expired", async () => {
    // The same claims pass while they hold.
    const good = await signedToken(mesh, { sub: "ada", scope });
    const read = create(GetOrderRequestSchema, { name: order });
    expect((await grpc.call(methods.getOrder, read, bearer(good))).code).toBe("OK");
    await refusedEverywhere(missing, place(await signedToken(mesh, { sub: "ada", scope, exp: now() - 120 })));
  });

  test("that somebody else signed", async () => {
    const { privateKey } = await generateKeyPair("ES256");
    const [head = "", claims = ""] = (await accessToken(mesh, "ada")).split(".");
    const { kid } = JSON.parse(Buffer.from(head, "base64url").toString());
    const forged = await new SignJWT(JSON.parse(Buffer.from(claims, "base64url").toString()))
      .setProtectedHeader({ alg: "ES256", kid })
      .sign(privateKey);
    await refusedEverywhere(missing, place(forged));
  });

  test("whose claims were changed after it was signed", async () => {
    const [head, claims = "", signature] = (await accessToken(mesh, "bela", "orders.read")).split(".");
    const changed = { ...JSON.parse(Buffer.from(claims, "base64url").toString()), sub: "ada", scope };
    const forged = [head, Buffer.from(JSON.stringify(changed)).toString("base64url"), signature].join(".");
    await refusedEverywhere(missing, place(forged));
  });

  test("that nobody signed", async () => {
    const part = (json: object) => Buffer.from(JSON.stringify(json)).toString("base64url");
    const claims = { iss: `http://127.0.0.1:${mesh.ports.issuer}`, aud: "larder", sub: "ada", scope, exp: now() + 60 };
    await refusedEverywhere(missing, place(`${part({ alg: "none" })}.${part(claims)}.`));
  });

  test("that is no token", () => refusedEverywhere(missing, place("nonsense")));

  test("for another shop", async () => {
    await refusedEverywhere(denied, place(await signedToken(mesh, { sub: "ada", scope, aud: "elsewhere" })));
  });

  test("without the scope", async () => {
    await refusedEverywhere(denied, place(await accessToken(mesh, "ada", "orders.read profile.read profile.write")));
  });
});

describe("a body", () => {
  const path = "/larder.storefront.v1.StorefrontService/PlaceOrder";
  const rest = "/v1/orders";
  const url = (at: string) => `http://127.0.0.1:${mesh.ports.edge}${at}`;

  async function good(): Promise<JsonObject> {
    return toJson(PlaceOrderRequestSchema, await basket(grpc)) as JsonObject;
  }

  /** Sends a body as it is to the JSON of REST, Connect and gRPC-Web. */
  async function sendJson(body: string) {
    const answer = await ask("POST", url(rest), "", ada, body);
    const connect = await ask("POST", url(path), "", ada, body);
    return {
      rest: { http: answer.status, ...pick(fromStatus(answer.json)) },
      connect: { http: connect.status, code: connect.json.code, ...reasonOf(connect.json) },
      web: await web(body, "application/grpc-web+json"),
    };
  }

  const pick = ({ code, reason }: Outcome) => ({ code, reason });

  /** The reason of the ErrorInfo in an error of Connect. */
  function reasonOf(json: JsonObject): { reason: string } {
    const details = (json.details ?? []) as { type: string; debug?: { reason?: string } }[];
    return { reason: details.find(({ type }) => type === "google.rpc.ErrorInfo")?.debug?.reason ?? "" };
  }

  /** Sends the message of a gRPC-Web call; returns its status. */
  async function web(message: string | Buffer, type: string): Promise<string> {
    const body = Buffer.from(message);
    const head = Buffer.alloc(5);
    head.writeUInt32BE(body.length, 1);
    const headers = { ...ada, "content-type": type };
    const response = await fetch(url(path), { method: "POST", headers, body: Buffer.concat([head, body]) });
    const text = Buffer.from(await response.arrayBuffer()).toString("latin1");
    return /grpc-status:\s*(\d+)/i.exec(text)?.[1] ?? response.headers.get("grpc-status") ?? `HTTP ${response.status}`;
  }

  test.each([
    ["that is not JSON", () => '{"requestId": '],
    ["that is another kind of JSON", () => "[]"],
    [
      "with text where a number belongs",
      (json: JsonObject) => JSON.stringify({ ...json, lines: [{ product, quantity: "two" }] }),
    ],
    ["with a number where text belongs", (json: JsonObject) => JSON.stringify({ ...json, slot: 7 })],
    ["with a list where an object belongs", (json: JsonObject) => JSON.stringify({ ...json, expectedTotal: [] })],
    ["with half a pack", (json: JsonObject) => JSON.stringify({ ...json, lines: [{ product, quantity: 1.5 }] })],
    [
      "with a number that is too large for its field",
      (json: JsonObject) => JSON.stringify({ ...json, lines: [{ product, quantity: 2 ** 40 }] }),
    ],
  ])("%s", async (_what, make) => {
    expect(await sendJson(make(await good()))).toEqual({
      rest: { http: 400, code: "INVALID_ARGUMENT", reason: "MALFORMED_REQUEST" },
      connect: { http: 400, code: "invalid_argument", reason: "MALFORMED_REQUEST" },
      web: "3",
    });
    expect(await allBooks(mesh)).toBe(before);
  });

  test("with a field that does not exist, where nobody would notice a typing error otherwise", async () => {
    const json = { ...(await good()), expected_totall: { units: 1 } };
    const answer = await ask("POST", url(rest), "", ada, JSON.stringify(json));
    expect({ http: answer.status, ...pick(fromStatus(answer.json)) }).toEqual({
      http: 400,
      code: "INVALID_ARGUMENT",
      reason: "MALFORMED_REQUEST",
    });
    expect(await allBooks(mesh)).toBe(before);
  });

  test("of bytes that are no message", async () => {
    const bytes = Buffer.from([0xff, 0xff, 0xff, 0xff]);
    const wire = await Wire.plain(mesh.ports.edge, `127.0.0.1:${mesh.ports.edge}`);
    const head = Buffer.from([0, 0, 0, 0, bytes.length]);
    expect(await wire.call(path, ada, Buffer.concat([head, bytes]))).toMatchObject({
      code: "INVALID_ARGUMENT",
      reason: "MALFORMED_REQUEST",
    });
    wire.close();
    expect(await web(bytes, "application/grpc-web+proto")).toBe("3");
    const connect = await fetch(url(path), {
      method: "POST",
      headers: { ...ada, "content-type": "application/proto" },
      body: bytes,
    });
    const json = (await connect.json()) as JsonObject;
    expect({ http: connect.status, code: json.code, ...reasonOf(json) }).toEqual({
      http: 400,
      code: "invalid_argument",
      reason: "MALFORMED_REQUEST",
    });
    expect(await allBooks(mesh)).toBe(before);
  });

  test("that is too large", async () => {
    const large = { coupons: ["X".repeat(2_000_000)] };
    const expected = { code: "RESOURCE_EXHAUSTED", reason: "", http: 413 };
    await refusedEverywhere(expected, async (way) => placeOrder(way, await basket(way, large), ada));
  });

  test("that breaks off", async () => {
    const body = JSON.stringify(await good());
    const session = http2Connect(url(""));
    const stream = session.request({ ":method": "POST", ":path": rest, "content-type": "application/json", ...ada });
    stream.on("error", () => {});
    await new Promise<void>((resolve) => stream.write(body, () => resolve()));
    stream.destroy();
    session.close();
    // Somebody who comes after sees that nothing has happened: the body never ended.
    expect((await grpc.call(methods.getOrder, create(GetOrderRequestSchema, { name: order }), ada)).code).toBe("OK");
    expect(await allBooks(mesh)).toBe(before);
  });
});

test("an unknown method, an unknown path and a wrong verb are refused by name", async () => {
  const base = `http://127.0.0.1:${mesh.ports.edge}`;
  const wire = await Wire.plain(mesh.ports.edge, `127.0.0.1:${mesh.ports.edge}`);
  const wrong = ["/larder.storefront.v1.StorefrontService/Steal", "/larder.storefront.v1.Nothing/GetProduct"];
  for (const path of wrong) expect((await wire.call(path, ada)).code, path).toBe("PERMISSION_DENIED");
  // Where the service is known, so is the protocol of the answer.
  const [connect, other] = await Promise.all(wrong.map((path) => ask("POST", `${base}${path}`, "", ada, "{}")));
  expect(connect).toMatchObject({ status: 403, json: { code: "permission_denied" } });
  expect(other).toMatchObject({ status: 403, json: { code: 7 } });
  wire.close();
  for (const [verb, path] of [
    ["GET", "/v1/nothing"],
    ["DELETE", `/v1/${order}`],
    ["PUT", "/v1/orders"],
  ] as const) {
    const answer = await ask(verb, `${base}${path}`, "", ada);
    expect({ path, http: answer.status, code: fromStatus(answer.json).code }).toEqual({
      path,
      http: 403,
      code: "PERMISSION_DENIED",
    });
  }
  expect(await allBooks(mesh)).toBe(before);
});
