// Export requests as a service makes them, for tests of what takes them: whole ones, and such that no exporter would make.
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

export interface SpanInit {
  readonly trace?: string;
  readonly span?: string;
  readonly parent?: string;
  readonly name?: string;
  readonly kind?: number;
  /** Milliseconds since the epoch. */
  readonly start?: number;
  readonly ms?: number;
  readonly error?: string;
  readonly attributes?: Readonly<Record<string, Uint8Array>>;
  readonly events?: Readonly<Record<string, Readonly<Record<string, Uint8Array>>>>;
}

export const traceId = (number: number): string => number.toString(16).padStart(32, "0");
export const spanId = (number: number): string => number.toString(16).padStart(16, "0");
export const START = 1_700_000_000_000;

/** The bytes of a Span; what is left out is as that of a plain call. */
export function spanBytes(init: SpanInit = {}): Uint8Array {
  const {
    trace = traceId(1),
    span = spanId(1),
    parent = "",
    name = "a.v1.B/C",
    kind = 2,
    start = START,
    ms = 1,
  } = init;
  const writer = new BinaryWriter();
  writer.tag(1, WireType.LengthDelimited).bytes(Buffer.from(trace, "hex"));
  writer.tag(2, WireType.LengthDelimited).bytes(Buffer.from(span, "hex"));
  if (parent) writer.tag(4, WireType.LengthDelimited).bytes(Buffer.from(parent, "hex"));
  writer.tag(5, WireType.LengthDelimited).string(name);
  writer.tag(6, WireType.Varint).int32(kind);
  writer.tag(7, WireType.Bit64).fixed64(nanoseconds(start));
  writer.tag(8, WireType.Bit64).fixed64(nanoseconds(start + ms));
  keyValues(writer, 9, init.attributes ?? {});
  for (const [event, attributes] of Object.entries(init.events ?? {})) {
    writer.tag(11, WireType.LengthDelimited).fork();
    writer.tag(1, WireType.Bit64).fixed64(nanoseconds(start));
    writer.tag(2, WireType.LengthDelimited).string(event);
    keyValues(writer, 3, attributes);
    writer.join();
  }
  if (init.error !== undefined) {
    writer.tag(15, WireType.LengthDelimited).fork();
    writer.tag(2, WireType.LengthDelimited).string(init.error).tag(3, WireType.Varint).int32(2);
    writer.join();
  }
  return writer.finish();
}

/** An ExportTraceServiceRequest with the spans of one service, whose resource stands behind them. */
export function request(service: string, ...spans: readonly Uint8Array[]): Uint8Array {
  const writer = new BinaryWriter();
  writer.tag(1, WireType.LengthDelimited).fork();
  writer.tag(2, WireType.LengthDelimited).fork();
  for (const span of spans) writer.tag(2, WireType.LengthDelimited).bytes(span);
  writer.join();
  writer.tag(1, WireType.LengthDelimited).fork();
  keyValues(writer, 1, { "service.name": value(1, service) });
  writer.join();
  return writer.join().finish();
}

function keyValues(writer: BinaryWriter, at: number, values: Readonly<Record<string, Uint8Array>>): void {
  for (const [key, bytes] of Object.entries(values)) {
    writer.tag(at, WireType.LengthDelimited).fork();
    writer.tag(1, WireType.LengthDelimited).string(key).tag(2, WireType.LengthDelimited).bytes(bytes);
    writer.join();
  }
}

/** An AnyValue: text (1), flag (2), whole number (3), number (4), bytes (7). */
export function value(field: 1 | 2 | 3 | 4 | 7, content: string | number): Uint8Array {
  const writer = new BinaryWriter();
  if (field === 2 || field === 3) return writer.tag(field, WireType.Varint).int64(Number(content)).finish();
  if (field === 4) return writer.tag(field, WireType.Bit64).double(Number(content)).finish();
  return writer.tag(field, WireType.LengthDelimited).string(String(content)).finish();
}

/** An AnyValue that is a list. */
export function listValue(...values: readonly Uint8Array[]): Uint8Array {
  const writer = new BinaryWriter().tag(5, WireType.LengthDelimited).fork();
  for (const each of values) writer.tag(1, WireType.LengthDelimited).bytes(each);
  return writer.join().finish();
}

/** An AnyValue that is a map. */
export function mapValue(values: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const writer = new BinaryWriter().tag(6, WireType.LengthDelimited).fork();
  keyValues(writer, 1, values);
  return writer.join().finish();
}

const nanoseconds = (ms: number): bigint => BigInt(Math.round(ms * 1000)) * 1000n;
