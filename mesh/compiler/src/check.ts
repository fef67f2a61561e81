// Runs the rules over a contract.

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
}

/** All findings, sorted by place. An exception that matches nothing is a finding itself. */
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
  for (const exception of settings.exceptions ?? []) {
    if (used.has(exception)) continue;
    findings.push({
      code: unusedException.code,
      severity: severityOf(unusedException.code, unusedException.severity),
      subject: exception.subject,
      at: exception.at,
      message: `the exception from ${exception.code} for "${exception.subject}" matches no finding`,
      mend: unusedException.mend,
    });
  }
  return sortByPlace(findings);
}

/** What an exception of no use is reported as. */
const unusedException = {
  code: "exception-unused",
  severity: "warning",
  refuses: "an exception in `mesh.yaml` that matches no finding",
  mend: "delete it: what it excused is mended, or it names the wrong subject",
} as const;

/** Rules over the settings instead of the contract. */
export const settingsRules = [unusedException] as const;

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
