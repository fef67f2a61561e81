// The cold chain at the edge: by every protocol, with the right scopes and the wrong ones, and scores as a stream both ways.
import { once } from "node:events";
import { connect } from "node:http2";
import { Code as ConnectCode, ConnectError, createClient } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport, createGrpcWebTransport } from "@connectrpc/connect-node";
import { ErrorInfoSchema } from "@larder/contract/google/rpc/error_details_pb.js";
import { Health } from "@larder/contract/grpc/health/v1/health_pb.js";
import { ProductClass } from "@larder/contract/larder/scoring/v1/score_pb.js";
import { ColdChainService } from "@larder/contract/larder/storefront/v1/cold_chain_service_pb.js";
import { type Call, Code, rpcError } from "@larder/platform";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startGateway, type TestGateway } from "./testing.ts";

let gateway: TestGateway;
const seen: Call[] = [];
const ended: string[] = [];

const score = (stock: number) => ({ spoilageRisk: 0.5, markdownPercent: stock, model: "models/m-1" });

beforeAll(async () => {
  gateway = await startGateway({}, undefined, {
    async getSeries({ subject, startTime, maxPoints }, call) {
      seen.push(call);
      if (subject === "rooms/none") throw rpcError("dashboard", Code.INVALID_ARGUMENT, "RANGE_INVALID", "no range");
      return { points: [{ count: BigInt(maxPoints), ...(startTime && { startTime }) }] };
    },
    async *watchReadings({ subjects }, call) {
      seen.push(call);
      for (const subject of subjects) yield { points: [{ subject }], resumeToken: subject };
    },
    async scoreGoods({ goods }) {
      return { score: score(goods?.stock ?? 0) };
    },
    async batchScoreGoods({ goods }) {
      return { scores: goods.map(({ stock }) => score(stock)) };
    },
    async *streamScores(requests, call) {
      seen.push(call);
      try {
        for await (const { goods } of requests) {
          if (goods?.stock === 99)
            throw rpcError("scoring", Code.INVALID_ARGUMENT, "HISTORY_OUT_OF_ORDER", "back in time");
          yield { score: score(goods?.stock ?? 0) };
        }
      } finally {
        ended.push("stream");
      }
    },
  });
});

afterAll(() => gateway.close());

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
const staff = bearer("nora:coldchain.read");
const partner = bearer("partner:scoring.read");

const goods = (stock: number) => ({
  productClass: ProductClass.DAIRY,
  history: [{ time: { seconds: 1n }, celsius: 5 }],
  remainingShelfLife: { seconds: 86_400n },
  stock,
});
const range = { subject: "rooms/north", startTime: { seconds: 60n }, maxPoints: 7 };

const transports = {
  gRPC: () => createGrpcTransport({ baseUrl: gateway.url }),
  "gRPC-Web over HTTP/1.1": () => createGrpcWebTransport({ baseUrl: gateway.url, httpVersion: "1.1" }),
  "Connect with JSON over HTTP/1.1": () =>
    createConnectTransport({ baseUrl: gateway.url, httpVersion: "1.1", useBinaryFormat: false }),
  "Connect with binary over HTTP/2": () => createConnectTransport({ baseUrl: gateway.url, httpVersion: "2" }),
};
const both = { gRPC: transports.gRPC, "Connect over HTTP/2": transports["Connect with binary over HTTP/2"] };

test.each(Object.entries(transports))(
  "%s: an answer, a stream, and an error with its reason",
  async (_name, transport) => {
    const chain = createClient(ColdChainService, transport());
    expect((await chain.getSeries(range, staff)).points).toMatchObject([{ count: 7n, startTime: { seconds: 60n } }]);
    const subjects: string[] = [];
    for await (const { resumeToken } of chain.watchReadings({ subjects: ["rooms/a", "rooms/b"] }, staff))
      subjects.push(resumeToken);
    expect(subjects).toEqual(["rooms/a", "rooms/b"]);
    const error = await chain
      .getSeries({ ...range, subject: "rooms/none" }, staff)
      .then(() => undefined, ConnectError.from);
    expect(error?.findDetails(ErrorInfoSchema)).toMatchObject([{ reason: "RANGE_INVALID", domain: "dashboard" }]);
    expect((await chain.batchScoreGoods({ goods: [goods(1), goods(2)] }, partner)).scores).toMatchObject([
      { markdownPercent: 1 },
      { markdownPercent: 2 },
    ]);
  },
);

const rest = async (verb: string, path: string, options: { headers?: Record<string, string> }, body?: unknown) => {
  const response = await fetch(gateway.url + path, {
    method: verb,
    ...options,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, json: (await response.json()) as Record<string, unknown> };
};

test("JSON over HTTP: a series by its query, scores by their bodies", async () => {
  const path = "/v1/coldchain/series?subject=rooms/north&start_time=1970-01-01T00:01:00Z&max_points=7";
  expect(await rest("GET", path, staff)).toMatchObject({
    status: 200,
    json: { points: [{ count: "7", startTime: "1970-01-01T00:01:00Z" }] },
  });
  const one = {
    productClass: "PRODUCT_CLASS_DAIRY",
    history: [{ time: "2026-11-28T12:00:00Z", celsius: 5 }],
    remainingShelfLife: "86400s",
    stock: 3,
  };
  expect(await rest("POST", "/v1/scores", partner, { goods: one })).toMatchObject({
    status: 200,
    json: { score: { markdownPercent: 3, model: "models/m-1" } },
  });
  expect(await rest("POST", "/v1/scores:batch", partner, { goods: [one, one] })).toMatchObject({ status: 200 });
  expect(await rest("POST", "/v1/scores", partner, { goods: { ...one, history: [] } })).toMatchObject({ status: 400 });
  expect(await rest("GET", path, partner)).toMatchObject({ status: 403, json: { code: 7 } });
  expect(await rest("POST", "/v1/scores", staff, { goods: one })).toMatchObject({ status: 403, json: { code: 7 } });
  expect(await rest("POST", "/v1/scores", {}, { goods: one })).toMatchObject({ status: 401, json: { code: 16 } });
});

/** Requests that are sent one by one, each after the answer to the one before. */
function conversation() {
  const waiting: ReturnType<typeof goods>[] = [];
  let wake = () => {};
  let over = false;
  return {
    say: (stock: number) => {
      waiting.push(goods(stock));
      wake();
    },
    end: () => {
      over = true;
      wake();
    },
    async *requests() {
      for (;;) {
        const next = waiting.shift();
        if (next) yield { goods: next };
        else if (over) return;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    },
  };
}

test.each(Object.entries(both))(
  "%s: scores come as goods go, and the stream ends with them",
  async (_name, transport) => {
    const { say, end, requests } = conversation();
    const answers = createClient(ColdChainService, transport())
      .streamScores(requests(), partner)
      [Symbol.asyncIterator]();
    for (const stock of [3, 4]) {
      say(stock);
      expect((await answers.next()).value?.score?.markdownPercent).toBe(stock);
    }
    end();
    expect((await answers.next()).done).toBe(true);
  },
);

test.each(Object.entries(both))(
  "%s: what is wrong in the middle of a stream ends it with its reason",
  async (_name, transport) => {
    const chain = createClient(ColdChainService, transport());
    const talk = async (second: object, headers = partner) => {
      const numbers: number[] = [];
      const requests = async function* () {
        yield { goods: goods(1) };
        yield { goods: { ...goods(2), ...second } };
      };
      try {
        for await (const { score } of chain.streamScores(requests(), headers))
          numbers.push(score?.markdownPercent ?? 0);
      } catch (thrown) {
        const error = ConnectError.from(thrown);
        return { numbers, code: error.code, reason: error.findDetails(ErrorInfoSchema)[0]?.reason };
      }
      return { numbers, code: undefined, reason: undefined };
    };
    expect(await talk({})).toEqual({ numbers: [1, 2], code: undefined, reason: undefined });
    const invalid = ConnectCode.InvalidArgument;
    expect(await talk({ stock: 99 })).toEqual({ numbers: [1], code: invalid, reason: "HISTORY_OUT_OF_ORDER" });
    expect(await talk({ history: [] })).toEqual({ numbers: [1], code: invalid, reason: "INVALID_REQUEST" });
    const before = seen.length;
    expect(await talk({}, staff)).toEqual({ numbers: [], code: ConnectCode.PermissionDenied, reason: "SCOPE_MISSING" });
    expect(await talk({}, { headers: { authorization: "" } })).toMatchObject({ reason: "TOKEN_MISSING" });
    expect(seen.length).toBe(before);
  },
);

test("bytes that are no request end a stream with their reason", async () => {
  const session = connect(gateway.url);
  const { headers } = partner;
  const path = `/${ColdChainService.typeName}/StreamScores`;
  const stream = session.request({ ...headers, ":method": "POST", ":path": path, "content-type": "application/grpc" });
  const trailers = once(stream, "trailers");
  stream.resume();
  // A frame of one byte, which begins a field that never comes.
  stream.end(Buffer.from([0, 0, 0, 0, 1, 0x0a]));
  const [{ "grpc-status": status, "grpc-message": message }] = await trailers;
  expect({ status, message }).toEqual({ status: "3", message: "the%20request%20does%20not%20fit%20its%20message" });
  session.close();
});

test("a stream is ended at the services behind when its caller goes", async () => {
  const gone = new AbortController();
  const { say, requests } = conversation();
  const before = ended.length;
  const chain = createClient(ColdChainService, transports.gRPC());
  const answers = chain.streamScores(requests(), { ...partner, signal: gone.signal })[Symbol.asyncIterator]();
  say(1);
  await answers.next();
  const call = seen.at(-1);
  gone.abort();
  await expect(answers.next()).rejects.toThrow();
  await expect.poll(() => call?.signal.aborted).toBe(true);
  await expect.poll(() => ended.length, { timeout: 20_000 }).toBe(before + 1);
});

test("who watches for long has no deadline, and health names both services", async () => {
  const chain = createClient(ColdChainService, transports.gRPC());
  for await (const _ of chain.watchReadings({ subjects: ["rooms/a"] }, staff)) break;
  expect(seen.at(-1)?.deadline).toBeUndefined();
  const health = createClient(Health, transports.gRPC());
  expect((await health.check({ service: ColdChainService.typeName })).status).toBe(1);
});
