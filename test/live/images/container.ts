// A container made by hand out of an image in OCI's layout: its files, user, variables and program, as the manifests run it. Namespaces for
// processes and mounts are its own; the network is that of this machine.

import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface ImageConfig {
  readonly architecture: string;
  readonly config: {
    readonly User: string;
    readonly Env: string[];
    readonly Entrypoint: string[];
    readonly WorkingDir: string;
    readonly Labels: Record<string, string>;
    readonly ExposedPorts: Record<string, unknown>;
    readonly StopSignal: string;
  };
}

/** An image that was taken out of the layout. */
export interface Unpacked {
  readonly root: string;
  readonly image: ImageConfig;
  remove(): void;
}

/** Why no container can be made here. Undefined: one can. */
export function whyNoContainer(): string | undefined {
  if (process.platform !== "linux") return "containers are made on Linux only";
  if (process.getuid?.() !== 0) return "making a container by hand takes root";
  const made = spawnSync("unshare", ["--mount", "--pid", "--fork", "true"], { encoding: "utf8" });
  return made.status === 0
    ? undefined
    : `this machine lets nobody make namespaces: ${made.error ?? made.stderr.trim()}`;
}

/** Unpacks the image of an architecture, by the digest of all architectures. */
export function unpack(layout: string, digest: string, architecture: string): Unpacked {
  const file = (of: string) => join(layout, "blobs", of.replace(":", "/"));
  const blob = (of: string) => JSON.parse(readFileSync(file(of), "utf8"));
  const wanted = blob(digest).manifests.find(
    ({ platform }: { platform: { architecture: string } }) => platform.architecture === architecture,
  );
  const manifest = blob(wanted.digest);
  const root = mkdtempSync(join(tmpdir(), "larder-image-"));
  for (const layer of manifest.layers) execFileSync("tar", ["-xpzf", file(layer.digest), "-C", root]);
  execFileSync("chmod", ["755", root]);
  return { root, image: blob(manifest.config.digest), remove: () => rmSync(root, { recursive: true, force: true }) };
}

export interface Container {
  /** What it has said on its two outputs. */
  readonly output: () => string;
  /** Its first process, as this machine sees it. Throws before it begins and after it has ended. */
  readonly pid: () => number;
  readonly ended: () => boolean;
  /** Its exit code, once it has ended. */
  readonly exit: Promise<number | null>;
  /** Sends a signal to its first process. */
  signal(name: NodeJS.Signals): void;
  /** Ends it, if it has not ended. */
  kill(): Promise<void>;
}

/** What the runtime of a cluster does before it starts the program. The root is read-only from here on. */
const script = (folders: readonly string[]) => `set -e
mount --make-rprivate /
mount --bind "$ROOT" "$ROOT"
mount -t tmpfs -o mode=755,size=64k tmpfs "$ROOT/dev"
for device in null zero random urandom; do touch "$ROOT/dev/$device"; mount --bind "/dev/$device" "$ROOT/dev/$device"; done
mount -t proc proc "$ROOT/proc"
mount -t tmpfs -o mode=1777,size=64m tmpfs "$ROOT/tmp"
for folder in ${folders.join(" ")}; do mkdir -p "$ROOT$folder"; mount --bind "$folder" "$ROOT$folder"; done
mount -o remount,bind,ro "$ROOT"
exec env --ignore-environment "$@"
`;

/** Starts the image's program with these variables; `folders` are those of this machine that it sees, under the same paths. */
export function start(
  { root, image }: Unpacked,
  env: Readonly<Record<string, string>>,
  folders: readonly string[] = [],
): Container {
  const { User, Env, Entrypoint, WorkingDir } = image.config;
  const [user = "", group = ""] = User.split(":");
  // A runtime makes what it mounts on.
  for (const path of ["dev", "proc"]) mkdirSync(join(root, path), { recursive: true });
  const variables = [...Env, ...Object.entries(env).map(([name, value]) => `${name}=${value}`)];
  const as = [placeOf("unshare"), `--root=${root}`, `--wd=${WorkingDir}`, `--setgid=${group}`, `--setuid=${user}`];
  const program = [placeOf("setpriv"), "--no-new-privs", ...as, ...Entrypoint];
  const child = spawn(
    "unshare",
    [
      ...["--mount", "--pid", "--ipc", "--uts", "--fork", "--kill-child"],
      ...["bash", "-c", script(folders), "container", ...variables, ...program],
    ],
    { env: { PATH: process.env.PATH ?? "", ROOT: root }, stdio: ["ignore", "pipe", "pipe"] },
  );
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const pid = () => childOf(child);
  const ended = () => child.exitCode !== null || child.signalCode !== null;
  const exit = once(child, "close").then(([code]) => code as number | null);
  return {
    output: () => output,
    pid,
    ended,
    exit,
    signal: (name) => process.kill(pid(), name),
    async kill() {
      // What it forked goes with it.
      if (!ended()) child.kill("SIGKILL");
      await exit;
    },
  };
}

/** The variables of the program are those of the image alone, so there is no PATH to look along. */
const placeOf = (program: string): string =>
  execFileSync("bash", ["-c", `command -v ${program}`], { encoding: "utf8" }).trim();

function childOf({ pid }: ChildProcess): number {
  const [first] = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ");
  if (!first) throw new Error("the container has no process");
  return Number(first);
}
