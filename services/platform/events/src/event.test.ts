import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { create, createFileRegistry, fromBinary, toBinary, toJson } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { OrderCancelledSchema, OrderConfirmedSchema } from "@larder/contract/larder/order/v1/order_events_pb.js";
import { OrderSchema } from "@larder/contract/larder/order/v1/order_pb.js";
import { Call, runInCall } from "@larder/platform";
import { beforeAll, describe, expect, test } from "vitest";
import { contractVersion } from "./contract-version.ts";
import {
  decodeEvent,
  type Event,
  EventFormatError,
  EventTooLarge,
  encodeEvent,
  MAX_EVENT_BYTES,
  type UnknownEvent,
} from "./event.ts";
import { frame, type RawEntry, recordsOf } from "./redis/entries.ts";
import { newEvent, payload, topicOf } from "./topic.ts";

const trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const event: Event = {
  id: "0198a6d0-0000-7000-8000-000000000001",
  source: "order",
  type: "larder.order.v1.OrderConfirmed",
  subject: "orders/1",
  time: new Date("2026-11-22T10:11:12.345Z"),
  dataschema: "larder:contract/0.1.0",
  aggregateVersion: 9007199254740993n,
  traceparent: trace,
  data: Uint8Array.from([10, 8, 111]),
};

describe("the bytes of an event", () => {
  let registry: ReturnType<typeof createFileRegistry>;

  beforeAll(() => {
    const folder = fileURLToPath(new URL("../testdata", import.meta.url));
    const buf = fileURLToPath(import.meta.resolve("@bufbuild/buf/package.json")).replace(/package\.json$/, "bin/buf");
    const image = execFileSync(process.execPath, [buf, "build", folder, "--as-file-descriptor-set", "-o", "-"]);
    registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, image));
  });

  const schema = (name: string) => {
    const found = registry.getMessage(`io.cloudevents.v1.${name}`);
    if (!found) throw new Error(`no ${name}`);
    return found;
  };

  test("are those of the CloudEvents Protobuf format", () => {
    const message = fromBinary(schema("CloudEvent"), encodeEvent({ ...event, extensions: { tenant: "a" } }));
    expect(message.$unknown).toBeUndefined();
    expect(toJson(schema("CloudEvent"), message)).toEqual({
      id: event.id,
      source: "order",
      specVersion: "1.0",
      type: event.type,
      attributes: {
        datacontenttype: { ceString: "application/protobuf" },
        dataschema: { ceUri: "larder:contract/0.1.0" },
        subject: { ceString: "orders/1" },
        time: { ceTimestamp: "2026-11-22T10:11:12.345Z" },
        aggregateversion: { ceString: "9007199254740993" },
        traceparent: { ceString: trace },
        tenant: { ceString: "a" },
      },
      binaryData: Buffer.from(event.data).toString("base64"),
    });
  });

  test("are read as any other writer of the format may have written them", () => {
    const bytes = toBinary(
      schema("CloudEvent"),
      create(schema("CloudEvent"), {
        id: "1",
        source: "elsewhere",
        specVersion: "1.0",
        type: "t",
        attributes: {
          subject: { attr: { case: "ceString", value: "s" } },
          dataschema: { attr: { case: "ceUriRef", value: "x" } },
          time: { attr: { case: "ceTimestamp", value: { seconds: -1n, nanos: 500_000_000 } } },
          number: { attr: { case: "ceInteger", value: -7 } },
          flag: { attr: { case: "ceBoolean", value: true } },
          blob: { attr: { case: "ceBytes", value: Uint8Array.of(1) } },
          later: { attr: { case: "ceTimestamp", value: { seconds: 1n, nanos: 0 } } },
        },
        data: { case: "binaryData", value: Uint8Array.of(9) },
      } as Record<string, unknown>),
    );
    expect(decodeEvent(bytes)).toEqual({
      id: "1",
      source: "elsewhere",
      type: "t",
      subject: "s",
      dataschema: "x",
      time: new Date(-500),
      aggregateVersion: undefined,
      traceparent: undefined,
      extensions: { number: "-7", flag: "true", later: "1970-01-01T00:00:01.000Z" },
      data: Uint8Array.of(9),
    });
  });

  test("of several events stand in an entry as a CloudEvents batch", () => {
    const values = [event, { ...event, id: "2", data: new Uint8Array(300) }].map(encodeEvent);
    const batch = frame(values);
    const json = toJson(schema("CloudEventBatch"), fromBinary(schema("CloudEventBatch"), batch)) as {
      events: { id: string }[];
    };
    expect(json.events.map(({ id }) => id)).toEqual([event.id, "2"]);
    const entry: RawEntry = [
      Buffer.from("40-1"),
      [...["n", "2", "t", "1000", "d"].map((text) => Buffer.from(text)), batch],
    ];
    const records = recordsOf("topic", 3, entry);
    expect(records.map(({ offset }) => offset)).toEqual([40n, 41n]);
    expect(records.map(({ value }) => decodeEvent(value).id)).toEqual([event.id, "2"]);
  });
});

test("an event comes back as it was", () => {
  const { aggregateVersion: _, traceparent: __, ...least } = event;
  expect(decodeEvent(encodeEvent(event))).toEqual(event);
  expect(decodeEvent(encodeEvent(least))).toEqual({ ...least, aggregateVersion: undefined, traceparent: undefined });
  const old = { ...event, time: new Date(-1), subject: "冷蔵", data: new Uint8Array(), extensions: { a1: "" } };
  expect(decodeEvent(encodeEvent(old))).toEqual(old);
});

test("stored bytes of the first version are still read", () => {
  const stored = readFileSync(new URL("../testdata/event-v1.hex", import.meta.url), "utf8").trim();
  expect(decodeEvent(Buffer.from(stored, "hex"))).toEqual({ ...event, data: Buffer.from(event.data) });
});

describe("what is no event is told apart", () => {
  const without = (field: Partial<Record<keyof Event, unknown>>) => encodeEvent({ ...event, ...field } as Event);
  test.each([
    ["nothing", new Uint8Array()],
    ["text", Buffer.from("hello, this is not an event")],
    ["a cut event", encodeEvent(event).subarray(0, 40)],
    ["an event without an id", without({ id: "" })],
    ["one without a source", without({ source: "" })],
    ["one without a type", without({ type: "" })],
    ["one without a key", without({ subject: "" })],
    ["one without a schema", without({ dataschema: "" })],
    ["one with a version that is no number", without({ aggregateVersion: "x" })],
  ])("%s", (_, bytes) => {
    expect(() => decodeEvent(bytes)).toThrow(EventFormatError);
  });
});

test("an entry that cannot be taken apart is one unreadable record, and the offsets behind it stay right", () => {
  const entry: RawEntry = [
    Buffer.from("7-1"),
    ["n", "3", "t", "1000", "d", "\u000a\u0005ab"].map((text) => Buffer.from(text)),
  ];
  const records = recordsOf("topic", 0, entry);
  expect(records.map(({ offset }) => offset)).toEqual([7n, 8n, 9n]);
  for (const { value } of records) expect(() => decodeEvent(value)).toThrow(EventFormatError);
});

test("an attribute that says to be shorter than what it holds is no event", () => {
  const bytes = encodeEvent(event);
  const name = Buffer.from(bytes).indexOf("subject");
  // The length of the attribute stands in front of its name, behind a tag and a length of its own.
  const shorter = Uint8Array.from(bytes);
  shorter[name - 3] = (shorter[name - 3] as number) - 1;
  expect(decodeEvent(bytes).subject).toBe("orders/1");
  expect(() => decodeEvent(shorter)).toThrow(EventFormatError);
  expect(() => decodeEvent(bytes.subarray(0, name + 12))).toThrow(EventFormatError);
});

test("too large an event is refused before it is written", () => {
  expect(() => encodeEvent({ ...event, data: new Uint8Array(MAX_EVENT_BYTES) })).toThrow(EventTooLarge);
  expect(() => encodeEvent({ ...event, data: new Uint8Array(MAX_EVENT_BYTES - 1000) })).not.toThrow();
});

test("attributes have names that CloudEvents allows", () => {
  expect(() => encodeEvent({ ...event, extensions: { "Not-OK": "x" } })).toThrow("cannot be the name of an attribute");
});

describe("events of the contract", () => {
  test("know their topic, their key and their trace", () => {
    const call = new Call({ method: "larder.order.v1.OrderService/PlaceOrder", traceparent: trace });
    const made = runInCall(call, () => newEvent(OrderConfirmedSchema, { order: "orders/1" }, { aggregateVersion: 3n }));
    expect(made).toMatchObject({
      topic: "larder.order.confirmed.v1",
      source: "order",
      type: "larder.order.v1.OrderConfirmed",
      subject: "orders/1",
      aggregateVersion: 3n,
      traceparent: trace,
    });
    expect(made.dataschema).toMatch(/^larder:contract\/\d+\.\d+\.\d+$/);
    expect(payload(OrderConfirmedSchema, made).order).toBe("orders/1");
    expect(newEvent(OrderConfirmedSchema, { order: "orders/1" }).id).not.toBe(made.id);
  });

  test("have rules for their delivery", () => {
    expect(topicOf(OrderConfirmedSchema)).toMatchObject({ producers: ["order"], maxDeliveries: 5, key: "order" });
    expect(topicOf(OrderConfirmedSchema).consumers).toContain("notification");
  });

  test("cannot be made of other messages, or without a key", () => {
    expect(() => newEvent(OrderSchema, {})).toThrow("larder.order.v1.Order is no event");
    expect(() => newEvent(OrderConfirmedSchema, {})).toThrow(
      'the key "order" of a larder.order.v1.OrderConfirmed is empty',
    );
  });

  test("are decoded as what they are, or not at all", () => {
    const made = newEvent(OrderConfirmedSchema, { order: "orders/1" });
    expect(() => payload(OrderCancelledSchema, made)).toThrow(EventFormatError);
    expect(() => payload(OrderConfirmedSchema, { ...made, data: Uint8Array.of(0xff) })).toThrow(EventFormatError);
  });

  test("are known or not by the type, the version in its name, and the first number of the contract", () => {
    const made = newEvent(OrderConfirmedSchema, { order: "orders/1" });
    const [major = 0, minor = 0] = contractVersion().split(".").map(Number);
    const whatOf = (more: Partial<Event>) => {
      try {
        return payload(OrderConfirmedSchema, { ...made, ...more }).order;
      } catch (error) {
        return (error as UnknownEvent).what;
      }
    };
    expect(whatOf({ type: "larder.order.v2.OrderConfirmed" })).toBe("unknown version");
    expect(whatOf({ type: "larder.order.v1.OrderForgotten" })).toBe("unknown type");
    expect(whatOf({ type: "larder.offer.v2.OrderConfirmed" })).toBe("unknown type");
    expect(whatOf({ dataschema: `larder:contract/${major + 1}.0.0` })).toBe("unknown version");
    // Whoever is built before or after us reads what we write, and is read.
    for (const known of [`larder:contract/${major}.${minor + 1}.7`, "larder:contract/0.0.1", "urn:elsewhere"])
      expect(whatOf({ dataschema: known })).toBe("orders/1");
  });
});
