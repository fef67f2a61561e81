// What a child process is, as plain data: plan.ts makes these, the supervisor runs them.

/** In the order in which they start; they stop in the order of STOP_ORDER. */
export type Role = "store" | "support" | "sidecar" | "service" | "simulator";

/** Stores and the issuer start together; a sidecar needs neither, a service needs all, and a simulator tries again. */
export const START_ORDER: readonly (readonly Role[])[] = [["store", "support"], ["sidecar"], ["service", "simulator"]];

/** Services drain while everything that they use still runs. */
export const STOP_ORDER: readonly (readonly Role[])[] = [
  ["simulator"],
  ["service"],
  ["sidecar"],
  ["support"],
  ["store"],
];

/** How the runner sees that a child is ready. */
export type Probe =
  | {
      readonly kind: "http";
      /** A Unix socket. */
      readonly socket: string;
      /** Ready when a GET of this path answers 200. */
      readonly path: string;
    }
  /** Ready when something listens there, on 127.0.0.1. */
  | { readonly kind: "tcp"; readonly port: number }
  | { readonly kind: "command"; readonly command: string; readonly args: readonly string[] }
  | { readonly kind: "valkey"; readonly socket: string; readonly password: string };

export interface ChildSpec {
  /** Unique: `postgres`, `order-0`, `order-0.sidecar`. Names the log file. */
  readonly name: string;
  readonly role: Role;
  /** Absent for what serves all workloads. */
  readonly workload?: string;
  readonly instance?: number;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The whole environment; nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** The uid and gid it runs with. Absent: the runner's own. */
  readonly uid?: number;
  readonly probe: Probe;
  /** Socket files that a killed predecessor may have left. */
  readonly sockets: readonly string[];
  /** Sockets among them that processes of other users dial. */
  readonly shared: readonly string[];
  readonly stopSignal: NodeJS.Signals;
  /** How long after the stop signal it is killed, in milliseconds. */
  readonly graceMs: number;
}

/** The children of each phase, empty phases left out. */
export function inPhases(specs: readonly ChildSpec[], order: readonly (readonly Role[])[]): ChildSpec[][] {
  return order.map((roles) => specs.filter(({ role }) => roles.includes(role))).filter((phase) => phase.length > 0);
}
