// mesh.yaml: what a workspace tells the compiler.

import { type Accepted, type CheckSettings, settingsRules } from "./check.ts";
import { yamlReader } from "./checked-yaml.ts";
import type { Effect } from "./diff/comparison.ts";
import { comparisons, type DiffSettings } from "./diff/index.ts";
import { repeating } from "./emit/index.ts";
import { InputError } from "./input-error.ts";
import { nearest } from "./names.ts";
import { rules } from "./rules/index.ts";
import type { Severity } from "./rules/rule.ts";

/** The name of the file, at the top of a workspace. */
export const settingsFile = "mesh.yaml";

export interface Settings extends CheckSettings {
  /** Environment files; the first is the default. */
  readonly environments: readonly string[];
  /** Where each environment file is named, `mesh.yaml:7`. */
  readonly namedAt: ReadonlyMap<string, string>;
  /** What is generated where, in the order of the file. */
  readonly generate: readonly Output[];
  /** Folders in which `explain` looks, those of `generate` included but for what repeats another target. */
  readonly artefacts: readonly string[];
  readonly foreignPackages: readonly string[];
  /** The file of the baseline, which the workspace reads. */
  readonly baselineFile?: string;
  readonly diff: DiffSettings;
}

/** A target and the folder that it is written to, from the top of the workspace. */
export interface Output {
  readonly target: string;
  readonly folder: string;
  /** The environment file. Absent: the first of the workspace. */
  readonly environment?: string;
}

interface Written {
  readonly environments?: readonly string[];
  readonly generate?: Readonly<Record<string, WrittenOutput | readonly WrittenOutput[]>>;
  readonly artefacts?: readonly string[];
  readonly foreign?: readonly string[];
  readonly severities?: Readonly<Record<string, Severity>>;
  readonly exceptions?: readonly Accepted[];
  readonly baseline?: string;
  readonly diff?: { readonly fail?: readonly Effect[]; readonly accepted?: readonly Accepted[] };
}

type WrittenOutput = string | Omit<Output, "target">;

type Named = readonly [path: readonly (string | number)[], file: string];

/** Each environment file that is named, and where. */
function environmentsIn({ environments = [], generate = {} }: Written): Named[] {
  const ofTargets = Object.entries(generate).flatMap(([target, outputs]) => {
    const place = (i: number) => ["generate", target, ...(Array.isArray(outputs) ? [i] : []), "environment"];
    return [outputs]
      .flat()
      .flatMap((output, i): Named[] =>
        typeof output === "string" || output.environment === undefined ? [] : [[place(i), output.environment]],
      );
  });
  return [...environments.map((file, i): Named => [["environments", i], file]), ...ofTargets];
}

const read = yamlReader<Written>(new URL("./settings.schema.json", import.meta.url));

/** Where there is no mesh.yaml. */
export const defaultSettings: Settings = {
  environments: [],
  namedAt: new Map(),
  generate: [],
  artefacts: [],
  foreignPackages: [],
  diff: {},
};

/** Reads the text of mesh.yaml. Throws InputError with one line for each problem. */
export function parseSettings(text: string, name: string = settingsFile): Settings {
  const { value, lineOf } = read(text, name);
  const rulesThere = new Set<string>([...rules, ...settingsRules].map(({ code }) => code));
  const changesThere = new Set(comparisons.map(({ code }) => code));
  const problems: string[] = [];
  const mustBe = (what: string, codes: ReadonlySet<string>, code: string, path: readonly (string | number)[]) => {
    if (codes.has(code)) return;
    const meant = nearest(code, codes);
    problems.push(`${name}:${lineOf(path)}: no ${what} has the code ${code}${meant ? `: did you mean ${meant}?` : ""}`);
  };
  for (const code of Object.keys(value.severities ?? {})) mustBe("rule", rulesThere, code, ["severities", code]);
  for (const [i, { code }] of (value.exceptions ?? []).entries()) {
    mustBe("rule", rulesThere, code, ["exceptions", i, "code"]);
  }
  for (const [i, { code }] of (value.diff?.accepted ?? []).entries()) {
    mustBe("change", changesThere, code, ["diff", "accepted", i, "code"]);
  }
  if (problems.length > 0) throw new InputError(problems.join("\n"));
  const generate = Object.entries(value.generate ?? {}).flatMap(([target, outputs]) =>
    [outputs]
      .flat()
      .map((output): Output => ({ target, ...(typeof output === "string" ? { folder: output } : output) })),
  );
  const twice = generate.find(({ folder }, i) => generate.findIndex((other) => other.folder === folder) < i);
  if (twice) {
    throw new InputError(
      `${name}:${lineOf(["generate", twice.target])}: two targets are written to ${twice.folder}: give each a folder of its own`,
    );
  }
  return {
    environments: value.environments ?? [],
    // The first place of each stays.
    namedAt: new Map(
      environmentsIn(value)
        .map(([path, file]): [string, string] => [file, `${name}:${lineOf(path)}`])
        .reverse(),
    ),
    generate,
    artefacts: [
      ...new Set([
        ...generate.filter(({ target }) => !repeating.has(target)).map(({ folder }) => folder),
        ...(value.artefacts ?? []),
      ]),
    ],
    foreignPackages: value.foreign ?? [],
    severities: value.severities ?? {},
    exceptions: (value.exceptions ?? []).map((exception, i) => ({
      ...exception,
      at: { file: name, line: lineOf(["exceptions", i]) },
    })),
    ...(value.baseline ? { baselineFile: value.baseline } : {}),
    diff: value.diff ?? {},
  };
}
