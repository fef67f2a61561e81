// The log of one child. The child writes to the file itself, so that its last words survive the supervisor.
import {
  chownSync,
  closeSync,
  copyFileSync,
  existsSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  truncateSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";

/** A log that is longer is moved aside, in bytes: with its predecessor it holds at most twice this. */
export const LOG_LIMIT = 4 * 2 ** 20;

export class LogFile {
  readonly path: string;
  readonly #descriptor: number;

  /** Opens R/logs/`name`.log; what an earlier run wrote moves to `name`.log.1. `uid` owns it, absent: the runner. */
  constructor(folder: string, name: string, uid?: number) {
    this.path = join(folder, `${name}.log`);
    if (existsSync(this.path)) renameSync(this.path, `${this.path}.1`);
    this.#descriptor = openSync(this.path, "a", 0o600);
    // Some programs open /dev/stdout again by name, which asks for the right to write.
    if (uid !== undefined) chownSync(this.path, uid, uid);
  }

  /** For the child's standard output and error. */
  get descriptor(): number {
    return this.#descriptor;
  }

  /** Adds a line of the supervisor's own. */
  note(line: string): void {
    try {
      writeSync(this.#descriptor, `${new Date().toISOString()} supervisor: ${line}\n`);
    } catch {
      // A full disk must not end the supervision.
    }
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

/** Moves the content of a log aside once it is too long; its writer, who appends, goes on with the same, now empty, file. */
export function boundFile(path: string, limit: number = LOG_LIMIT): void {
  try {
    if (statSync(path).size <= limit) return;
    copyFileSync(path, `${path}.1`);
    truncateSync(path, 0);
  } catch {
    // There is none, or the disk is full: the next look tries again.
  }
}

/** The last `count` lines of a log; empty when there is none. Reads at most 64 KiB. */
export function lastLines(path: string, count: number): string[] {
  try {
    const { size } = statSync(path);
    const length = Math.min(size, 65_536);
    const buffer = Buffer.alloc(length);
    const descriptor = openSync(path, "r");
    try {
      readSync(descriptor, buffer, 0, length, size - length);
    } finally {
      closeSync(descriptor);
    }
    return buffer
      .toString("utf8")
      .split("\n")
      .filter((line) => line !== "")
      .slice(-count);
  } catch {
    return [];
  }
}
