// The trace store as its two sides see it: exporters over gRPC, people over HTTP.
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Client, credentials, type ServiceError, status } from "@grpc/grpc-js";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { startTracing } from "../../../../services/platform/ts/src/tracing.ts";
import { request, spanBytes, spanId, traceId, value } from "../../test/otlp.ts";
import { tracePages } from "./pages.ts";
import { startReceiver } from "./receiver.ts";
import { type Summary, type Trace, TraceStore } from "./store.ts";

let folder: string;
let socket: string;
let stop: () => void;
let web: Server;
let url: string;
let store: TraceStore;
let client: Client;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "traces-"));
  socket = join(folder, "otlp.sock");
});

beforeEach(async () => {
  store = new TraceStore();
  stop = await startReceiver(store, socket);
  client = new Client(`unix:${socket}`, credentials.createInsecure());
  web = createServer(tracePages(store));
  await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
  return () => {
    client.close();
    stop();
    web.close();
    web.closeAllConnections();
  };
});

afterAll(() => rm(folder, { recursive: true }));

const same = (bytes: Buffer) => bytes;
const send = (bytes: Uint8Array): Promise<Buffer> => {
  const path = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
  return promisify<Buffer>((done) =>
    client.makeUnaryRequest(path, same, same, Buffer.from(bytes), (error, answer) => done(error, answer as Buffer)),
  )();
};
const refusal = (bytes: Uint8Array) =>
  send(bytes).then(
    () => undefined,
    (error: ServiceError) => error,
  );
const api = async <T>(path: string): Promise<T> => (await (await fetch(`${url}/api/traces${path}`)).json()) as T;
const html = async (path: string): Promise<string> => (await fetch(`${url}${path}`)).text();

test("the spans of the kit's exporter arrive, and are shown as a page and as JSON", async () => {
  vi.stubEnv("OTEL_EXPORTER_OTLP_ENDPOINT", `unix://${socket}`);
  vi.stubEnv("OTEL_EXPORTER_OTLP_INSECURE", "true");
  const tracing = startTracing("order", "b7");
  const outer = tracing.begin("request", "o.v1.O/Place", `00-${traceId(7)}-${spanId(1)}-01`);
  const inner = tracing.begin("call", "i.v1.I/Reserve", outer.traceparent);
  inner.end(14);
  outer.end(0);
  tracing.begin("request", "not.Sampled/Call", `00-${traceId(8)}-${spanId(1)}-00`).end(0);
  await tracing.stop();
  vi.unstubAllEnvs();

  const [found, ...rest] = await api<Summary[]>("");
  expect(rest).toEqual([]);
  expect(found).toMatchObject({ id: traceId(7), root: "o.v1.O/Place", service: "order", spans: 2, errors: 1 });
  const { tree } = await api<Trace>(`/${traceId(7)}`);
  expect(tree).toMatchObject([
    { name: "o.v1.O/Place", kind: "server", depth: 0, parentSpanId: spanId(1), error: false },
    { name: "i.v1.I/Reserve", kind: "client", depth: 1, error: true, message: "UNAVAILABLE" },
  ]);
  expect(tree[1]?.attributes).toEqual({
    "rpc.system": "grpc",
    "rpc.service": "i.v1.I",
    "rpc.method": "Reserve",
    "rpc.grpc.status_code": 14,
  });
  expect(await html("/")).toContain(`href="/traces/${traceId(7)}"`);
  expect(await html(`/traces/${traceId(7)}`)).toMatch(/o\.v1\.O\/Place[\s\S]*class="error"[\s\S]*UNAVAILABLE/);
});

test("what is no export request is refused, and the next is taken", async () => {
  expect(await refusal(Buffer.from("hello"))).toMatchObject({
    code: status.INVALID_ARGUMENT,
    details: expect.stringContaining("not an ExportTraceServiceRequest"),
  });
  expect(await send(request("a", spanBytes()))).toHaveLength(0);
  expect(await api("")).toHaveLength(1);
});

test("a request that is too large is refused, and the next is taken", async () => {
  const large = request("a", ...Array.from({ length: 5 }, () => new Uint8Array(1 << 20)));
  expect(await refusal(large)).toMatchObject({ code: status.RESOURCE_EXHAUSTED });
  await send(request("a", spanBytes()));
  expect(await api("")).toHaveLength(1);
});

test("the sender is told how many spans were not kept, and why", async () => {
  const answer = await send(request("a", spanBytes({ trace: "" }), spanBytes({ span: "" }), spanBytes()));
  expect(answer.toString("latin1")).toContain("a span has no trace id or no span id");
  expect([...answer.subarray(2, 4)]).toEqual([0x08, 2]); // partial_success.rejected_spans
  expect(await api("")).toHaveLength(1);
});

test("after a flood the newest traces are there, and no more than are to be kept", async () => {
  const text = value(1, "x".repeat(10_000));
  for (let n = 0; n < 10; n++)
    await Promise.all(
      Array.from({ length: 10 }, (_, part) => {
        const first = (n * 10 + part) * 50;
        const spans = Array.from({ length: 50 }, (_, at) =>
          spanBytes({ trace: traceId(1 + first + at), attributes: { text } }),
        );
        return send(request("flood", ...spans));
      }),
    );
  await send(request("last", spanBytes({ trace: traceId(9999) })));
  expect(store.held.bytes).toBeLessThanOrEqual(8 << 20);
  const found = await api<Summary[]>("?limit=1000");
  expect(found[0]).toMatchObject({ service: "last" });
  expect(found.length).toBeLessThan(1000);
});

test("nothing that is sent is taken for HTML", async () => {
  const evil = `<script>alert("evil")</script>'&`;
  const attributes = { [evil]: value(1, evil), n: value(3, 5) };
  const span = spanBytes({ name: evil, error: evil, attributes, events: { [evil]: { [evil]: value(1, evil) } } });
  await send(request(evil, span));
  const query = new URLSearchParams({ method: evil, service: evil, min_ms: evil });
  for (const path of ["/", `/traces/${traceId(1)}`, `/?${query}`, `/?method=${encodeURIComponent(evil)}`, `/${evil}`]) {
    const shown = await html(path);
    expect(shown, path).not.toContain("<script");
    expect(shown, path).not.toContain('"evil"');
  }
  const response = await fetch(url);
  expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
});

test("the list is filtered by what the address says", async () => {
  await send(request("order", spanBytes({ trace: traceId(1), name: "o.v1.O/Place", ms: 80, error: "x" })));
  await send(request("catalog", spanBytes({ trace: traceId(2), name: "c.v1.C/Get", ms: 2 })));
  const found = async (query: string) => (await api<Summary[]>(query)).map(({ service }) => service);
  expect(await found("")).toEqual(["catalog", "order"]);
  expect(await found("?service=order")).toEqual(["order"]);
  expect(await found("?method=get")).toEqual(["catalog"]);
  expect(await found("?errors=1")).toEqual(["order"]);
  expect(await found("?min_ms=79.5")).toEqual(["order"]);
  expect(await found("?limit=1&service=&method=&min_ms=&errors=")).toEqual(["catalog"]);
});

test.each([
  ["/api/traces?min_ms=soon", 400, "min_ms is a number of milliseconds"],
  ["/api/traces?min_ms=-1", 400, "min_ms is a number of milliseconds"],
  ["/api/traces?errors=yes", 400, "errors is 1 or left out"],
  ["/api/traces?limit=0", 400, "limit is a number from 1 to 1000"],
  [`/api/traces/${traceId(3)}`, 404, "There is no such trace"],
  ["/api/traces/..%2f..", 404, "There is no such trace"],
  ["/api/other", 404, "There is no such page"],
])("%s is answered with %i and why", async (path, code, message) => {
  const response = await fetch(`${url}${path}`);
  expect(response.status).toBe(code);
  expect(await response.json()).toEqual({ error: expect.stringContaining(message) });
});

test("nothing can be changed over HTTP", async () => {
  const response = await fetch(`${url}/api/traces`, { method: "DELETE" });
  expect(response.status).toBe(405);
});
