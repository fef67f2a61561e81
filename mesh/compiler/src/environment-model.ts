// The environment of a mesh as a typed value: what differs from one place to another. Times are in milliseconds.

export type Runtime = "node" | "go" | "rust" | "python";
export type Store = "database" | "eventLog" | "cache" | "messages";

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

/** Whether calls that the contract does not allow are refused, or only reported. */
export type Mode = "audit" | "enforce";

/** What one instance gets of its machine, in the words of Kubernetes: `100m`, `128Mi`. */
export interface Resources {
  readonly requests?: { readonly cpu?: string; readonly memory?: string };
  readonly limits?: { readonly cpu?: string; readonly memory?: string };
}

/** How far instances are added under load. `replicas` is where they begin. */
export interface Autoscaling {
  readonly maxReplicas: number;
  /** Of the CPU that instances request. */
  readonly cpuPercent: number;
}

/** What an environment says of any workload, listed or not. */
export interface Limits {
  readonly replicas: number;
  readonly mode: Mode;
  readonly resources: Resources;
  /** Absent: the number of instances stays. */
  readonly autoscaling?: Autoscaling;
  readonly concurrency: Concurrency;
  readonly outlierDetection: OutlierDetection;
}

export interface EdgePorts {
  readonly port: number;
  readonly tlsPort: number;
}

/** The port for devices on one machine. */
export interface DevicesPort {
  readonly port: number;
}

/** One value in a secret of the cluster. */
export interface SecretKey {
  readonly name: string;
  readonly key: string;
}

/** Where the files of a folder come from: a secret or a config map of the cluster, by its name. */
export type FileSource = { readonly secret: string } | { readonly configMap: string };

/** A workload that runs here. */
export interface DeployedWorkload extends Limits {
  /** Absent where the runner of one machine does not start it. */
  readonly runtime?: Runtime;
  /** node, python: the file to run; go: the folder of the main package; rust: that of the crate. From the top of the repository. Absent as `runtime`. */
  readonly entry?: string;
  /** Absent: by the registry and tag of the cluster. */
  readonly image?: string;
  readonly stores: readonly Store[];
  /** The names of more destinations that it connects to. */
  readonly uses: readonly string[];
  /** Absent: the ports of the environment's edge. Only a workload with methods for `@edge` uses either. */
  readonly edge?: EdgePorts;
  /** Absent: the port of the environment's devices. Only a workload with methods for `@device` uses either. */
  readonly devices?: DevicesPort;
  /** More environment variables for the process. */
  readonly settings: Readonly<Record<string, string>>;
  /** Environment variables that come from secrets, those of its destinations included. */
  readonly secrets: Readonly<Record<string, SecretKey>>;
  /** Folders in the container and what fills them. */
  readonly files: Readonly<Record<string, FileSource>>;
  /** Absent: there is one version only. */
  readonly canary?: Canary;
  readonly faults: readonly Fault[];
}

/** A second version beside the first, and which calls go to it. */
export interface Canary {
  /** The whole image, or a tag in the registry of the cluster. */
  readonly image: { readonly image: string } | { readonly tag: string };
  readonly replicas: number;
  /** Of 100 calls. */
  readonly weight: number;
  /** A call with all of these goes to it, whatever the weight. Empty: none does. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What is done to calls on purpose, before they leave their callers. */
export interface Fault {
  /** `package.Service/Method`. */
  readonly method: string;
  /** Of 100 calls. */
  readonly percent: number;
  /** Absent: calls are not kept back. */
  readonly delayMs?: number;
  /** The name of a gRPC code. Absent: calls go on. */
  readonly abort?: string;
}

/** How the user behind a call is named inside the mesh. */
export interface UserAssertion {
  readonly header: string;
  readonly issuer: string;
  readonly audience: string;
  /** Where a mesh reads the public keys. Absent: only the processes verify assertions. */
  readonly jwksUri?: string;
}

export interface RateLimit {
  readonly requestsPerSecond: number;
  readonly burst: number;
}

/** The way in from outside. */
export interface Edge extends EdgePorts {
  readonly issuer: { readonly url: string; readonly audience: string; readonly jwksPath: string };
  /** For each edge listener, all clients together. */
  readonly rateLimit: RateLimit;
  readonly maxRequestBytes: number;
  /** The origin of pages that may read what the edge answers, `*` for all. Absent: only pages of the edge itself. */
  readonly allowOrigin?: string;
  /** Paths outside the contract that pass without a token. A prefix begins and ends with a slash. */
  readonly passthrough: { readonly paths: readonly string[]; readonly prefixes: readonly string[] };
}

/** The way in for devices, whose certificates are of an authority that nothing inside the mesh trusts. */
export interface Devices extends DevicesPort {
  /** The ids of devices are `spiffe://<trustDomain>/<id>`. Never the trust domain of the mesh. */
  readonly trustDomain: string;
  /** For each listener, all devices together. A stream is one request. */
  readonly rateLimit: RateLimit;
  /** For each listener. */
  readonly maxConnections: number;
  /** Calls in progress on one connection. */
  readonly maxStreams: number;
  /** Of a request that is not a stream. */
  readonly maxRequestBytes: number;
  /** What a runner on one machine measures in place of devices. Absent: nothing. */
  readonly simulate?: { readonly readingsPerSecond: number };
}

/** Pods of a cluster, by their namespace and labels. */
export interface Pods {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Who reads metrics. */
export interface Monitoring extends Pods {
  /** Labels by which the operator of Prometheus chooses what it reads. */
  readonly discoveryLabels: Readonly<Record<string, string>>;
}

/** Something outside the contract that workloads connect to: a store, a mail server, a collector of spans. */
export interface Destination {
  readonly host: string;
  readonly port: number;
  /** Whether the connection begins with TLS. */
  readonly tls: boolean;
  /** What answers: pods of this cluster, or addresses outside it. */
  readonly at: { readonly pods: Pods } | { readonly cidrs: readonly string[] };
}

/** The gateway of the mesh through which the outside comes. */
export interface Ingress extends Pods {
  readonly serviceAccount: string;
  /** The public host of each workload that has methods for `@edge`. */
  readonly hosts: Readonly<Record<string, string>>;
  /** The secret with the certificate of the hosts, in the namespace of the ingress. */
  readonly tlsSecret: string;
  /** Where devices come in. Absent: nowhere. */
  readonly devices?: IngressOfDevices;
}

export interface IngressOfDevices {
  /** The host of each workload that has methods for `@device`. No other use of the ingress has it. */
  readonly hosts: Readonly<Record<string, string>>;
  /** The secret with the certificate of the hosts and the authority of devices, in the namespace of the ingress. */
  readonly tlsSecret: string;
}

/** What holds for events wherever they are kept. */
export interface Events {
  /** Of each topic: fixed when it is created. */
  readonly partitions: number;
}

/** The Kafka that an operator (Strimzi) runs beside the workloads. */
export interface Kafka {
  /** The name of the cluster that the operator knows, and its namespace. */
  readonly cluster: string;
  readonly namespace: string;
  readonly replicas: number;
  readonly minInSyncReplicas: number;
  /**
   * Whether producers trim topics themselves, by deleting records that every consumer has handled, and consumers their dead letters. Otherwise
   * the retention of the contract holds, or where it has none that of the broker.
   */
  readonly trimmedByProducers: boolean;
  /** Compacted topics that each consumer of a topic keeps beside it; `{topic}` and `{consumer}` stand for their names. */
  readonly registers: readonly string[];
  /** More that clients expect of the topics of events, and look for, and of the registers; in Kafka's words. */
  readonly topicConfig: Readonly<Record<string, string | number>>;
  readonly registerConfig: Readonly<Record<string, string | number>>;
}

/** The metrics that processes count their calls in. */
export interface Metrics {
  /** A counter of answers, with the labels workload, service, method and code. */
  readonly handled: string;
  /** A histogram of seconds, with the labels workload, service and method. */
  readonly duration: string;
  /** The upper bounds of its buckets, in seconds, rising. */
  readonly buckets: readonly number[];
  /** The page on alerts, without a fragment. Absent: alerts link to none. */
  readonly runbook?: string;
  /** So many calls of a method must have failed, or been slow, within the long window of an alert before it fires. */
  readonly minimumBadCalls: number;
}

/** The cluster around the workloads. */
export interface Cluster {
  /** What the workloads are together: `app.kubernetes.io/part-of`. */
  readonly system: string;
  readonly mesh: "istio" | "linkerd" | "none";
  readonly controlPlane: {
    readonly namespace: string;
    /** Absent: the default one. */
    readonly revision?: string;
  };
  /** The port of each container for what the cluster asks: metrics. */
  readonly opsPort: number;
  readonly images?: { readonly registry: string; readonly tag: string };
  readonly ingress?: Ingress;
  readonly dns: Pods;
  /** Who reads metrics. Absent: nobody. */
  readonly monitoring?: Monitoring;
  /** The pod security standard that the namespace enforces. Absent: the default of the cluster. */
  readonly podSecurity?: "privileged" | "baseline" | "restricted";
  /** Whether Istio may be told by an EnvoyFilter what it has no words of its own for: the limit of the edge. */
  readonly envoyFilters: boolean;
  /** Labels of the nodes that a runtime needs. */
  readonly nodeSelectors: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Containers of one machine, as Compose runs them. */
export interface Compose {
  readonly images: { readonly registry: string; readonly tag: string };
  /** The image of the proxies. */
  readonly proxy: string;
  /** The service that issues certificates and prepares the stores: everything waits until it is healthy. */
  readonly agent: string;
  /** Where the secret settings of a workload stand, a file of `NAME=value`; `{workload}` stands for its name. */
  readonly secretSettings?: string;
  /** How a container says that its process is ready, by runtime and for proxies: a command, in which `{workload}` stands for the name. */
  readonly health: Readonly<Record<string, readonly string[]>>;
  /** What runs beside the workloads, in the words of Compose. */
  readonly services: Readonly<Record<string, ComposePart>>;
  readonly volumes: Readonly<Record<string, ComposePart>>;
  readonly secrets: Readonly<Record<string, ComposePart>>;
}

/** Taken over as it is. */
export type ComposePart = { readonly [key: string]: ComposeValue };
export type ComposeValue = string | number | boolean | readonly ComposeValue[] | ComposePart;

/** Why it is well that nobody enforces an aspect of the contract here. */
export interface Accepts {
  readonly callers?: string;
  readonly scopes?: string;
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
  readonly devices?: Devices;
  readonly defaults: Limits;
  readonly workloads: Readonly<Record<string, DeployedWorkload>>;
  readonly destinations: Readonly<Record<string, Destination>>;
  readonly events: Events;
  readonly kafka?: Kafka;
  readonly metrics?: Metrics;
  /** Absent: the workloads run in no cluster. */
  readonly cluster?: Cluster;
  /** Absent: they run in no containers of Compose. */
  readonly compose?: Compose;
  readonly accepts: Accepts;
  /** Milliseconds by `package.Service/Method`. */
  readonly deadlines: Readonly<Record<string, number>>;
  /** Where a part of it is written, `local.yaml:12`. Absent: in no file. */
  readonly placeOf?: (path: readonly (string | number)[]) => string;
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
