// Under which user ids the workloads run: under root each workload (with its sidecar) has its own, so that none can read
// another's sockets and keys; otherwise all are the user who started the mesh.
import { type MeshEnvironment, supports } from "./environment.ts";
import { seedOf } from "./paths.ts";
import { firstUnreadable, runsAsRoot, spareUserIds } from "./platform.ts";

export interface Users {
  /** Absent: the runner's own. */
  readonly uidOf: (owner: string) => number | undefined;
  /** True when workloads are kept apart. */
  readonly separate: boolean;
  /** For `status`. */
  readonly words: string;
}

const shared = (words: string): Users => ({ uidOf: () => undefined, separate: false, words });

/** What is known before anything is written. `readable` are files that every workload must be able to read. */
export function chooseUsers(
  { environment, mesh, runFolder }: { environment: MeshEnvironment; mesh: "on" | "off"; runFolder: string },
  readable: readonly string[],
): Users {
  if (!runsAsRoot()) return shared("one user id for all: the one that started it");
  if (mesh === "off") return shared("one user id for all: with MESH=off workloads dial each other's sockets");
  const owners = [...environment.workloads.map(({ name }) => name), ...supports];
  const first = spareUserIds(seedOf(runFolder), owners.length);
  if (first === undefined) return shared("one user id for all: this machine has no spare ones");
  const unreadable = firstUnreadable(first, readable);
  if (unreadable !== undefined) return shared(`one user id for all: other users cannot read ${unreadable}`);
  const uids = new Map(owners.map((owner, index) => [owner, first + index]));
  return {
    uidOf: (owner) => uids.get(owner),
    separate: true,
    words: `one user id for each workload and its sidecar: ${first} to ${first + owners.length - 1}`,
  };
}
