// Findings and changes as SARIF 2.1.0, which code review tools read (GitHub: github/codeql-action/upload-sarif).

import type { Location } from "./model.ts";
import { version } from "./version.ts";

/** A rule or a comparison, as a list of a tool has it. */
export interface SarifRule {
  readonly id: string;
  readonly level: SarifLevel;
  readonly says: string;
  readonly help?: string | undefined;
}

export type SarifLevel = "error" | "warning" | "note";

export interface SarifResult {
  readonly rule: string;
  readonly level: SarifLevel;
  readonly message: string;
  readonly subject: string;
  /** Its path counts from the folder that the command ran in; line 0 where none is known. */
  readonly at: Location;
  /** Why the owner accepts it. */
  readonly accepted?: string | undefined;
}

/** One run of meshc. Only the rules that found something are listed. */
export function asSarif(results: readonly SarifResult[], rules: readonly SarifRule[]): string {
  const found = rules.filter(({ id }) => results.some(({ rule }) => rule === id));
  const indices = new Map(found.map(({ id }, index) => [id, index]));
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "meshc", semanticVersion: version, rules: found.map(ruleOf) } },
        columnKind: "utf16CodeUnits",
        results: results.map((result) => resultOf(result, indices.get(result.rule))),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

const ruleOf = ({ id, level, says, help }: SarifRule) => ({
  id,
  shortDescription: { text: says },
  ...(help ? { help: { text: help } } : {}),
  defaultConfiguration: { level },
});

const resultOf = ({ rule, level, message, subject, at, accepted }: SarifResult, ruleIndex: number | undefined) => ({
  ruleId: rule,
  ...(ruleIndex === undefined ? {} : { ruleIndex }),
  level,
  message: { text: message },
  locations: [
    {
      physicalLocation: {
        artifactLocation: { uri: at.file.split("/").map(encodeURIComponent).join("/") },
        ...(at.line > 0 ? { region: { startLine: at.line } } : {}),
      },
      logicalLocations: [{ fullyQualifiedName: subject }],
    },
  ],
  // Lines move; what a result is about does not.
  partialFingerprints: { "ruleAndSubject/v1": `${rule} ${subject}` },
  ...(accepted ? { suppressions: [{ kind: "external", justification: accepted }] } : {}),
});
