// Compares the contract with the one that others already rely on: `buf breaking`, with the right base.
//
// On a branch the base is the commit where it left main. On main there is nothing to leave: the base is the image of the
// last release, proto/baseline.binpb.gz, which `make release-baseline` replaces when a release is cut.

import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";

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

/** Builds the contract as it was in a commit, with the protos of others as they are here: they are not committed. */
function imageOf(root: string, commit: string, scratch: string): string {
  const tree = join(scratch, "tree");
  mkdirSync(tree);
  const archive = execFileSync("git", ["archive", commit, "buf.yaml", "proto"], { cwd: root, maxBuffer: 1 << 28 });
  execFileSync("tar", ["-x", "-C", tree], { input: archive });
  cpSync(join(root, "third_party"), join(tree, "third_party"), { recursive: true });
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
  const found = breaking(root, base);
  process.stdout.write(found);
  if (found) process.exitCode = 1;
}
