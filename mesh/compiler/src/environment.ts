// The environment of a mesh, read from YAML and checked against its schema.
// What it may say about a contract is checked in environment-contract.ts.

import { readFileSync } from "node:fs";
import { Ajv2020, type ErrorObject } from "ajv/dist/2020.js";
import { isMap, isPair, LineCounter, type Node, parseDocument } from "yaml";
import schema from "./environment.schema.json" with { type: "json" };
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
import { nearest } from "./names.ts";

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
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    throw new InputError(
      document.errors.map((error) => `${name}:${lines.linePos(error.pos[0]).line}: ${error.message}`).join("\n"),
    );
  }
  const value: unknown = document.toJS();
  const at = (path: readonly string[], problem: string) =>
    `${name}:${lineOf(document.contents, path, lines)}: ${path.length > 0 ? path.join(".") : "the environment"} ${problem}`;
  if (!validate(value)) {
    // For a bad name of a key, another error says what is wrong with it.
    const problems = (validate.errors ?? []).filter((error) => error.keyword !== "propertyNames");
    throw new InputError(problems.map((error) => at(pathOf(error), describe(error))).join("\n"));
  }
  const environment = complete(value);
  const loose = edgeProblems(environment);
  if (loose.length > 0) throw new InputError(loose.map(([path, problem]) => at(path, problem)).join("\n"));
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

const validate = new Ajv2020({
  allErrors: true,
  strict: true,
  strictRequired: false,
  strictTypes: false,
}).compile<Written>(schema);

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

/** The keys from the top to the value that is wrong; for an unknown key, to that key. */
function pathOf(error: ErrorObject): string[] {
  const path = error.instancePath
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  const key = error.params.additionalProperty ?? error.params.unevaluatedProperty ?? error.params.propertyName;
  const named = key ?? (error as { propertyName?: string }).propertyName;
  return typeof named === "string" ? [...path, named] : path;
}

function describe(error: ErrorObject): string {
  switch (error.keyword) {
    case "additionalProperties":
    case "unevaluatedProperties": {
      const meant = nearest(pathOf(error).at(-1) ?? "", knownKeys);
      return `is not a known key${meant ? `; did you mean ${meant}?` : ""}`;
    }
    case "required":
      return `lacks ${error.params.missingProperty}`;
    case "enum":
      return `must be one of ${(error.params.allowedValues as string[]).join(", ")}`;
    default:
      return error.message ?? "is not valid";
  }
}

const knownKeys = [...new Set(JSON.stringify(schema).match(/"[a-zA-Z]+"(?=:\{)/g))].map((key) => key.slice(1, -1));

/** The line of the key at this path, or of the nearest one around it. */
function lineOf(contents: Node | null, path: readonly string[], lines: LineCounter): number {
  let node: unknown = contents;
  let offset = contents?.range?.[0] ?? 0;
  for (const key of path) {
    if (!isMap(node)) break;
    const pair = node.items.find((item) => isPair(item) && String(item.key) === key);
    if (!pair) break;
    offset = (pair.key as Node).range?.[0] ?? offset;
    node = pair.value;
  }
  return lines.linePos(offset).line;
}
