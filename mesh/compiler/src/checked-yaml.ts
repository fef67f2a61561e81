// A YAML file checked against a JSON schema, with the line of everything that is wrong.

import type { ErrorObject, ValidateFunction } from "ajv/dist/2020.js";
import { isCollection, isMap, isNode, LineCounter, type Node, type Pair, parseDocument } from "yaml";
import { InputError } from "./input-error.ts";
import { nearest } from "./names.ts";

export interface Checked<T> {
  readonly value: T;
  /** The line of the value at this path, or of the nearest one around it, from 1. */
  lineOf(path: readonly (string | number)[]): number;
}

/** Parses the text. Throws InputError with a line `name:12: what is wrong` for each problem. An empty file is `{}`. */
export function checkedYaml<T>(text: string, name: string, validate: ValidateFunction<T>): Checked<T> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const syntax = document.errors.map((error) => `${name}:${lines.linePos(error.pos[0]).line}: ${error.message}`);
  if (syntax.length > 0) throw new InputError(syntax.join("\n"));
  const value: unknown = document.toJS() ?? {};
  const lineOf = (path: readonly (string | number)[]) => lines.linePos(offsetOf(document.contents, path)).line;
  if (validate(value)) return { value, lineOf };
  const problems = (validate.errors ?? []).map((error) => {
    const path = error.instancePath.split("/").slice(1);
    const key = error.params.additionalProperty;
    return `${name}:${lineOf(key === undefined ? path : [...path, key])}: ${describe(error, path)}`;
  });
  throw new InputError([...new Set(problems)].join("\n"));
}

function describe(error: ErrorObject, path: readonly string[]): string {
  const what = path.length > 0 ? path.join(".") : "the file";
  switch (error.keyword) {
    case "additionalProperties": {
      const key = String(error.params.additionalProperty);
      const known = Object.keys((error.parentSchema?.properties as object | undefined) ?? {});
      const meant = nearest(key, known);
      return `unknown key ${key}${meant ? `: did you mean ${meant}?` : `; ${what} knows ${known.join(", ")}`}`;
    }
    case "required":
      return `${what} lacks ${error.params.missingProperty}`;
    case "enum":
    case "const":
      return `${what} must be ${[error.params.allowedValues ?? error.params.allowedValue].flat().join(" or ")}`;
    case "pattern":
      return `${what} must not be empty`;
    default:
      return `${what} ${error.message ?? "is not valid"}`;
  }
}

/** The offset of the key in a map, of the item in a list. */
function offsetOf(contents: Node | null, path: readonly (string | number)[]): number {
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
