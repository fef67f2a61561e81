// An event in CloudEvents form, and its bytes: the CloudEvents Protobuf format (io.cloudevents.v1.CloudEvent), payload in
// binary_data. Written by hand, field by field, since it stands on the path of every event.

import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

export interface Event {
  /** Unique within the source. */
  readonly id: string;
  /** The workload that wrote it. */
  readonly source: string;
  /** The full name of the payload's message: `larder.order.v1.OrderConfirmed`. */
  readonly type: string;
  /** The key: events of one key stay in order. */
  readonly subject: string;
  /** When it happened, by the writer's clock. */
  readonly time: Date;
  /** The contract that the payload was written with: `larder:contract/0.1.0`. */
  readonly dataschema: string;
  /** The version of the aggregate that this event made: a replayed event is older than what its reader has seen. Absent: it has none. */
  readonly aggregateVersion?: bigint | undefined;
  /** W3C trace context of the request that caused it. Absent: there was none. */
  readonly traceparent?: string | undefined;
  /** Further attributes: lower-case letters and digits. */
  readonly extensions?: Readonly<Record<string, string>> | undefined;
  /** The payload, Protobuf. */
  readonly data: Uint8Array;
}

/** The most bytes of an encoded event. */
export const MAX_EVENT_BYTES = 1 << 20;

/** Bytes that are not an event, or an event without what ours must have. No further delivery will help. */
export class EventFormatError extends Error {
  override name = "EventFormatError";
}

/** An event of another type than its reader knows, or of a version to come: to be kept for a reader that does. */
export class UnknownEvent extends EventFormatError {
  override name = "UnknownEvent";
  readonly what: "unknown type" | "unknown version";

  constructor(what: UnknownEvent["what"], message: string) {
    super(message);
    this.what = what;
  }
}

/** The event is larger than the log takes. */
export class EventTooLarge extends Error {
  override name = "EventTooLarge";
}

const FIELD = { id: 1, source: 2, specVersion: 3, type: 4, attributes: 5, binaryData: 6 } as const;
const ATTRIBUTE = { boolean: 1, integer: 2, string: 3, uri: 5, uriReference: 6, timestamp: 7 } as const;
const CONTENT_TYPE = "application/protobuf";
const NAME = /^[a-z0-9]{1,20}$/;

/** Throws `EventTooLarge` over `MAX_EVENT_BYTES`. */
export function encodeEvent(event: Event): Uint8Array {
  const writer = new BinaryWriter();
  writer.tag(FIELD.id, WireType.LengthDelimited).string(event.id);
  writer.tag(FIELD.source, WireType.LengthDelimited).string(event.source);
  writer.tag(FIELD.specVersion, WireType.LengthDelimited).string("1.0");
  writer.tag(FIELD.type, WireType.LengthDelimited).string(event.type);
  attribute(writer, "datacontenttype", ATTRIBUTE.string, CONTENT_TYPE);
  attribute(writer, "dataschema", ATTRIBUTE.uri, event.dataschema);
  attribute(writer, "subject", ATTRIBUTE.string, event.subject);
  time(writer, event.time);
  if (event.aggregateVersion !== undefined) {
    attribute(writer, "aggregateversion", ATTRIBUTE.string, String(event.aggregateVersion));
  }
  if (event.traceparent) attribute(writer, "traceparent", ATTRIBUTE.string, event.traceparent);
  for (const [name, value] of Object.entries(event.extensions ?? {})) {
    if (!NAME.test(name)) throw new Error(`"${name}" cannot be the name of an attribute`);
    attribute(writer, name, ATTRIBUTE.string, value);
  }
  writer.tag(FIELD.binaryData, WireType.LengthDelimited).bytes(event.data);
  const bytes = writer.finish();
  if (bytes.length > MAX_EVENT_BYTES) {
    throw new EventTooLarge(`event ${event.id} has ${bytes.length} bytes; ${MAX_EVENT_BYTES} are allowed`);
  }
  return bytes;
}

function attribute(writer: BinaryWriter, name: string, field: number, value: string): void {
  writer.tag(FIELD.attributes, WireType.LengthDelimited).fork();
  writer.tag(1, WireType.LengthDelimited).string(name);
  writer.tag(2, WireType.LengthDelimited).fork().tag(field, WireType.LengthDelimited).string(value).join();
  writer.join();
}

function time(writer: BinaryWriter, value: Date): void {
  const seconds = Math.floor(value.getTime() / 1000);
  writer.tag(FIELD.attributes, WireType.LengthDelimited).fork();
  writer.tag(1, WireType.LengthDelimited).string("time");
  writer.tag(2, WireType.LengthDelimited).fork().tag(ATTRIBUTE.timestamp, WireType.LengthDelimited).fork();
  writer.tag(1, WireType.Varint).int64(seconds);
  writer.tag(2, WireType.Varint).int32((value.getTime() - seconds * 1000) * 1_000_000);
  writer.join().join().join();
}

/** Throws `EventFormatError`. */
export function decodeEvent(bytes: Uint8Array): Event {
  try {
    return read(bytes);
  } catch (error) {
    if (error instanceof EventFormatError) throw error;
    throw new EventFormatError("the bytes are not a CloudEvent", { cause: error });
  }
}

function read(bytes: Uint8Array): Event {
  const texts: Record<number, string> = {};
  const attributes = new Map<string, string | Date>();
  let data: Uint8Array = new Uint8Array();
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (wireType !== WireType.LengthDelimited) reader.skip(wireType, field);
    else if (field <= FIELD.type) texts[field] = reader.string();
    else if (field === FIELD.attributes) readAttribute(reader, attributes);
    else if (field === FIELD.binaryData) data = reader.bytes();
    else reader.skip(wireType, field);
  }
  const must = <T extends string | Date>(name: string, value: T | undefined): T => {
    if (value === undefined || value === "") throw new EventFormatError(`the event has no ${name}`);
    return value;
  };
  const take = (name: string): string | undefined => {
    const value = attributes.get(name);
    attributes.delete(name);
    return value instanceof Date ? undefined : value;
  };
  if (texts[FIELD.specVersion] !== "1.0") throw new EventFormatError("the event is not of CloudEvents 1.0");
  const happened = attributes.get("time");
  attributes.delete("time");
  take("datacontenttype");
  const version = take("aggregateversion");
  if (version !== undefined && !/^\d{1,19}$/.test(version))
    throw new EventFormatError("the aggregate version is no number");
  const event = {
    id: must("id", texts[FIELD.id]),
    source: must("source", texts[FIELD.source]),
    type: must("type", texts[FIELD.type]),
    subject: must("subject", take("subject")),
    time: must("time", happened instanceof Date ? happened : undefined),
    dataschema: must("dataschema", take("dataschema")),
    aggregateVersion: version === undefined ? undefined : BigInt(version),
    traceparent: take("traceparent"),
    data,
  };
  const rest = [...attributes].map(([name, value]) => [name, value instanceof Date ? value.toISOString() : value]);
  return rest.length > 0 ? { ...event, extensions: Object.fromEntries(rest) } : event;
}

// Nested messages are read where they lie: a reader of its own for each would be the larger part of the work.
function nested(reader: BinaryReader, read: (field: number, wireType: WireType) => void): void {
  const length = reader.uint32();
  const end = reader.pos + length;
  while (reader.pos < end) read(...reader.tag());
  if (reader.pos > Math.min(end, reader.len)) throw new EventFormatError("a part of the event is longer than it says");
}

function readAttribute(reader: BinaryReader, into: Map<string, string | Date>): void {
  let name = "";
  let value: string | Date | undefined;
  nested(reader, (field, wireType) => {
    if (field === 1) name = reader.string();
    else if (field === 2) value = readValue(reader);
    else reader.skip(wireType, field);
  });
  if (name && value !== undefined) into.set(name, value);
}

function readValue(reader: BinaryReader): string | Date | undefined {
  let value: string | Date | undefined;
  nested(reader, (field, wireType) => {
    if (field === ATTRIBUTE.string || field === ATTRIBUTE.uri || field === ATTRIBUTE.uriReference)
      value = reader.string();
    else if (field === ATTRIBUTE.integer) value = String(reader.int32());
    else if (field === ATTRIBUTE.boolean) value = String(reader.bool());
    else if (field === ATTRIBUTE.timestamp) value = readTimestamp(reader);
    else reader.skip(wireType, field);
  });
  return value;
}

function readTimestamp(reader: BinaryReader): Date {
  let milliseconds = 0;
  nested(reader, (field, wireType) => {
    if (field === 1) milliseconds += Number(reader.int64()) * 1000;
    else if (field === 2) milliseconds += reader.int32() / 1_000_000;
    else reader.skip(wireType, field);
  });
  return new Date(milliseconds);
}
