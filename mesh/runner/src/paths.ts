// Where things are: the clone, the run folder (sockets, credentials, logs) and the data folder, with the checks on them.
import { createHash } from "node:crypto";
import { accessSync, constants, existsSync, lstatSync, realpathSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Refusal } from "./refusal.ts";

/** The longest socket path that every runtime takes without cutting it, in bytes. */
export const LONGEST_SOCKET_PATH = 90;

/** The top of this clone. */
export const repository = realpathSync(fileURLToPath(new URL("../../../", import.meta.url)));

export interface Paths {
  /** The top of the clone. */
  readonly repository: string;
  /** R: sockets, credentials, endpoints, logs; emptied by `down`. */
  readonly run: string;
  /** What survives `down`: databases, the event log, the local CA. */
  readonly data: string;
}

/** The folders of this clone, unless others are named, here or by LARDER_RUN_FOLDER and LARDER_DATA_FOLDER. */
export function pathsOf(overrides: { run?: string | undefined; data?: string | undefined } = {}): Paths {
  const base = process.env.XDG_RUNTIME_DIR || "/tmp";
  const hash = createHash("sha256").update(repository).digest("hex").slice(0, 8);
  return {
    repository,
    run: resolve(overrides.run ?? (process.env.LARDER_RUN_FOLDER || join(base, `larder-${hash}`))),
    data: resolve(overrides.data ?? (process.env.LARDER_DATA_FOLDER || join(repository, ".data"))),
  };
}

/** A number that differs between run folders, for ranges that must not meet. */
export function seedOf(runFolder: string): number {
  return createHash("sha256").update(runFolder).digest().readUInt32BE(0);
}

/** Refuses when one of `sockets` is longer than every system takes. */
export function checkSocketPaths(sockets: readonly string[]): void {
  const longest = sockets.reduce((a, b) => (Buffer.byteLength(b) > Buffer.byteLength(a) ? b : a), "");
  const bytes = Buffer.byteLength(longest);
  if (bytes <= LONGEST_SOCKET_PATH) return;
  throw new Refusal(
    `The socket path ${longest} has ${bytes} bytes, more than the ${LONGEST_SOCKET_PATH} that sockets take: set XDG_RUNTIME_DIR to a shorter folder, such as ${tmpdir()}.`,
  );
}

function nearestExisting(path: string): string {
  let at = path;
  while (!existsSync(at)) at = dirname(at);
  return at;
}

/** Refuses, before anything is written, when `folder` cannot be made or written, is another user's, or has too little space. */
export function checkFolder(folder: string, neededBytes: number, mend: string): void {
  // A link is not followed: in /tmp another user may have laid it.
  const stat = lstatSync(folder, { throwIfNoEntry: false });
  if (stat && !stat.isDirectory()) throw new Refusal(`${folder} is not a folder: remove it and start again.`);
  // Root too: a folder that another user made is not to be trusted with sockets and keys.
  if (stat && stat.uid !== process.getuid?.()) throw new Refusal(`${folder} belongs to another user: ${mend}.`);
  const at = nearestExisting(folder);
  try {
    accessSync(at, constants.W_OK | constants.X_OK);
  } catch {
    throw new Refusal(`${at} is not writable: ${mend}.`);
  }
  const { bavail, bsize } = statfsSync(at);
  if (bavail * bsize < neededBytes) {
    const mib = Math.ceil(neededBytes / 2 ** 20);
    throw new Refusal(`The disk of ${folder} is full: ${mib} MiB are needed there; free some and start again.`);
  }
}
