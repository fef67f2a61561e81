// YAML for people: plain values in, with comments where a reader asks where a rule comes from, and small things on one line.

//
// The lines are laid out here and only single values are left to the library, once for each: its tree of nodes took most of the time
// for the text of a large mesh, which repeats the same few words.

import { Document, Scalar, type ToStringOptions } from "yaml";

/** What can be written. An entry that is undefined is left out. */
export type Yaml = string | number | boolean | Noted | Named | readonly Yaml[] | YamlMap;
export type YamlMap = { readonly [key: string]: Yaml | undefined };

class Noted {
  readonly comment: string;
  readonly value: Yaml;
  constructor(comment: string, value: Yaml) {
    this.comment = comment;
    this.value = value;
  }
}

class Named {
  readonly name: string;
  readonly value: Yaml;
  constructor(name: string, value: Yaml) {
    this.name = name;
    this.value = value;
  }
}

/** The value with a comment on the lines before it. In a map, the comment stands before the key. */
export const note = (comment: string, value: Yaml): Yaml => new Noted(comment, value);

/**
 * A value that occurs more than once. It is written where it comes first, with its name as an anchor, and repeated by that
 * name further down. One name stands for one value.
 */
export const named = (name: string, value: Yaml): Yaml => new Named(name, value);

/** A collection up to this long, as JSON, is written on one line. */
export const lineLength = 110;

/** Writes a document that begins with the comment. The same value always gives the same text. */
export const writeYaml = (comment: string, value: YamlMap): string => documentOf(comment, value);

/** Writes several documents into one file, which begins with the comment. */
export const writeYamlDocuments = (comment: string, values: readonly YamlMap[]): string =>
  values.map((value, i) => documentOf(i === 0 ? comment : "", value)).join("---\n");

function documentOf(comment: string, value: YamlMap): string {
  const lines = new Lines();
  lines.document(comment, value);
  return lines.text();
}

/** Where a value is written: behind the `key:` of a map, behind the `-` of a list, or as the whole document. */
type Place = "key" | "item" | "document";

const step = "  ";

class Lines {
  readonly #parts: string[] = [];
  readonly #anchors = new Map<string, Yaml>();

  text(): string {
    return this.#parts.join("");
  }

  document(comment: string, value: YamlMap): void {
    if (comment) this.#parts.push(commentLines(comment, ""), "\n");
    this.#value(value, "document", "", 0);
  }

  /** `indent` is that of the key or the dash in front of the value, and of the keys of a document. */
  #value(value: Yaml, place: Place, indent: string, depth: number): void {
    if (value instanceof Named) {
      this.#named(value, place, indent, depth);
    } else if (value instanceof Noted) {
      throw new Error(`no place for the comment ${value.comment}`);
    } else if (typeof value !== "object") {
      this.#parts.push(" ", inBlock(value).replaceAll(/\n(?=.)/g, `\n${indent}${step}`), "\n");
    } else if (fitsOneLine(value, depth) || isEmpty(value)) {
      this.#parts.push(place === "document" ? "" : " ", onOneLine(value), "\n");
    } else {
      this.#collection(value, place, indent, depth);
    }
  }

  #named({ name, value }: Named, place: Place, indent: string, depth: number): void {
    const written = this.#anchors.get(name);
    if (written !== undefined) {
      if (JSON.stringify(written) !== JSON.stringify(value)) throw new Error(`two values named ${name}`);
      this.#parts.push(` *${name}\n`);
      return;
    }
    this.#anchors.set(name, value);
    this.#parts.push(` &${name}`);
    // Behind an anchor nothing else stands on the line, as behind a key.
    this.#value(value, place === "item" ? "key" : place, indent, depth);
  }

  /** What comes first in it, an entry or its comment, stands on the line of a dash; all else has lines of its own. */
  #collection(value: readonly Yaml[] | YamlMap, place: Place, indent: string, depth: number): void {
    const inner = place === "document" ? indent : indent + step;
    let lead = place === "item" ? " " : inner;
    if (place === "key") this.#parts.push("\n");
    const entries = isList(value) ? value.map((entry): [undefined, Yaml] => [undefined, entry]) : Object.entries(value);
    for (const [key, entry] of entries) {
      if (entry === undefined) continue;
      const noted = entry instanceof Noted;
      if (noted) {
        this.#parts.push(lead, commentLines(entry.comment, inner).trimStart());
        lead = inner;
      }
      this.#parts.push(lead, key === undefined ? "-" : `${keyOf(key)}:`);
      lead = inner;
      this.#value(noted ? entry.value : entry, key === undefined ? "item" : "key", inner, depth + 1);
    }
  }
}

const isList = (value: readonly Yaml[] | YamlMap): value is readonly Yaml[] => Array.isArray(value);

const isEmpty = (value: readonly Yaml[] | YamlMap): boolean =>
  Object.values(value).every((entry) => entry === undefined);

const commentLines = (comment: string, indent: string): string =>
  comment
    .split("\n")
    .map((line) => (line ? `${indent}# ${line}\n` : "\n"))
    .join("");

/** A value without comments and anchors. */
function onOneLine(value: Yaml): string {
  if (typeof value !== "object") return inFlow(value);
  if (Array.isArray(value)) return `[${value.map(onOneLine).join(", ")}]`;
  const entries = Object.entries(value as YamlMap).flatMap(([key, entry]) =>
    entry === undefined ? [] : [`${keyOf(key)}: ${onOneLine(entry)}`],
  );
  return `{${entries.join(", ")}}`;
}

/** Text that other readers take for something else: YAML 1.1 had yes, 1_000, 12:30 and 010, and some stop at two colons. */
const otherMeaning = /^(?:::.*|y|n|yes|no|on|off|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])*(?:\.[0-9_]*)?)$/i;

type Single = string | number | boolean;

const options: ToStringOptions = {
  lineWidth: 0,
  flowCollectionPadding: false,
  minContentWidth: 0,
  doubleQuotedMinMultiLineLength: Number.POSITIVE_INFINITY,
};

/** The same function, which is asked once for each value. */
function remembered<T extends Single, Answer>(ask: (value: T) => Answer): (value: T) => Answer {
  const answers = new Map<T, Answer>();
  return (value) => {
    const known = answers.get(value);
    if (known !== undefined) return known;
    const answer = ask(value);
    answers.set(value, answer);
    return answer;
  };
}

function single(value: Single): Scalar {
  const node = new Scalar(value);
  if (typeof value === "string" && otherMeaning.test(value)) node.type = Scalar.QUOTE_DOUBLE;
  return node;
}

/** Behind a key or a dash; the lines of one with several are not indented. */
const inBlock = remembered((value: Single) =>
  new Document({ a: { b: single(value) } })
    .toString(options)
    .slice("a:\n  b: ".length, -1)
    .replaceAll(/\n {4}/g, "\n"),
);

/** Between brackets, always on one line. */
const inFlow = remembered((value: Single) => {
  const node = single(value);
  if (typeof value === "string" && value.includes("\n")) node.type = Scalar.QUOTE_DOUBLE;
  return new Document([node]).toString({ ...options, collectionStyle: "flow" }).slice(1, -2);
});

const keyOf = remembered((key: string) =>
  new Document({ a: { [key]: 0 } }).toString(options).slice("a:\n  ".length, -4),
);

/** Whether there is nothing inside that needs lines of its own, and the whole is short. The top two levels never are. */
const fitsOneLine = (value: Yaml, depth: number): boolean =>
  depth > 1 && lengthOf(value, lineLength - 2 * depth) <= lineLength - 2 * depth;

const jsonLength = remembered((value: Single) => JSON.stringify(value).length);

/** The length as JSON; more than `most`, whatever it is, where that is passed or something needs a line of its own. */
function lengthOf(value: Yaml, most: number): number {
  if (typeof value !== "object") return jsonLength(value);
  if (value instanceof Noted || value instanceof Named) return Number.POSITIVE_INFINITY;
  let length = 1;
  for (const [key, entry] of Object.entries(value)) {
    if (entry === undefined) continue;
    length += (Array.isArray(value) ? 1 : jsonLength(key) + 2) + lengthOf(entry, most - length);
    if (length > most) return length;
  }
  // The comma behind the last is none.
  return Math.max(2, length);
}
