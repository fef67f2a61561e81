// Findings as text for people, as JSON for programs, and as SARIF for code review.

import { styleText } from "node:util";
import { settingsRules } from "./check.ts";
import type { Location } from "./model.ts";
import { place } from "./names.ts";
import { rules } from "./rules/index.ts";
import type { Finding } from "./rules/rule.ts";
import { asSarif } from "./sarif.ts";
import { imageUnpinned } from "./verify/unpinned.ts";
import { secretUnset } from "./verify/unset.ts";

export type Format = "text" | "json" | "sarif";

type Style = Parameters<typeof styleText>[0];

/** Paints text, or leaves it plain. */
export type Paint = (style: Style, text: string) => string;

export const plain: Paint = (_, text) => text;
export const coloured: Paint = (style, text) => styleText(style, text, { validateStream: false });

/** One line for each finding, as `buf lint` writes them, and a last line that counts. */
export function findingsAsText(findings: readonly Finding[], show: (at: Location) => Location, paint: Paint): string {
  const lines = findings.map(({ code, severity, at, message, mend }) => {
    const error = severity === "error";
    const label = `${paint(error ? "red" : "yellow", code)}${error ? "" : " (warning)"}`;
    return `${paint("bold", place(show(at)))}: ${label}: ${message}. Mend: ${mend}.`;
  });
  return lines.map((line) => `${line}\n`).join("");
}

/** `{"findings": [{code, severity, subject, file, line, message, mend}], "errors": 1, "warnings": 0}`. */
export function findingsAsJson(findings: readonly Finding[], show: (at: Location) => Location): string {
  const list = findings.map(({ code, severity, subject, at, message, mend }) => ({
    code,
    severity,
    subject,
    ...show(at),
    message,
    mend,
  }));
  return `${JSON.stringify({ findings: list, ...tally(findings) }, null, 2)}\n`;
}

/** Each finding with its place; the rules of those that are there. */
export function findingsAsSarif(findings: readonly Finding[], show: (at: Location) => Location): string {
  return asSarif(
    findings.map(({ code, severity, subject, at, message, mend }) => ({
      rule: code,
      level: severity,
      message: `${message}. Mend: ${mend}.`,
      subject,
      at: show(at),
    })),
    [...rules, ...settingsRules, imageUnpinned, secretUnset].map(({ code, severity, refuses, mend }) => ({
      id: code,
      level: severity,
      says: `Refuses ${refuses}.`,
      help: `Mend: ${mend}.`,
    })),
  );
}

export function tally(findings: readonly Finding[]): { errors: number; warnings: number } {
  const errors = findings.filter((finding) => finding.severity === "error").length;
  return { errors, warnings: findings.length - errors };
}

/** `1 method`, `2 methods`. */
export const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? "" : "s"}`;
