// The version of the contract, which is that of the packages in gen/: semver, and its step since the last release must not
// be smaller than what `buf breaking` and `meshc diff` find since then.
//
//   node scripts/contract-version.ts             checks
//   node scripts/contract-version.ts 0.2.0       writes the version wherever it stands
//   node scripts/contract-version.ts --release   records it as that of the released contract, proto/baseline.binpb.gz

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { baseline, breaking, policyDiff } from "./breaking.ts";

/** Where the version of the released contract stands. */
export const released = "proto/baseline.version";

/** Where the version stands: in the manifest of each package, and in what repeats those. Group 2 is the version. */
const places: readonly [file: string, version: RegExp][] = [
  ["gen/ts/package.json", /("version": ")([^"]+)/g],
  ["gen/go/version.go", /(Version = ")([^"]+)/g],
  ["gen/python/pyproject.toml", /^(version = ")([^"]+)/gm],
  ["gen/rust/Cargo.toml", /^(version = ")([^"]+)/gm],
  ["Cargo.lock", /(name = "larder-contract"\nversion = ")([^"]+)/g],
  ["examples/rust/Cargo.lock", /(name = "larder-contract"\nversion = ")([^"]+)/g],
  ["test/live/clients/rust/Cargo.lock", /(name = "larder-contract"\nversion = ")([^"]+)/g],
  ["package-lock.json", /("name": "@larder\/contract",\s+"version": "|"@larder\/contract": ")(\d[^"]*)/g],
  ["examples/typescript/package.json", /(larder-contract-)(\d[^"]*)(?=\.tgz)/g],
  ["test/packages/typescript/package.json", /(larder-contract-)(\d[^"]*)(?=\.tgz)/g],
];

/** The workspaces of npm name the version that they depend on. */
function placesIn(root: string): readonly [file: string, version: RegExp][] {
  const { workspaces } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { workspaces: string[] };
  const manifests = workspaces.map((workspace) => join(workspace, "package.json"));
  return [...places, ...manifests.map((file): [string, RegExp] => [file, /("@larder\/contract": ")(\d[^"]*)/g])];
}

/** What changed since the release, by the words of semver. */
export type Step = "major" | "minor" | "none";

/** What is wrong with a version, in a line; undefined where it is high enough. */
export function problemWith(version: string, since: string, step: Step): string | undefined {
  const next = lowest(since, step);
  if (isAtLeast(parts(version), next)) return undefined;
  const why = { major: "what changed since breaks", minor: "its policy changed since", none: "it cannot go back" }[
    step
  ];
  return `the contract has the version ${version}, and was released as ${since}: ${why}, so it must be ${next.join(".")} or later`;
}

type Version = readonly [major: number, minor: number, patch: number];

/** The lowest version that may follow. Before 1.0.0 each step counts one place lower, as semver and its users have it. */
function lowest(since: string, step: Step): Version {
  const [major, minor, patch] = parts(since);
  if (step === "none") return [major, minor, patch];
  const stable = major > 0;
  if (step === "major") return stable ? [major + 1, 0, 0] : [0, minor + 1, 0];
  return stable ? [major, minor + 1, 0] : [0, minor, patch + 1];
}

function isAtLeast(version: Version, other: Version): boolean {
  const at = version.findIndex((part, i) => part !== other[i]);
  return at === -1 || (version[at] ?? 0) > (other[at] ?? 0);
}

function parts(version: string): Version {
  const [, major, minor, patch] = /^(\d+)\.(\d+)\.(\d+)$/.exec(version) ?? [];
  if (patch === undefined) throw new Error(`${version} is not a version of three numbers, as in 1.2.3`);
  return [Number(major), Number(minor), Number(patch)];
}

/** The version of the contract. Throws where it is not the same everywhere. */
export function statedVersion(root: string): string {
  const stated = placesIn(root).flatMap(([file, pattern]) =>
    [...readFileSync(join(root, file), "utf8").matchAll(pattern)].map(([, , version = ""]) => ({ file, version })),
  );
  const [first] = stated;
  const other = stated.find(({ version }) => version !== first?.version);
  if (!first) throw new Error("the contract has no version");
  if (other)
    throw new Error(
      `the contract has the version ${first.version} in ${first.file}, and ${other.version} in ${other.file}`,
    );
  return first.version;
}

/** Writes the version wherever it stands. */
export function writeVersion(root: string, version: string): void {
  parts(version);
  for (const [file, pattern] of placesIn(root)) {
    const path = join(root, file);
    writeFileSync(path, readFileSync(path, "utf8").replace(pattern, `$1${version}`));
  }
}

/** What `buf breaking` and `meshc diff` find since the last release. A change that is accepted breaks all the same. */
export function stepSinceRelease(root: string): Step {
  const base = { image: join(root, baseline) };
  if (breaking(root, base)) return "major";
  const changes: { breaking: number; changes: unknown[] } = JSON.parse(
    policyDiff(root, base, ["--format", "json"]).output,
  );
  return changes.breaking > 0 ? "major" : changes.changes.length > 0 ? "minor" : "none";
}

if (import.meta.main) {
  const root = join(import.meta.dirname, "..");
  const [argument] = process.argv.slice(2);
  try {
    if (argument === "--release") writeFileSync(join(root, released), `${statedVersion(root)}\n`);
    else if (argument !== undefined) writeVersion(root, argument);
    else if (existsSync(join(root, released))) {
      const since = readFileSync(join(root, released), "utf8").trim();
      const problem = problemWith(statedVersion(root), since, stepSinceRelease(root));
      if (problem) throw new Error(problem);
    } else statedVersion(root);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
