// YAML files checked against a JSON schema, with the line of everything that is wrong.

import { readFileSync } from "node:fs";
import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import { isCollection, isMap, isNode, LineCounter, type Node, type Pair, parseDocument } from "yaml";
import { InputError } from "./input-error.ts";
import { nearest } from "./names.ts";

type Path = readonly (string | number)[];

export interface Checked<T> {
  readonly value: T;
  /** The line of the value at this path, or of the nearest one around it, from 1. */
  lineOf(path: Path): number;
  /** `name:12: edge.port is wrong`: how every problem is written. */
  problem(path: Path, what: string): string;
}

/** Parses a text. Throws InputError with one line for each problem. An empty file is `{}`. */
export type YamlReader<T> = (text: string, name: string) => Checked<T>;

/** A reader of the files that the schema in this file admits. The schema is compiled when the first file is read. */
export function yamlReader<T>(schemaFile: URL): YamlReader<T> {
  let schema: Schema<T> | undefined;
  return (text, name) => {
    schema ??= compile<T>(schemaFile);
    const { validate, keys } = schema;
    const lines = new LineCounter();
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
    const syntax = document.errors.map((error) => `${name}:${lines.linePos(error.pos[0]).line}: ${error.message}`);
    if (syntax.length > 0) throw new InputError(syntax.join("\n"));
    const value: unknown = document.toJS() ?? {};
    const lineOf = (path: Path) => lines.linePos(offsetOf(document.contents, path)).line;
    const problem = (path: Path, what: string) => `${name}:${lineOf(path)}: ${shown(path)} ${what}`;
    if (validate(value)) return { value, lineOf, problem };
    // For a bad name of a key, another error says what is wrong with it.
    const errors = (validate.errors ?? []).filter(({ keyword }) => keyword !== "propertyNames");
    const problems = errors.map((error) => problem(pathOf(error), describe(error, keys)));
    throw new InputError([...new Set(problems)].join("\n"));
  };
}

interface Schema<T> {
  readonly validate: ValidateFunction<T>;
  /** Every key that the schema knows, at any place. */
  readonly keys: ReadonlySet<string>;
}

function compile<T>(file: URL): Schema<T> {
  const schema = JSON.parse(readFileSync(file, "utf8"));
  const options = { allErrors: true, strict: true, strictRequired: false, strictTypes: false, verbose: true };
  const keys = [...JSON.stringify(schema).matchAll(/"([a-zA-Z]+)":\{/g)].map(([, key = ""]) => key);
  return { validate: new Ajv2020(options).compile<T>(schema), keys: new Set(keys) };
}

const shown = (path: Path): string => (path.length > 0 ? path.join(".") : "the file");

/** The keys from the top to the value that is wrong; for a wrong key, to that key. */
function pathOf({ instancePath, params, propertyName }: ErrorObject): string[] {
  const path = instancePath.split("/").slice(1).map(unescaped);
  const key: unknown = params.additionalProperty ?? params.unevaluatedProperty ?? propertyName;
  return typeof key === "string" ? [...path, key] : path;
}

/** Undoes the escapes of a JSON pointer. */
const unescaped = (part: string): string => part.replaceAll("~1", "/").replaceAll("~0", "~");

function describe(error: ErrorObject, keys: Iterable<string>): string {
  const { keyword, params, parentSchema, message } = error;
  switch (keyword) {
    case "additionalProperties":
    case "unevaluatedProperties": {
      const key = pathOf(error).at(-1) ?? "";
      const here = Object.keys((parentSchema?.properties as object | undefined) ?? {});
      const meant = nearest(key, here) ?? nearest(key, keys);
      if (meant) return `is not a known key: did you mean ${meant}?`;
      return `is not a known key${here.length > 0 ? `; there are ${here.join(", ")}` : ""}`;
    }
    case "required":
      return `lacks ${params.missingProperty}`;
    case "enum":
    case "const":
      return `must be ${oneOf([params.allowedValues ?? params.allowedValue].flat())}`;
    case "pattern":
      return params.pattern === "\\S" ? "must not be empty" : (message ?? "is not valid");
    default:
      return message ?? "is not valid";
  }
}

const oneOf = (values: readonly unknown[]): string =>
  [values.slice(0, -1).join(", "), values.at(-1)].filter((part) => part !== "").join(" or ");

/** The offset of the key in a map, of the item in a list. */
function offsetOf(contents: Node | null, path: Path): number {
  let node: unknown = contents;
  let offset = contents?.range?.[0] ?? 0;
  for (const key of path) {
    let next: unknown;
    if (isMap(node)) {
      const pair: Pair | undefined = node.items.find((item) => String(item.key) === String(key));
      if (!pair) break;
      if (isNode(pair.key)) offset = pair.key.range?.[0] ?? offset;
      next = pair.value;
    } else if (isCollection(node)) {
      next = node.get(Number(key), true);
      if (isNode(next)) offset = next.range?.[0] ?? offset;
    }
    node = next;
  }
  return offset;
}
