// Baselines: the findings that a workspace started with. They are not reported again, so that a check can fail on what is new
// from the first day on. A baseline only shrinks: what is mended has to be taken out of it.

import { readFileSync } from "node:fs";
import { yamlReader } from "./checked-yaml.ts";
import { InputError } from "./input-error.ts";
import type { Location } from "./model.ts";
import { compare } from "./names.ts";
import type { Finding } from "./rules/rule.ts";

/** Findings of one code about one subject. Lines and numbers in messages change too often to tell findings apart. */
export interface BaselineEntry {
  readonly code: string;
  readonly subject: string;
  readonly count: number;
  readonly at: Location;
}

export type Baseline = readonly BaselineEntry[];

interface Written {
  readonly version: 1;
  readonly findings: readonly Omit<BaselineEntry, "at">[];
}

const read = yamlReader<Written>(new URL("./baseline.schema.json", import.meta.url));

/** Reads a file. `name` is how messages call it. Throws InputError where it is missing, or no baseline. */
export function loadBaseline(path: string, name: string): Baseline {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const reason = error instanceof Error ? error.message : error;
    throw new InputError(
      `the baseline ${name} cannot be read: ${reason}; meshc check --write-baseline ${name} makes one`,
    );
  }
  const { value, lineOf } = read(text, name);
  return value.findings.map((entry, i) => ({ ...entry, at: { file: name, line: lineOf(["findings", i]) } }));
}

/** The text of a baseline of these findings: sorted, a line each, so that a version control shows what went. */
export function baselineText(findings: readonly Finding[]): string {
  const entries = [...grouped(findings).values()]
    .map((group) => ({ code: group[0]?.code ?? "", subject: group[0]?.subject ?? "", count: group.length }))
    .sort((a, b) => compare(a.subject, b.subject) || compare(a.code, b.code));
  const lines = entries.map((entry) => `    ${JSON.stringify(entry)}`);
  return `{\n  "version": 1,\n  "findings": [${lines.length > 0 ? `\n${lines.join(",\n")}\n  ` : ""}]\n}\n`;
}

/**
 * What of the findings the baseline does not cover, and which of its entries cover more than there is. Where there are more
 * than it allows, all of them are reported: nobody can tell which one is new.
 */
export function beyond(
  findings: readonly Finding[],
  baseline: Baseline,
): { beyond: Finding[]; unused: BaselineEntry[] } {
  const found = grouped(findings);
  const allowed = new Map(baseline.map((entry) => [key(entry), entry.count]));
  return {
    beyond: findings.filter((finding) => (found.get(key(finding))?.length ?? 0) > (allowed.get(key(finding)) ?? 0)),
    unused: baseline.filter((entry) => (found.get(key(entry))?.length ?? 0) < entry.count),
  };
}

function grouped(findings: readonly Finding[]): Map<string, Finding[]> {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const group = groups.get(key(finding));
    if (group) group.push(finding);
    else groups.set(key(finding), [finding]);
  }
  return groups;
}

const key = ({ code, subject }: { readonly code: string; readonly subject: string }): string => `${code} ${subject}`;
