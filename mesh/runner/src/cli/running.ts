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
