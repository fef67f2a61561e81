// The disk of the event log: a small one of its own, in memory, that only this run sees. It is mounted in a namespace of mounts, which
// goes with the process that made it; where the system has none of these, the log stays where it was and no disk fills.

import { spawnSync } from "node:child_process";
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";

/** The size of the disk, for the log and for what fills it. */
const MEBIBYTES = 64;
const CHUNKS = [1 << 20, 1 << 12];

/** Arguments of `sh -c` that mount the disk on `folder` and then run the command that follows. */
function mounting(folder: string): string[] {
  const { uid, gid } = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  // Who is not root is root in a user namespace for as long as it takes to mount, and itself in another one beneath.
  const back = uid === 0 ? [] : ["unshare", "--user", `--map-user=${uid}`, `--map-group=${gid}`];
  const script = 'mount -t tmpfs -o "mode=0700,size=$1" larder-chaos "$2" && shift 2 && exec "$@"';
  return ["sh", "-c", script, "sh", `${MEBIBYTES}m`, folder, ...back];
}

/**
 * What to put before a command so that `folder`, which must be there, is a small disk for it. A text: why that cannot be had here.
 */
export function smallDisk(folder: string): readonly string[] | string {
  if (process.platform !== "linux") return "only Linux has namespaces of mounts";
  const apart = process.getuid?.() === 0 ? ["--mount"] : ["--user", "--map-root-user", "--mount"];
  const command = ["unshare", ...apart, ...mounting(folder)];
  const tried = spawnSync(command[0] as string, [...command.slice(1), "true"], { encoding: "utf8" });
  if (tried.status === 0) return command;
  return tried.error?.message ?? (tried.stderr.trim().split("\n").at(-1) || "no disk can be mounted");
}

/** Fills what is left of the disk of `folder`, to the last byte. Returns how many bytes it took. */
export function fill(folder: string): number {
  const file = openSync(fillerIn(folder), "a", 0o600);
  let filled = 0;
  try {
    for (const chunk of CHUNKS.map((size) => Buffer.alloc(size))) {
      for (;;) {
        const written = writeUntilFull(file, chunk);
        filled += written;
        if (written < chunk.length) break;
      }
    }
  } finally {
    closeSync(file);
  }
  return filled;
}

/** Gives the disk its room back. */
export function free(folder: string): void {
  rmSync(fillerIn(folder), { force: true });
}

const fillerIn = (folder: string): string => join(folder, "filler");

function writeUntilFull(file: number, chunk: Buffer): number {
  try {
    return writeSync(file, chunk);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOSPC") return 0;
    throw error;
  }
}
