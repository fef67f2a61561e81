// A span as OTLP has it (opentelemetry.proto.trace.v1.Span), and an export request taken apart. Read by hand, field by field:
// what is not shown is skipped, and nothing has to be generated from protos that are not ours.
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";

/** A value of an attribute. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value };
export type Attributes = Readonly<Record<string, Value>>;

export interface SpanEvent {
  readonly name: string;
  /** Milliseconds since the epoch, with microseconds as fractions. */
  readonly time: number;
  readonly attributes: Attributes;
}

export interface Span {
  /** 32 hex digits. */
  readonly traceId: string;
  /** 16 hex digits. */
  readonly spanId: string;
  /** Empty for the first span of a trace. */
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: string;
  /** Milliseconds since the epoch, with microseconds as fractions. */
  readonly start: number;
  /** In milliseconds; 0 where the end is before the start. */
  readonly durationMs: number;
  readonly error: boolean;
  /** What the status says; empty where it says nothing. */
  readonly message: string;
  readonly attributes: Attributes;
  readonly events: readonly SpanEvent[];
}

/** A span as it came, with the service that made it. */
export interface Received {
  readonly service: string;
  readonly bytes: Uint8Array;
}

/** Bytes that are no export request, or no span that can be told from others. */
export class Malformed extends Error {
  override readonly name = "Malformed";
}

/** The spans of an ExportTraceServiceRequest. Throws `Malformed`. */
export function spansIn(request: Uint8Array): Received[] {
  const spans: Received[] = [];
  fields(request, (resourceSpans) => {
    if (resourceSpans.number !== 1) return;
    let service = "";
    const own: Uint8Array[] = [];
    // A resource may stand behind its spans.
    fields(resourceSpans.bytes(), (part) => {
      if (part.number === 1) service = String(attributesAt(part.bytes(), 1)["service.name"] ?? "");
      else if (part.number === 2)
        fields(part.bytes(), (scopeSpans) => {
          if (scopeSpans.number === 2) own.push(scopeSpans.bytes());
        });
    });
    for (const bytes of own) spans.push({ service: service || "unknown", bytes });
  });
  return spans;
}

const KINDS = ["unspecified", "internal", "server", "client", "producer", "consumer"];
const STATUS_ERROR = 2;

/** Reads a span. Throws `Malformed`, also where its ids are none. */
export function readSpan(bytes: Uint8Array): Span {
  const ids = { trace: "", span: "", parent: "" };
  let [name, kind, start, end, code, message] = ["", 0, 0n, 0n, 0, ""];
  const attributes: Record<string, Value> = {};
  const events: SpanEvent[] = [];
  fields(bytes, (field) => {
    if (field.number === 1) ids.trace = hex(field.bytes());
    else if (field.number === 2) ids.span = hex(field.bytes());
    else if (field.number === 4) ids.parent = hex(field.bytes());
    else if (field.number === 5) name = field.string();
    else if (field.number === 6) kind = field.integer();
    else if (field.number === 7) start = field.fixed64();
    else if (field.number === 8) end = field.fixed64();
    else if (field.number === 9) addAttribute(attributes, field.bytes());
    else if (field.number === 11) events.push(readEvent(field.bytes()));
    else if (field.number === 15)
      fields(field.bytes(), (status) => {
        if (status.number === 2) message = status.string();
        else if (status.number === 3) code = status.integer();
      });
  });
  if (!isId(ids.trace, 32) || !isId(ids.span, 16)) throw new Malformed("a span has no trace id or no span id");
  return {
    traceId: ids.trace,
    spanId: ids.span,
    parentSpanId: isId(ids.parent, 16) ? ids.parent : "",
    name,
    kind: KINDS[kind] ?? "unspecified",
    start: milliseconds(start),
    durationMs: end > start ? Number(end - start) / 1e6 : 0,
    error: code === STATUS_ERROR,
    message,
    attributes,
    events,
  };
}

function readEvent(bytes: Uint8Array): SpanEvent {
  let [time, name] = [0n, ""];
  fields(bytes, (field) => {
    if (field.number === 1) time = field.fixed64();
    else if (field.number === 2) name = field.string();
  });
  return { time: milliseconds(time), name, attributes: attributesAt(bytes, 3) };
}

/** The attributes among the fields of a message, of which each has the number `at`. */
function attributesAt(bytes: Uint8Array, at: number): Attributes {
  const attributes: Record<string, Value> = {};
  fields(bytes, (field) => {
    if (field.number === at) addAttribute(attributes, field.bytes());
  });
  return attributes;
}

function addAttribute(attributes: Record<string, Value>, bytes: Uint8Array, depth = 0): void {
  let key = "";
  let value: Value = null;
  fields(bytes, (field) => {
    if (field.number === 1) key = field.string();
    else if (field.number === 2) value = readValue(field.bytes(), depth);
  });
  Object.defineProperty(attributes, key, { value, enumerable: true, configurable: true, writable: true });
}

const DEEPEST = 8;

function readValue(bytes: Uint8Array, depth: number): Value {
  if (depth > DEEPEST) throw new Malformed("an attribute is nested too deeply");
  let value: Value = null;
  fields(bytes, (field) => {
    if (field.number === 1) value = field.string();
    else if (field.number === 2) value = field.integer() !== 0;
    else if (field.number === 3) value = field.integer();
    else if (field.number === 4) value = field.double();
    else if (field.number === 5) {
      const list: Value[] = [];
      fields(field.bytes(), (each) => {
        if (each.number === 1) list.push(readValue(each.bytes(), depth + 1));
      });
      value = list;
    } else if (field.number === 6) {
      const map: Record<string, Value> = {};
      fields(field.bytes(), (each) => {
        if (each.number === 1) addAttribute(map, each.bytes(), depth + 1);
      });
      value = map;
    } else if (field.number === 7) value = Buffer.from(field.bytes()).toString("base64");
  });
  return value;
}

interface Field {
  readonly number: number;
  bytes(): Uint8Array;
  string(): string;
  integer(): number;
  fixed64(): bigint;
  double(): number;
}

/** Calls back for every field of a message; one that is not read is skipped. Throws `Malformed`. */
function fields(bytes: Uint8Array, take: (field: Field) => void): void {
  try {
    const reader = new BinaryReader(bytes);
    while (reader.pos < reader.len) {
      const [number, wireType] = reader.tag();
      let read = false;
      const as = <T>(expected: WireType, value: () => T) => {
        if (wireType !== expected) throw new Malformed(`field ${number} has another form than OTLP gives it`);
        read = true;
        return value();
      };
      take({
        number,
        bytes: () => as(WireType.LengthDelimited, () => reader.bytes()),
        string: () => as(WireType.LengthDelimited, () => reader.string()),
        integer: () => as(WireType.Varint, () => Number(reader.int64())),
        fixed64: () => as(WireType.Bit64, () => BigInt(reader.fixed64())),
        double: () => as(WireType.Bit64, () => reader.double()),
      });
      if (!read) reader.skip(wireType, number);
    }
    if (reader.pos > reader.len) throw new Malformed("a field is longer than its message");
  } catch (error) {
    throw error instanceof Malformed ? error : new Malformed((error as Error).message);
  }
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex");
const isId = (id: string, digits: number): boolean => id.length === digits && /[^0]/.test(id);
const milliseconds = (nanoseconds: bigint): number => Number(nanoseconds / 1000n) / 1000;
