// Python in images: Debian's interpreter with the packages that services import, compiled beforehand, since nothing is written where it runs.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import type { Architecture } from "./architecture.ts";
import { fromDebian, pinnedOf, toRunHere, versionOf } from "./debian.ts";
import { ImagesError } from "./error.ts";
import { keptFolder } from "./kept.ts";
import { pipInstall } from "./pip.ts";

const root = join(import.meta.dirname, "../..");

/** Where Debian's Python looks for packages that are not Debian's. */
const packagesFolder = "usr/local/lib/python3.13/dist-packages";

/** As wheels call the machines. */
const machine: Record<Architecture, string> = { amd64: "x86_64", arm64: "aarch64" };

/** What wheels bring along for those who test, type, compile against or train with them, and what pip notes of itself. */
const notForRunning = [
  "bin",
  "**/{tests,testdata,__pycache__}",
  "**/*.{pyi,pyx,pxd,h,c,cpp,hpp,a}",
  "*.dist-info/{RECORD,INSTALLER,REQUESTED,direct_url.json}",
  "numpy/{f2py,_pyinstaller}",
  "onnxruntime/{datasets,quantization,tools,transformers}",
  // For programs in C: the module for Python has all of it in itself.
  "onnxruntime/capi/libonnxruntime.so*",
];

/** Fills `folder` with Python and the packages; they are made once on a machine. Throws ImagesError where something cannot be had. */
export function python(architecture: Architecture, folder: string): void {
  const wanted = requirementsOf("services");
  const sum = createHash("sha256")
    .update(readFileSync(import.meta.filename))
    .update(pinnedOf("python"))
    .update(wanted);
  const kept = keptFolder(`python-images/${sum.digest("hex").slice(0, 16)}-${architecture}`, (made) => {
    fromDebian("python", architecture, made);
    installWheels(wanted, architecture, join(made, packagesFolder));
    compile(made, "/");
  });
  cpSync(kept, folder, { recursive: true, verbatimSymlinks: true });
}

/**
 * What requirements.txt has of a group of pyproject.toml and of all that it needs: who needs what, stands beside each. Throws ImagesError
 * where there is no such group.
 */
export function requirementsOf(group: string): string {
  const project = readFileSync(join(root, "pyproject.toml"), "utf8");
  const listed = new RegExp(`^${group} = \\[\\n([^\\]]*)^\\]`, "m").exec(project)?.[1] ?? "";
  const names = new Set([...listed.matchAll(/"([\w-]+)==/g)].map(([, name = ""]) => name));
  if (names.size === 0) throw new ImagesError(`pyproject.toml has no group ${group}`);
  const entries = new Map(
    readFileSync(join(root, "requirements.txt"), "utf8")
      .split(/^(?=[\w-]+==)/m)
      .map((entry) => [entry.slice(0, entry.indexOf("==")), entry]),
  );
  const neededBy = (entry: string) => [...entry.matchAll(/^ {4}# (?:via | {2})(\S+)$/gm)].map(([, name = ""]) => name);
  for (let before = 0; before < names.size; ) {
    before = names.size;
    for (const [name, entry] of entries) if (neededBy(entry).some((other) => names.has(other))) names.add(name);
  }
  return [...names]
    .sort()
    .map((name) => entries.get(name) ?? "")
    .join("");
}

/** Unpacks wheels for the image's Python and C library, whatever this machine has, each checked by its hash. */
function installWheels(requirements: string, architecture: Architecture, folder: string): void {
  const work = mkdtempSync(join(tmpdir(), "larder-wheels-"));
  try {
    const list = join(work, "requirements.txt");
    writeFileSync(list, requirements);
    const [, newest = ""] = /^2\.(\d+)/.exec(versionOf("libc6")) ?? [];
    const tags = Array.from({ length: Number(newest) - 4 }, (_, at) => `manylinux_2_${at + 5}`);
    const platforms = [...tags, "manylinux2014", "linux"].map((tag) => `--platform=${tag}_${machine[architecture]}`);
    const abis = ["cp313", "abi3", "none"].map((abi) => `--abi=${abi}`);
    const target = ["--python-version=3.13", "--implementation=cp", ...abis, ...platforms];
    pip(folder, ["--only-binary=:all:", "--require-hashes", ...target, "-r", list]);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Puts our own packages into `folder`, which becomes the root of an image: the generated one and the kit. */
export function pythonKits(folder: string): void {
  const own = ["gen/python", "services/platform/python"].map((path) => join(root, path));
  pip(join(folder, packagesFolder), ["--no-index", "--no-build-isolation", ...own]);
  compile(folder, "/");
}

function pip(folder: string, what: readonly string[]): void {
  pipInstall(folder, ["--no-compile", ...what]);
  for (const path of globSync(notForRunning, { cwd: folder }))
    rmSync(join(folder, path), { recursive: true, force: true });
}

/**
 * Compiles all Python in `folder`, which images have as `place`. The code is the same for every machine, so that the interpreter of
 * this one makes it: that of the image, not the one that is installed here.
 */
export function compile(folder: string, place: string): void {
  const home = mkdtempSync(join(tmpdir(), "larder-python-"));
  try {
    const [loader = "", ...options] = toRunHere(home, "python");
    const interpreter = [...options, join(home, "usr/bin/python3.13")];
    // Never looked after again: the source beside it cannot change.
    const once = ["--invalidation-mode", "unchecked-hash", "-q", "-f"];
    const result = spawnSync(loader, [...interpreter, "-m", "compileall", ...once, "-s", folder, "-p", place, folder], {
      encoding: "utf8",
      // Sets in constants have the same order each time.
      env: { PYTHONHOME: join(home, "usr"), PYTHONHASHSEED: "0", PYTHONDONTWRITEBYTECODE: "1" },
    });
    if (result.status !== 0) {
      const said = result.error?.message ?? `${result.stdout}${result.stderr}`.trim();
      throw new ImagesError(`Python does not compile what is in ${relative(root, folder)}: ${said}`);
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
