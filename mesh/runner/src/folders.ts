// The folders of a run, with the owners and modes that keep workloads apart.
import { join } from "node:path";
import { ownFolder } from "./files.ts";
import { instancesOf, type PlanInput } from "./plan-input.ts";

/** Makes every folder that the children need. `separate`: they run under user ids of their own. */
export function makeFolders(
  input: Pick<PlanInput, "environment" | "scale" | "paths" | "uidOf" | "storeUser">,
  separate: boolean,
): void {
  const { paths, uidOf, storeUser } = input;
  // Others may pass through to what is theirs, but not list.
  const passage = separate ? 0o711 : 0o700;
  const readable = separate ? 0o755 : 0o700;
  ownFolder(paths.run, { mode: passage });
  ownFolder(paths.data, { mode: storeUser.uid === undefined ? passage : 0o711 });
  ownFolder(join(paths.run, "logs"), { mode: 0o700 });
  for (const name of ["endpoints", "trust", "bootstrap"]) ownFolder(join(paths.run, name), { mode: readable });
  for (const name of ["pg", "log", "cache"]) ownFolder(join(paths.run, name), { mode: passage, uid: storeUser.uid });
  for (const name of ["log", "cache"]) ownFolder(join(paths.data, name), { mode: 0o700, uid: storeUser.uid });
  for (const name of ["issuer", "mail"]) {
    ownFolder(join(paths.run, name), { mode: passage, uid: uidOf(name) });
    ownFolder(join(paths.data, name), { mode: 0o700, uid: uidOf(name) });
  }
  for (const { folder, workload } of instancesOf(input)) {
    ownFolder(folder, { mode: 0o700, uid: uidOf(workload.name) });
    ownFolder(join(folder, "sds"), { mode: 0o700, uid: uidOf(workload.name) });
  }
}

/** Every Unix socket of a run: none may be too long. */
export function socketPaths(input: Pick<PlanInput, "environment" | "scale" | "paths">): string[] {
  const { run } = input.paths;
  return [
    join(run, "pg", ".s.PGSQL.5432"),
    join(run, "log", "valkey.sock"),
    join(run, "cache", "valkey.sock"),
    join(run, "issuer", "app.sock"),
    ...instancesOf(input).map(({ folder }) => join(folder, "admin.sock")),
  ];
}
