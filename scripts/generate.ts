// Makes gen/ from the contract, one language after the other: `make generate`, or `make generate LANGS="ts go"`.
//
// Everything comes from one image. A language is generated into .build/gen first, so that a failure leaves gen/ as it
// was, and only files that changed are written, so that nothing that watches or imports them sees a gap.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join, relative } from "node:path";
import { parse } from "yaml";
import { canBuild, ensureTool, isBuilt, toolPath, toolVersion } from "./tools.ts";

type Template = { inputs: unknown[]; plugins: Plugin[] };
type Plugin = { local: string | string[]; out: string };

const root = join(import.meta.dirname, "..");
const image = join(root, ".build/contract.binpb");
const templates = ["buf.gen.yaml", "scripts/third-party.gen.yaml"];

/** Files of a package that are written by hand, at its root. */
const manifests = new Set(["package.json", "go.mod", "go.sum", "Cargo.toml", "lib.rs", "pyproject.toml", "README.md", "LICENSE"]);

/** The record of what the Rust code was made from, for machines on which its plugins are not built. */
const record = "inputs.sha256";

const languages: Record<string, { tools: string[] }> = {
  ts: { tools: [] },
  go: { tools: ["protoc-gen-go", "protoc-gen-go-grpc"] },
  python: { tools: [] },
  rust: { tools: ["protoc-gen-buffa", "protoc-gen-buffa-packaging", "protoc-gen-connect-rust", "protoc-gen-protovalidate-buffa"] },
};

const wanted = (process.env.LANGS || Object.keys(languages).join(" ")).split(/[\s,]+/).filter(Boolean);
mkdirSync(dirname(image), { recursive: true });
run("buf", ["build", "-o", image]);
const failed: string[] = [];
for (const language of wanted) {
  try {
    console.log(`${language}: ${await generate(language)}`);
  } catch (error) {
    console.error(`${language}: ${error instanceof Error ? error.message : error}`);
    failed.push(language);
  }
}
if (failed.length > 0) process.exit(1);

async function generate(language: string): Promise<string> {
  const tools = languages[language]?.tools;
  if (!tools) throw new Error(`unknown language: there are ${Object.keys(languages).join(", ")}`);
  const to = join(root, "gen", language);
  const inputs = tools.length > 0 ? hashOfInputs(tools) : "";
  const slow = tools.filter((name) => !isBuilt(name));
  const recorded = existsSync(join(to, record)) ? readFileSync(join(to, record), "utf8").trim() : "";
  const skipped = slow.length > 0 && recorded === inputs ? new Set(tools) : new Set<string>();
  if (skipped.size === 0) {
    for (const name of tools) {
      if (!canBuild(name)) throw new Error(`${name} is not built, and its toolchain is not installed`);
      await ensureTool(name);
    }
  }

  const from = join(root, ".build/gen", language);
  rmSync(from, { recursive: true, force: true });
  for (const file of templates) {
    const template = parse(readFileSync(join(root, file), "utf8")) as Template;
    const plugins = template.plugins.filter(
      (plugin) => plugin.out.startsWith(`gen/${language}/`) || plugin.out === `gen/${language}`,
    );
    const usable = plugins.filter((plugin) => !skipped.has(String(plugin.local)));
    if (usable.length === 0) continue;
    const path = [...tools.filter(isBuilt).map((name) => dirname(toolPath(name))), process.env.PATH].join(delimiter);
    run("buf", ["generate", "--template", JSON.stringify({ ...template, plugins: usable }), "-o", from], path);
  }
  if (language === "rust") includeRules(join(from, "gen/rust/src/proto"));
  const changed = replace(join(from, "gen", language), to, skipped.size > 0);
  if (language === "rust") writeFileSync(join(to, record), `${inputs}\n`);
  const note = skipped.size > 0 ? "; plugins not built, inputs unchanged" : "";
  return `${changed} ${changed === 1 ? "file" : "files"} changed${note}`;
}

/** Adds the validation of each Rust package to the module of its messages. */
function includeRules(folder: string): void {
  for (const file of files(folder)) {
    if (!file.endsWith(".validate.rs")) continue;
    const module = join(folder, file.replace(/validate\.rs$/, "mod.rs"));
    writeFileSync(module, `include!("${file}");\n`, { flag: "a" });
  }
}

/** Makes `to` equal to `from`, apart from manifests, and returns how many files had to change. */
function replace(from: string, to: string, keepOthers: boolean): number {
  const fresh = new Set(files(from));
  if (fresh.size === 0 && !keepOthers) throw new Error("nothing was generated");
  let changed = 0;
  for (const path of fresh) {
    const content = readFileSync(join(from, path));
    const target = join(to, path);
    if (existsSync(target) && readFileSync(target).equals(content)) continue;
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
    changed++;
  }
  if (keepOthers) return changed;
  for (const path of files(to)) {
    if (fresh.has(path) || manifests.has(path) || path === record) continue;
    rmSync(join(to, path));
    changed++;
  }
  return changed;
}

function files(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/(^|\/)(node_modules|__pycache__|target)(\/|$)/.test(entry.parentPath))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

function hashOfInputs(tools: string[]): string {
  const hash = createHash("sha256").update(readFileSync(image));
  for (const file of templates) hash.update(readFileSync(join(root, file)));
  return hash.update(tools.map(toolVersion).join("\n")).digest("hex");
}

function run(command: string, args: string[], path = process.env.PATH): void {
  try {
    execFileSync(command, args, { cwd: root, env: { ...process.env, PATH: path }, stdio: ["ignore", 2, 2] });
  } catch {
    throw new Error(`${command} ${args[0]} failed`);
  }
}
