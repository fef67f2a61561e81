// Everything that differs between operating systems: process start times, user namespaces, user ids. Nothing else in the
// runner asks which system it is on.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { arch, platform } from "node:os";
import { delimiter, join } from "node:path";

const linux = platform() === "linux";

/** The user id that PostgreSQL sees itself as in its namespace, or really runs as where there are no namespaces. */
const NOBODY = 65534;

/** `linux-x64`, `darwin-arm64`: as the packages of binaries name it. */
export const platformName = `${platform()}-${arch()}`;

/** True under uid 0. */
export function runsAsRoot(): boolean {
  return process.getuid?.() === 0;
}

let bootId: string | undefined;
function boot(): string {
  bootId ??= readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  return bootId;
}

/**
 * When process `pid` started, as a text that no other process with the same number ever has. Absent: no such process is
 * running (one that ended and waits for its parent counts as gone).
 */
export function startTime(pid: number): string | undefined {
  if (!linux) {
    const out = spawnSync("ps", ["-o", "stat=,lstart=", "-p", String(pid)], { encoding: "utf8" }).stdout?.trim() ?? "";
    const [state, ...rest] = out.split(/\s+/);
    return !state || state.startsWith("Z") ? undefined : rest.join(" ");
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the program's name in parentheses, which may itself hold spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const state = fields[0] ?? "X";
    return state === "Z" || state === "X" ? undefined : `${boot()}:${fields[19]}`;
  } catch {
    return undefined;
  }
}

/** How to run a store, which refuses to be root (PostgreSQL) or needs nothing of root (Valkey). */
export interface StoreUser {
  /** Stands before the command; empty where nothing is needed. */
  readonly prefix: readonly string[];
  /** The uid and gid to run with. Absent: the runner's own. */
  readonly uid?: number;
}

let storeUser: StoreUser | undefined;

/** Under root a user namespace in which root is nobody (the files stay as they are), else nobody itself; not root: as is. */
export function userOfStores(): StoreUser {
  if (storeUser) return storeUser;
  if (!runsAsRoot()) storeUser = { prefix: [] };
  else {
    const prefix = ["unshare", "-U", `--map-user=${NOBODY}`, `--map-group=${NOBODY}`];
    const [command = "", ...args] = prefix;
    const works = linux && spawnSync(command, [...args, "true"], { stdio: "ignore" }).status === 0;
    storeUser = works ? { prefix } : { prefix: [], uid: NOBODY };
  }
  return storeUser;
}

/**
 * The first of `count` user ids that belong to nobody: between 70,000 and 326,000, a range that no distribution gives to
 * people, services or containers. `seed` spreads clones over it. Absent: this machine (or the container's map) has none.
 */
export function spareUserIds(seed: number, count: number): number | undefined {
  if (!linux || !runsAsRoot()) return undefined;
  const first = 70_000 + (seed % 4000) * 64;
  if (count > 64) return undefined;
  const mapped = readFileSync("/proc/self/uid_map", "utf8")
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number))
    .some(([inside = 0, , size = 0]) => inside <= first && first + count <= inside + size);
  return mapped ? first : undefined;
}

/** The first of `files` that user `uid` cannot read, or, of folders, cannot pass through. Absent: there is none. */
export function firstUnreadable(uid: number, files: readonly string[]): string | undefined {
  const script = 'for f do if [ -d "$f" ]; then [ -x "$f" ]; else [ -r "$f" ]; fi || { printf %s "$f"; exit 1; }; done';
  const out = spawnSync("/bin/sh", ["-c", script, "sh", ...files], { uid, gid: uid, cwd: "/", encoding: "utf8" });
  if (out.status === 0) return undefined;
  return out.stdout || files[0];
}

/** Gives `path` and all in it to `uid`. Root only. */
export function giveAll(path: string, uid: number): void {
  execFileSync("chown", ["-R", `${uid}:${uid}`, path], { stdio: "ignore" });
}

/** The path of a program that PATH leads to. Throws if there is none. */
export function onPath(program: string): string {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const found = folders.map((folder) => join(folder, program)).find((path) => existsSync(path));
  if (found === undefined) throw new Error(`${program} is not in PATH`);
  return found;
}
