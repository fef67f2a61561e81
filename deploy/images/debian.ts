// What images take from packages of Debian, and what builds them, which debian.lock pins by version and checksum.
//
// `node deploy/images/debian.ts --update` pins what Debian offers now: security updates come in this way.

import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cacheFolder } from "../../scripts/tools.ts";
import { type Architecture, architectures, ownArchitecture } from "./architecture.ts";
import { ImagesError } from "./error.ts";

interface Package {
  readonly architecture: Architecture;
  readonly name: string;
  readonly version: string;
  readonly sha256: string;
}

const debianLock = join(import.meta.dirname, "debian.lock");
const suite = "trixie";
const header = `# What images take from Debian 13 (${suite}), and what builds them: architecture, package, version, SHA-256. node deploy/images/debian.ts --update\n`;

/** A part of an image: packages, and which of their files go into it. */
interface Part {
  readonly packages: readonly string[];
  readonly files: readonly string[];
}

const shared = (...names: string[]): string => `usr/lib/*-linux-gnu/lib{${names.join(",")}}.so.*`;

const parts = {
  /**
   * What Node.js and programs in Rust are linked to, what finds names in DNS, and whose it is. base-files names the distribution, by which
   * scanners know whose advisories to look at, and holds the licences; gcc-14-base that of three others.
   */
  libraries: {
    packages: ["base-files", "gcc-14-base", "libatomic1", "libc6", "libgcc-s1", "libstdc++6"],
    files: [
      "usr/lib/os-release",
      "usr/lib/ld-linux-*",
      "usr/lib64/ld-linux-*",
      "usr/lib/*-linux-gnu/ld-linux-*",
      shared("atomic", "c", "dl", "gcc_s", "m", "nss_dns", "nss_files", "pthread", "resolv", "rt", "stdc++"),
      "usr/share/common-licenses/*",
    ],
  },
  /** Python, without what only its tests and people at a terminal use, nor databases. */
  python: {
    packages: [
      ...["python3.13-minimal", "libpython3.13-minimal", "libpython3.13-stdlib"],
      ...["libbz2-1.0", "libexpat1", "libffi8", "liblzma5", "libssl3t64", "libuuid1", "libzstd1", "zlib1g"],
    ],
    files: [
      "usr/bin/python3.13",
      "usr/lib/python3.13/!(lib-dynload|sitecustomize.py|test|idlelib|pydoc_data|_pyrepl|ensurepip)",
      "usr/lib/python3.13/lib-dynload/!(_curses|_dbm|_sqlite3|_test|_xxtest|readline|xx)*",
      shared("bz2", "crypto", "expat", "ffi", "lzma", "ssl", "uuid", "z", "zstd"),
    ],
  },
  /** The compiler of programs in Rust, which runs on the machine that builds: the one that Debian keeps new for browsers. */
  rustc: {
    packages: [
      ...["rustc-web", "libstd-rust-web-1.96", "libllvm22"],
      ...[
        "libbsd0",
        "libedit2",
        "libffi8",
        "liblzma5",
        "libmd0",
        "libtinfo6",
        "libxml2",
        "libz3-4",
        "libzstd1",
        "zlib1g",
      ],
    ],
    files: [
      "usr/bin/rustc",
      "usr/lib/*-linux-gnu/librustc_driver-*.so",
      shared("LLVM", "bsd", "edit", "ffi", "lzma", "md", "tinfo", "xml2", "z", "z3", "zstd"),
    ],
  },
  /** Rust's own library, for the architecture of the program. */
  rustLibrary: { packages: ["libstd-rust-web-dev"], files: ["usr/lib/rustlib/*/lib/*.{rlib,rmeta}"] },
} as const satisfies Record<string, Part>;

/** Wherever a package keeps who has written it. */
const copyright = "usr/share/doc/*/copyright";

/** Puts a part into `folder`, which becomes that of an image. Throws ImagesError where its packages cannot be had. */
export function fromDebian(part: keyof typeof parts, architecture: Architecture, folder: string): void {
  const { packages, files }: Part = parts[part];
  for (const { name, deb } of fetched(architecture, packages)) {
    const all = mkdtempSync(join(tmpdir(), "larder-deb-"));
    try {
      execFileSync("dpkg-deb", ["--extract", deb, all]);
      for (const path of [...files, copyright].flatMap((pattern) => globSync(pattern, { cwd: all }))) {
        cpSync(join(all, path), join(folder, path), { recursive: true, verbatimSymlinks: true });
      }
    } finally {
      rmSync(all, { recursive: true, force: true });
    }
    // Scanners look here for what an image without a package manager is made of.
    const status = join(folder, "var/lib/dpkg/status.d");
    mkdirSync(status, { recursive: true });
    writeFileSync(join(status, name), execFileSync("dpkg-deb", ["--field", deb]));
  }
  if (part !== "libraries") return;
  for (const name of ["lib", "lib64"]) {
    mkdirSync(join(folder, "usr", name), { recursive: true });
    symlinkSync(`usr/${name}`, join(folder, name));
  }
  mkdirSync(join(folder, "etc"), { recursive: true });
  symlinkSync("../usr/lib/os-release", join(folder, "etc/os-release"));
}

/**
 * Puts parts for this machine into `folder`, to be run from there. Returns what goes in front of a program in it: its own C library is the
 * newer one. Throws ImagesError where this machine runs nothing of Debian's.
 */
export function toRunHere(folder: string, ...wanted: (keyof typeof parts)[]): string[] {
  const own = ownArchitecture();
  if (own === undefined || process.platform !== "linux") {
    throw new ImagesError("what compiles for images runs on Linux on amd64 or arm64: build there");
  }
  for (const part of ["libraries", ...wanted] as const) fromDebian(part, own, folder);
  const found = (pattern: string) => join(folder, globSync(pattern, { cwd: folder })[0] ?? "");
  const loader = found("usr/lib/*-linux-gnu/ld-linux-*");
  chmodSync(loader, 0o755);
  return [loader, "--library-path", found("usr/lib/*-linux-gnu")];
}

/** Why the packages of some parts cannot be had, in words. Undefined: they are in the cache now. */
export function whyNotFromDebian(architecture: Architecture, of: readonly (keyof typeof parts)[]): string | undefined {
  try {
    fetched(architecture, packagesOf(of.map((part) => parts[part])));
    return undefined;
  } catch (error) {
    if (error instanceof ImagesError) return error.message;
    throw error;
  }
}

/** What is pinned of a part, and which of its files are taken: another text when either changes. */
export function pinnedOf(part: keyof typeof parts): string {
  const { packages }: Part = parts[part];
  return JSON.stringify([parts[part], readLock().filter(({ name }) => packages.includes(name))]);
}

/** The version that is pinned of a package: `2.41-12+deb13u5`. */
export function versionOf(name: string): string {
  const found = readLock().find((each) => each.name === name);
  if (!found) throw new ImagesError(`debian.lock has no ${name}`);
  return found.version;
}

/** Each of them once. */
const packagesOf = (some: readonly Part[]): string[] => [...new Set(some.flatMap(({ packages }) => packages))];

function readLock(): Package[] {
  return readFileSync(debianLock, "utf8")
    .split("\n")
    .filter((line) => line && !line.startsWith("#"))
    .map((line) => {
      const [architecture, name = "", version = "", sha256 = ""] = line.split(" ");
      return { architecture: architecture as Architecture, name, version, sha256 };
    });
}

/** The packages' files, from the cache or from Debian. */
function fetched(architecture: Architecture, names: readonly string[]): { name: string; deb: string }[] {
  const wanted = readLock().filter((each) => each.architecture === architecture && names.includes(each.name));
  const place = ({ sha256 }: Package) => join(cacheFolder, "debian", `${sha256}.deb`);
  const missing = wanted.filter((each) => !existsSync(place(each)) || checksum(place(each)) !== each.sha256);
  if (missing.length > 0) download(architecture, missing, place);
  return wanted.map((each) => ({ name: each.name, deb: place(each) }));
}

function download(architecture: Architecture, packages: Package[], place: (each: Package) => string): void {
  const folder = mkdtempSync(join(tmpdir(), "larder-apt-"));
  try {
    const said = aptFor(
      architecture,
      folder,
    )(["download", ...packages.map(({ name, version }) => `${name}=${version}`)]);
    const sums = new Map(
      globSync("*.deb", { cwd: folder }).map((file) => [checksum(join(folder, file)), join(folder, file)]),
    );
    mkdirSync(join(cacheFolder, "debian"), { recursive: true });
    for (const each of packages) {
      const file = sums.get(each.sha256);
      if (file === undefined) {
        const mend = "if Debian has replaced it, pin its successor: node deploy/images/debian.ts --update";
        throw new ImagesError(
          `${each.name} ${each.version} for ${architecture} cannot be had from Debian; ${mend}\n${said}`,
        );
      }
      const partial = `${place(each)}.${process.pid}`;
      cpSync(file, partial);
      renameSync(partial, place(each));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const checksum = (file: string): string => createHash("sha256").update(readFileSync(file)).digest("hex");

/** An apt of our own: it knows Debian's archive only, needs no root, and leaves the machine's alone. Returns what it prints. */
function aptFor(architecture: Architecture, folder: string): (args: string[]) => string {
  const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";
  // Elsewhere than on Debian the checksums of debian.lock stand for the signature.
  const trust = existsSync(keyring) ? `signed-by=${keyring}` : "trusted=yes";
  const root = join(folder, "root");
  for (const path of ["etc/preferences.d", "lists/partial", "cache/archives/partial"])
    mkdirSync(join(root, path), { recursive: true });
  writeFileSync(join(root, "sources.list"), `deb [${trust}] http://deb.debian.org/debian ${suite} main\n`);
  writeFileSync(join(root, "status"), "");
  const options = Object.entries({
    "APT::Architecture": architecture,
    "APT::Architectures": architecture,
    "APT::Sandbox::User": "root",
    "Acquire::Languages": "none",
    "Dir::Etc": join(root, "etc"),
    "Dir::Etc::sourcelist": join(root, "sources.list"),
    "Dir::Etc::sourceparts": "/dev/null",
    "Dir::State": root,
    "Dir::State::status": join(root, "status"),
    "Dir::Cache": join(root, "cache"),
  }).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  const apt = (args: string[]): string => {
    const result = spawnSync("apt-get", [...options, "-qq", ...args], { cwd: folder, encoding: "utf8" });
    if (result.error) {
      throw new ImagesError(
        "libraries and Python come from Debian's packages, and this machine has no apt-get: build on Debian or Ubuntu, a container of it will do",
      );
    }
    return `${result.stdout}${result.stderr}`.trim();
  };
  const said = apt(["update"]);
  if (/^[EW]: .*(Failed|Unable|signature)/m.test(said))
    throw new ImagesError(`Debian's archive cannot be read: ${said}`);
  return apt;
}

/** Pins the newest versions. The archive must be signed by Debian: from here on the checksums are believed. */
function update(): void {
  if (!existsSync("/usr/share/keyrings/debian-archive-keyring.gpg")) {
    throw new ImagesError(
      "Debian's keys are missing, without which nothing can be pinned: apt-get install debian-archive-keyring",
    );
  }
  const wanted = packagesOf(Object.values(parts));
  const lines = architectures.flatMap((architecture) => {
    const folder = mkdtempSync(join(tmpdir(), "larder-apt-"));
    try {
      const said = aptFor(architecture, folder)(["--print-uris", "download", ...wanted]);
      const found = [...said.matchAll(/^'\S+' ([^_]+)_([^_]+)_\S+ \d+ SHA256:([0-9a-f]{64})$/gm)];
      if (found.length !== wanted.length)
        throw new ImagesError(`Debian does not offer all of ${wanted.join(", ")}: ${said}`);
      return found
        .map(([, name, version, sum]) => `${architecture} ${name} ${decodeURIComponent(version ?? "")} ${sum}`)
        .sort();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
  writeFileSync(debianLock, `${header}${lines.join("\n")}\n`);
}

if (import.meta.main) {
  if (process.argv[2] !== "--update") throw new Error("usage: node deploy/images/debian.ts --update");
  update();
}
