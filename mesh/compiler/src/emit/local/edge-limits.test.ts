// The limits of the edge, real: too long, too slow, too many, and parts that are not there.

import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { bearer, RealEdge, token } from "../testing/edge.ts";

let edge: RealEdge;

beforeAll(async () => {
  edge = await RealEdge.start();
});

afterEach(() => {
  edge.app.reset();
});

afterAll(() => edge.close());

test("a body that is too long is RESOURCE_EXHAUSTED and never arrives", async () => {
  const long = "x".repeat(300_000);
  expect(await edge.grpc("GetBook", undefined, { text: long })).toMatchObject({
    code: "RESOURCE_EXHAUSTED",
    details: "the body is longer than 100000 bytes",
  });
  const write = bearer(await token("books.write loans.write"));
  expect(await edge.http("POST", "/v1/books/1:lend", write, long)).toMatchObject({
    status: 413,
    body: { code: 8, status: "RESOURCE_EXHAUSTED" },
  });
  expect(await edge.connect("GetBook", undefined, long)).toMatchObject({
    status: 413,
    body: { code: "resource_exhausted" },
  });
  expect(edge.app.seen).toHaveLength(0);
});

test("a stream of the client may be longer", async () => {
  const long = await edge.grpc("Scan", await token("books.write"), { text: "x".repeat(300_000) });
  expect(long.code).toBe("OK");
  expect(edge.app.seen[0]?.bytes).toBe(300_005);
});

test("a silent process: DEADLINE_EXCEEDED when the time of the method is over", async () => {
  edge.app.silent = true;
  const [native, rpc, rest] = await Promise.all([
    edge.grpc("GetBook"),
    edge.connect("GetBook"),
    edge.http("GET", "/v1/books/1"),
  ]);
  expect(native.code).toBe("DEADLINE_EXCEEDED");
  expect(rpc).toMatchObject({ status: 504, body: { code: "deadline_exceeded" } });
  expect(rest).toMatchObject({ status: 504, body: { code: 4, status: "DEADLINE_EXCEEDED" } });
});

test("a full process: RESOURCE_EXHAUSTED", async () => {
  edge.app.silent = true;
  const waiting = Array.from({ length: 64 }, () => edge.http("GET", "/v1/books/1"));
  await expect.poll(() => edge.app.seen.length).toBe(64);
  expect(await edge.grpc("GetBook")).toMatchObject({
    code: "RESOURCE_EXHAUSTED",
    details: "desk has 64 calls in progress and takes no more",
  });
  expect(await edge.connect("GetBook")).toMatchObject({ status: 429, body: { code: "resource_exhausted" } });
  expect(await edge.http("GET", "/v1/books/1")).toMatchObject({ status: 429, body: { code: 8 } });
  await Promise.all(waiting);
});

test("too many requests are RESOURCE_EXHAUSTED, as the environment says", async () => {
  const other = await RealEdge.start({ rateLimit: { requestsPerSecond: 1, burst: 3 } });
  try {
    const codes = [];
    for (let i = 0; i < 6; i++) codes.push((await other.grpc("GetBook")).code);
    expect(codes.slice(0, 3)).toEqual(["OK", "OK", "OK"]);
    expect(codes).toContain("RESOURCE_EXHAUSTED");
    const answers = await Promise.all(Array.from({ length: 6 }, () => other.http("GET", "/v1/books/1")));
    expect(answers.find(({ status }) => status === 429)?.body).toEqual({
      code: 8,
      status: "RESOURCE_EXHAUSTED",
      message: "too many requests",
    });
  } finally {
    await other.close();
  }
});

test("without its process it is UNAVAILABLE, and without its issuer it takes no token until there is one", async () => {
  const other = await RealEdge.start({}, true);
  try {
    expect((await other.grpc("GetBook")).code).toBe("UNAVAILABLE");
    expect(await other.http("GET", "/v1/books/1")).toMatchObject({
      status: 503,
      body: { code: 14, status: "UNAVAILABLE", message: "the service cannot be reached" },
    });
    await other.app.listen();
    const good = await token("books.search");
    expect((await other.grpc("SearchBooks", good)).code).toBe("UNAUTHENTICATED");
    await other.startIssuer();
    await expect.poll(async () => (await other.grpc("SearchBooks", good)).code, { timeout: 10_000 }).toBe("OK");
  } finally {
    await other.close();
  }
});
