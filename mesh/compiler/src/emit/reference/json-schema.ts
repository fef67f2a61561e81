// Messages as JSON Schema, in the JSON form of Protobuf.

import type { Contract, Field, Type, ValueType } from "../../model.ts";
import { compare } from "../../names.ts";
import type { YamlMap } from "../yaml.ts";

/** Where the schema of a message stands; that of a well-known type is written where it is used. */
export const refTo = (name: string): YamlMap => wellKnown[name] ?? { $ref: `#/components/schemas/${name}` };

/** Whether JSON writes the message as something of its own, such as a point in time as text. */
export const isWellKnown = (name: string): boolean => wellKnown[name] !== undefined;

/** The messages and enums that are reached from these, by name, sorted. */
export function schemas(contract: Contract, names: readonly string[]): YamlMap {
  const found = new Map<string, YamlMap>();
  const open = [...names];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const type = contract.types.get(name);
    if (!type || found.has(name) || isWellKnown(name)) continue;
    found.set(name, schemaOf(type));
    for (const { type: value } of type.fields) if (value.kind !== "scalar") open.push(value.name);
  }
  return Object.fromEntries([...found].sort(([a], [b]) => compare(a, b)));
}

function schemaOf({ fields, values, comment }: Type): YamlMap {
  if (values.length > 0) return { type: "string", ...described(comment), enum: values };
  const properties = Object.fromEntries(fields.map((field) => [field.json, fieldSchema(field)]));
  return { type: "object", ...described(comment), ...(fields.length > 0 ? { properties } : {}) };
}

/** The value of one field, lists and maps included. */
export function fieldSchema({ type, many, comment }: Field): YamlMap {
  const value = valueSchema(type);
  if (many === "list") return { type: "array", items: value, ...described(comment) };
  if (many === "map") return { type: "object", additionalProperties: value, ...described(comment) };
  return { ...value, ...described(comment) };
}

const valueSchema = (type: ValueType): YamlMap =>
  type.kind === "scalar" ? (scalars[type.scalar] ?? { type: "integer", format: "int32" }) : refTo(type.name);

const described = (comment: string): YamlMap => (comment ? { description: comment } : {});

const long: YamlMap = { type: "string", format: "int64" };
const unsignedLong: YamlMap = { type: "string", format: "uint64" };
const unsigned: YamlMap = { type: "integer", minimum: 0 };

/** Whole numbers of 64 bits are text, since JavaScript would round them; what is not here is one of 32 bits. */
const scalars: Readonly<Record<string, YamlMap>> = {
  string: { type: "string" },
  bool: { type: "boolean" },
  bytes: { type: "string", contentEncoding: "base64" },
  double: { type: "number", format: "double" },
  float: { type: "number", format: "float" },
  int64: long,
  sint64: long,
  sfixed64: long,
  uint64: unsignedLong,
  fixed64: unsignedLong,
  uint32: unsigned,
  fixed32: unsigned,
};

const orNull = (schema: YamlMap): YamlMap => ({ anyOf: [schema, { type: "null" }] });

const wellKnown: Readonly<Record<string, YamlMap>> = {
  "google.protobuf.Timestamp": { type: "string", format: "date-time" },
  "google.protobuf.Duration": { type: "string", pattern: "^-?[0-9]+(\\.[0-9]{1,9})?s$" },
  "google.protobuf.FieldMask": { type: "string" },
  "google.protobuf.Empty": { type: "object" },
  "google.protobuf.Struct": { type: "object" },
  "google.protobuf.Value": {},
  "google.protobuf.ListValue": { type: "array", items: {} },
  "google.protobuf.Any": { type: "object", properties: { "@type": { type: "string" } } },
  "google.protobuf.StringValue": orNull({ type: "string" }),
  "google.protobuf.BoolValue": orNull({ type: "boolean" }),
  "google.protobuf.BytesValue": orNull({ type: "string", contentEncoding: "base64" }),
  "google.protobuf.DoubleValue": orNull({ type: "number", format: "double" }),
  "google.protobuf.FloatValue": orNull({ type: "number", format: "float" }),
  "google.protobuf.Int32Value": orNull({ type: "integer", format: "int32" }),
  "google.protobuf.UInt32Value": orNull(unsigned),
  "google.protobuf.Int64Value": orNull(long),
  "google.protobuf.UInt64Value": orNull(unsignedLong),
};
