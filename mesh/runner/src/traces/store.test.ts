import { describe, expect, test } from "vitest";
import { request, type SpanInit, START, spanBytes, spanId, traceId, value } from "../../test/otlp.ts";
import { Malformed } from "./span.ts";
import { TraceStore } from "./store.ts";

const one = (service: string, init: SpanInit) => request(service, spanBytes(init));
const NONE = { rejected: 0, reason: "" };

/** A store with an order: gateway, order beneath it, and inventory, which failed, beneath that. They come from behind. */
function withOrder(): TraceStore {
  const store = new TraceStore();
  const names = { name: "larder.inventory.v1.InventoryService/Reserve", parent: spanId(2), span: spanId(3) };
  store.add(one("inventory", { ...names, start: START + 20, ms: 5, error: "UNAVAILABLE" }));
  store.add(one("order", { name: "o.v1.O/Place", span: spanId(2), parent: spanId(1), start: START + 10, ms: 40 }));
  store.add(one("gateway", { name: "s.v1.S/Place", start: START, ms: 60 }));
  return store;
}

describe("a trace", () => {
  test("is joined from the spans of all services, in whatever order they come", () => {
    const store = withOrder();
    expect(store.list()).toEqual([
      {
        id: traceId(1),
        root: "s.v1.S/Place",
        service: "gateway",
        start: new Date(START).toISOString(),
        durationMs: 60,
        services: ["gateway", "inventory", "order"],
        spans: 3,
        errors: 1,
      },
    ]);
    const tree = store
      .find(traceId(1))
      ?.tree.map(({ service, depth, offsetMs, error }) => [service, depth, offsetMs, error]);
    expect(tree).toEqual([
      ["gateway", 0, 0, false],
      ["order", 1, 10, false],
      ["inventory", 2, 20, true],
    ]);
    expect(store.find(traceId(2))).toBeUndefined();
  });

  test("begins with the span above all others, in whatever order those of one moment come", () => {
    for (const order of [
      [1, 2, 3],
      [1, 3, 2],
      [2, 1, 3],
      [2, 3, 1],
      [3, 1, 2],
      [3, 2, 1],
    ]) {
      const store = new TraceStore();
      for (const span of order)
        store.add(
          one(`s${span}`, { span: spanId(span), parent: spanId(span === 1 ? 99 : span - 1), name: `n${span}` }),
        );
      expect(store.list()[0], String(order)).toMatchObject({ root: "n1", service: "s1" });
    }
  });

  test("shows each span once, also where parents are missing or go in a circle", () => {
    const store = new TraceStore();
    const parents: [number, number][] = [
      [1, 1],
      [2, 3],
      [3, 2],
      [4, 99],
      [5, 4],
    ];
    for (const [span, parent] of parents)
      store.add(one("a", { span: spanId(span), parent: spanId(parent), start: START + span }));
    const tree = store.find(traceId(1))?.tree.map((span) => [span.spanId, span.depth]);
    expect(tree).toEqual([
      [spanId(4), 0],
      [spanId(5), 1],
      [spanId(1), 0],
      [spanId(2), 0],
      [spanId(3), 1],
    ]);
  });

  test("as deep as a trace can be is shown", () => {
    const store = new TraceStore();
    for (let span = 1; span <= 2000; span++)
      store.add(one("a", { span: spanId(span), parent: spanId(span - 1), start: START + span }));
    expect(store.find(traceId(1))?.tree.at(-1)).toMatchObject({ depth: 1999, offsetMs: 1999 });
  });

  test("of clocks that make no sense is shown all the same", () => {
    const store = new TraceStore();
    store.add(one("a", { start: 1e13, ms: 1e9 }));
    expect(store.list()[0]?.start).toMatch(/^\+?\d+-/);
    expect(store.find(traceId(1))?.tree).toHaveLength(1);
  });

  test("has a span that is sent again once", () => {
    const store = withOrder();
    expect(store.add(one("gateway", { name: "another" }))).toEqual(NONE);
    expect(store.held).toMatchObject({ traces: 1, spans: 3 });
    expect(store.list()[0]?.root).toBe("s.v1.S/Place");
  });
});

describe("the store", () => {
  const ids = (store: TraceStore) => store.list().map(({ id }) => id);

  test("lets the oldest traces go beyond its number of spans", () => {
    const store = new TraceStore({ spans: 4 });
    for (const trace of [1, 2, 3])
      for (const span of [1, 2]) store.add(one("a", { trace: traceId(trace), span: spanId(span) }));
    expect(ids(store)).toEqual([traceId(3), traceId(2)]);
    expect(store.held).toMatchObject({ traces: 2, spans: 4 });
  });

  test("lets the oldest traces go beyond its number of bytes", () => {
    const size = spanBytes().length;
    const store = new TraceStore({ bytes: 2 * size });
    for (const trace of [1, 2, 3]) store.add(one("a", { trace: traceId(trace) }));
    expect(ids(store)).toEqual([traceId(3), traceId(2)]);
    expect(store.held.bytes).toBe(2 * size);
  });

  test("stays within its bounds whatever comes", () => {
    const store = new TraceStore({ spans: 50, bytes: 20_000, spansOfTrace: 10, spanBytes: 3000 });
    for (let n = 0; n < 2000; n++) {
      const text = value(1, "x".repeat((n * 37) % 4000));
      store.add(one("a", { trace: traceId(1 + (n % 97)), span: spanId(1 + n), attributes: { text } }));
      expect(store.held.spans).toBeLessThanOrEqual(50);
      expect(store.held.bytes).toBeLessThanOrEqual(20_000);
    }
    const { spans } = store.held;
    expect(store.list({ limit: 1000 }).reduce((sum, trace) => sum + trace.spans, 0)).toBe(spans);
  });

  test("refuses what is too much of one trace or one span, and says so, but takes the rest of the request", () => {
    const store = new TraceStore({ spansOfTrace: 2, spanBytes: 200 });
    const spans = [1, 2, 3].map((span) => spanBytes({ span: spanId(span) }));
    const other = spanBytes({ trace: traceId(2) });
    expect(store.add(request("a", ...spans, other))).toEqual({ rejected: 1, reason: "a trace has more than 2 spans" });
    const large = spanBytes({ trace: traceId(3), attributes: { text: value(1, "x".repeat(200)) } });
    expect(store.add(request("a", large))).toMatchObject({
      rejected: 1,
      reason: expect.stringContaining("at most 200"),
    });
    expect(store.add(one("a", { trace: "" }))).toMatchObject({ rejected: 1 });
    expect(store.held).toMatchObject({ traces: 2, spans: 3 });
  });

  test("takes nothing of what is no export request", () => {
    const store = new TraceStore();
    const broken = Buffer.concat([one("a", {}), Buffer.from([0x0a, 0x7f])]);
    expect(() => store.add(broken)).toThrow(Malformed);
    expect(store.held).toEqual({ traces: 0, spans: 0, bytes: 0 });
  });
});

test("traces are found by service, by a part of a method, by errors and by the time they took", () => {
  const store = withOrder();
  store.add(one("catalog", { trace: traceId(2), name: "c.v1.Catalog/Get", ms: 2 }));
  const found = (filter: Parameters<TraceStore["list"]>[0]) => store.list(filter).map(({ service }) => service);
  expect(found({})).toEqual(["catalog", "gateway"]);
  expect(found({ service: "inventory" })).toEqual(["gateway"]);
  expect(found({ service: "nobody" })).toEqual([]);
  expect(found({ method: "RESERVE" })).toEqual(["gateway"]);
  expect(found({ method: "catalog/get" })).toEqual(["catalog"]);
  expect(found({ errors: true })).toEqual(["gateway"]);
  expect(found({ minMs: 60 })).toEqual(["gateway"]);
  expect(found({ minMs: 60.1 })).toEqual([]);
  expect(found({ limit: 1 })).toEqual(["catalog"]);
  expect(store.services()).toEqual(["catalog", "gateway", "inventory", "order"]);
});
