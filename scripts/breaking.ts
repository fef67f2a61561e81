// Compares the contract with the one that others already rely on: `buf breaking`, and with the argument `policy`
// `meshc diff`, with the right base.
//
// On a branch the base is the commit where it left main. On main there is nothing to leave: the base is the image of the
// last release, proto/baseline.binpb.gz, which `make release-baseline` replaces when a release is cut.

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { checkOut } from "../mesh/compiler/src/base.ts";

/** Where the image of the last release lies. */
export const baseline = "proto/baseline.binpb.gz";

export type Base = { commit: string } | { image: string } | { nothing: string };

/** Finds what the contract of a clone has to stay compatible with. */
export function findBase(root: string, environment: NodeJS.ProcessEnv = process.env): Base {
  const head = git(root, "rev-parse", "HEAD");
  // A pull request is checked out in CI without a local main.
  const target = environment.GITHUB_BASE_REF || "main";
  for (const ref of [`origin/${target}`, target]) {
    const fork = git(root, "merge-base", "HEAD", ref);
    if (fork && fork !== head) return { commit: fork };
  }
  if (existsSync(join(root, baseline))) return { image: join(root, baseline) };
  return { nothing: "no release yet, and no branch" };
}

/** Compares; returns what is broken, as buf prints it, or an empty text. Throws if buf cannot compare at all. */
export function breaking(root: string, base: Base): string {
  if ("nothing" in base) return "";
  mkdirSync(join(root, ".build"), { recursive: true });
  const scratch = mkdtempSync(join(root, ".build/breaking-"));
  try {
    const against = "image" in base ? base.image : imageOf(root, base.commit, scratch);
    const result = spawnSync("buf", ["breaking", "proto", "--against", against], { cwd: root, encoding: "utf8" });
    if (result.status === 0) return "";
    if (result.status === 100) return result.stdout;
    throw new Error(`buf breaking failed: ${result.stderr || result.error?.message}`);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** What `meshc diff` says of the policy. */
export interface PolicyDiff {
  /** As it prints them. */
  readonly output: string;
  /** Whether one of the changes breaks, and mesh.yaml does not accept it. */
  readonly fails: boolean;
}

/** Compares the policy. Throws if meshc cannot compare at all. */
export function policyDiff(root: string, base: Base, options: readonly string[] = []): PolicyDiff {
  if ("nothing" in base) return { output: "", fails: false };
  const against = "image" in base ? base.image : base.commit;
  const command = [
    join(import.meta.dirname, "../mesh/compiler/bin/meshc.js"),
    "diff",
    "--against",
    against,
    ...options,
  ];
  const { status, stdout, stderr, error } = spawnSync(process.execPath, command, { cwd: root, encoding: "utf8" });
  if (status === 0 || status === 1) return { output: stdout, fails: status === 1 };
  throw new Error(`meshc diff failed: ${stderr || error?.message}`);
}

/** Builds the contract as it was in a commit. */
function imageOf(root: string, commit: string, scratch: string): string {
  const tree = join(scratch, "tree");
  mkdirSync(tree);
  checkOut(root, commit, tree);
  const image = join(scratch, "base.binpb");
  execFileSync("buf", ["build", "proto", "-o", image], { cwd: tree, stdio: ["ignore", "ignore", "inherit"] });
  return image;
}

function git(root: string, ...args: string[]): string {
  const result = spawnSync("git", args, { cwd: root, encoding: "utf8" });
  return result.status === 0 ? result.stdout.trim() : "";
}

if (import.meta.main) {
  const root = join(import.meta.dirname, "..");
  const base = findBase(root);
  console.log("commit" in base ? `against ${base.commit}` : "image" in base ? `against ${baseline}` : base.nothing);
  if (process.argv[2] === "policy") {
    const { output, fails } = policyDiff(root, base);
    process.stdout.write(output);
    if (fails) process.exitCode = 1;
  } else {
    const found = breaking(root, base);
    process.stdout.write(found);
    if (found) process.exitCode = 1;
  }
}
