import { describe, expect, test } from "vitest";
import { listValue, mapValue, request, START, spanBytes, spanId, traceId, value } from "../../test/otlp.ts";
import { Malformed, readSpan, spansIn } from "./span.ts";

describe("a span", () => {
  test("is read with all that is shown of it", () => {
    const bytes = spanBytes({
      parent: spanId(9),
      start: START + 0.25,
      ms: 12.5,
      error: "UNAVAILABLE",
      attributes: {
        text: value(1, "grüezi"),
        flag: value(2, 1),
        count: value(3, -7),
        share: value(4, 0.5),
        bytes: value(7, "ab"),
        list: listValue(value(1, "a"), value(3, 2)),
        map: mapValue({ inner: value(1, "b") }),
        nothing: new Uint8Array(),
      },
      events: { retry: { attempt: value(3, 2) } },
    });
    expect(readSpan(bytes)).toEqual({
      traceId: traceId(1),
      spanId: spanId(1),
      parentSpanId: spanId(9),
      name: "a.v1.B/C",
      kind: "server",
      start: START + 0.25,
      durationMs: 12.5,
      error: true,
      message: "UNAVAILABLE",
      attributes: {
        text: "grüezi",
        flag: true,
        count: -7,
        share: 0.5,
        bytes: "YWI=",
        list: ["a", 2],
        map: { inner: "b" },
        nothing: null,
      },
      events: [{ name: "retry", time: START + 0.25, attributes: { attempt: 2 } }],
    });
  });

  test("that ends before it begins took no time, and one of an unknown kind is read all the same", () => {
    expect(readSpan(spanBytes({ ms: -5, kind: 77 }))).toMatchObject({
      durationMs: 0,
      kind: "unspecified",
      error: false,
    });
  });

  test("may have an attribute of any name", () => {
    const { attributes } = readSpan(
      spanBytes({ attributes: { __proto__x: value(1, "a"), constructor: value(1, "b") } }),
    );
    expect(Object.entries(attributes)).toEqual([
      ["__proto__x", "a"],
      ["constructor", "b"],
    ]);
    const polluted = readSpan(
      spanBytes({ attributes: JSON.parse('{"__proto__": 1}') && { ["__proto__"]: value(1, "c") } }),
    );
    expect(Object.entries(polluted.attributes)).toEqual([["__proto__", "c"]]);
    expect({}).not.toHaveProperty("0");
  });

  test.each([
    ["no trace id", { trace: "" }],
    ["a trace id of zeros", { trace: traceId(0) }],
    ["a short trace id", { trace: "ab" }],
    ["no span id", { span: "" }],
    ["a long span id", { span: `${spanId(1)}00` }],
  ])("with %s is malformed", (_what, init) => {
    expect(() => readSpan(spanBytes(init))).toThrow(Malformed);
  });

  test("with attributes nested without end is malformed, and costs no stack", () => {
    let nested = value(1, "a");
    for (let depth = 0; depth < 5000; depth++) nested = listValue(nested);
    expect(() => readSpan(spanBytes({ attributes: { nested } }))).toThrow("nested too deeply");
  });
});

describe("an export request", () => {
  const whole = request("order", spanBytes({ attributes: { text: value(1, "a") } }), spanBytes({ span: spanId(2) }));

  test("gives every span with its service, wherever the resource stands", () => {
    expect(spansIn(whole).map(({ service, bytes }) => [service, readSpan(bytes).spanId])).toEqual([
      ["order", spanId(1)],
      ["order", spanId(2)],
    ]);
    expect(spansIn(new Uint8Array())).toEqual([]);
  });

  test("that is cut off anywhere, or has any one byte changed, is read or malformed and nothing else", () => {
    const read = (bytes: Uint8Array) => {
      try {
        for (const span of spansIn(bytes)) readSpan(span.bytes);
        return "read";
      } catch (error) {
        if (error instanceof Malformed) return "malformed";
        throw error;
      }
    };
    const outcomes = new Set<string>();
    for (let cut = 1; cut < whole.length; cut++) outcomes.add(read(whole.subarray(0, cut)));
    expect([...outcomes]).toEqual(["malformed"]);
    for (let at = 0; at < whole.length; at++)
      for (const byte of [0x00, 0x0a, 0x7f, 0x80, 0xff]) {
        const changed = whole.slice();
        changed[at] = byte;
        outcomes.add(read(changed));
      }
    expect(outcomes).toEqual(new Set(["read", "malformed"]));
  });
});
