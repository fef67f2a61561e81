// Ends what a supervisor that was killed left behind, and clears its run folder. The data stay.
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { supports } from "./environment.ts";
import { SIMULATOR } from "./simulator/turns.ts";
import { type ChildRecord, isAlive, readState } from "./state.ts";
import { STOP_ORDER } from "./supervisor/spec.ts";

const POLITE_MS = 5000;
const LOOK_MS = 20;

/** Ends the children of the dead supervisor of `runFolder`; returns the names of those that still ran. */
export async function endLeftovers(runFolder: string): Promise<string[]> {
  const state = readState(runFolder);
  if (!state || isAlive(state)) return [];
  const alive = state.children.filter((child) => isAlive(child));
  for (const roles of STOP_ORDER) await end(alive.filter(({ role }) => roles.includes(role)));
  return alive.map(({ name }) => name);
}

async function end(children: readonly ChildRecord[]): Promise<void> {
  for (const child of children) signal(child, child.stopSignal);
  const left = await gone(children, POLITE_MS);
  for (const child of left) signal(child, "SIGKILL");
  await gone(left, POLITE_MS);
}

/** Waits until all are gone; returns those that are not after `limitMs`. */
async function gone(children: readonly ChildRecord[], limitMs: number): Promise<ChildRecord[]> {
  const until = Date.now() + limitMs;
  let left = children.filter((child) => isAlive(child));
  while (left.length > 0 && Date.now() < until) {
    await delay(LOOK_MS);
    left = left.filter((child) => isAlive(child));
  }
  return left;
}

function signal({ pid }: ChildRecord, name: NodeJS.Signals): void {
  // Every child leads a process group of its own: what it started goes with it.
  for (const target of name === "SIGKILL" ? [-(pid ?? 0), pid ?? 0] : [pid ?? 0]) {
    try {
      if (target !== 0) process.kill(target, name);
    } catch {
      // It went by itself.
    }
  }
}

/** What the runner puts into a run folder: nothing else is removed, whatever folder a caller names. */
const OURS = new RegExp(
  `^(supervisor\\.json|pg|log|cache|endpoints|trust|${supports.join("|")}|cli|bootstrap|${SIMULATOR}|[a-z][a-z0-9-]*-[0-9]+)$`,
);

/** Removes sockets, credentials and state from the run folder; the logs of the last run stay readable. */
export function clearRunFolder(runFolder: string): void {
  if (!existsSync(runFolder)) return;
  for (const name of readdirSync(runFolder)) {
    if (OURS.test(name)) rmSync(join(runFolder, name), { recursive: true, force: true });
  }
}
