// The environment of a mesh, read from YAML and checked against its schema.
// What it may say about a contract is checked in environment-contract.ts.

import { readFileSync } from "node:fs";
import { yamlReader } from "./checked-yaml.ts";
import type {
  Concurrency,
  DeployedWorkload,
  Edge,
  EdgePorts,
  Environment,
  Limits,
  OutlierDetection,
  Runtime,
  Store,
} from "./environment-model.ts";
import { InputError } from "./input-error.ts";

export * from "./environment-model.ts";

/** Reads the environment in a file. Throws InputError when it cannot be read, else as parseEnvironment does. */
export function loadEnvironment(path: string): Environment {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new InputError(`the environment ${path} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
  return parseEnvironment(text, path);
}

/**
 * Reads an environment from the text of a YAML file; `name` stands in front of each problem.
 * Throws InputError with one line for each problem: `local.yaml:12: workloads.order.replicas must be >= 1`.
 */
export function parseEnvironment(text: string, name: string): Environment {
  const { value, problem } = read(text, name);
  const environment = complete(value);
  const loose = edgeProblems(environment);
  if (loose.length > 0) throw new InputError(loose.map(([path, what]) => problem(path, what)).join("\n"));
  return environment;
}

/** The file as the schema admits it. */
interface Written
  extends Omit<Environment, "port" | "edge" | "defaults" | "workloads" | "deadlines">,
    Partial<Pick<Environment, "port" | "deadlines">> {
  readonly edge?: Omit<Edge, "issuer" | "maxRequestBytes" | "passthrough"> & {
    readonly issuer: { readonly url: string; readonly audience: string; readonly jwksPath?: string };
    readonly maxRequestBytes?: number;
    readonly passthrough?: Partial<Edge["passthrough"]>;
  };
  readonly defaults: Omit<Limits, "replicas"> & { readonly replicas?: number };
  readonly workloads: Readonly<Record<string, WrittenWorkload>>;
}

interface WrittenWorkload {
  readonly runtime: Runtime;
  readonly entry: string;
  readonly stores?: readonly Store[];
  readonly edge?: EdgePorts;
  readonly settings?: Readonly<Record<string, string>>;
  readonly replicas?: number;
  readonly concurrency?: Partial<Concurrency>;
  readonly outlierDetection?: Partial<OutlierDetection>;
}

const read = yamlReader<Written>(new URL("./environment.schema.json", import.meta.url));

function complete(written: Written): Environment {
  const { edge, ...rest } = written;
  const defaults: Limits = { replicas: 1, ...written.defaults };
  const workloads: Record<string, DeployedWorkload> = {};
  for (const [name, workload] of Object.entries(written.workloads)) {
    workloads[name] = {
      ...workload,
      stores: workload.stores ?? [],
      settings: workload.settings ?? {},
      replicas: workload.replicas ?? defaults.replicas,
      concurrency: { ...defaults.concurrency, ...workload.concurrency },
      outlierDetection: { ...defaults.outlierDetection, ...workload.outlierDetection },
    };
  }
  return {
    ...rest,
    port: written.port ?? 50051,
    deadlines: written.deadlines ?? {},
    defaults,
    workloads,
    ...(edge
      ? {
          edge: {
            ...edge,
            issuer: { jwksPath: "/jwks", ...edge.issuer },
            maxRequestBytes: edge.maxRequestBytes ?? 1024 * 1024,
            passthrough: { paths: edge.passthrough?.paths ?? [], prefixes: edge.passthrough?.prefixes ?? [] },
          },
        }
      : {}),
  };
}

/** What the schema cannot say: how the numbers of the edge belong together. */
function edgeProblems({ edge }: Environment): [path: string[], problem: string][] {
  const problems: [string[], string][] = [];
  if (!edge) return problems;
  if (edge.port === edge.tlsPort) problems.push([["edge", "tlsPort"], "must not be the same as edge.port"]);
  if (edge.rateLimit.burst < edge.rateLimit.requestsPerSecond) {
    problems.push([["edge", "rateLimit", "burst"], "must be at least requestsPerSecond"]);
  }
  return problems;
}
