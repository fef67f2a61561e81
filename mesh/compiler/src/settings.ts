// mesh.yaml: what a workspace tells the compiler.

import { type CheckSettings, unusedException } from "./check.ts";
import { yamlReader } from "./checked-yaml.ts";
import { InputError } from "./input-error.ts";
import { nearest } from "./names.ts";
import { rules } from "./rules/index.ts";
import type { Severity } from "./rules/rule.ts";

/** The name of the file, at the top of a workspace. */
export const settingsFile = "mesh.yaml";

export interface Settings extends CheckSettings {
  /** Environment files; the first is the default. */
  readonly environments: readonly string[];
  /** Folders by target. */
  readonly generate: Readonly<Record<string, string>>;
  /** Folders in which `explain` looks, those of `generate` included. */
  readonly artefacts: readonly string[];
  readonly foreignPackages: readonly string[];
}

interface Written {
  readonly environments?: readonly string[];
  readonly generate?: Readonly<Record<string, string>>;
  readonly artefacts?: readonly string[];
  readonly foreign?: readonly string[];
  readonly severities?: Readonly<Record<string, Severity>>;
  readonly exceptions?: readonly { readonly code: string; readonly subject: string; readonly reason: string }[];
}

const read = yamlReader<Written>(new URL("./settings.schema.json", import.meta.url));

/** Where there is no mesh.yaml. */
export const defaultSettings: Settings = { environments: [], generate: {}, artefacts: [], foreignPackages: [] };

/** Reads the text of mesh.yaml. Throws InputError with one line for each problem. */
export function parseSettings(text: string, name: string = settingsFile): Settings {
  const { value, lineOf } = read(text, name);
  const codes = new Set([...rules.map((rule) => rule.code), unusedException.code]);
  const problems: string[] = [];
  const mustBeRule = (code: string, path: readonly (string | number)[]) => {
    if (codes.has(code)) return;
    const meant = nearest(code, codes);
    problems.push(`${name}:${lineOf(path)}: no rule has the code ${code}${meant ? `: did you mean ${meant}?` : ""}`);
  };
  for (const code of Object.keys(value.severities ?? {})) mustBeRule(code, ["severities", code]);
  for (const [i, { code }] of (value.exceptions ?? []).entries()) mustBeRule(code, ["exceptions", i, "code"]);
  if (problems.length > 0) throw new InputError(problems.join("\n"));
  const generate = value.generate ?? {};
  return {
    environments: value.environments ?? [],
    generate,
    artefacts: [...new Set([...Object.values(generate), ...(value.artefacts ?? [])])],
    foreignPackages: value.foreign ?? [],
    severities: value.severities ?? {},
    exceptions: (value.exceptions ?? []).map((exception, i) => ({
      ...exception,
      at: { file: name, line: lineOf(["exceptions", i]) },
    })),
  };
}
