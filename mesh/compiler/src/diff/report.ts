// Changes as text for people, as JSON for programs, and as SARIF for code review.

import type { Location } from "../model.ts";
import { place } from "../names.ts";
import type { Paint } from "../report.ts";
import { asSarif, type SarifLevel } from "../sarif.ts";
import type { Change, Effect } from "./comparison.ts";
import { comparisons, type DiffSettings, mustNotBe } from "./index.ts";

const colours = { breaking: "red", loosening: "yellow", safe: "green" } as const;

/** One line for each change, as for a finding, with its effect behind its code. */
export function changesAsText(changes: readonly Change[], show: (at: Location) => Location, paint: Paint): string {
  const lines = changes.map(({ code, effect, at, message, why, mend, accepted }) => {
    const judged = `(${effect}${accepted ? `, accepted: ${accepted}` : ""})`;
    const what = `${paint("bold", place(show(at)))}: ${paint(colours[effect], code)} ${judged}: ${message}: ${why}.`;
    return mend && !accepted ? `${what} Mend: ${mend}.` : what;
  });
  return lines.map((line) => `${line}\n`).join("");
}

/** `{"changes": [{code, effect, subject, file, line, message, why, mend, accepted}], "breaking": 1, "loosening": 0, …}`. */
export function changesAsJson(changes: readonly Change[], show: (at: Location) => Location): string {
  const list = changes.map(({ at, code, effect, subject, ...rest }) => ({
    code,
    effect,
    subject,
    ...show(at),
    ...rest,
  }));
  return `${JSON.stringify({ changes: list, ...tallyOf(changes) }, null, 2)}\n`;
}

/** What fails is an error, what loosens a warning, the rest a note. */
export function changesAsSarif(
  changes: readonly Change[],
  show: (at: Location) => Location,
  settings: DiffSettings,
): string {
  return asSarif(
    changes.map((change) => ({
      rule: change.code,
      level: mustNotBe(change.effect, settings) ? "error" : levels[change.effect],
      message: `${change.message}: ${change.why}.${change.mend ? ` Mend: ${change.mend}.` : ""}`,
      subject: change.subject,
      at: show(change.at),
      accepted: change.accepted,
    })),
    comparisons.map(({ code, effect, finds, why, mend }) => ({
      id: code,
      level: levels[effect],
      says: `Finds ${finds}: ${why}.`,
      help: mend && `Mend: ${mend}.`,
    })),
  );
}

const levels: Readonly<Record<Effect, SarifLevel>> = { breaking: "error", loosening: "warning", safe: "note" };

/** How many changes have each effect, accepted or not. */
export function tallyOf(changes: readonly Change[]): Record<Effect, number> {
  const tally = { breaking: 0, loosening: 0, safe: 0 };
  for (const { effect } of changes) tally[effect]++;
  return tally;
}
