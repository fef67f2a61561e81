// The clients of examples/, made ready as their pages say: each gets the package of its language.

import { execFile, spawnSync } from "node:child_process";
import { copyFileSync, cpSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { cargoEnvironment, cargoTarget, lock } from "../../scripts/tools.ts";

export const root = join(import.meta.dirname, "../..");

/** A command with its first arguments. */
export type Program = readonly [command: string, ...args: string[]];

export interface Outcome {
  readonly out: string[];
  readonly err: string[];
  readonly exit: number;
}

interface Language {
  /** Why it cannot be tried here; undefined where it can. */
  skip?(): string | undefined;
  /** Makes the program ready in an empty folder outside of the repository. */
  prepare(folder: string): Promise<Program>;
}

export const languages: Readonly<Record<string, Language>> = {
  typescript: {
    async prepare(folder) {
      cpSync(join(root, "examples/typescript"), folder, { recursive: true });
      await run(folder, "npm", ["pack", "--silent", join(root, "gen/ts")]);
      await run(folder, "npm", ["install", "--no-audit", "--no-fund", "--prefer-offline"]);
      return [join(root, "node_modules/.bin/node"), join(folder, "main.ts")];
    },
  },
  go: {
    async prepare(folder) {
      const program = join(folder, "client");
      const environment = { GOWORK: "off", GOFLAGS: "-buildvcs=false -mod=readonly" };
      await run(join(root, "examples/go"), "go", ["build", "-o", program, "."], environment);
      return [program];
    },
  },
  rust: {
    skip: () => (spawnSync("cargo", ["--version"]).error ? "cargo is not installed" : undefined),
    async prepare(folder) {
      return [await cargoBuild(join(root, "examples/rust"), "larder-client", join(folder, "client"))];
    },
  },
  python: {
    async prepare(folder) {
      const example = join(root, "examples/python");
      const python = join(folder, "bin/python");
      await run(folder, join(root, ".venv/bin/python"), ["-m", "venv", folder]);
      const install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", "requirements.txt"];
      await run(example, python, install);
      // What Python writes beside a program that it has read does not belong into the repository.
      return [python, "-B", join(example, "main.py")];
    },
  },
};

/** Builds the Rust program of a folder, and copies it. Returns where it is then. */
export async function cargoBuild(folder: string, name: string, copy: string): Promise<string> {
  const target = cargoTarget(root);
  // What another clone builds has the same name there: between the build and the copy nobody else may come.
  const release = await lock(`${target}.lock`);
  try {
    await run(folder, "cargo", ["build", "--quiet", "--locked"], cargoEnvironment(root));
    copyFileSync(join(target, "debug", name), copy);
    return copy;
  } finally {
    release();
  }
}

/** Runs a command to its end. Rejects, with what it said, if it fails. */
export async function run(
  folder: string,
  command: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  const options = { cwd: folder, env: { ...process.env, ...environment }, maxBuffer: 1 << 26 };
  return (await promisify(execFile)(command, args, options)).stdout;
}

/** Runs a client to its end, whatever that is. It has no environment but what it is given. */
export async function outcome(
  [command, ...first]: Program,
  words: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  folder = root,
): Promise<Outcome> {
  // The core of gRPC for Python would tell its log to people as well.
  const options = { cwd: folder, env: { PATH: process.env.PATH, GRPC_VERBOSITY: "NONE", ...environment } };
  const ended = await promisify(execFile)(command, [...first, ...words], options).then(
    ({ stdout, stderr }) => ({ stdout, stderr, code: 0 }),
    (error: { stdout: string; stderr: string; code: number }) => error,
  );
  return { out: lines(ended.stdout), err: lines(ended.stderr), exit: ended.code };
}

const lines = (text: string) => text.split("\n").filter(Boolean);
