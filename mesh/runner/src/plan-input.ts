// What the plan is made from.
import { join } from "node:path";
import type { MeshEnvironment, Ports, Support, WorkloadRun } from "./environment.ts";
import type { Paths } from "./paths.ts";
import type { StoreUser } from "./platform.ts";
import type { Secrets } from "./secrets.ts";
import type { KafkaTools, Tools } from "./tools.ts";

/** Where the broker listens on 127.0.0.1, and what it runs with. */
export interface Broker extends KafkaTools {
  readonly port: number;
  /** For itself. */
  readonly controllerPort: number;
}

export interface PlanInput {
  readonly environment: MeshEnvironment;
  readonly scale: Readonly<Record<string, number>>;
  readonly mesh: "on" | "off";
  readonly paths: Paths;
  readonly tools: Tools;
  readonly ports: Ports;
  /** Where the mail catcher takes mail, on 127.0.0.1. */
  readonly smtpPort: number;
  /** The event log is Kafka. Absent: it is Valkey. */
  readonly broker?: Broker;
  readonly secrets: Secrets;
  /** The folder of sidecar configurations. */
  readonly bootstraps: string;
  /** Which of them are started. */
  readonly support: readonly Support[];
  /** The uid of a workload, or of one of the supports. Absent: the runner's own for all. */
  readonly uidOf: (owner: string) => number | undefined;
  readonly storeUser: StoreUser;
  /** The environment of the runner: tracing settings and `<WORKLOAD>_*` pass on to services. */
  readonly ambient: Readonly<Record<string, string | undefined>>;
  /** The value of <WORKLOAD>_SEED. Absent: no demo data is loaded. */
  readonly seed?: string;
  /** Readings a second that the sensors of the rooms are to send. Absent: they are not simulated. */
  readonly simulatedRate?: number;
  /** Variables that win over all others, by workload; `*` for every one. */
  readonly overrides: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** An instance of a workload and its folder. */
export interface Instance {
  /** `order-0`. */
  readonly name: string;
  readonly workload: WorkloadRun;
  readonly index: number;
  readonly folder: string;
}

/** `order` is `ORDER`, `cold-chain` is `COLD_CHAIN`: how names of environment variables begin. */
export function prefixOf(workload: string): string {
  return workload.toUpperCase().replaceAll("-", "_");
}

export function instancesOf({
  environment,
  scale,
  paths,
}: Pick<PlanInput, "environment" | "scale" | "paths">): Instance[] {
  return environment.workloads.flatMap((workload) =>
    Array.from({ length: scale[workload.name] ?? workload.instances }, (_, index) => {
      const name = `${workload.name}-${index}`;
      return { name, workload, index, folder: join(paths.run, name) };
    }),
  );
}

/**
 * Where Node keeps what it has compiled of a workload, or of one of the supports, for its next start. One for each: who can
 * write there decides what is run.
 */
export const compiledFolder = ({ data }: Pick<Paths, "data">, owner: string): string => join(data, "compiled", owner);

/** Where the trace store takes spans. */
export const spanSocket = ({ run }: Pick<Paths, "run">): string => join(run, "traces", "otlp.sock");

/** Where services send spans; set by whoever starts the mesh, it sends them past the trace store, which is not started then. */
export const spanEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

/** Where the OIDC provider says it is. */
export function issuerUrl(ports: Ports): string {
  return `http://127.0.0.1:${ports.issuer}`;
}

/** What a person opens, by name. */
export function addressesOf(
  input: Pick<PlanInput, "environment" | "mesh" | "ports" | "support">,
): Record<string, string> {
  const { ports, support } = input;
  const addresses: Record<string, string> = {};
  if (input.environment.workloads.some(({ edge }) => edge)) {
    addresses.shop = `http://127.0.0.1:${ports.edge}`;
    if (input.mesh === "on") addresses["shop over TLS"] = `https://localhost:${ports.edgeTls}`;
  }
  if (input.environment.workloads.some(({ devices }) => devices)) {
    addresses.devices =
      input.mesh === "on" ? `https://localhost:${ports.devices}` : `http://127.0.0.1:${ports.devices}`;
  }
  if (support.includes("issuer")) addresses["sign-in"] = issuerUrl(ports);
  if (support.includes("mail")) addresses.mail = `http://127.0.0.1:${ports.mail}`;
  if (support.includes("traces")) addresses.traces = `http://127.0.0.1:${ports.traces}`;
  return addresses;
}
