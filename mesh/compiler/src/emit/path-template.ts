// Path templates of google.api.http, `/v1/{name=orders/*}:cancel`, as regular expressions.

import { compare } from "../names.ts";

export interface PathTemplate {
  /** One segment each: text, `*` for any one segment, `**` for any number of them. */
  readonly segments: readonly string[];
  /** What follows the last colon, without it; empty where there is none. */
  readonly verb: string;
}

/** Reads a template. Throws an Error that says what is wrong with it. */
export function parseTemplate(template: string): PathTemplate {
  const flat = template.replace(/\{([^{}=]+)(?:=([^{}]*))?\}/g, (_, __, pattern: string | undefined) => pattern ?? "*");
  const match = /^\/([^:{}]*)(?::([^/:{}*]+))?$/.exec(flat);
  if (!match) throw new Error(`${template} is no path template`);
  const segments = (match[1] ?? "").split("/");
  if (segments.some((segment) => !/^(?:\*{1,2}|[^*]+)$/.test(segment)) || segments.slice(0, -1).includes("**")) {
    throw new Error(`${template} is no path template`);
  }
  return { segments, verb: match[2] ?? "" };
}

/** An RE2 expression for the whole path, without the query. A segment holds no colon: that begins the verb. */
export function templateRegex({ segments, verb }: PathTemplate): string {
  const parts = segments.map((segment) => (segment === "**" ? ".*" : segment === "*" ? "[^/:]+" : quote(segment)));
  return `/${parts.join("/")}${verb ? `:${quote(verb)}` : ""}`;
}

/** Characters with a meaning in RE2, made literal. */
export const quote = (text: string): string => text.replace(/[\\.+*?()|[\]{}^$]/g, "\\$&");

/** Orders templates so that the first one that fits a path is the most exact: text before wildcards, verbs before none. */
export function mostExactFirst(a: PathTemplate, b: PathTemplate): number {
  if ((a.verb === "") !== (b.verb === "")) return a.verb === "" ? 1 : -1;
  for (let i = 0; i < Math.max(a.segments.length, b.segments.length); i++) {
    const difference = rank(a.segments[i]) - rank(b.segments[i]);
    if (difference !== 0) return difference;
  }
  return compare(a.segments.join("/"), b.segments.join("/")) || compare(a.verb, b.verb);
}

const rank = (segment: string | undefined): number =>
  segment === undefined ? 0 : segment === "**" ? 3 : segment === "*" ? 2 : 1;

/** Whether the template fits one path only. */
export const isLiteral = ({ segments }: PathTemplate): boolean => !segments.some((segment) => segment.startsWith("*"));

/** The text that every path of the template begins with. */
export function literalHead({ segments, verb }: PathTemplate): string {
  const wild = segments.findIndex((segment) => segment.startsWith("*"));
  return wild < 0
    ? `/${segments.join("/")}${verb ? `:${verb}` : ""}`
    : `/${segments.slice(0, wild).join("/")}${wild ? "/" : ""}`;
}
