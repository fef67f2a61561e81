// larder down: stops what runs, and ends what a killed supervisor left.
import { setTimeout as delay } from "node:timers/promises";
import { clearRunFolder, endLeftovers } from "../leftovers.ts";
import { clearLocks, holder, lastRunFolder } from "../lock.ts";
import { pathsOf } from "../paths.ts";
import { Refusal } from "../refusal.ts";
import { isAlive, type ProcessRecord } from "../state.ts";
import { PLACE_USAGE, parsePlace } from "./place.ts";

export const name = "down";
export const summary = "Stops the mesh and keeps its data.";
export const usage = PLACE_USAGE;

/** Longer than the longest drain of a service and its stores. */
const PATIENCE_MS = 90_000;
const HURRY_MS = 20_000;
const LOOK_MS = 50;

export async function run(args: readonly string[]): Promise<number> {
  const paths = pathsOf(parsePlace(args).place);
  const running = holder(paths);
  const folders = new Set([paths.run, running?.runFolder ?? lastRunFolder(paths) ?? paths.run]);
  if (running) {
    console.log(`Stopping (supervisor ${running.pid}): services drain, then sidecars, then stores.`);
    await end(running);
  }
  const ended: string[] = [];
  for (const folder of folders) {
    ended.push(...(await endLeftovers(folder)));
    clearRunFolder(folder);
  }
  clearLocks(paths);
  if (ended.length > 0) console.log(`Ended what a killed supervisor left: ${ended.join(", ")}.`);
  console.log(running || ended.length > 0 ? "Stopped; the data are kept." : "Larder is not running.");
  return 0;
}

/** Asks politely, then in a hurry, then with force; what force leaves behind is for endLeftovers. */
async function end(supervisor: ProcessRecord): Promise<void> {
  for (const [signal, patience] of [
    ["SIGTERM", PATIENCE_MS],
    ["SIGTERM", HURRY_MS],
    ["SIGKILL", HURRY_MS],
  ] as const) {
    try {
      process.kill(supervisor.pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EPERM") {
        throw new Refusal(`Supervisor ${supervisor.pid} belongs to another user: stop it as that user.`);
      }
      return;
    }
    const until = Date.now() + patience;
    while (isAlive(supervisor)) {
      if (Date.now() > until) break;
      await delay(LOOK_MS);
    }
    if (!isAlive(supervisor)) return;
  }
}
