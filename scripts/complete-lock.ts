// Adds to package-lock.json what npm left out: binaries for platforms that the registry at hand does not serve. A lock
// that lacks them makes `npm ci` fail on every machine. Run it after npm install; with --check it only looks.
//
// The added entries have no integrity, since nobody here has seen the files. npm fills it in where it can fetch them.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

type Entry = {
  version?: string;
  dev?: boolean;
  optional?: boolean;
  optionalDependencies?: Record<string, string>;
  os?: string[];
  cpu?: string[];
  libc?: string[];
};

const systems = new Set(["android", "darwin", "linux", "win32"]);
const processors: Record<string, string> = { aarch64: "arm64", arm64: "arm64", x64: "x64", arm: "arm", armv7: "arm" };

const path = join(import.meta.dirname, "../package-lock.json");
const lock = JSON.parse(readFileSync(path, "utf8")) as { packages: Record<string, Entry> };
const missing: Record<string, Entry> = {};
for (const [parent, { dev, optionalDependencies = {} }] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    const place = `node_modules/${name}`;
    if (lock.packages[place] || lock.packages[`${parent}/${place}`]) continue;
    missing[place] = { version, ...platformOf(name), ...(dev ? { dev } : {}), optional: true };
  }
}

const names = Object.keys(missing);
if (process.argv.includes("--check")) {
  if (names.length > 0) {
    console.log(`package-lock.json lacks ${names.join(", ")}`);
    process.exitCode = 1;
  }
} else if (names.length > 0) {
  const { "": root = {}, ...rest } = { ...lock.packages, ...missing };
  const sorted = Object.entries(rest).sort(([a], [b]) => a.localeCompare(b, "en"));
  writeFileSync(
    path,
    `${JSON.stringify({ ...lock, packages: { "": root, ...Object.fromEntries(sorted) } }, null, 2)}\n`,
  );
  console.log(`added ${names.length} packages`);
}

/** Reads the platform from a name such as @bufbuild/buf-linux-aarch64. Other optional packages need a person to look. */
function platformOf(name: string): Entry {
  const words = name.split(/[-/]/);
  const os = words.filter((word) => systems.has(word));
  const cpu = words.flatMap((word) => processors[word] ?? []);
  if (os.length !== 1 || cpu.length !== 1) throw new Error(`${name}: the name does not tell its platform`);
  const libc = os[0] === "linux" ? [words.includes("musl") ? "musl" : "glibc"] : [];
  return { os, cpu, ...(libc.length > 0 ? { libc } : {}) };
}
