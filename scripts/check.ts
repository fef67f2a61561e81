// Everything that can be said about the repository without running it: `make check`, and the first part of `make test`.

import { spawnSync } from "node:child_process";
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { emptyReport, print, type Report } from "./report.ts";
import { cargoEnvironment, cargoMembers, crateOf, ensureTool, toolPath } from "./tools.ts";

type Step = {
  name: string;
  command: string[];
  /** Beside what the environment has. */
  env?: Record<string, string>;
  /** Fails when the command prints anything, whatever its exit code. */
  silent?: boolean;
  /** What has to be built first. */
  tool?: string;
  /** Why the step cannot run here. */
  skip?: () => string | false;
  /** Looks only at the contract and at our code: `make lint`. */
  lint?: boolean;
  /** What to do about a finding. */
  mend?: string;
};

const root = join(import.meta.dirname, "..");

/** The Go modules of go.work. */
export const goModules = (): string[] =>
  [...readFileSync(join(root, "go.work"), "utf8").matchAll(/^\s*(?:use )?(\.\/\S+)/gm)].map((match) => match[1] ?? "");

const goOf = (command: string[]): string[] => [...command, ...goModules().map((module) => `${module}/...`)];

const handWrittenGo = () => goModules().filter((module) => !module.startsWith("./gen/"));

/** Without what is generated. */
const handWrittenRust = (): string[] => [
  "test/packages/rust/main.rs",
  "test/live/clients/rust/main.rs",
  ...globSync("examples/rust/src/*.rs", { cwd: root }),
  ...cargoMembers(root)
    .filter((member) => !member.startsWith("gen/"))
    .flatMap((member) => globSync(`${member}/**/*.rs`, { cwd: root })),
];

/** Those that keep the lints of the workspace. */
const lintedCrates = (): string[] =>
  cargoMembers(root)
    .filter((member) => /^\[lints\]\nworkspace = true/m.test(readFileSync(join(root, member, "Cargo.toml"), "utf8")))
    .flatMap((member) => ["--package", crateOf(root, member)]);

/** The lints of the workspace, for crates outside: those of which it says most come last, and so hold. */
function workspaceLints(): string[] {
  const text = readFileSync(join(root, "Cargo.toml"), "utf8");
  const tables = [...text.matchAll(/^\[workspace\.lints\.(rust|clippy)\]\n((?:(?!\[).*\n)+)/gm)];
  const lints = tables.flatMap(([, tool, table = ""]) =>
    [...table.matchAll(/^(\w+) = (?:"(\w+)"|\{ level = "(\w+)", priority = (-?\d+) \})$/gm)].map(
      ([, name, level, levelOfGroup, priority = "0"]) => ({
        flag: `--${level ?? levelOfGroup}=${tool === "clippy" ? "clippy::" : ""}${name}`,
        priority: Number(priority),
      }),
    ),
  );
  return lints.sort((a, b) => a.priority - b.priority).map(({ flag }) => flag);
}

const noRust = (program: string) => () =>
  spawnSync(program, ["--version"]).status !== 0 && `${program} is not installed`;

/** Ours, and the one that adopters copy. */
const workflows = () =>
  globSync(
    ["", "examples/*/"].map((folder) => `${folder}.github/workflows/*.{yml,yaml}`),
    { cwd: root },
  );

const steps = (): Step[] => [
  { name: "buf lint", command: ["buf", "lint"], lint: true },
  { name: "buf format", command: ["buf", "format", "--diff", "--exit-code", "proto"], mend: "make format" },
  {
    name: "buf breaking",
    command: ["node", "scripts/breaking.ts"],
    mend: "keep what others rely on; only a release moves the base of main: make release-baseline",
  },
  {
    name: "meshc diff",
    command: ["node", "scripts/breaking.ts", "policy"],
    mend: "as it says, or accept the change in mesh.yaml: diff: {accepted: [{code, subject, reason}]}",
  },
  {
    name: "contract version",
    command: ["node", "scripts/contract-version.ts"],
    mend: "node scripts/contract-version.ts VERSION",
  },
  { name: "meshc check", command: ["node", "mesh/compiler/bin/meshc.js", "check"], lint: true },
  { name: "generated files", command: ["node", "scripts/generate.ts", "--check"], mend: "make generate, then git add" },
  {
    name: "package-lock",
    command: ["node", "scripts/complete-lock.ts", "--check"],
    mend: "node scripts/complete-lock.ts",
  },
  { name: "tsc", command: ["tsc", "--noEmit", "--project", "."] },
  { name: "biome", command: ["biome", "check", "--error-on-warnings", "."], lint: true, mend: "make format" },
  {
    name: "gofmt",
    command: ["gofmt", "-l", ...handWrittenGo(), "examples/go", "test/packages/go", "test/manifests"],
    silent: true,
    mend: "make format",
  },
  { name: "go vet", command: goOf(["go", "vet"]), lint: true },
  // A module of its own, as whoever copies it has it.
  {
    name: "go vet of examples",
    command: ["go", "-C", "examples/go", "vet", "./..."],
    env: { GOWORK: "off" },
    lint: true,
  },
  {
    name: "rustfmt",
    command: ["rustfmt", "--check", "--edition", "2024", ...handWrittenRust()],
    skip: noRust("rustfmt"),
    mend: "make format",
  },
  {
    name: "clippy",
    command: ["cargo", "clippy", ...lintedCrates(), "--all-targets", "--locked", "--quiet", "--", "--deny=warnings"],
    skip: noRust("clippy-driver"),
    lint: true,
  },
  {
    name: "clippy of examples",
    command: [
      ...["cargo", "clippy", "--manifest-path", "examples/rust/Cargo.toml", "--all-targets", "--locked", "--quiet"],
      ...["--", ...workspaceLints(), "--deny=warnings"],
    ],
    skip: noRust("clippy-driver"),
    lint: true,
  },
  { name: "ruff check", command: ["ruff", "check", "--quiet", "."], lint: true },
  { name: "ruff format", command: ["ruff", "format", "--check", "--quiet", "."], mend: "make format" },
  { name: "hadolint", command: ["hadolint", ...globSync("deploy/images/*.Dockerfile", { cwd: root })], lint: true },
  {
    name: "compose.yaml",
    command: ["check-jsonschema", "--builtin-schema", "vendor.compose-spec", "mesh/compose/compose.yaml"],
    lint: true,
  },
  { name: "actionlint", command: [toolPath("actionlint"), ...workflows()], tool: "actionlint" },
];

/** Runs every step and prints one line for each, with the output of those that fail. */
export async function check(lintOnly = false): Promise<Report> {
  const report = emptyReport();
  for (const step of steps().filter(({ lint }) => lint || !lintOnly)) {
    const reason = step.skip?.();
    if (reason) {
      report.skipped.push({ name: step.name, reason });
      console.log(`skipped  ${step.name}: ${reason}`);
      continue;
    }
    const started = performance.now();
    const problem = await run(step);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`${problem === undefined ? "ok     " : "FAILED "}  ${step.name} (${seconds} s)`);
    if (problem === undefined) report.passed++;
    else {
      report.failed.push(step.name);
      if (problem) console.log(problem.replace(/^/gm, "         "));
      if (step.mend) console.log(`         mend: ${step.mend}`);
    }
  }
  return report;
}

async function run({ command: [program = "", ...args], env: more, silent, tool }: Step): Promise<string | undefined> {
  try {
    if (tool) await ensureTool(tool);
  } catch (error) {
    return `${tool} cannot be built: ${error instanceof Error ? error.message : error}`;
  }
  const script = program === "node" ? args[0] : undefined;
  if (script && !existsSync(join(root, script))) return `${script} does not exist`;
  const env = { ...process.env, ...(program === "cargo" && cargoEnvironment(root)), ...more };
  const result = spawnSync(program, args, { cwd: root, env, encoding: "utf8", maxBuffer: 1 << 28 });
  if (result.error) return result.error.message;
  const output = `${result.stdout}${result.stderr}`.trimEnd();
  return result.status === 0 && !(silent && output) ? undefined : output;
}

if (import.meta.main) {
  const report = await check(process.argv[2] === "lint");
  print(report);
  if (report.failed.length > 0) process.exitCode = 1;
}
