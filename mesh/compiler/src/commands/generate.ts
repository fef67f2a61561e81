// meshc generate: writes what each target needs into its folder.

import { existsSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { filesBelow } from "../artefacts.ts";
import { filesFor, generatedMark } from "../generate.ts";
import { InputError } from "../input-error.ts";
import { compare } from "../names.ts";
import { readImage } from "../read.ts";
import { replaceFiles } from "../replace-files.ts";
import { count } from "../report.ts";
import { type Output, settingsFile } from "../settings.ts";
import { openWorkspace, readImages, type Workspace } from "../workspace.ts";
import { type ExitCode, type Io, UsageError } from "./command.ts";

export interface GenerateOptions {
  /** None means all that mesh.yaml names. */
  readonly targets: readonly string[];
  readonly env?: string | undefined;
  readonly out?: string | undefined;
  readonly check?: boolean | undefined;
}

interface Difference {
  readonly path: string;
  readonly what: "new" | "changed" | "stale";
  /** Absent for a stale file. */
  readonly content?: string;
}

/** With `check`, answers 1 when a file differs from what would be written. */
export function runGenerate(io: Io, options: GenerateOptions): ExitCode {
  const workspace = openWorkspace(io.folder);
  const contract = readImage(readImages(workspace, io.folder, []), workspace.settings);
  const differences: Difference[] = [];
  let written = 0;
  for (const { target, folder, environment } of outputsOf(io, workspace, options)) {
    const files = filesFor(target, contract, workspace.environment(environment), workspace.settings);
    written += files.size;
    differences.push(...differencesOf(folder, files));
  }
  if (options.check) {
    for (const { path, what } of differences) io.out(`${relative(io.folder, path)}: ${what}\n`);
    if (differences.length > 0) {
      io.err(`${count(differences.length, "file")} out of date: run meshc generate\n`);
    }
    return differences.length > 0 ? 1 : 0;
  }
  replaceFiles(differences);
  io.err(`${count(written, "file")}, ${differences.length} of them changed or deleted\n`);
  return 0;
}

/** The targets wanted, with the full paths of their folders and environments. */
function outputsOf(io: Io, workspace: Workspace, options: GenerateOptions): Required<Output>[] {
  const { generate } = workspace.settings;
  const targets = options.targets.length > 0 ? options.targets : [...new Set(generate.map(({ target }) => target))];
  if (targets.length === 0) {
    throw new UsageError(`name a target, or list targets and their folders under generate in ${settingsFile}`);
  }
  if (options.out !== undefined) {
    const [target = "", ...others] = targets;
    if (others.length > 0) throw new UsageError("--out is for one target: name it");
    return [{ target, folder: resolve(io.folder, options.out), environment: environmentOf(io, workspace, options) }];
  }
  const wanted = targets.flatMap((target) => {
    const outputs = generate.filter((output) => output.target === target);
    if (outputs.length === 0) {
      throw new UsageError(`${settingsFile} names no folder for ${target}: add it under generate, or pass --out DIR`);
    }
    return outputs
      .map(({ folder, environment }) => ({
        target,
        folder: join(workspace.root, folder),
        environment:
          environment === undefined ? environmentOf(io, workspace, options) : join(workspace.root, environment),
      }))
      .filter(({ environment }) => options.env === undefined || environment === resolve(io.folder, options.env));
  });
  if (wanted.length === 0) throw new UsageError(`${settingsFile} generates nothing for ${options.env}`);
  return wanted;
}

/** The environment that is named, or the first of the workspace. */
function environmentOf(io: Io, workspace: Workspace, options: GenerateOptions): string {
  if (options.env !== undefined) return resolve(io.folder, options.env);
  const first = workspace.settings.environments[0];
  if (first === undefined) {
    throw new UsageError(`name an environment: --env FILE, or environments in ${settingsFile}`);
  }
  return join(workspace.root, first);
}

function differencesOf(folder: string, files: ReadonlyMap<string, string>): Difference[] {
  const differences: Difference[] = [];
  const kept = new Set<string>();
  for (const [name, content] of files) {
    const path = join(folder, name);
    kept.add(path);
    const known = readIfThere(path);
    if (known !== undefined && !isGenerated(path)) {
      throw new InputError(`${path} was not written by meshc: move it away, or generate into another folder`);
    }
    if (known !== content) differences.push({ path, what: known === undefined ? "new" : "changed", content });
  }
  for (const path of filesBelow(folder)) {
    if (kept.has(path) || !isGenerated(path)) continue;
    differences.push({ path, what: "stale" });
  }
  return differences.sort((a, b) => compare(a.path, b.path));
}

const isGenerated = (path: string): boolean => generatedMark.test(readFileSync(path, "utf8").slice(0, 1000));

function readIfThere(path: string): string | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new InputError(`${path} cannot be compared: ${error instanceof Error ? error.message : error}`);
  }
}
