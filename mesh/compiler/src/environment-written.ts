// An environment as its file has it, and what stands in the places that the file leaves open.

import type {
  Autoscaling,
  Canary,
  Cluster,
  Compose,
  Concurrency,
  DeployedWorkload,
  Devices,
  DevicesPort,
  Edge,
  EdgePorts,
  Environment,
  Fault,
  FileSource,
  Kafka,
  Limits,
  Metrics,
  Mode,
  Monitoring,
  OutlierDetection,
  Pods,
  Resources,
  Runtime,
  SecretKey,
  Store,
} from "./environment-model.ts";

/** The file as the schema admits it. */
export interface Written
  extends Omit<
      Environment,
      | "port"
      | "edge"
      | "devices"
      | "defaults"
      | "workloads"
      | "destinations"
      | "events"
      | "kafka"
      | "metrics"
      | "cluster"
      | "compose"
      | "accepts"
      | "deadlines"
    >,
    Partial<Pick<Environment, "port" | "accepts" | "deadlines">> {
  readonly edge?: Omit<Edge, "issuer" | "maxRequestBytes" | "passthrough"> & {
    readonly issuer: { readonly url: string; readonly audience: string; readonly jwksPath?: string };
    readonly maxRequestBytes?: number;
    readonly passthrough?: Partial<Edge["passthrough"]>;
  };
  readonly devices?: Omit<Devices, OpenInDevices> & Partial<Pick<Devices, OpenInDevices>>;
  readonly cluster?: Omit<
    Cluster,
    "controlPlane" | "opsPort" | "dns" | "monitoring" | "envoyFilters" | "nodeSelectors"
  > &
    Partial<Pick<Cluster, "opsPort" | "dns" | "envoyFilters" | "nodeSelectors">> & {
      readonly controlPlane?: Partial<Cluster["controlPlane"]>;
      readonly monitoring?: Pods & Partial<Monitoring>;
    };
  readonly compose?: Omit<Compose, OpenInCompose> & Partial<Pick<Compose, OpenInCompose>>;
  readonly destinations?: Readonly<Record<string, WrittenDestination>>;
  readonly events?: Environment["events"];
  readonly kafka?: Omit<Kafka, OpenInKafka> & Partial<Pick<Kafka, OpenInKafka>>;
  readonly metrics?: Omit<Metrics, "minimumBadCalls"> & Partial<Pick<Metrics, "minimumBadCalls">>;
  readonly defaults: WrittenLimits &
    WrittenProcess & { readonly concurrency: Concurrency; readonly outlierDetection: OutlierDetection };
  readonly workloads: Readonly<Record<string, WrittenWorkload>>;
}

type OpenInCompose = "health" | "services" | "volumes" | "secrets";
type OpenInDevices = "maxConnections" | "maxStreams" | "maxRequestBytes";

type OpenInKafka = "trimmedByProducers" | "registers" | "topicConfig" | "registerConfig";

/** Where it is, and what the process of each workload that uses it is given. */
interface WrittenDestination extends WrittenGiven {
  readonly host: string;
  readonly port: number;
  readonly tls?: boolean;
  readonly pods?: Pods;
  readonly cidrs?: readonly string[];
}

interface WrittenLimits {
  readonly replicas?: number;
  readonly mode?: Mode;
  readonly resources?: Resources;
  readonly autoscaling?: Omit<Autoscaling, "cpuPercent"> & Partial<Autoscaling>;
}

/** What the process of a workload is given. */
interface WrittenGiven {
  readonly settings?: Readonly<Record<string, string>>;
  readonly secrets?: Secrets;
  readonly files?: Readonly<Record<string, FileSource>>;
}

interface WrittenProcess extends WrittenGiven {
  readonly uses?: readonly string[];
}

interface WrittenWorkload extends WrittenLimits, WrittenProcess {
  readonly runtime?: Runtime;
  readonly entry?: string;
  readonly image?: string;
  readonly stores?: readonly Store[];
  readonly edge?: EdgePorts;
  readonly devices?: DevicesPort;
  readonly canary?: Partial<Omit<Canary, "image">> & { readonly image?: string; readonly tag?: string };
  readonly faults?: readonly Fault[];
  readonly concurrency?: Partial<Concurrency>;
  readonly outlierDetection?: Partial<OutlierDetection>;
}

type Secrets = Readonly<Record<string, SecretKey>>;

/** The environment that a file means. */
export function complete(written: Written): Environment {
  const { edge, devices, cluster, compose, destinations = {}, kafka, metrics, defaults, workloads, ...rest } = written;
  const limits = limitsOf(defaults);
  return {
    ...rest,
    port: written.port ?? 50051,
    accepts: written.accepts ?? {},
    deadlines: written.deadlines ?? {},
    defaults: limits,
    workloads: mapped(workloads, (workload, name) => deployed(name, workload, defaults, limits, destinations)),
    destinations: mapped(destinations, ({ host, port, tls = false, pods, cidrs = [] }) => ({
      host,
      port,
      tls,
      at: pods ? { pods } : { cidrs },
    })),
    events: written.events ?? { partitions: 4 },
    ...(kafka
      ? { kafka: { trimmedByProducers: false, registers: [], topicConfig: {}, registerConfig: {}, ...kafka } }
      : {}),
    ...(metrics ? { metrics: { minimumBadCalls: 5, ...metrics } } : {}),
    ...(cluster ? { cluster: completeCluster(cluster) } : {}),
    ...(compose ? { compose: { health: {}, services: {}, volumes: {}, secrets: {}, ...compose } } : {}),
    ...(edge
      ? {
          edge: {
            ...edge,
            issuer: { jwksPath: "/jwks", ...edge.issuer },
            maxRequestBytes: edge.maxRequestBytes ?? longestRequest,
            passthrough: { paths: edge.passthrough?.paths ?? [], prefixes: edge.passthrough?.prefixes ?? [] },
          },
        }
      : {}),
    ...(devices
      ? { devices: { maxConnections: 1024, maxStreams: 16, maxRequestBytes: longestRequest, ...devices } }
      : {}),
  };
}

/** From outside, in bytes. */
const longestRequest = 1024 * 1024;

function limitsOf({ replicas = 1, mode = "enforce", resources = {}, ...rest }: Written["defaults"]): Limits {
  const { autoscaling, concurrency, outlierDetection } = rest;
  return { replicas, mode, resources, ...scaled(autoscaling), concurrency, outlierDetection };
}

const scaled = (autoscaling: WrittenLimits["autoscaling"]): { autoscaling?: Autoscaling } =>
  autoscaling ? { autoscaling: { cpuPercent: 70, ...autoscaling } } : {};

function deployed(
  name: string,
  workload: WrittenWorkload,
  common: WrittenProcess,
  limits: Limits,
  destinations: Readonly<Record<string, WrittenDestination>>,
): DeployedWorkload {
  const stores = workload.stores ?? [];
  const uses = [...new Set([...(common.uses ?? []), ...(workload.uses ?? [])])];
  const own = named(name);
  // What all are given, what its destinations bring, and what it says itself.
  const sources: WrittenGiven[] = [common, ...[...stores, ...uses].map((each) => destinations[each] ?? {}), workload];
  const given = <T>(
    of: (source: WrittenGiven) => Readonly<Record<string, T>> | undefined,
  ): Readonly<Record<string, T>> => own(Object.assign({}, ...sources.map(of)));
  const { edge, devices, runtime, entry, image, canary, faults = [] } = workload;
  return {
    ...(runtime === undefined ? {} : { runtime }),
    ...(entry === undefined ? {} : { entry }),
    ...(image === undefined ? {} : { image }),
    ...(edge ? { edge } : {}),
    ...(devices ? { devices } : {}),
    ...(canary ? { canary: completeCanary(canary) } : {}),
    faults,
    stores,
    uses,
    settings: given(({ settings }) => settings),
    secrets: given(({ secrets }) => secrets),
    files: given(({ files }) => files),
    replicas: workload.replicas ?? limits.replicas,
    mode: workload.mode ?? limits.mode,
    resources: {
      requests: { ...limits.resources.requests, ...workload.resources?.requests },
      limits: { ...limits.resources.limits, ...workload.resources?.limits },
    },
    ...(workload.autoscaling
      ? scaled(workload.autoscaling)
      : limits.autoscaling
        ? { autoscaling: limits.autoscaling }
        : {}),
    concurrency: { ...limits.concurrency, ...workload.concurrency },
    outlierDetection: { ...limits.outlierDetection, ...workload.outlierDetection },
  };
}

const completeCanary = ({ image, tag = "", ...rest }: NonNullable<WrittenWorkload["canary"]>): Canary => ({
  replicas: 1,
  weight: 0,
  headers: {},
  ...rest,
  image: image === undefined ? { tag } : { image },
});

/** Puts the name of a workload in the place of `{workload}` and `{WORKLOAD}`, in keys and in values. */
const named =
  (name: string) =>
  <T>(value: Readonly<Record<string, T>>): Readonly<Record<string, T>> =>
    JSON.parse(
      JSON.stringify(value)
        .replaceAll("{workload}", name)
        .replaceAll("{WORKLOAD}", name.toUpperCase().replaceAll("-", "_")),
    );

function completeCluster({ controlPlane, monitoring, ...cluster }: NonNullable<Written["cluster"]>): Cluster {
  return {
    opsPort: 9464,
    dns: { namespace: "kube-system", labels: { "k8s-app": "kube-dns" } },
    envoyFilters: false,
    nodeSelectors: {},
    ...cluster,
    ...(monitoring ? { monitoring: { discoveryLabels: {}, ...monitoring } } : {}),
    controlPlane: { namespace: cluster.mesh === "linkerd" ? "linkerd" : "istio-system", ...controlPlane },
  };
}

const mapped = <T, U>(record: Readonly<Record<string, T>>, to: (value: T, key: string) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, to(value, key)]));
