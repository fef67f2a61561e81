// Samples of events: for each shape that an event ever had the bytes of one with every field set, what they say, and the schema that they
// were written with. Run as a program it adds those that are missing.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  clone,
  create,
  createFileRegistry,
  type DescField,
  type DescFile,
  type DescMessage,
  fromBinary,
  fromJson,
  type JsonValue,
  type Message,
  ScalarType,
  toBinary,
  toJson,
} from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema, type FileDescriptorSet, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { contractVersion } from "@larder/events";
import { declaredTopics } from "../../mesh/runner/src/cli/event-log.ts";

export interface Sample {
  /** The contract that first had this shape. */
  readonly contract: string;
  /** A FileDescriptorSet without options, in base64. */
  readonly schema: string;
  /** In hex. */
  readonly bytes: string;
  readonly message: JsonValue;
}

const folder = join(import.meta.dirname, "../../proto/testdata/events");

/** The events of today's contract. */
export const events = async (): Promise<DescMessage[]> =>
  [...(await declaredTopics()).values()].map(({ schema }) => schema);

/** The full names of all messages that ever were events. */
export const namesOfSamples = (): string[] => readdirSync(folder).sort();

/** The samples of an event, the oldest first. */
export function samplesOf(typeName: string): Sample[] {
  const files = readdirSync(join(folder, typeName)).sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
  return files.map((file) => JSON.parse(readFileSync(join(folder, typeName, file), "utf8")) as Sample);
}

/** What decides how an event's bytes are read: its message and all that it holds, without options and comments. */
export function schemaOf(event: DescMessage): string {
  const files = new Map<string, DescFile>();
  const visited = new Set<DescMessage>();
  const used = new Set<string>();
  const visit = (message: DescMessage) => {
    if (visited.has(message)) return;
    visited.add(message);
    used.add(message.typeName);
    files.set(message.file.name, message.file);
    for (const field of message.fields) {
      if (field.message) visit(field.message);
      if (!field.enum) continue;
      used.add(field.enum.typeName);
      files.set(field.enum.file.name, field.enum.file);
    }
  };
  visit(event);
  const set: FileDescriptorSet = create(FileDescriptorSetSchema, {
    file: [...files.values()]
      .sort((a, b) => (a.dependencies.includes(b) ? 1 : -1))
      .map((file) => bare(file, files, used)),
  });
  return Buffer.from(toBinary(FileDescriptorSetSchema, set)).toString("base64");
}

function bare(file: DescFile, files: ReadonlyMap<string, DescFile>, used: ReadonlySet<string>) {
  const proto = clone(FileDescriptorProtoSchema, file.proto);
  proto.options = undefined;
  proto.sourceCodeInfo = undefined;
  proto.service = [];
  proto.extension = [];
  proto.dependency = proto.dependency.filter((name) => files.has(name));
  proto.publicDependency = [];
  const isUsed = ({ name }: { name: string }) => used.has(`${proto.package}.${name}`);
  proto.messageType = proto.messageType.filter(isUsed);
  proto.enumType = proto.enumType.filter(isUsed);
  for (const message of proto.messageType) {
    message.options = undefined;
    for (const field of message.field) field.options = undefined;
  }
  for (const { value } of proto.enumType) for (const each of value) each.options = undefined;
  return proto;
}

/** The event as the sample's writer knew it. */
export function messageOf({ schema }: Sample, typeName: string): DescMessage {
  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, Buffer.from(schema, "base64")));
  const message = registry.getMessage(typeName);
  if (!message) throw new Error(`a sample of ${typeName} has another message`);
  return message;
}

/** An event with every field set, to values that follow from the names of the fields. */
export const filled = (message: DescMessage): Message => fromJson(message, valuesOf(message));

const scalars: Partial<Record<ScalarType, JsonValue>> = {
  [ScalarType.BOOL]: true,
  [ScalarType.BYTES]: Buffer.from("bytes").toString("base64"),
};

function valuesOf(message: DescMessage): JsonValue {
  if (message.typeName === "google.protobuf.Timestamp") return "2026-11-28T10:11:12.345Z";
  if (message.typeName === "google.protobuf.Duration") return "1.500s";
  return Object.fromEntries(message.fields.map((field) => [field.jsonName, valueIn(field)]));
}

function valueIn(field: DescField): JsonValue {
  const one = (): JsonValue => {
    if (field.message) return valuesOf(field.message);
    if (field.enum) return field.enum.values[1]?.name ?? field.enum.values[0]?.name ?? 0;
    if (field.scalar === ScalarType.STRING) return field.name;
    return (field.scalar !== undefined && scalars[field.scalar]) || field.number + 1;
  };
  if (field.fieldKind === "map") return { [field.mapKey === ScalarType.STRING ? "key" : "1"]: one() };
  return field.fieldKind === "list" ? [one(), one()] : one();
}

/** Adds a sample of each event whose shape has none. */
async function add(): Promise<void> {
  for (const event of await events()) {
    mkdirSync(join(folder, event.typeName), { recursive: true });
    const known = samplesOf(event.typeName);
    const schema = schemaOf(event);
    if (known.some((sample) => sample.schema === schema)) continue;
    const message = filled(event);
    const sample: Sample = {
      contract: contractVersion(),
      message: toJson(event, message),
      bytes: Buffer.from(toBinary(event, message)).toString("hex"),
      schema,
    };
    const file = join(folder, event.typeName, `${known.length + 1}.json`);
    writeFileSync(file, `${JSON.stringify(sample, null, 2)}\n`);
    console.log(`${event.typeName}: sample ${known.length + 1}`);
  }
}

if (import.meta.main) await add();
