// R/supervisor.json: what runs, for `status`, `down` and the next start. Written at every change, read by other processes.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Ports } from "./environment.ts";
import { writeInPlace } from "./files.ts";
import { startTime } from "./platform.ts";
import type { Child, ChildState } from "./supervisor/child.ts";
import type { Role } from "./supervisor/spec.ts";

/** A process that can be told from a later one with the same number. */
export interface ProcessRecord {
  readonly pid: number;
  /** As platform.ts gives it. */
  readonly startTime: string;
}

export interface ChildRecord extends Partial<ProcessRecord> {
  readonly name: string;
  readonly role: Role;
  readonly state: ChildState;
  readonly restarts: number;
  /** Epoch milliseconds of the last change of state. */
  readonly since: number;
  /** How its last process ended by itself. */
  readonly lastEnd?: string;
  readonly log: string;
  /** The inbound port of a sidecar. */
  readonly port?: number;
  readonly stopSignal: NodeJS.Signals;
}

export interface SupervisorState extends ProcessRecord {
  readonly phase: "starting" | "ready" | "stopping";
  /** Epoch milliseconds of the start. */
  readonly since: number;
  readonly mesh: "on" | "off";
  readonly namespace: string;
  /** The SPIFFE ids of all who may hold a certificate of the mesh, by name: so whoever calls need not load its environment. */
  readonly identities: Readonly<Record<string, string>>;
  /** Absent: there are no devices. */
  readonly deviceTrustDomain?: string;
  readonly runFolder: string;
  readonly dataFolder: string;
  /** Under which user ids the workloads run, in words. */
  readonly users: string;
  readonly ports: Ports;
  /** What a person opens: shop, shop over TLS, sign-in, mail. */
  readonly addresses: Readonly<Record<string, string>>;
  /** The address of the event log, without a login. Absent: there is none. */
  readonly eventLog?: string;
  readonly children: readonly ChildRecord[];
}

function stateFile(runFolder: string): string {
  return join(runFolder, "supervisor.json");
}

/** Absent: nothing was ever started there, or it was stopped in order. */
export function readState(runFolder: string): SupervisorState | undefined {
  try {
    return JSON.parse(readFileSync(stateFile(runFolder), "utf8")) as SupervisorState;
  } catch {
    return undefined;
  }
}

export function writeState(state: SupervisorState): void {
  writeInPlace(stateFile(state.runFolder), `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
}

/** True while that very process runs. */
export function isAlive(record: Partial<ProcessRecord> | undefined): boolean {
  return record?.pid !== undefined && record.startTime !== undefined && startTime(record.pid) === record.startTime;
}

/** What is recorded of a child; `port` is that of its inbound listener. */
export function recordOf(child: Child, port: number | undefined): ChildRecord {
  const { spec, state, restarts, since, lastEnd, pid, startedAs, log } = child;
  return {
    name: spec.name,
    role: spec.role,
    state,
    ...(pid === undefined || startedAs === undefined ? {} : { pid, startTime: startedAs }),
    restarts,
    since,
    ...(lastEnd === undefined ? {} : { lastEnd }),
    ...(port === undefined ? {} : { port }),
    log: log.path,
    stopSignal: spec.stopSignal,
  };
}
