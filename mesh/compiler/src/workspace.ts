// The folder that the compiler works in: its settings, its image, and where its proto files lie.

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, dirname, join, relative, resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import { parse } from "yaml";
import { loadBaseline } from "./baseline.ts";
import { type Environment, loadEnvironment } from "./environment.ts";
import type { ImageBytes } from "./image.ts";
import { InputError } from "./input-error.ts";
import type { Location } from "./model.ts";
import { defaultSettings, parseSettings, type Settings, settingsFile } from "./settings.ts";

export interface Workspace {
  /** The nearest folder at or above the current one that holds a mesh.yaml or a buf.yaml; else the current one. */
  readonly root: string;
  readonly settings: Settings;
  /** Reads an environment file, once for all targets that are made from it. Throws InputError where it is missing, with the line of mesh.yaml that names it, or wrong. */
  environment(path: string): Environment;
  /** The path of a proto file from the current folder; the name in the image where the file is not found. */
  show(at: Location): Location;
}

/**
 * Opens the workspace around a folder. A baseline given here takes the place of the one that mesh.yaml names; null means none.
 * Throws InputError where mesh.yaml or the baseline is wrong.
 */
export function openWorkspace(folder: string, baseline?: string | null): Workspace {
  const root = rootOf(folder);
  const file = join(root, settingsFile);
  const stated = existsSync(file) ? parseSettings(readFileSync(file, "utf8"), relative(folder, file)) : defaultSettings;
  const usual = stated.baselineFile === undefined ? null : join(root, stated.baselineFile);
  const path = baseline === undefined ? usual : baseline && resolve(folder, baseline);
  const settings = path === null ? stated : { ...stated, baseline: loadBaseline(path, relative(folder, path)) };
  const modules = modulesOf(root);
  const shown = new Map<string, string>();
  const environments = new Map<string, Environment>();
  const find = (name: string): string => {
    for (const module of modules) {
      const path = join(root, module, name);
      if (existsSync(path)) return relative(folder, path);
    }
    return name;
  };
  return {
    root,
    settings,
    environment(path) {
      const known = environments.get(path);
      if (known) return known;
      const name = relative(root, path);
      const namedAt = settings.namedAt.get(name);
      if (namedAt !== undefined && !existsSync(path)) throw new InputError(`${namedAt}: there is no file ${name}`);
      const environment = loadEnvironment(path);
      environments.set(path, environment);
      return environment;
    },
    show(at) {
      const file = shown.get(at.file) ?? find(at.file);
      shown.set(at.file, file);
      return { file, line: at.line };
    },
  };
}

/**
 * The images to read: files, `-` for standard input, or what `buf build` makes of the workspace when none is named.
 * Throws InputError for a file that cannot be read, and when buf is missing or fails.
 */
export function readImages(workspace: Workspace, folder: string, names: readonly string[]): ImageBytes[] {
  if (names.length === 0) return [{ bytes: bufBuild(workspace.root), name: "the workspace" }];
  return names.map((name) => {
    const shown = name === "-" ? "standard input" : name;
    try {
      return { bytes: unpacked(readFileSync(name === "-" ? 0 : resolve(folder, name))), name: shown };
    } catch (error) {
      throw new InputError(`${shown} cannot be read: ${reasonOf(error)}`);
    }
  });
}

/** buf writes images packed where the name of the file ends in .gz. */
const unpacked = (bytes: Buffer): Uint8Array => (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes);

/**
 * What `buf build` makes of the workspace at `root`. An installed buf may stand beside it, beside the one that it is a
 * copy of, beside the compiler, or on the path. Throws InputError when buf is missing or fails.
 */
export function bufBuild(root: string, original: string = root): Uint8Array {
  if (!existsSync(join(root, "buf.yaml"))) {
    throw new InputError(
      `${root} holds no buf.yaml: run meshc in a buf workspace, or name an image (- for standard input)`,
    );
  }
  const beside = [original, import.meta.dirname].flatMap((folder) => binFolders(folder));
  const { status, error, stdout, stderr } = spawnSync("buf", ["build", "-o", "-"], {
    cwd: root,
    env: { ...process.env, PATH: [...beside, process.env.PATH ?? ""].join(delimiter) },
    maxBuffer: 1 << 30,
  });
  if (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new InputError(
      missing
        ? "buf is not installed: npm install --save-dev @bufbuild/buf, or name an image"
        : `buf: ${error.message}`,
    );
  }
  if (status !== 0) throw new InputError(stderr.toString().trim() || `buf build ended with ${status}`);
  return stdout;
}

function binFolders(folder: string): string[] {
  const found: string[] = [];
  for (let current = folder; ; current = dirname(current)) {
    const bin = join(current, "node_modules/.bin");
    if (existsSync(bin)) found.push(bin);
    if (dirname(current) === current) return found;
  }
}

function rootOf(folder: string): string {
  for (let current = folder; ; current = dirname(current)) {
    if (existsSync(join(current, settingsFile)) || existsSync(join(current, "buf.yaml"))) return current;
    if (dirname(current) === current) return folder;
  }
}

/** The module folders that buf.yaml names; the root itself where it names none, or is not to be read. */
function modulesOf(root: string): string[] {
  try {
    return [...modulesIn(readFileSync(join(root, "buf.yaml"), "utf8")), "."];
  } catch {
    // buf itself says what is wrong with its file; here it only serves to show paths.
    return ["."];
  }
}

/** The module folders that the text of a buf.yaml names. Throws where it is no YAML. */
export function modulesIn(bufYaml: string): string[] {
  const config = parse(bufYaml) as { modules?: { path?: string }[] } | null;
  return (config?.modules ?? []).map((module) => module.path ?? ".");
}

export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
