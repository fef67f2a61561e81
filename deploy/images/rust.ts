// Programs in Rust for images, of either architecture. Zig links them against the C library that images have, so that neither the linker nor
// the libraries of this machine go into them.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join, relative } from "node:path";
import { rustProgram } from "../../mesh/runner/src/build.ts";
import type { RustProfile } from "../../mesh/runner/src/environment.ts";
import { cargoTarget, crateOf, lock } from "../../scripts/tools.ts";
import { type Architecture, architectures, ownArchitecture } from "./architecture.ts";
import { fromDebian, pinnedOf, toRunHere, versionOf } from "./debian.ts";
import { ImagesError } from "./error.ts";
import { keptFolder } from "./kept.ts";
import { pipInstall } from "./pip.ts";

export type { RustProfile };

const root = join(import.meta.dirname, "../..");
const toolsLock = join(import.meta.dirname, "zig.lock");

interface Crate {
  /** Its folder, from the top of the repository. */
  readonly entry: string;
  /** Where its program goes. */
  readonly program: string;
}

/** As Rust calls the machines. */
const triple: Record<Architecture, string> = {
  amd64: "x86_64-unknown-linux-gnu",
  arm64: "aarch64-unknown-linux-gnu",
};

/**
 * Builds programs. Those for debugging are the very ones that tests run here, so there are none for another architecture.
 * Throws ImagesError where this machine cannot build them.
 */
export async function rustPrograms(
  crates: readonly Crate[],
  architecture: Architecture,
  profile: RustProfile,
): Promise<void> {
  if (profile === "debug") await fromTests(crates, architecture);
  else await forRelease(crates, architecture);
}

async function fromTests(crates: readonly Crate[], architecture: Architecture): Promise<void> {
  if (architecture !== ownArchitecture()) throw new ImagesError(`programs to debug are not built for ${architecture}`);
  for (const { entry, program } of crates) {
    mkdirSync(dirname(program), { recursive: true });
    copyFileSync(await rustProgram(entry, "debug"), program);
  }
}

async function forRelease(crates: readonly Crate[], architecture: Architecture): Promise<void> {
  if (spawnSync("cargo", ["--version"]).error) {
    throw new ImagesError("cargo is not installed: install Rust 1.95 or later (rustup, brew install rust)");
  }
  const { zigbuild, zig } = linker();
  const target = cargoTarget(root);
  const names = crates.map(({ entry }) => crateOf(root, entry));
  const [glibc = ""] = versionOf("libc6").split("-");
  // Where this machine keeps sources and what is generated stands in messages of panics.
  const places = { [process.env.CARGO_HOME || join(homedir(), ".cargo")]: "/cargo", [target]: "/target" };
  const flags = Object.entries(places).map(([from, to]) => `--remap-path-prefix=${from}=${to}`);
  const args = ["zigbuild", "--release", "--locked", "--bins", ...names.flatMap((name) => ["--package", name])];
  // What another clone builds has the same name there: between the build and the copy nobody else may come.
  const release = await lock(`${target}.lock`);
  try {
    const result = spawnSync(zigbuild, [...args, "--target", `${triple[architecture]}.${glibc}`], {
      cwd: root,
      stdio: ["ignore", "inherit", "pipe"],
      encoding: "utf8",
      maxBuffer: 1 << 28,
      env: {
        ...process.env,
        RUSTC: compiler(),
        CARGO_TARGET_DIR: target,
        CARGO_PROFILE_RELEASE_STRIP: "symbols",
        CARGO_ENCODED_RUSTFLAGS: flags.join("\x1f"),
        CARGO_TERM_COLOR: "never",
        CARGO_ZIGBUILD_ZIG_PATH: zig,
      },
    });
    if (result.error || result.status !== 0) throw failure(architecture, result.error?.message ?? result.stderr);
    for (const { entry, program } of crates) {
      mkdirSync(dirname(program), { recursive: true });
      copyFileSync(join(target, triple[architecture], "release", basename(entry)), program);
    }
  } finally {
    release();
  }
}

function failure(architecture: Architecture, said: string): ImagesError {
  const complaint = said.split("\n").filter((line) => line.startsWith("error"));
  return new ImagesError(`the services in Rust do not build for ${architecture}: ${complaint.join("; ") || said}`);
}

/** A script that starts Debian's compiler, which lies beside it with Rust's own library for each architecture. */
function compiler(): string {
  const pinned = (["libraries", "rustc", "rustLibrary"] as const).map(pinnedOf).join("\n");
  const folder = keptFolder(`rustc-${machineOf(pinned)}`, (made) => {
    const start = toRunHere(made, "rustc");
    for (const architecture of architectures) fromDebian("rustLibrary", architecture, made);
    const words = [...start, join(made, "usr/bin/rustc"), "--sysroot", join(made, "usr")];
    const command = words.map((word) => (word.startsWith(made) ? `"$here/${relative(made, word)}"` : word)).join(" ");
    writeFileSync(join(made, "rustc"), `#!/bin/sh\nhere=\${0%/*}\nexec ${command} "$@"\n`, { mode: 0o755 });
  });
  return join(folder, "rustc");
}

/** The linker, and the part of Cargo that knows how to use it. */
function linker(): { zigbuild: string; zig: string } {
  const wheels = ["--only-binary=:all:", "--require-hashes", "-r", toolsLock];
  const folder = keptFolder(`zig-${machineOf(readFileSync(toolsLock))}`, (made) => pipInstall(made, wheels));
  return { zigbuild: join(folder, "bin/cargo-zigbuild"), zig: join(folder, "ziglang/zig") };
}

/** What tells programs of one pin and one kind of machine from others. */
const machineOf = (pinned: string | Buffer): string =>
  `${createHash("sha256").update(pinned).digest("hex").slice(0, 12)}-${process.platform}-${process.arch}`;
