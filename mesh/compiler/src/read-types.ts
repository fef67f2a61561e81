// Messages and enums with all that they are made of, as plain values.

import { type DescEnum, type DescField, type DescFile, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import type { Field, Type, ValueType } from "./model.ts";
import { Source, step } from "./source.ts";

/** The messages, and everything that they reach, by full name. Each is read once, however often it occurs. */
export function readTypes(messages: readonly DescMessage[]): Map<string, Type> {
  const types = new Map<string, Type>();
  const sources = new Map<DescFile, Source>();
  const open: (DescMessage | DescEnum)[] = [...messages];
  for (let desc = open.pop(); desc; desc = open.pop()) {
    if (types.has(desc.typeName)) continue;
    const source = sources.get(desc.file) ?? new Source(desc.file);
    sources.set(desc.file, source);
    const path = pathOf(desc);
    const comment = source.comment(path);
    const base = { name: desc.typeName, comment };
    if (desc.kind === "enum") {
      types.set(desc.typeName, { ...base, fields: [], values: desc.values.map(({ name }) => name) });
      continue;
    }
    const fields = desc.fields.map((field, i) => readField(field, source.comment([...path, step.messageField, i])));
    types.set(desc.typeName, { ...base, fields, values: [] });
    for (const field of desc.fields) {
      if (field.message) open.push(field.message);
      if (field.enum) open.push(field.enum);
    }
  }
  return types;
}

function readField(field: DescField, comment: string): Field {
  const many = field.fieldKind === "list" || field.fieldKind === "map" ? field.fieldKind : "one";
  return { name: field.name, json: field.jsonName, type: typeOf(field), many, comment };
}

function typeOf(field: DescField): ValueType {
  if (field.message) return { kind: "message", name: field.message.typeName };
  if (field.enum) return { kind: "enum", name: field.enum.typeName };
  return { kind: "scalar", scalar: ScalarType[field.scalar as ScalarType].toLowerCase() };
}

/** Where the element stands in the descriptor of its file. */
function pathOf(desc: DescMessage | DescEnum): number[] {
  const { parent, file } = desc;
  if (desc.kind === "enum") {
    return parent
      ? [...pathOf(parent), step.messageEnum, parent.nestedEnums.indexOf(desc)]
      : [step.fileEnum, file.enums.indexOf(desc)];
  }
  return parent
    ? [...pathOf(parent), step.messageNested, parent.nestedMessages.indexOf(desc)]
    : [step.fileMessage, file.messages.indexOf(desc)];
}
