// The environment of this clone, or another one in the compiler's form, as the runner needs it.
import { execFile } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import { promisify } from "node:util";
import { parse, parseDocument } from "yaml";
import {
  type DeployedWorkload,
  type Environment,
  loadEnvironment,
  type Runtime,
} from "../../compiler/src/environment.ts";
import { contractTopics, externalIdentities, workloadsOf } from "./contract.ts";
import { serviceFiles } from "./contract-files.ts";
import type { MeshEnvironment, Ports, Program, RustProfile, Support, WorkloadRun } from "./environment.ts";
import { repository } from "./paths.ts";
import { Refusal } from "./refusal.ts";

const GENERATED = join(repository, "mesh", "local");
const LOCAL = join(repository, "mesh", "environments", "local.yaml");
const MAIL_PORT = 8025;
const TRACES_PORT = 8026;

/**
 * Reads an environment file; absent: mesh/environments/local.yaml. A `.ts` file is a module whose default export is a
 * MeshEnvironment. `rust` says how programs in Rust are built. Throws the compiler's InputError for a wrong file, a Refusal where
 * nothing was generated.
 */
export async function loadMeshEnvironment(
  file: string = LOCAL,
  rust: RustProfile = "release",
): Promise<MeshEnvironment> {
  const path = resolve(file);
  if (path.endsWith(".ts")) return ((await import(path)) as { default: MeshEnvironment }).default;
  const environment = loadEnvironment(path);
  if (!existsSync(GENERATED)) throw new Refusal("mesh/local is missing: make it with make generate.");
  const workloads = Object.entries(environment.workloads)
    .map(([name, workload]) => workloadOf(name, workload, rust))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const contract = await serviceFiles();
  return {
    namespace: environment.namespace,
    trustDomain: environment.trustDomain,
    ports: portsOf(environment),
    workloads,
    callees: workloadsOf(contract),
    topics: await contractTopics(),
    partitions: environment.events.partitions,
    support: supportOf(environment),
    identities: [environment.operator],
    externals: externalIdentities(contract),
    ...(environment.devices ? { deviceTrustDomain: environment.devices.trustDomain } : {}),
    ...(environment.devices?.simulate ? { simulatedRate: environment.devices.simulate.readingsPerSecond } : {}),
    ...(environment.edge ? { audience: environment.edge.issuer.audience } : {}),
    ...(environment.edge?.allowOrigin ? { allowOrigin: environment.edge.allowOrigin } : {}),
    bootstraps: (ports, folder) => bootstraps(path, environment, ports, folder),
  };
}

function workloadOf(name: string, workload: DeployedWorkload, rust: RustProfile): WorkloadRun {
  const { runtime, entry, replicas, stores, settings } = workload;
  if (runtime === undefined || entry === undefined) {
    throw new Refusal(`The environment does not say how to start ${name} here: give it a runtime and an entry.`);
  }
  const listeners = listenersOf(name);
  return {
    name,
    program: programOf(runtime, entry, rust),
    instances: replicas,
    database: stores.includes("database"),
    eventLog: stores.includes("eventLog"),
    messages: stores.includes("messages"),
    cache: stores.includes("cache"),
    edge: listeners.has("edge"),
    devices: listeners.has("devices"),
    settings,
  };
}

function programOf(runtime: Runtime, entry: string, profile: RustProfile): Program {
  const binary = join(
    repository,
    ".build",
    ...(profile === "debug" && runtime === "rust" ? ["debug"] : []),
    basename(entry),
  );
  if (runtime === "go") return { kind: "go", binary, source: entry };
  if (runtime === "rust") return { kind: "rust", binary, source: entry, profile };
  return { kind: runtime, entry: join(repository, entry) };
}

/** The listeners of the generated sidecar that are there for callers outside: `edge` and `devices`, by the methods of the contract. */
function listenersOf(workload: string): ReadonlySet<string> {
  const file = join(GENERATED, `${workload}.yaml`);
  if (!existsSync(file)) throw new Refusal(`${relative(repository, file)} is missing: make it with make generate.`);
  const text = readFileSync(file, "utf8");
  if (!/\bname: ["']?(edge|devices)\b/.test(text)) return new Set();
  const { static_resources } = parse(text) as { static_resources: { listeners: { name: string }[] } };
  return new Set(static_resources.listeners.map(({ name }) => name));
}

/** A provider elsewhere needs no stand-in. */
function supportOf({ edge }: Environment): Support[] {
  const here = edge !== undefined && new URL(edge.issuer.url).hostname === "127.0.0.1";
  return here ? ["issuer", "mail", "traces"] : ["mail", "traces"];
}

function portsOf({ edge, devices }: Environment): Ports {
  const issuer = edge && URL.canParse(edge.issuer.url) ? Number(new URL(edge.issuer.url).port) : 0;
  return {
    edge: edge?.port ?? 0,
    edgeTls: edge?.tlsPort ?? 0,
    issuer,
    mail: MAIL_PORT,
    traces: TRACES_PORT,
    devices: devices?.port ?? 0,
  };
}

/** The committed configurations where they fit; else the compiler makes them once more, into `folder`. */
async function bootstraps(path: string, environment: Environment, ports: Ports, folder: string): Promise<string> {
  const own = portsOf(environment);
  const fits = (["edge", "edgeTls", "issuer", "devices"] as const).every((port) => own[port] === ports[port]);
  if (fits && path === LOCAL) return GENERATED;
  const document = parseDocument(readFileSync(path, "utf8"));
  if (environment.edge) {
    const issuer = new URL(environment.edge.issuer.url);
    issuer.port = String(ports.issuer);
    document.setIn(["edge", "port"], ports.edge);
    document.setIn(["edge", "tlsPort"], ports.edgeTls);
    document.setIn(["edge", "issuer", "url"], issuer.href.replace(/\/$/, ""));
  }
  if (environment.devices) document.setIn(["devices", "port"], ports.devices);
  const file = join(folder, "environment.yaml");
  writeFileSync(file, document.toString(), { mode: 0o644 });
  const compiler = join(repository, "mesh", "compiler", "bin", "meshc.js");
  try {
    await promisify(execFile)(process.execPath, [compiler, "generate", "local", "--env", file, "--out", folder], {
      cwd: repository,
    });
  } catch (error) {
    const said = String((error as { stderr?: string }).stderr ?? error).trim();
    throw new Refusal(`The sidecar configurations for these ports cannot be made: ${said.split("\n")[0]}`);
  }
  return folder;
}
