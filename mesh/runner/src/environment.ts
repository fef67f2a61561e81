// What the runner needs to know of an environment: which programs run, what each may use, and on which ports the edge is.

import type { Topic } from "@larder/events/topic";
import type { ExternalIdentity } from "./contract.ts";

/** Ports on 127.0.0.1 that a person uses; every other address is a Unix socket or chosen by the system. */
export interface Ports {
  /** Plaintext edge: browser, Connect, gRPC, REST. */
  readonly edge: number;
  readonly edgeTls: number;
  /** The OIDC provider. */
  readonly issuer: number;
  /** The page of the mail catcher. */
  readonly mail: number;
  /** The page of the trace store. */
  readonly traces: number;
  /** Where devices come in, by mutual TLS. */
  readonly devices: number;
}

/** The OIDC provider; the mail catcher; the trace store. */
export const supports = ["issuer", "mail", "traces"] as const;
export type Support = (typeof supports)[number];

/** How a workload's program is started. */
export type Program =
  | { readonly kind: "node"; readonly entry: string }
  | {
      readonly kind: "go";
      /** The built binary. */
      readonly binary: string;
      /** The Go package, a path from the top of the clone. */
      readonly source: string;
    }
  | {
      readonly kind: "rust";
      /** The built binary. */
      readonly binary: string;
      /** The crate, a folder from the top of the clone; its program has the name of the folder. */
      readonly source: string;
      readonly profile: RustProfile;
    }
  | { readonly kind: "python"; readonly entry: string };

/** `debug` is built sooner, and slower. */
export type RustProfile = "release" | "debug";

export interface WorkloadRun {
  readonly name: string;
  readonly program: Program;
  /** How many run side by side unless SCALE says otherwise. */
  readonly instances: number;
  /** Has a PostgreSQL database and role of its own name. */
  readonly database: boolean;
  /** Uses the event log (Valkey, fsync on every write). */
  readonly eventLog: boolean;
  /** Uses the cache (the second Valkey). */
  readonly cache: boolean;
  /** Sends e-mail and text messages. */
  readonly messages: boolean;
  /** Is the edge: has the fixed ports, knows the issuer, signs user assertions; runs once. */
  readonly edge: boolean;
  /** Has methods for devices: a fixed port for them; runs once. */
  readonly devices: boolean;
  /** Further environment variables. */
  readonly settings: Readonly<Record<string, string>>;
}

export interface MeshEnvironment {
  readonly namespace: string;
  readonly trustDomain: string;
  readonly ports: Ports;
  /** Sorted by name. */
  readonly workloads: readonly WorkloadRun[];
  /** Those that the contract lets others call, here or not: a sidecar wants to know where each one is. Absent: `workloads`. */
  readonly callees?: readonly string[];
  /** Those of the contract. Absent: none. */
  readonly topics?: readonly Topic[];
  /** Of each topic; fixed when it is created. Absent: 4. */
  readonly partitions?: number;
  /** What stands in here for what a cluster has elsewhere. */
  readonly support: readonly Support[];
  /** Names that have no workload and may hold a certificate, such as the command line's own. */
  readonly identities: readonly string[];
  /** Callers from outside the mesh that the contract names. Absent: none. */
  readonly externals?: ReadonlyMap<string, ExternalIdentity>;
  /** The trust domain of devices. Absent: there are none. */
  readonly deviceTrustDomain?: string;
  /** Readings a second that the sensors of the rooms send where a person starts the mesh. Absent: none. */
  readonly simulatedRate?: number;
  /** The audience of access tokens, for the OIDC provider. Absent: there is no edge. */
  readonly audience?: string;
  /** The origin of pages that may call the edge. Absent: none but its own. */
  readonly allowOrigin?: string;
  /** Writes, or names, the folder of sidecar configurations `<workload>.yaml` that fit these ports. */
  readonly bootstraps: (ports: Ports, folder: string) => Promise<string>;
}

/** The SPIFFE ids of all who may hold a certificate of the mesh, by name. */
export function identitiesOf(environment: MeshEnvironment): Record<string, string> {
  const outside = environment.externals?.keys() ?? [];
  const names = [...environment.workloads.map(({ name }) => name), ...environment.identities, ...outside];
  return Object.fromEntries(names.map((name) => [name, spiffeId(environment, name)]));
}

/** The SPIFFE id of a workload, or of a caller from outside the mesh, in Istio's form. */
export function spiffeId(environment: MeshEnvironment, workload: string): string {
  const { namespace, trustDomain = environment.trustDomain } = environment.externals?.get(workload) ?? environment;
  return `spiffe://${trustDomain}/ns/${namespace}/sa/${workload}`;
}
