// Runs the rules over a contract.

import { type Baseline, beyond } from "./baseline.ts";
import { graphOf } from "./graph.ts";
import type { Contract } from "./model.ts";
import { compare } from "./names.ts";
import { rules } from "./rules/index.ts";
import type { Finding, Severity } from "./rules/rule.ts";

/** A finding, or a change, that an owner accepts, and why. */
export interface Accepted {
  readonly code: string;
  /** The subject; a `*` at its end stands for any rest. */
  readonly subject: string;
  readonly reason: string;
}

export interface Exception extends Accepted {
  /** Where it is written, for the finding that it is no longer needed. */
  readonly at: Finding["at"];
}

export interface CheckSettings {
  /** Severities that differ from those of the rules, by code. */
  readonly severities?: Readonly<Record<string, Severity>>;
  readonly exceptions?: readonly Exception[];
  /** Findings that were there before, which are not reported again. */
  readonly baseline?: Baseline;
}

/** All findings, sorted by place. An exception, or an entry of a baseline, that matches nothing is a finding itself. */
export function check(contract: Contract, settings: CheckSettings = {}): Finding[] {
  const graph = graphOf(contract);
  const severityOf = (code: string, severity: Severity) => settings.severities?.[code] ?? severity;
  const used = new Set<Exception>();
  const findings: Finding[] = [];
  for (const rule of rules) {
    const exceptions = (settings.exceptions ?? []).filter((exception) => exception.code === rule.code);
    for (const { subject, at, message, mend } of rule.check(graph)) {
      const accepted = exceptions.filter((exception) => covers(exception.subject, subject));
      for (const exception of accepted) used.add(exception);
      if (accepted.length > 0) continue;
      const severity = severityOf(rule.code, rule.severity);
      findings.push({ code: rule.code, severity, subject, at, message, mend: mend ?? rule.mend });
    }
  }
  const { beyond: reported, unused } = beyond(findings, settings.baseline ?? []);
  for (const exception of settings.exceptions ?? []) {
    if (used.has(exception)) continue;
    const message = `the exception from ${exception.code} for "${exception.subject}" matches no finding`;
    reported.push(ofSettings(unusedException, exception, message));
  }
  for (const entry of unused) {
    const message = `the baseline holds ${entry.count} x ${entry.code} for "${entry.subject}", of which some are mended`;
    reported.push(ofSettings(unusedBaseline, entry, message));
  }
  return sortByPlace(reported);

  function ofSettings(
    { code, severity, mend }: (typeof settingsRules)[number],
    { subject, at }: Pick<Finding, "subject" | "at">,
    message: string,
  ): Finding {
    return { code, severity: severityOf(code, severity), subject, at, message, mend };
  }
}

/** What an exception of no use is reported as. */
const unusedException = {
  code: "exception-unused",
  severity: "warning",
  refuses: "an exception in `mesh.yaml` that matches no finding",
  mend: "delete it: what it excused is mended, or it names the wrong subject",
} as const;

const unusedBaseline = {
  code: "baseline-unused",
  severity: "warning",
  refuses: "an entry of a baseline that covers more findings than there are",
  mend: "write the baseline again, so that what is mended stays mended: meshc check --write-baseline FILE",
} as const;

/** What an environment is reported for that leaves callers or scopes to nobody. */
export const unenforced = {
  code: "left-to-nobody",
  severity: "error",
  refuses: "an environment in which nobody enforces callers or scopes, by what docs/coverage.md says of its mesh",
  mend: "run it with a mesh that does, or accept it in the environment: `accepts: {callers: REASON}`",
} as const;

/** Rules over the settings instead of the contract. */
export const settingsRules = [unusedException, unusedBaseline, unenforced] as const;

export const covers = (pattern: string, subject: string): boolean =>
  pattern.endsWith("*") ? subject.startsWith(pattern.slice(0, -1)) : pattern === subject;

/** By file, line, code and message, so that the order never depends on that of the rules. */
export const sortByPlace = <T extends Pick<Finding, "at" | "code" | "message">>(found: readonly T[]): T[] =>
  [...found].sort(
    (a, b) =>
      compare(a.at.file, b.at.file) ||
      a.at.line - b.at.line ||
      compare(a.code, b.code) ||
      compare(a.message, b.message),
  );
