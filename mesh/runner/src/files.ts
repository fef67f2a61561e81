// Writing files so that a reader never sees half of one.
import { chmodSync, chownSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";

export interface Owned {
  /** Permission bits, whatever the umask. */
  readonly mode: number;
  /** User and group id of the owner. Absent: the runner's own. */
  readonly uid?: number | undefined;
}

/** Writes `text` beside `path` and renames it into place: watchers of the folder see one move. */
export function writeInPlace(path: string, text: string, { mode, uid }: Owned): void {
  const next = `${path}.next`;
  rmSync(next, { force: true });
  writeFileSync(next, text, { mode: 0o600 });
  if (uid !== undefined) chownSync(next, uid, uid);
  chmodSync(next, mode);
  renameSync(next, path);
}

/** Makes `path` a folder with exactly this mode and owner; an existing one keeps its content. */
export function ownFolder(path: string, { mode, uid }: Owned): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  if (uid !== undefined) chownSync(path, uid, uid);
  chmodSync(path, mode);
}
