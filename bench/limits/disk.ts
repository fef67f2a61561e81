// The limit of what waits for a disk each time: writes of 100 bytes at the end of a file, one flush after the other.
import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { percentiles, type Run } from "../load.ts";

/** Flushes a file of the folder so often. */
export async function flushes(folder: string, count: number): Promise<Run> {
  const file = join(folder, "flushes");
  const descriptor = openSync(file, "w");
  const bytes = Buffer.alloc(100, "x");
  const times: number[] = [];
  const begin = performance.now();
  for (let each = 0; each < count; each += 1) {
    const begun = performance.now();
    writeSync(descriptor, bytes);
    fdatasyncSync(descriptor);
    times.push(performance.now() - begun);
  }
  const seconds = (performance.now() - begin) / 1000;
  closeSync(descriptor);
  rmSync(file);
  return {
    ...{ operations: count, errors: 0, perSecond: count / seconds, ...percentiles(times) },
    // The kernel's, and not told by process.
    cpuMicros: Number.NaN,
  };
}
