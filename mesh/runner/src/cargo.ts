// Rust programs, built by Cargo in the target folder that clones share, and put into this clone. What they were built from is kept
// beside them as a sum: the age of files says nothing, since clones that share the folder touch theirs.
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { cargoEnvironment, cargoMembers, cargoTarget, lock } from "../../../scripts/tools.ts";
import { compileBy } from "./compiler.ts";
import type { Program } from "./environment.ts";
import { Refusal } from "./refusal.ts";

type RustProgram = Extract<Program, { kind: "rust" }>;

/** True when the binary is missing, or was built from other sources. */
export function isRustStale(repository: string, program: RustProgram): boolean {
  const kept = sumFile(program);
  if (!existsSync(program.binary) || !existsSync(kept)) return true;
  return readFileSync(kept, "utf8") !== sumOf(repository, program);
}

const sumFile = ({ binary }: RustProgram): string => `${binary}.sources`;

/** Of what crates take from a package of another language, so that both have the same. */
const ELSEWHERE = ["services/platform/events/migrations", "services/platform/events/src/redis/functions.lua"];

/** What load and limits take from the service that they are held against. */
const MEASURED = ["services/aggregator/src"];

/** Of what the program is built from: its crate, those that are no service, and what pins the rest. Tests are no part of it. */
function sumOf(repository: string, { source }: RustProgram): string {
  const shared = cargoMembers(repository).filter((member) => !/^(bench|services\/(?!platform\/))/.test(member));
  const sum = createHash("sha256");
  const elsewhere = source.startsWith("bench/") ? [...ELSEWHERE, ...MEASURED] : ELSEWHERE;
  for (const path of [source, ...shared, ...elsewhere, "Cargo.toml", "Cargo.lock", "rust-toolchain.toml"]) {
    for (const file of filesIn(repository, path)) sum.update(`${file}\n`).update(readFileSync(join(repository, file)));
  }
  return sum.digest("hex");
}

function filesIn(repository: string, path: string): string[] {
  const stat = statSync(join(repository, path), { throwIfNoEntry: false });
  if (!stat?.isDirectory()) return stat ? [path] : [];
  return readdirSync(join(repository, path), { withFileTypes: true })
    .filter(({ name }) => !["tests", "testdata", "target"].includes(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(({ name }) => filesIn(repository, join(path, name)));
}

/** Builds the program that has the name of its folder, and copies it to where it runs from. Refuses as `build` says. */
export async function buildRust(repository: string, program: RustProgram, signal: AbortSignal): Promise<void> {
  const { binary, source } = program;
  const sum = sumOf(repository, program);
  const target = cargoTarget(repository);
  // What another clone builds has the same name there: between the build and the copy nobody else may come.
  const release = await lock(`${target}.lock`, signal);
  try {
    const { code, out, said } = await compileBy(
      "cargo",
      ["build", "--locked", "--message-format=json-render-diagnostics", ...selection(repository, program)],
      {
        cwd: repository,
        signal,
        env: { ...process.env, ...cargoEnvironment(repository), CARGO_TERM_COLOR: "never" },
        missing: `${source} is a Rust program and cargo is not installed: install Rust 1.95 or later (rustup, brew install rust).`,
      },
    );
    if (code !== 0) {
      const complaint = said.split("\n").find((line) => line.startsWith("error")) ?? `exit code ${code}`;
      throw new Refusal(`${source} does not build: ${complaint}`);
    }
    const built = executableIn(out, basename(source));
    if (built === undefined) throw new Refusal(`${source} builds no program of the name ${basename(source)}.`);
    mkdirSync(dirname(binary), { recursive: true });
    copyFileSync(built, `${binary}.next`);
    renameSync(`${binary}.next`, binary);
    writeFileSync(sumFile(program), sum);
  } finally {
    release();
  }
}

/**
 * What Cargo is to build. Our own crates in debug, which tests run, it takes together and with a test, since then their dependencies have the
 * features that they have in `cargo test`: what that has built, half a minute of it the contract, is not built once more.
 */
function selection(repository: string, { source, profile }: RustProgram): string[] {
  if (profile === "debug" && cargoMembers(repository).includes(source))
    return ["--workspace", "--bin", basename(source), "--test", "service"];
  return ["--bins", "--manifest-path", join(source, "Cargo.toml"), ...(profile === "release" ? ["--release"] : [])];
}

interface Artifact {
  readonly reason?: string;
  readonly target?: { readonly name: string; readonly kind: readonly string[] };
  readonly executable?: string | null;
}

/** Where Cargo says that it put a program: a line of JSON for each thing that it made. */
function executableIn(lines: string, name: string): string | undefined {
  const made = lines.split("\n").flatMap((line) => (line.startsWith("{") ? [JSON.parse(line) as Artifact] : []));
  const program = made.find(
    ({ reason, target }) => reason === "compiler-artifact" && target?.name === name && target.kind.includes("bin"),
  );
  return program?.executable ?? undefined;
}
