// The options of `larder up`, from its arguments.
import { parseArgs } from "node:util";
import type { MeshEnvironment, Ports } from "./environment.ts";
import { Refusal } from "./refusal.ts";

const MOST_INSTANCES = 9;

/** What the event log runs on. */
export type LogEngine = "valkey" | "kafka";

export interface UpOptions {
  readonly detach: boolean;
  /** Instances by workload; absent ones run as the environment says. */
  readonly scale: Readonly<Record<string, number>>;
  readonly mesh: "on" | "off";
  readonly log: LogEngine;
  /** Whether the sensors of the rooms are simulated, where the environment says how often. */
  readonly simulate: "on" | "off";
  /** The first of six ports in a row. Absent: the environment's ports. */
  readonly port?: number;
  /** An environment file. Absent: mesh/environments/local.yaml. */
  readonly environment?: string;
  readonly runFolder?: string;
  readonly dataFolder?: string;
}

/** What `make up DETACH=1 SCALE=inventory=2 MESH=off LOG=kafka SIMULATE=off PORT=9080` puts into the environment, as arguments. */
function fromMake(env: Readonly<Record<string, string | undefined>>): string[] {
  // Only under make: elsewhere a PORT in the shell was meant for another program.
  if (!env.MAKELEVEL) return [];
  const { DETACH, SCALE, MESH, LOG, SIMULATE, PORT } = env;
  return [
    ...(DETACH && DETACH !== "0" ? ["--detach"] : []),
    ...(SCALE ? [`--scale=${SCALE}`] : []),
    ...(MESH ? [`--mesh=${MESH}`] : []),
    ...(LOG ? [`--log=${LOG}`] : []),
    ...(SIMULATE ? [`--simulate=${SIMULATE}`] : []),
    ...(PORT ? [`--port=${PORT}`] : []),
  ];
}

/**
 * Reads the arguments after `up`; what make was given stands before them, so that an argument wins.
 * Throws a UsageError that says which is wrong.
 */
export function parseUp(args: readonly string[], env: Readonly<Record<string, string | undefined>> = {}): UpOptions {
  let values: Record<string, string | boolean | undefined>;
  try {
    ({ values } = parseArgs({
      args: [...fromMake(env), ...args],
      options: {
        detach: { type: "boolean", default: false },
        scale: { type: "string", default: "" },
        mesh: { type: "string", default: "on" },
        log: { type: "string", default: "valkey" },
        simulate: { type: "string", default: "on" },
        port: { type: "string" },
        environment: { type: "string" },
        "run-folder": { type: "string" },
        "data-folder": { type: "string" },
      },
    }));
  } catch (error) {
    throw usageErrorOf(error);
  }
  const { mesh, log, simulate, port, environment } = values;
  if (mesh !== "on" && mesh !== "off") throw new UsageError(`--mesh is on or off, not ${String(mesh)}`);
  if (log !== "valkey" && log !== "kafka") throw new UsageError(`--log is valkey or kafka, not ${String(log)}`);
  if (simulate !== "on" && simulate !== "off") throw new UsageError(`--simulate is on or off, not ${String(simulate)}`);
  return {
    detach: values.detach === true,
    scale: parseScale(String(values.scale)),
    mesh,
    log,
    simulate,
    ...(port === undefined ? {} : { port: parsePort(String(port)) }),
    ...(environment === undefined ? {} : { environment: String(environment) }),
    ...(values["run-folder"] === undefined ? {} : { runFolder: String(values["run-folder"]) }),
    ...(values["data-folder"] === undefined ? {} : { dataFolder: String(values["data-folder"]) }),
  };
}

/** Wrong arguments: exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** What parseArgs says in several lines, in the one that helps. */
export function usageErrorOf(error: unknown): UsageError {
  const lines = (error as Error).message.trim().split("\n");
  return new UsageError(lines.at(lines[0]?.includes("ambiguous") ? -1 : 0)?.replace(/\.$/, "") ?? "wrong arguments");
}

/** Reads `inventory=2,catalog=2`; empty text is no scale. */
export function parseScale(text: string): Record<string, number> {
  const scale: Record<string, number> = {};
  for (const part of text.split(",").filter((item) => item.trim() !== "")) {
    const match = /^\s*([a-z][a-z0-9-]*)=([0-9]+)\s*$/.exec(part);
    if (!match) throw new UsageError(`--scale takes workload=count,..., not ${part}`);
    const [, workload = "", digits = ""] = match;
    const count = Number(digits);
    if (count < 1 || count > MOST_INSTANCES) {
      throw new UsageError(`--scale ${workload}=${digits}: from 1 to ${MOST_INSTANCES} instances can run`);
    }
    if (workload in scale) throw new UsageError(`--scale names ${workload} twice`);
    scale[workload] = count;
  }
  return scale;
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^[0-9]+$/.test(text) || port < 1 || port > 65_530) {
    throw new UsageError(`--port is a number from 1 to 65530 (six ports in a row are used), not ${text}`);
  }
  return port;
}

/** The environment's ports, or six in a row from `port`: edge, edge over TLS, issuer, mail, traces, devices. */
export function portsFrom(environment: MeshEnvironment, port: number | undefined): Ports {
  if (port === undefined || port === environment.ports.edge) return environment.ports;
  return { edge: port, edgeTls: port + 1, issuer: port + 2, mail: port + 3, traces: port + 4, devices: port + 5 };
}

/** Refuses a scale that names no workload of the environment, or one that owns fixed ports. */
export function checkScale(environment: MeshEnvironment, scale: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(scale)) {
    const workload = environment.workloads.find((one) => one.name === name);
    if (!workload) {
      const names = environment.workloads.map((one) => one.name).join(", ");
      throw new Refusal(`SCALE names ${name}, which is no workload: use one of ${names}.`);
    }
    const fixed = workload.edge || workload.devices;
    if (fixed && count > 1) throw new Refusal(`${name} has fixed ports and runs once: leave it out of SCALE.`);
  }
}
