// Making the event log: the broker's folder once per data folder, then topics and rights as the contract says.
import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { formatArguments, PartitionsDiffer, provision } from "@larder/events/provision";
import { CodedError } from "@larder/platform";
import { writeInPlace } from "./files.ts";
import type { LogEngine } from "./options.ts";
import type { Broker, PlanInput } from "./plan-input.ts";
import { brokerFile, eventLogUrl, storesOf } from "./plan-stores.ts";
import { Refusal } from "./refusal.ts";

const DEFAULT_PARTITIONS = 4;
/** A broker that has just opened its port may not lead its partitions yet. */
const PATIENCE_MS = 60_000;
const LOOK_MS = 200;

const engineFile = (dataFolder: string): string => join(dataFolder, "event-log");

/**
 * Refuses a data folder whose databases note how far they have come in the other engine's log: they would take its places for those of
 * this one.
 */
export function checkEngine(dataFolder: string, engine: LogEngine): void {
  const file = engineFile(dataFolder);
  const older = existsSync(join(dataFolder, "log", "appendonlydir")) ? "valkey" : engine;
  const kept = existsSync(file) ? readFileSync(file, "utf8").trim() : older;
  if (kept === engine) return;
  const other =
    engine === "kafka" ? "LARDER_DATA_FOLDER=.data-kafka make up LOG=kafka" : "LARDER_DATA_FOLDER=.data-valkey make up";
  throw new Refusal(
    `The data in ${dataFolder} belong to an event log on ${kept}: start with LOG=${kept}, or on data of their own with ${other}`,
  );
}

/** Notes to which engine the data folder belongs from now on. */
export function keepEngine(dataFolder: string, engine: LogEngine): void {
  writeInPlace(engineFile(dataFolder), `${engine}\n`, { mode: 0o600 });
}

/** True when the data folder holds what a broker needs to start. */
export function hasBroker(dataFolder: string): boolean {
  return existsSync(join(dataFolder, "kafka", "meta.properties"));
}

/** Prepares the broker's data folder. */
export async function makeBroker(
  { paths, storeUser }: PlanInput,
  { java, jars }: Broker,
  signal: AbortSignal,
): Promise<void> {
  const [command = "", ...args] = [...storeUser.prefix, java, ...formatArguments(jars, brokerFile(paths))];
  const { uid } = storeUser;
  const env = { PATH: process.env.PATH ?? "", LC_ALL: "C", TZ: "UTC" };
  try {
    await promisify(execFile)(command, args, {
      cwd: "/",
      env,
      signal,
      ...(uid === undefined ? {} : { uid, gid: uid }),
    });
  } catch (error) {
    const said = String((error as { stderr?: string }).stderr || error);
    throw new Refusal(`The broker's folder cannot be prepared in ${paths.data}: ${said.trim().split("\n").at(-1)}`);
  }
}

/** Creates the topics of the contract and gives the workloads their rights. Nothing where no workload uses the event log. */
export async function prepareEventLog(input: PlanInput, signal: AbortSignal): Promise<void> {
  if (!storesOf(input).includes("event-log")) return;
  const { topics = [], partitions = DEFAULT_PARTITIONS } = input.environment;
  const workloads = Object.keys(input.secrets.eventLogUsers);
  for (const end = Date.now() + PATIENCE_MS; ; ) {
    try {
      return await provision(eventLogUrl(input), { topics, workloads, partitions });
    } catch (error) {
      if (error instanceof PartitionsDiffer)
        throw new Refusal(
          `${error.message}: set events.partitions of the environment back to ${error.actual}, or start on data of their own with LARDER_DATA_FOLDER=.data-${partitions} make up`,
        );
      if (!(error instanceof CodedError) || Date.now() > end) throw error;
    }
    await delay(LOOK_MS, undefined, { signal });
  }
}
