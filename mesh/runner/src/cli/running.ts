// The mesh that a command talks to.

import { holder, lastRunFolder } from "../lock.ts";
import { pathsOf } from "../paths.ts";
import { Refusal } from "../refusal.ts";
import { isAlive, readState, type SupervisorState } from "../state.ts";
import type { Place } from "./place.ts";

/** The state of the running mesh. Throws a Refusal when none runs. */
export function runningMesh(place: Place): SupervisorState {
  const paths = pathsOf(place);
  const state = readState(holder(paths)?.runFolder ?? lastRunFolder(paths) ?? paths.run);
  if (!state || !isAlive(state)) throw new Refusal("Larder is not running: make up starts it.");
  return state;
}

/** What is not ready yet of these workloads, in words for people. Absent: all of it is. */
export function notReady({ children }: SupervisorState, workloads: readonly string[]): string | undefined {
  const late = children.filter(
    ({ name, role, state }) =>
      role === "service" && state !== "ready" && workloads.includes(name.slice(0, name.lastIndexOf("-"))),
  );
  if (late.length === 0) return undefined;
  return `${late.map(({ name, state }) => `${name} is ${state}`).join(", ")}: until it is ready nothing comes of what is measured. make status says more.`;
}

/** A line for people, beside what a command prints. */
export const complain = (message: string): void => console.error(`# ${message}`);

/** Complains where what takes readings is not ready yet. */
export function complainOfLate(state: SupervisorState): void {
  const late = notReady(state, ["ingestion", "aggregator"]);
  if (late) complain(late);
}
