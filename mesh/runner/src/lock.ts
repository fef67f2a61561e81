// One supervisor per run folder and per data folder: a lock file in each, which names the holder's process.
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Paths } from "./paths.ts";
import { startTime } from "./platform.ts";
import { Refusal } from "./refusal.ts";
import { isAlive, type ProcessRecord } from "./state.ts";

interface LockRecord extends ProcessRecord {
  readonly runFolder: string;
}

function read(file: string): LockRecord | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as LockRecord;
  } catch {
    return undefined;
  }
}

function filesOf({ run, data }: Pick<Paths, "run" | "data">): string[] {
  return [join(data, "supervisor.lock"), join(run, "supervisor.lock")];
}

/** The run folder of the last supervisor of this clone, which differs from ours when XDG_RUNTIME_DIR did. Absent: none is known. */
export function lastRunFolder(paths: Pick<Paths, "run" | "data">): string | undefined {
  return filesOf(paths)
    .map(read)
    .find((record) => record !== undefined)?.runFolder;
}

/** The living supervisor that holds either folder. Absent: there is none. */
export function holder(paths: Pick<Paths, "run" | "data">): LockRecord | undefined {
  return filesOf(paths)
    .map(read)
    .find((record) => isAlive(record));
}

/** Refuses, in the words that a second start gets. */
export function refuseRunning(record: ProcessRecord): never {
  throw new Refusal(
    `Larder is already running (supervisor ${record.pid}): see make status, or stop it with make down.`,
  );
}

/** Takes both locks for this process, or refuses when another living one has either. Returns what gives them back. */
export function takeLocks(paths: Paths): () => void {
  const taken: string[] = [];
  const release = (): void => {
    for (const file of taken.splice(0)) rmSync(file, { force: true });
  };
  try {
    for (const file of filesOf(paths)) {
      takeLock(file, paths.run);
      taken.push(file);
    }
  } catch (error) {
    release();
    throw error;
  }
  return release;
}

/** Removes the locks of dead holders. */
export function clearLocks(paths: Pick<Paths, "run" | "data">): void {
  for (const file of filesOf(paths)) {
    const held = read(file);
    if (held && !isAlive(held)) rmSync(file, { force: true });
  }
}

function takeLock(file: string, runFolder: string): void {
  const own: LockRecord = { pid: process.pid, startTime: startTime(process.pid) ?? "", runFolder };
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(own), { mode: 0o600 });
  try {
    for (;;) {
      try {
        // A link fails when the name is taken, and shows the whole content at once when it is not.
        linkSync(draft, file);
        return;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      }
      const held = read(file);
      if (held && isAlive(held)) refuseRunning(held);
      removeStale(file, held);
    }
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Removes the lock of a dead holder, and no other: another starter may have put its own there since we read it. */
function removeStale(file: string, judged: LockRecord | undefined): void {
  const aside = `${file}.stale.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  const moved = read(aside);
  if (moved && moved.pid !== judged?.pid && isAlive(moved)) {
    try {
      linkSync(aside, file);
    } catch {
      // A third one took the name meanwhile: it holds the lock.
    }
  }
  rmSync(aside, { force: true });
}
