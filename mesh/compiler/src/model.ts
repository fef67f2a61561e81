// The typed model that every rule and every emitter works on. It is read from descriptors once (read.ts) and never changed.
// Times are in milliseconds. Nothing here knows protobuf-es, Envoy, or any particular system.

/** Where a statement stands in the contract, for findings and for comments in what is emitted. */
export interface Location {
  /** The path of the proto file as the descriptor names it. */
  readonly file: string;
  /** The line, counted from 1; 0 where the image carries no source information. */
  readonly line: number;
}

/** Callers that are not workloads. */
export const EDGE = "@edge";
export const DEVICE = "@device";
export const ANY = "@any";

export type RetryCode = "UNAVAILABLE" | "RESOURCE_EXHAUSTED";

export interface Retry {
  /** All tries, the first included (gRFC A6). */
  readonly maxAttempts: number;
  readonly on: readonly RetryCode[];
}

export interface Slo {
  readonly availabilityPercent?: number;
  readonly latencyMs?: number;
  readonly latencyPercent?: number;
}

/** A call that a method, a job or a consumer makes. */
export interface Call {
  /** `package.Service/Method`, as written. It may name nothing: a rule says so. */
  readonly method: string;
  readonly stage: number;
  /** At least 1. */
  readonly times: number;
  /** Absent: the callee's deadline. */
  readonly withinMs?: number;
  readonly optional: boolean;
  readonly detached: boolean;
  readonly at: Location;
}

/** A way to reach a method by HTTP and JSON (google.api.http). */
export interface HttpBinding {
  /** GET, PUT, POST, DELETE, PATCH. */
  readonly verb: string;
  /** The path template, `/v1/{name=orders/*}`. */
  readonly template: string;
  /** The field that is the body, `*` for all, absent for none. */
  readonly body?: string;
}

export type StreamKind = "unary" | "client" | "server" | "bidi";
export type Idempotency = "unset" | "no-side-effects" | "idempotent";
export type EndUser = "none" | "required" | "optional";

export interface Method {
  /** `package.Service/Method`. */
  readonly id: string;
  /** `/package.Service/Method`: the `:path` of a gRPC request. */
  readonly path: string;
  readonly name: string;
  readonly service: Service;
  readonly kind: StreamKind;
  readonly idempotency: Idempotency;
  /**
   * True where `idempotency_level` is written down, `IDEMPOTENCY_UNKNOWN` included: that is how an owner says that a method
   * must not be repeated.
   */
  readonly idempotencyStated?: boolean;
  /** False where the method carries no `mesh.v1.method` option at all. */
  readonly hasPolicy: boolean;
  readonly callers: readonly string[];
  readonly anyCallerReason?: string;
  /** Absent for streams, and where the contract forgot it. */
  readonly deadlineMs?: number;
  readonly noDeadlineReason?: string;
  readonly stream?: { readonly idleMs: number; readonly maxMs: number };
  readonly retry?: Retry;
  /** The stated one, or the compiler's default. */
  readonly handlerMs: number;
  readonly calls: readonly Call[];
  /** The lines of the fields of the option, by their names in policy.proto (`deadline_ms`); absent fields are left out. */
  readonly lines?: Readonly<Record<string, number>>;
  /** The full id of the method that undoes this one; a short name is resolved in its own service. */
  readonly compensatedBy?: string;
  readonly scopes: readonly string[];
  readonly endUser: EndUser;
  readonly slo?: Slo;
  readonly http: readonly HttpBinding[];
  /** Full names of the request and response messages. */
  readonly request: string;
  readonly response: string;
  /** The leading comment, without markers. */
  readonly comment: string;
  readonly at: Location;
}

export interface Service {
  /** `package.Service`. */
  readonly id: string;
  readonly name: string;
  readonly package: string;
  /** The name of the workload that runs it; empty where the contract does not say. */
  readonly workload: string;
  readonly slo?: Slo;
  readonly methods: readonly Method[];
  readonly at: Location;
}

export interface Job {
  readonly name: string;
  readonly limitMs: number;
  readonly handlerMs: number;
  readonly calls: readonly Call[];
  readonly at: Location;
}

export interface Workload {
  readonly name: string;
  readonly summary: string;
  readonly jobs: readonly Job[];
  readonly services: readonly Service[];
  readonly at: Location;
}

export interface ExternalWorkload {
  readonly name: string;
  readonly namespace: string;
  /** Absent: the trust domain of the mesh. */
  readonly trustDomain?: string;
  readonly at: Location;
}

export interface Consumer {
  readonly workload: string;
  readonly limitMs: number;
  readonly handlerMs: number;
  readonly calls: readonly Call[];
  readonly at: Location;
}

export interface Topic {
  readonly name: string;
  /** Full name of the event message. */
  readonly message: string;
  /** The field that orders events; the rule `topic-key` checks that it exists. */
  readonly key: string;
  /** The names of all fields of the message. */
  readonly fields: readonly string[];
  /** As for a method. */
  readonly lines?: Readonly<Record<string, number>>;
  readonly producers: readonly string[];
  readonly consumers: readonly Consumer[];
  /** 0 where not stated. */
  readonly maxDeliveries: number;
  readonly noDeadLetterReason?: string;
  readonly retentionHours?: number;
  readonly at: Location;
}

/** What a field holds, one at a time. */
export type ValueType =
  | { readonly kind: "scalar"; readonly scalar: string }
  | { readonly kind: "message" | "enum"; readonly name: string };

export interface Field {
  /** As the proto file names it; `json` is its name in JSON. */
  readonly name: string;
  readonly json: string;
  readonly type: ValueType;
  readonly many: "one" | "list" | "map";
  readonly comment: string;
}

/** A message or an enum: one of the two lists is empty. */
export interface Type {
  /** `package.Message`. */
  readonly name: string;
  readonly fields: readonly Field[];
  readonly values: readonly string[];
  readonly comment: string;
}

/** Everything that one contract says. Lists are sorted by name, so that output never depends on the order of files. */
export interface Contract {
  readonly workloads: readonly Workload[];
  readonly externalWorkloads: readonly ExternalWorkload[];
  readonly services: readonly Service[];
  readonly topics: readonly Topic[];
  /** By full name, what the requests and responses of methods with an HTTP form are made of. */
  readonly types: ReadonlyMap<string, Type>;
  /** Workloads that a file declares more than once, services that no workload runs: what the rules report. */
  readonly problems: readonly Problem[];
}

/** What the reader found wrong and the lists above cannot show, since each holds a name once. */
export interface Problem {
  /** The code of a rule. */
  readonly code: string;
  /** What it is about: `package.Service/Method`, `package.Service`, or the name of a workload or topic. */
  readonly subject?: string;
  readonly message: string;
  readonly at: Location;
}
