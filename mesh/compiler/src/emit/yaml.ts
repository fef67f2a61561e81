// YAML for people: plain values in, with comments where a reader asks where a rule comes from, and small things on one line.

import { Alias, Document, type Node, Pair, Scalar, YAMLMap, YAMLSeq } from "yaml";

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
const lineLength = 110;

/** Writes a document that begins with the comment. The same value always gives the same text. */
export const writeYaml = (comment: string, value: YamlMap): string => documentOf(comment, value);

/** Writes several documents into one file, which begins with the comment. */
export const writeYamlDocuments = (comment: string, values: readonly YamlMap[]): string =>
  values.map((value, i) => documentOf(i === 0 ? comment : "", value)).join("---\n");

function documentOf(comment: string, value: YamlMap): string {
  const document = new Document();
  const anchors = new Map() as Anchors;
  document.contents = nodeOf(document, anchors, value, 0) as unknown as null;
  if (comment) document.commentBefore = comment.replace(/^(?=.)/gm, " ");
  return document.toString({ directives: false, lineWidth: 0, flowCollectionPadding: false, minContentWidth: 0 });
}

type Anchors = Map<string, { readonly node: YAMLMap; readonly value: Yaml }>;

function nodeOf(document: Document, anchors: Anchors, value: Yaml, depth: number): Node {
  if (value instanceof Noted) {
    const node = nodeOf(document, anchors, value.value, depth);
    node.commentBefore = value.comment.replace(/^(?=.)/gm, " ");
    return node;
  }
  if (value instanceof Named) {
    const written = anchors.get(value.name);
    if (written) {
      if (JSON.stringify(written.value) !== JSON.stringify(value.value))
        throw new Error(`two values named ${value.name}`);
      // Document.createAlias would look through the whole document for the name.
      return new Alias(value.name);
    }
    const node = nodeOf(document, anchors, value.value, depth) as YAMLMap;
    node.anchor = value.name;
    anchors.set(value.name, { node, value: value.value });
    return node;
  }
  if (typeof value !== "object") return scalar(value);
  const node = Array.isArray(value)
    ? sequence(document, anchors, value, depth)
    : map(document, anchors, value as YamlMap, depth);
  node.flow = fitsOneLine(value, depth);
  return node;
}

/** Text that other readers take for something else: YAML 1.1 had yes, 1_000, 12:30 and 010, and some stop at two colons. */
const otherMeaning = /^(?:::.*|y|n|yes|no|on|off|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])*(?:\.[0-9_]*)?)$/i;

function scalar(value: string | number | boolean): Scalar {
  const node = new Scalar(value);
  if (typeof value === "string" && otherMeaning.test(value)) node.type = Scalar.QUOTE_DOUBLE;
  return node;
}

function sequence(document: Document, anchors: Anchors, value: readonly Yaml[], depth: number): YAMLSeq {
  const node = new YAMLSeq(document.schema);
  for (const item of value) node.items.push(nodeOf(document, anchors, item, depth + 1));
  return node;
}

function map(document: Document, anchors: Anchors, value: YamlMap, depth: number): YAMLMap {
  const node = new YAMLMap(document.schema);
  for (const [key, entry] of Object.entries(value)) {
    if (entry === undefined) continue;
    const name = new Scalar(key);
    const noted = entry instanceof Noted;
    if (noted) name.commentBefore = entry.comment.replace(/^(?=.)/gm, " ");
    node.items.push(new Pair(name, nodeOf(document, anchors, noted ? entry.value : entry, depth + 1)));
  }
  return node;
}

/** Whether there is nothing inside that needs lines of its own, and the whole is short. The top two levels never are. */
function fitsOneLine(value: Yaml, depth: number): boolean {
  return depth > 1 && plain(value) && JSON.stringify(value).length + 2 * depth <= lineLength;
}

function plain(value: Yaml): boolean {
  if (typeof value !== "object") return true;
  if (value instanceof Noted || value instanceof Named) return false;
  return Object.values(value).every((entry) => entry === undefined || plain(entry));
}
