// Programs that are built before they run, and when: Go's when the binary is missing or older than a source, Rust's as cargo.ts has it.
import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { buildRust, isRustStale } from "./cargo.ts";
import { compileBy } from "./compiler.ts";
import type { Program, RustProfile } from "./environment.ts";
import { repository as clone } from "./paths.ts";
import { Refusal } from "./refusal.ts";

type GoProgram = Extract<Program, { kind: "go" }>;
export type BuiltProgram = Extract<Program, { kind: "go" | "rust" }>;

export const isBuilt = (program: Program): program is BuiltProgram => "binary" in program;

/** True when the program must be built before it can run. */
export const isStale = (repository: string, program: BuiltProgram): boolean =>
  program.kind === "go" ? isGoStale(repository, program) : isRustStale(repository, program);

/** Builds the program; `signal` ends the compiler. Refuses with what is missing, or with the compiler's first complaint. */
export const build = (repository: string, program: BuiltProgram, signal: AbortSignal): Promise<void> =>
  program.kind === "go" ? buildGo(repository, program, signal) : buildRust(repository, program, signal);

/** The program in Rust of a folder of this clone: built first if it is not there, or of other sources. Refuses as `build` says. */
export async function rustProgram(source: string, profile: RustProfile): Promise<string> {
  const binary = join(clone, profile === "debug" ? ".build/debug" : ".build", basename(source));
  const program = { kind: "rust", binary, source, profile } as const;
  if (isStale(clone, program)) await build(clone, program, new AbortController().signal);
  return binary;
}

/** Builds those of the programs that have to be, one after the other; `signal` ends the compiler. Refuses as `build` says. */
export async function buildAll(programs: readonly Program[], signal: AbortSignal): Promise<void> {
  for (const program of programs) if (isBuilt(program) && isStale(clone, program)) await build(clone, program, signal);
}

/** Folders and files whose change asks for a build, from the top of the clone, beside the program's own folder. */
const SHARED_SOURCES = ["services/platform/go", "gen/go", "go.work"];

function newest(path: string): number {
  if (!existsSync(path)) return 0;
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  let latest = 0;
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const isSource = entry.isDirectory() ? entry.name !== "testdata" : !entry.name.endsWith("_test.go");
    if (isSource) latest = Math.max(latest, newest(join(path, entry.name)));
  }
  return latest;
}

function isGoStale(repository: string, { binary, source }: GoProgram): boolean {
  if (!existsSync(binary)) return true;
  const built = statSync(binary).mtimeMs;
  return [source, ...SHARED_SOURCES].some((each) => newest(join(repository, each)) > built);
}

async function buildGo(repository: string, { binary, source }: GoProgram, signal: AbortSignal): Promise<void> {
  const { code, said } = await compileBy("go", ["build", "-buildvcs=false", "-o", binary, `./${source}`], {
    cwd: repository,
    signal,
    missing: `${source} is a Go program and go is not installed: install Go 1.26 or later (apt install golang, brew install go).`,
  });
  if (code === 0) return;
  const complaint = said.split("\n").find((line) => line !== "" && !line.startsWith("#")) ?? `exit code ${code}`;
  throw new Refusal(`${source} does not build: ${complaint}`);
}
