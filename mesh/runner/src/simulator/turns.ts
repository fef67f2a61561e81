// Who speaks for the sensors of a mesh: whoever was asked to by a person, and while nobody is, the simulation that runs with the mesh.
// Each writes its process into a folder of the run folder; one that was killed gives its turn back with its process.
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ownFolder, writeInPlace } from "../files.ts";
import { startTime } from "../platform.ts";
import { isAlive, type ProcessRecord } from "../state.ts";

/** The folder in the run folder, and the name of the child that runs with the mesh. */
export const SIMULATOR = "simulator";

const LOOK_MS = 250;
const OWN = "speaks.json";
const ASKED = /^asked-\d+\.json$/;

const folderOf = (runFolder: string): string => join(runFolder, SIMULATOR);

function holds(file: string): boolean {
  try {
    return isAlive(JSON.parse(readFileSync(file, "utf8")) as ProcessRecord);
  } catch {
    return false;
  }
}

function write(file: string): () => void {
  const own: ProcessRecord = { pid: process.pid, startTime: startTime(process.pid) ?? "" };
  writeInPlace(file, JSON.stringify(own), { mode: 0o600 });
  return () => rmSync(file, { force: true });
}

function someoneWasAsked(folder: string): boolean {
  return readdirSync(folder).some((name) => ASKED.test(name) && holds(join(folder, name)));
}

/** Takes the turn for a person's simulation, and settles when the one of the mesh is silent or the signal aborts. Returns what gives it back. */
export async function takeTurn(runFolder: string, signal: AbortSignal): Promise<() => void> {
  const folder = folderOf(runFolder);
  ownFolder(folder, { mode: 0o700 });
  const release = write(join(folder, `asked-${process.pid}.json`));
  while (!signal.aborted && holds(join(folder, OWN))) await sleep(LOOK_MS, undefined, { signal }).catch(() => {});
  return release;
}

/**
 * Speaks whenever no person's simulation does, until the signal aborts: `speak` is to fall silent, and to settle then, when the signal that it
 * is given aborts. It is called anew for each turn.
 */
export async function whileNobodyElse(
  runFolder: string,
  speak: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const folder = folderOf(runFolder);
  ownFolder(folder, { mode: 0o700 });
  const pause = () => sleep(LOOK_MS, undefined, { signal }).catch(() => {});
  while (!signal.aborted) {
    const release = write(join(folder, OWN));
    // Looked at only now: whoever asks meanwhile sees that this one speaks, and waits.
    const turn = new AbortController();
    const watching = (async () => {
      while (!signal.aborted && !turn.signal.aborted && !someoneWasAsked(folder)) await pause();
      turn.abort();
    })();
    try {
      if (!someoneWasAsked(folder)) await speak(turn.signal);
    } finally {
      turn.abort();
      await watching;
      release();
    }
    while (!signal.aborted && someoneWasAsked(folder)) await pause();
  }
}
