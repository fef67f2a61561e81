// The environment of a mesh, read from YAML and checked against its schema.
// What it may say about a contract is checked in environment-contract.ts.

import { readFileSync } from "node:fs";
import { yamlReader } from "./checked-yaml.ts";
import type { Environment } from "./environment-model.ts";
import { complete, type Written } from "./environment-written.ts";
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
  const { value, problem, lineOf } = read(text, name);
  const environment: Environment = { ...complete(value), placeOf: (path) => `${name}:${lineOf(path)}` };
  const loose = looseEnds(environment);
  if (loose.length > 0) throw new InputError(loose.map(([path, what]) => problem(path, what)).join("\n"));
  return environment;
}

const read = yamlReader<Written>(new URL("./environment.schema.json", import.meta.url));

/** What the schema cannot say: how the parts belong together. */
function looseEnds(environment: Environment): [path: string[], problem: string][] {
  const { kafka, metrics } = environment;
  const problems = [
    ...edgeProblems(environment),
    ...devicesProblems(environment),
    ...Object.keys(environment.workloads).flatMap(workloadProblems(environment)),
  ];
  if (kafka && kafka.minInSyncReplicas > kafka.replicas) {
    problems.push([["kafka", "minInSyncReplicas"], "must not be above replicas"]);
  }
  if (metrics?.buckets.some((bound, i) => bound <= (metrics.buckets[i - 1] ?? 0))) {
    problems.push([["metrics", "buckets"], "must rise"]);
  }
  return problems;
}

const workloadProblems =
  ({ workloads, destinations, cluster }: Environment) =>
  (name: string): [path: string[], problem: string][] => {
    const problems: [string[], string][] = [];
    const workload = workloads[name];
    if (!workload) return problems;
    const { stores, uses, autoscaling, replicas, canary, faults } = workload;
    const unknown = (use: string) => !Object.hasOwn(destinations, use);
    for (const use of uses.filter(unknown)) {
      const meant = nearest(use, Object.keys(destinations));
      problems.push([
        ["workloads", name, "uses"],
        `names ${use}, which is no destination${meant ? `: did you mean ${meant}?` : ""}`,
      ]);
    }
    for (const store of cluster ? stores.filter(unknown) : []) {
      problems.push([["workloads", name, "stores"], `names ${store}, and destinations does not say where it is`]);
    }
    if (canary && "tag" in canary.image && !cluster?.images) {
      problems.push([["workloads", name, "canary", "tag"], "needs cluster.images, which says where images are"]);
    }
    for (const [i, { method }] of faults.entries()) {
      if (faults.findIndex((other) => other.method === method) < i) {
        problems.push([["workloads", name, "faults", String(i)], `is the second for ${method}: put the two together`]);
      }
    }
    if (autoscaling && autoscaling.maxReplicas < replicas) {
      problems.push([["workloads", name, "autoscaling"], `has fewer maxReplicas than the ${replicas} of replicas`]);
    }
    return problems;
  };

/** How the numbers of the edge belong together. */
function edgeProblems({ edge }: Environment): [path: string[], problem: string][] {
  const problems: [string[], string][] = [];
  if (!edge) return problems;
  if (edge.port === edge.tlsPort) problems.push([["edge", "tlsPort"], "must not be the same as edge.port"]);
  if (edge.rateLimit.burst < edge.rateLimit.requestsPerSecond) {
    problems.push([["edge", "rateLimit", "burst"], "must be at least requestsPerSecond"]);
  }
  return problems;
}

/** How the parts of devices belong together. A device of the trust domain of the mesh would pass for a workload. */
function devicesProblems({ devices, trustDomain, cluster }: Environment): [path: string[], problem: string][] {
  const problems: [string[], string][] = [];
  if (!devices) return problems;
  if (devices.trustDomain === trustDomain) {
    problems.push([["devices", "trustDomain"], "must not be the trust domain of the mesh"]);
  }
  if (devices.rateLimit.burst < devices.rateLimit.requestsPerSecond) {
    problems.push([["devices", "rateLimit", "burst"], "must be at least requestsPerSecond"]);
  }
  const { hosts = {}, devices: ofDevices } = cluster?.ingress ?? {};
  for (const [name, host] of Object.entries(ofDevices?.hosts ?? {})) {
    if (!Object.values(hosts).includes(host)) continue;
    problems.push([
      ["cluster", "ingress", "devices", "hosts", name],
      "is a host for everybody too: devices need their own",
    ]);
  }
  return problems;
}
