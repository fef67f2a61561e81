// Each generated package as a stranger uses it: built into the form in which it is handed out, installed in an empty
// folder by the package manager of its language, and called from there.

import { execFile, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { product, startCatalog } from "./catalog.ts";

const root = join(import.meta.dirname, "../..");
const python = join(root, ".venv/bin/python");
const minutes = 60_000;
const answer = { displayName: product.displayName, units: String(product.price.units) };

let catalog: Awaited<ReturnType<typeof startCatalog>>;
let folder: string;

beforeAll(async () => {
  catalog = await startCatalog();
});
afterAll(() => catalog.stop());

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "larder-outside-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));

test("an npm tarball, from a TypeScript program", { timeout: 5 * minutes }, async () => {
  program("typescript");
  await run("npm", ["pack", "--pack-destination", folder], { cwd: join(root, "gen/ts") });
  await run("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline"]);
  const said = await run(join(root, "node_modules/.bin/node"), ["main.ts", catalog.address, product.name]);
  expect(JSON.parse(said)).toEqual({ ...answer, refused: "NotFound" });
});

test("a Go module from a module proxy, from a Go program", { timeout: 5 * minutes }, async () => {
  program("go");
  const proxy = await moduleProxy("larder.example/gen/go", "v0.1.0", join(root, "gen/go"));
  const known = JSON.parse(await run("go", ["env", "-json", "GOPROXY", "GOMODCACHE"]));
  // A module cache of its own, or the next run would find this version there. What is downloaded already serves as a
  // second proxy; its sums are those of our go.sum, and our module stands in no checksum database.
  cpSync(join(root, "gen/go/go.sum"), join(folder, "go.sum"));
  const env = {
    GOPROXY: `file://${proxy},file://${known.GOMODCACHE}/cache/download,${known.GOPROXY}`,
    GOMODCACHE: join(folder, "modules"),
    GONOSUMDB: "*",
    GOWORK: "off",
    GOFLAGS: "-mod=mod -modcacherw -buildvcs=false",
  };
  await run("go", ["mod", "init", "outside.example/program"], { env });
  await run("go", ["mod", "edit", "-require=larder.example/gen/go@v0.1.0"], { env });
  await run("go", ["mod", "tidy"], { env });
  await run("go", ["build", "-o", "program", "."], { env });
  const said = await run("./program", [catalog.address, product.name]);
  expect(JSON.parse(said)).toEqual({ ...answer, refused: "NotFound" });
});

test("a Rust crate, from a Rust program", { timeout: 15 * minutes }, async (context) => {
  if (spawnSync("cargo", ["--version"]).error) context.skip("cargo is not installed");
  program("rust");
  cpSync(join(root, "gen/rust"), join(folder, "larder-contract"), { recursive: true });
  // The versions that the repository has locked, and what it has built of them.
  cpSync(join(root, "Cargo.lock"), join(folder, "Cargo.lock"));
  const cache = process.env.LARDER_CACHE || join(homedir(), ".cache/larder");
  await run("cargo", ["build", "--quiet"], { env: { CARGO_TARGET_DIR: join(cache, "cargo-target") } });
  const built = join(cache, "cargo-target/debug/outside");
  const said = await run(built, [catalog.address, product.name]);
  expect(JSON.parse(said)).toEqual({ ...answer, refused: "NotFound" });
});

test("a Python wheel, from a Python program", { timeout: 5 * minutes }, async () => {
  program("python");
  const build = ["-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", folder];
  await run(python, [...build, join(root, "gen/python")]);
  const wheel = readdirSync(folder).find((file) => file.endsWith(".whl"));
  await run(python, ["-m", "venv", "environment"]);
  const installed = join(folder, "environment/bin/python");
  await run(installed, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", join(folder, wheel ?? "")]);
  const said = await run(installed, ["main.py", catalog.address, product.name]);
  expect(JSON.parse(said)).toEqual({ ...answer, refused: "NOT_FOUND" });
});

/** Puts the outside program of a language into the empty folder. */
function program(language: string): void {
  cpSync(join(import.meta.dirname, language), folder, { recursive: true });
}

/** Makes a module proxy in the file system that serves one version of one module. Returns its folder. */
async function moduleProxy(module: string, version: string, source: string): Promise<string> {
  const proxy = join(folder, "proxy");
  const versions = join(proxy, module, "@v");
  mkdirSync(versions, { recursive: true });
  cpSync(join(source, "go.mod"), join(versions, `${version}.mod`));
  writeFileSync(join(versions, "list"), `${version}\n`);
  writeFileSync(join(versions, `${version}.info`), JSON.stringify({ Version: version, Time: "2026-01-01T00:00:00Z" }));
  // A zip whose paths start with module@version, as the protocol of module proxies wants it.
  const zip = `
import pathlib, sys, zipfile
source, target, prefix = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]
with zipfile.ZipFile(target, "w") as archive:
    for path in source.rglob("*"):
        if path.is_file():
            archive.write(path, f"{prefix}/{path.relative_to(source)}")
`;
  await run(python, ["-c", zip, source, join(versions, `${version}.zip`), `${module}@${version}`]);
  return proxy;
}

type Options = { cwd?: string; env?: Record<string, string> };

/** Runs a command, in the empty folder unless told otherwise, and returns what it printed. */
async function run(command: string, args: string[], { cwd = folder, env = {} }: Options = {}): Promise<string> {
  const { stdout } = await promisify(execFile)(command, args, {
    cwd,
    env: { ...process.env, ...env },
    maxBuffer: 1 << 26,
  });
  return stdout;
}
