// Makes gen/ and mesh/ from the contract, one language after the other: `make generate`, or `make generate LANGS="ts go"`.
// With --check it writes nothing and fails where gen/ is not what the contract gives.
//
// Everything comes from one image. A language is generated beside gen/ first, so that a failure leaves gen/ as it was,
// and only files that changed are written, so that nothing that watches or imports them sees a gap.

import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { delimiter, dirname, join, relative } from "node:path";
import { parse } from "yaml";
import { canBuild, ensureTool, isBuilt, toolPath, toolVersion } from "./tools.ts";

type Template = { inputs: unknown[]; plugins: Plugin[] };
type Plugin = { local: string | string[]; out: string };

const root = join(import.meta.dirname, "..");
const image = join(root, ".build/contract.binpb");
const templates = ["buf.gen.yaml", "scripts/third-party.gen.yaml"];

/** Files of a package that are written by hand, at its root. */
const byHand = new Set([
  "package.json",
  "go.mod",
  "go.sum",
  "version.go",
  "Cargo.toml",
  "lib.rs",
  "pyproject.toml",
  "README.md",
]);

/** What the code was made from and what was made, for machines on which slow plugins are not built. */
const record = "generated.sha256";

/** The languages, with the plugins that have to be built. What `slow` ones write is left alone while nothing changes. */
const languages: Record<string, { tools: string[]; slow?: RegExp }> = {
  ts: { tools: [] },
  go: { tools: ["protoc-gen-go", "protoc-gen-go-grpc"] },
  python: { tools: [] },
  rust: {
    tools: [
      "protoc-gen-buffa",
      "protoc-gen-buffa-packaging",
      "protoc-gen-connect-rust",
      "protoc-gen-protovalidate-buffa",
    ],
    slow: /^src\/(proto|rpc|others)\//,
  },
};

const checking = process.argv.includes("--check");
const wanted = (process.env.LANGS || [...Object.keys(languages), "mesh"].join(" ")).split(/[\s,]+/).filter(Boolean);
mkdirSync(dirname(image), { recursive: true });
const scratch = mkdtempSync(join(root, ".build/generate-"));
let failed = false;
try {
  run("buf", ["build", "-o", join(scratch, "contract.binpb")]);
  renameSync(join(scratch, "contract.binpb"), image);
  for (const language of wanted) {
    try {
      console.log(`${language}: ${language === "mesh" ? generateMesh() : await generate(language)}`);
    } catch (error) {
      console.error(`${language}: ${error instanceof Error ? error.message : error}`);
      failed = true;
    }
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  failed = true;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
if (failed) process.exitCode = 1;

/** What the sidecars and the readers of mesh.yaml's targets need: the compiler compares and writes by itself. */
function generateMesh(): string {
  run("node", ["mesh/compiler/bin/meshc.js", "generate", ...(checking ? ["--check"] : [])]);
  type Output = string | { folder: string };
  const { generate: outputs } = parse(readFileSync(join(root, "mesh.yaml"), "utf8")) as {
    generate: Record<string, Output | Output[]>;
  };
  const folders = Object.values(outputs)
    .flat()
    .map((output) => (typeof output === "string" ? output : output.folder));
  const untracked = folders.flatMap((folder) => (checking ? filesOutsideGit(join(root, folder)) : []));
  if (untracked.length > 0) throw new Error(`not in git: ${untracked.join(", ")}`);
  return checking ? "up to date" : "written";
}

async function generate(language: string): Promise<string> {
  const known = languages[language];
  if (!known) throw new Error(`unknown: there are ${Object.keys(languages).join(", ")} and mesh`);
  const { tools, slow } = known;
  const from = join(scratch, "gen", language);
  const to = join(root, "gen", language);

  const inputs = hash([image, ...templates.map((file) => join(root, file))], tools.map(toolVersion).join("\n"));
  const recorded = (folder: string): string => `inputs ${inputs}\noutputs ${hashOfOutputs(folder, slow)}\n`;
  const spared = slow && !tools.every(isBuilt) && recordOf(to) === recorded(to) ? slow : undefined;
  if (!spared) {
    for (const name of tools) {
      if (!canBuild(name)) throw new Error(`${name} is not built, and its toolchain is not installed`);
      if (checking && slow && !isBuilt(name)) throw new Error("not what the recorded hash says: make generate");
      await ensureTool(name);
    }
  }

  const path = [...tools.map((name) => dirname(toolPath(name))), process.env.PATH].join(delimiter);
  for (const file of templates) {
    const template = parse(readFileSync(join(root, file), "utf8")) as Template;
    const plugins = template.plugins.filter(
      ({ out, local }) => `${out}/`.startsWith(`gen/${language}/`) && !(spared && tools.includes(String(local))),
    );
    if (plugins.length === 0) continue;
    run("buf", ["generate", "--template", JSON.stringify({ ...template, plugins }), "-o", scratch], path);
  }
  if (slow && !spared) {
    includeRules(join(from, "src/proto"));
    writeFileSync(join(from, record), recorded(from));
  }

  const differing = replace(from, to, spared);
  const note = spared ? "; the rest is unchanged by its recorded hash, its plugins are not built here" : "";
  if (!checking) return `${differing.length} ${differing.length === 1 ? "file" : "files"} changed${note}`;
  const untracked = filesOutsideGit(to);
  if (differing.length + untracked.length === 0) return `up to date${note}`;
  const lines = [...differing.map((file) => `differs: ${file}`), ...untracked.map((file) => `not in git: ${file}`)];
  throw new Error(`${lines.length} ${lines.length === 1 ? "finding" : "findings"}\n${lines.slice(0, 10).join("\n")}`);
}

/** Adds the validation of each Rust package to the module of its messages. */
function includeRules(folder: string): void {
  for (const file of files(folder)) {
    if (!file.endsWith(".validate.rs")) continue;
    const module = join(folder, file.replace(/validate\.rs$/, "mod.rs"));
    writeFileSync(module, `include!("${file}");\n`, { flag: "a" });
  }
}

/**
 * Makes `to` equal to `from`, unless checking, and returns the files that differ. Files that are written by hand, and
 * those that are `spared`, stay as they are.
 */
function replace(from: string, to: string, spared?: RegExp): string[] {
  const fresh = files(from);
  if (fresh.length === 0) throw new Error("nothing was generated");
  const differing: string[] = [];
  for (const path of fresh) {
    const content = readFileSync(join(from, path));
    const target = join(to, path);
    if (existsSync(target) && readFileSync(target).equals(content)) continue;
    differing.push(path);
    if (checking) continue;
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
  }
  const kept = new Set([...fresh, ...byHand]);
  for (const path of files(to)) {
    if (kept.has(path) || (spared && (spared.test(path) || path === record))) continue;
    differing.push(path);
    if (!checking) rmSync(join(to, path));
  }
  return differing;
}

/** The files of a folder, relative to it, without what running or installing leaves behind. */
function files(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((path) => !/(^|\/)(node_modules|__pycache__)\//.test(path))
    .sort();
}

/** New files pass a look at the working tree, and ignored ones a look at git: a clone would have neither. */
function filesOutsideGit(folder: string): string[] {
  const listed = spawnSync("git", ["ls-files", "-z", "--", "."], { cwd: folder, encoding: "utf8" });
  if (listed.status !== 0) return [];
  const tracked = new Set(listed.stdout.split("\0"));
  return files(folder).filter((path) => !tracked.has(path));
}

function recordOf(folder: string): string {
  return existsSync(join(folder, record)) ? readFileSync(join(folder, record), "utf8") : "";
}

function hashOfOutputs(folder: string, slow?: RegExp): string {
  const outputs = files(folder).filter((path) => slow?.test(path));
  return hash(
    outputs.map((path) => join(folder, path)),
    outputs.join("\n"),
  );
}

function hash(paths: string[], text: string): string {
  const sum = createHash("sha256").update(text);
  for (const path of paths) sum.update(readFileSync(path));
  return sum.digest("hex");
}

function run(command: string, args: string[], path = process.env.PATH): void {
  try {
    execFileSync(command, args, { cwd: root, env: { ...process.env, PATH: path }, stdio: ["ignore", 2, 2] });
  } catch {
    throw new Error(`${command} ${args[0]} failed`);
  }
}
