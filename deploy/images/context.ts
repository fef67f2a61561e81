// The context of the Dockerfiles: everything that goes into images, put where it will be, with the same bytes on every machine.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { rootCertificates } from "node:tls";
import { cacheFolder } from "../../scripts/tools.ts";
import { type Architecture, nodeName } from "./architecture.ts";
import { fromDebian } from "./debian.ts";
import { ImagesError } from "./error.ts";
import { compile, python, pythonKits } from "./python.ts";
import { type RustProfile, rustPrograms } from "./rust.ts";
import type { Service } from "./services.ts";

const root = join(import.meta.dirname, "../..");
const read = (path: string) => readFileSync(join(root, path), "utf8");

/** A user that owns nothing: that of the manifests. */
const user = 65532;

/** Code that only tests have use for. */
const forTests =
  /(^|\/)(test|testing|testdata|node_modules|__pycache__)(\/|$)|\.test\.ts$|\/testing\.ts$|\/test_[^/]*\.py$|\.md$/;
/** What models are trained with, which is more than the service has. */
const forTraining = /^\/model(\/|$)/;
/** What packages bring along for editors and readers. Licences stay. */
const forPeople = /\.(d\.[cm]?ts|[cm]?ts|map|md|markdown)$/i;
const ofGit = /^\.git/;
const licence = /licen[cs]e|notice|copying/i;

/**
 * Fills the folder for these services and architectures; what was in it goes. Programs in Rust are built for release unless `rust` says
 * otherwise. Throws ImagesError where something cannot be had.
 */
export async function makeContext(
  folder: string,
  services: readonly Service[],
  wanted: readonly Architecture[],
  rust: RustProfile = "release",
): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  common(join(folder, "common"));
  const of = (runtime: Service["runtime"]) => services.filter((service) => service.runtime === runtime);
  const [inNode, inPython, asRunner] = [of("node"), of("python"), of("runner").length > 0];
  const onNode = inNode.length > 0 || asRunner;
  if (onNode) kits(join(folder, "kits"));
  for (const { name } of [...inNode, ...inPython]) serviceCode(name, join(folder, "services", name));
  if (inPython.length > 0) pythonKits(join(folder, "python-kits"));
  for (const { name } of inPython) compile(join(folder, "services", name), `/app/services/${name}`);
  if (asRunner) runnerCode(join(folder, "runner"));
  for (const architecture of wanted) {
    const place = (...path: string[]) => join(folder, architecture, ...path);
    if (services.some(({ runtime }) => runtime !== "go")) fromDebian("libraries", architecture, place("libraries"));
    if (onNode) nodeItself(architecture, place("node"));
    if (inNode.length > 0) packages(architecture, place("packages"), allServices);
    if (asRunner) packages(architecture, place("runner-packages"), () => ["mesh/runner"]);
    if (inPython.length > 0) python(architecture, place("python"));
    for (const { name, entry } of of("go")) goProgram(entry, architecture, place("go", name));
    const crates = of("rust").map(({ name, entry }) => ({ entry, program: place("rust", name, "service") }));
    if (crates.length > 0) await rustPrograms(crates, architecture, rust);
  }
  evenOut(folder);
}

/** What every image has: the user, the authorities that sign certificates, and a place for what is temporary. */
function common(folder: string): void {
  const write = (path: string, text: string) => {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  write("etc/passwd", `root:x:0:0:root:/:/sbin/nologin\nlarder:x:${user}:${user}:larder:/tmp:/sbin/nologin\n`);
  write("etc/group", `root:x:0:\nlarder:x:${user}:\n`);
  // Those of Mozilla, as this release of Node.js has them.
  write("etc/ssl/certs/ca-certificates.crt", `${rootCertificates.join("\n")}\n`);
  mkdirSync(join(folder, "tmp"));
}

/** The kits and the generated package, for all services in TypeScript. */
function kits(folder: string): void {
  for (const path of globSync("services/platform/*/package.json", { cwd: root }).sort()) {
    const kit = path.replace("/package.json", "");
    copyCode(kit, join(folder, kit));
  }
  copyCode("gen/ts", join(folder, "gen/ts"));
}

/** The code of a service, with its migrations, models and demo data, and nothing that only tests and training have use for. */
export const serviceCode = (name: string, folder: string): void => copyCode(`services/${name}`, folder);

/** The runner, and the users that its identity provider knows: the customers of the demo data. */
function runnerCode(folder: string): void {
  copyCode("mesh/runner", join(folder, "mesh/runner"));
  copyCode("services/customer/seed", join(folder, "services/customer/seed"));
}

function copyCode(from: string, to: string): void {
  const top = join(root, from);
  cpSync(top, to, {
    recursive: true,
    filter: (path) => {
      const inside = path.slice(top.length);
      return !forTests.test(inside) && !forTraining.test(inside) && !inside.endsWith(".d.ts");
    },
  });
}

/** The program that npm publishes, checked against the lockfile. */
function nodeItself(architecture: Architecture, folder: string): void {
  const name = `node-linux-${nodeName[architecture]}`;
  const { version, integrity } = lockedPackage(name);
  const kept = join(cacheFolder, "node", `${name}-${version}.tgz`);
  if (!existsSync(kept) || integrityOf(kept) !== integrity) {
    const work = mkdtempSync(join(tmpdir(), "larder-node-"));
    try {
      npm(["pack", "--silent", `${name}@${version}`], work);
      const packed = join(work, `${name}-${version}.tgz`);
      if (integrityOf(packed) !== integrity)
        throw new ImagesError(`${name} ${version} is not what package-lock.json names`);
      mkdirSync(join(cacheFolder, "node"), { recursive: true });
      copyFileSync(packed, `${kept}.${process.pid}`);
      renameSync(`${kept}.${process.pid}`, kept);
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }
  const local = join(folder, "usr/local");
  mkdirSync(local, { recursive: true });
  execFileSync("tar", ["-xzf", kept, "-C", local, "--strip-components=1", "package/bin/node", "package/LICENSE"]);
  mkdirSync(join(local, "share/doc/node"), { recursive: true });
  renameSync(join(local, "LICENSE"), join(local, "share/doc/node/LICENSE"));
}

interface Locked {
  readonly version: string;
  readonly integrity: string;
}

function lockedPackage(name: string): Locked {
  const { packages } = JSON.parse(read("package-lock.json")) as { packages: Record<string, Locked> };
  const found = packages[`node_modules/${name}`];
  if (!found) throw new ImagesError(`package-lock.json has no ${name}`);
  return found;
}

const integrityOf = (file: string): string =>
  `sha512-${createHash("sha512").update(readFileSync(file)).digest("base64")}`;

/** All services, whichever images are made: the layer is the same for each. */
const allServices = (workspaces: readonly string[]): string[] =>
  workspaces.filter((each) => each.startsWith("services/") && !each.includes("platform"));

/** The npm packages that some workspaces run on, for one architecture, without what only tests and editors use. */
function packages(
  architecture: Architecture,
  folder: string,
  choose: (workspaces: readonly string[]) => string[],
): void {
  const { workspaces } = JSON.parse(read("package.json")) as { workspaces: string[] };
  for (const path of ["package.json", "package-lock.json", ...workspaces.map((each) => `${each}/package.json`)]) {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    copyFileSync(join(root, path), join(folder, path));
  }
  const chosen = choose(workspaces);
  const platform = ["--os=linux", `--cpu=${nodeName[architecture]}`, "--libc=glibc"];
  const quiet = ["--no-audit", "--no-fund", "--loglevel=error", "--prefer-offline"];
  npm(
    ["ci", "--omit=dev", "--ignore-scripts", ...quiet, ...platform, ...chosen.flatMap((each) => ["--workspace", each])],
    folder,
  );
  for (const entry of readdirSync(folder))
    if (entry !== "node_modules") rmSync(join(folder, entry), { recursive: true });
  const modules = join(folder, "node_modules");
  for (const name of chosen.map((each) => basename(each))) rmSync(join(modules, "@larder", name), { force: true });
  for (const path of [".bin", ".package-lock.json"]) rmSync(join(modules, path), { recursive: true, force: true });
  for (const entry of readdirSync(modules, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (ofGit.test(entry.name)) rmSync(path, { recursive: true, force: true });
    if (entry.isFile() && forPeople.test(entry.name) && !licence.test(entry.name)) rmSync(path, { force: true });
    if (entry.name === "package.json") checkCpu(path, architecture);
  }
}

/** Old npm takes no notice of --cpu, and would put this machine's code into an image for another. */
function checkCpu(manifest: string, architecture: Architecture): void {
  const { name, cpu } = JSON.parse(readFileSync(manifest, "utf8")) as { name?: string; cpu?: string[] };
  if (Array.isArray(cpu) && !cpu.includes(nodeName[architecture])) {
    throw new ImagesError(`npm installed ${name}, which is not for ${architecture}: it needs npm 10.4 or newer`);
  }
}

function npm(args: string[], cwd: string): void {
  try {
    execFileSync("npm", args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    throw new ImagesError(`npm ${args[0]} failed: ${String((error as { stderr?: Buffer }).stderr ?? error).trim()}`);
  }
}

/** A program without a C library, the same from every folder. */
function goProgram(entry: string, architecture: Architecture, folder: string): void {
  const flags = ["-trimpath", "-buildvcs=false", "-ldflags=-s -w -buildid="];
  const env = { ...process.env, CGO_ENABLED: "0", GOOS: "linux", GOARCH: architecture };
  execFileSync("go", ["build", ...flags, "-o", join(folder, "service"), `./${entry}`], {
    cwd: root,
    env,
    stdio: "inherit",
  });
}

/** Modes as they are in the images, whatever the umask and the file system of this machine. Times are the builder's affair. */
function evenOut(folder: string): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isSymbolicLink()) continue;
    const path = join(entry.parentPath, entry.name);
    chmodSync(path, entry.isDirectory() || isProgram(path) ? 0o755 : 0o644);
  }
  chmodSync(join(folder, "common/tmp"), 0o1777);
}

const isProgram = (path: string): boolean =>
  /\/(usr\/(local\/)?bin\/[^/]+|(go|rust)\/[^/]+\/service|ld-linux[^/]*)$/.test(path);
