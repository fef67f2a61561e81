// The folders of a run, with the owners and modes that keep workloads apart.
import { join } from "node:path";
import { supports } from "./environment.ts";
import { ownFolder } from "./files.ts";
import { compiledFolder, instancesOf, type PlanInput, spanSocket } from "./plan-input.ts";
import { giveAll, runsAsRoot } from "./platform.ts";
import { SIMULATOR } from "./simulator/turns.ts";
import { hasCluster } from "./stores.ts";

/** Makes every folder that the children need. `separate`: they run under user ids of their own. */
export function makeFolders(
  input: Pick<PlanInput, "environment" | "scale" | "paths" | "uidOf" | "storeUser"> & { readonly kafka: boolean },
  separate: boolean,
): void {
  const { paths, uidOf, storeUser } = input;
  // Others may pass through to what is theirs, but not list.
  const passage = separate || storeUser.uid !== undefined ? 0o711 : 0o700;
  const readable = separate ? 0o755 : 0o700;
  ownFolder(paths.run, { mode: passage });
  ownFolder(paths.data, { mode: passage });
  ownFolder(join(paths.run, "logs"), { mode: 0o700 });
  for (const name of ["endpoints", "trust", "bootstrap"]) ownFolder(join(paths.run, name), { mode: readable });
  for (const name of ["pg", "log", "cache"]) ownFolder(join(paths.run, name), { mode: passage, uid: storeUser.uid });
  for (const name of ["log", "cache", ...(input.kafka ? ["kafka"] : [])])
    keptFolder(join(paths.data, name), storeUser.uid);
  if (hasCluster(paths.data)) keptFolder(join(paths.data, "pg"), storeUser.uid);
  ownFolder(join(paths.data, "compiled"), { mode: passage });
  for (const name of supports) {
    ownFolder(join(paths.run, name), { mode: passage, uid: uidOf(name) });
    // Traces are kept in memory alone.
    if (name !== "traces") keptFolder(join(paths.data, name), uidOf(name));
    keptFolder(compiledFolder(paths, name), uidOf(name));
  }
  ownFolder(join(paths.run, SIMULATOR), { mode: 0o700 });
  keptFolder(compiledFolder(paths, SIMULATOR), undefined);
  for (const { folder, workload } of instancesOf(input)) {
    ownFolder(folder, { mode: 0o700, uid: uidOf(workload.name) });
    ownFolder(join(folder, "sds"), { mode: 0o700, uid: uidOf(workload.name) });
    keptFolder(compiledFolder(paths, workload.name), uidOf(workload.name));
  }
}

/** A folder of data that one child keeps, with all that an earlier run wrote there, perhaps under another user id. */
function keptFolder(path: string, uid: number | undefined): void {
  const owner = uid ?? process.getuid?.();
  ownFolder(path, { mode: 0o700, uid: owner });
  if (runsAsRoot() && owner !== undefined) giveAll(path, owner);
}

/** Every Unix socket of a run: none may be too long. */
export function socketPaths(input: Pick<PlanInput, "environment" | "scale" | "paths">): string[] {
  const { run } = input.paths;
  return [
    join(run, "pg", ".s.PGSQL.5432"),
    join(run, "log", "valkey.sock"),
    join(run, "cache", "valkey.sock"),
    join(run, "issuer", "app.sock"),
    spanSocket({ run }),
    ...instancesOf(input).map(({ folder }) => join(folder, "admin.sock")),
  ];
}
