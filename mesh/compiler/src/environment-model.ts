// The environment of a mesh as a typed value: what differs from one place to another. Times are in milliseconds.

export type Runtime = "node" | "go";
export type Store = "database" | "eventLog" | "cache";

/** What one instance of a workload takes at a time. */
export interface Concurrency {
  readonly maxRequests: number;
  /** Calls that wait for a connection to the process. */
  readonly maxPending: number;
  readonly maxConnections: number;
}

/** When callers leave an instance out for a while. */
export interface OutlierDetection {
  readonly consecutiveErrors: number;
  readonly intervalMs: number;
  readonly ejectionMs: number;
  /** The share of the instances that may be out at once. */
  readonly maxEjectionPercent: number;
}

/** What an environment says of any workload, listed or not. */
export interface Limits {
  readonly replicas: number;
  readonly concurrency: Concurrency;
  readonly outlierDetection: OutlierDetection;
}

export interface EdgePorts {
  readonly port: number;
  readonly tlsPort: number;
}

/** A workload that runs here. */
export interface DeployedWorkload extends Limits {
  readonly runtime: Runtime;
  /** node: the file to run; go: the folder of the main package. From the top of the repository. */
  readonly entry: string;
  readonly stores: readonly Store[];
  /** Absent: the ports of the environment's edge. Only a workload with methods for `@edge` uses either. */
  readonly edge?: EdgePorts;
  /** More environment variables for the process. */
  readonly settings: Readonly<Record<string, string>>;
}

/** How the user behind a call is named inside the mesh. */
export interface UserAssertion {
  readonly header: string;
  readonly issuer: string;
  readonly audience: string;
}

/** The way in from outside. */
export interface Edge extends EdgePorts {
  readonly issuer: { readonly url: string; readonly audience: string; readonly jwksPath: string };
  /** For each edge listener, all clients together. */
  readonly rateLimit: { readonly requestsPerSecond: number; readonly burst: number };
  readonly maxRequestBytes: number;
  /** The origin of pages that may read what the edge answers, `*` for all. Absent: only pages of the edge itself. */
  readonly allowOrigin?: string;
  /** Paths outside the contract that pass without a token. A prefix begins and ends with a slash. */
  readonly passthrough: { readonly paths: readonly string[]; readonly prefixes: readonly string[] };
}

/** Everything has its value here: defaults are filled in. */
export interface Environment {
  readonly namespace: string;
  readonly trustDomain: string;
  readonly clusterDomain: string;
  /** The port in in-mesh addresses. */
  readonly port: number;
  /** The workload name in the identity of the command line tool. */
  readonly operator: string;
  readonly userAssertion?: UserAssertion;
  readonly edge?: Edge;
  readonly defaults: Limits;
  readonly workloads: Readonly<Record<string, DeployedWorkload>>;
  /** Milliseconds by `package.Service/Method`. */
  readonly deadlines: Readonly<Record<string, number>>;
}

/** What holds for a workload, whether the environment lists it or not. */
export function limitsOf(environment: Environment, workload: string): Limits {
  return Object.hasOwn(environment.workloads, workload)
    ? (environment.workloads[workload] ?? environment.defaults)
    : environment.defaults;
}

/** The in-mesh host name of a workload, without the port. */
export const hostOf = (environment: Environment, workload: string): string =>
  `${workload}.${environment.namespace}.svc.${environment.clusterDomain}`;
