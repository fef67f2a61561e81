// Making the stores: the database cluster once per data folder, and what its superuser does there.
import { execFile, spawn } from "node:child_process";
import { existsSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { ownFolder } from "./files.ts";
import type { PlanInput } from "./plan-input.ts";
import { giveAll } from "./platform.ts";
import { Refusal } from "./refusal.ts";

const run = promisify(execFile);

type Place = Pick<PlanInput, "paths" | "tools" | "secrets" | "storeUser">;

/** The superuser; services never have its password. */
const SUPERUSER = "postgres";

/** True when the data folder holds a complete cluster. */
export function hasCluster(dataFolder: string): boolean {
  return existsSync(join(dataFolder, "pg", "PG_VERSION"));
}

/** Makes the cluster in the data folder. A start that is cut off leaves no half of one: it is renamed into place at the end. */
export async function makeCluster({ paths, tools, secrets, storeUser }: Place, signal: AbortSignal): Promise<void> {
  for (const name of readdirSync(paths.data)) {
    if (name.startsWith("pg.next") || name === "pg.password")
      rmSync(join(paths.data, name), { recursive: true, force: true });
  }
  const next = join(paths.data, "pg.next");
  const passwordFile = join(paths.data, "pg.password");
  writeFileSync(passwordFile, `${secrets.postgres}\n`, { mode: 0o600 });
  ownFolder(next, { mode: 0o700, uid: storeUser.uid });
  if (storeUser.uid !== undefined) giveAll(passwordFile, storeUser.uid);
  const [command = "", ...args] = [
    ...[...storeUser.prefix, join(tools.postgres, "initdb"), "-D", next, "-U", SUPERUSER],
    ...["--auth=scram-sha-256", `--pwfile=${passwordFile}`, "--encoding=UTF8"],
    // The same order of texts on every system, whatever locales it has.
    ...["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"],
  ];
  const { uid } = storeUser;
  try {
    await run(command, args, {
      cwd: "/",
      env: { PATH: process.env.PATH ?? "", LC_ALL: "C", TZ: "UTC" },
      signal,
      ...(uid === undefined ? {} : { uid, gid: uid }),
    });
    renameSync(next, join(paths.data, "pg"));
  } catch (error) {
    rmSync(next, { recursive: true, force: true });
    const said = String((error as { stderr?: string }).stderr ?? error);
    if (/No space left/.test(said)) {
      throw new Refusal(`The disk of ${paths.data} is full: free some and start again.`);
    }
    throw new Refusal(`The database cluster cannot be made in ${paths.data}: ${said.trim().split("\n").at(-1)}`);
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

/** Runs SQL as the superuser over the socket in the run folder; returns what psql prints. Throws with psql's last line. */
export async function asSuperuser(
  { paths, tools, secrets }: Place,
  sql: string,
  database = "postgres",
): Promise<string> {
  const child = spawn(
    join(tools.postgres, "psql"),
    ["-X", "-q", "-A", "-t", "-h", join(paths.run, "pg"), "-U", SUPERUSER, "-d", database, "-f", "-"],
    { env: { PATH: process.env.PATH ?? "", PGPASSWORD: secrets.postgres, LC_ALL: "C" }, stdio: "pipe" },
  );
  let out = "";
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (part: string) => {
    out += part;
  });
  child.stderr.setEncoding("utf8").on("data", (part: string) => {
    said += part;
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  // Passwords go in by standard input: arguments can be read by every user of the machine.
  child.stdin.on("error", () => undefined).end(sql);
  if ((await ended) !== 0) throw new Error(`psql: ${said.trim().split("\n").at(-1) ?? "failed"}`);
  return out;
}
