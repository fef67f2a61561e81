// From options to a plan that can run: every check first, then the locks, then the folders. What refuses leaves nothing.
import { existsSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { MeshEnvironment, Ports } from "./environment.ts";
import { checkEngine, keepEngine } from "./event-log.ts";
import { ownFolder } from "./files.ts";
import { makeFolders, socketPaths } from "./folders.ts";
import { clearRunFolder, endLeftovers } from "./leftovers.ts";
import { holder, lastRunFolder, refuseRunning, takeLocks } from "./lock.ts";
import { checkScale, type LogEngine } from "./options.ts";
import { checkFolder, checkSocketPaths, type Paths, pathsOf } from "./paths.ts";
import { plan } from "./plan.ts";
import { type PlanInput, spanEndpoint } from "./plan-input.ts";
import { storesOf } from "./plan-stores.ts";
import { userOfStores } from "./platform.ts";
import { checkPorts, differentPorts, freePorts } from "./ports.ts";
import { Refusal, refusalFor } from "./refusal.ts";
import { openSecrets } from "./secrets.ts";
import { hasCluster } from "./stores.ts";
import type { ChildSpec } from "./supervisor/spec.ts";
import { findKafka, findTools } from "./tools.ts";
import { chooseUsers } from "./users.ts";

/** What a mesh is started with; absent members have the defaults of `make up`. */
export interface MeshOptions {
  readonly environment: MeshEnvironment;
  /** Instances by workload. */
  readonly scale?: Readonly<Record<string, number>>;
  /** `off`: no sidecars; callers are then not enforced. */
  readonly mesh?: "on" | "off";
  /** What the event log runs on, where a workload uses one. Absent: Valkey. */
  readonly log?: LogEngine;
  readonly runFolder?: string | undefined;
  readonly dataFolder?: string | undefined;
  /** Absent: the environment's; `free`: six that nobody uses. */
  readonly ports?: Ports | "free";
  /** The value of <WORKLOAD>_SEED, `demo` when absent; empty: no demo data. */
  readonly seed?: string;
  /** Environment variables that win over all others, by workload; `*` for every one. */
  readonly settings?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Whether the sensors of the rooms are simulated, as the environment says how often; absent: they are not. */
  readonly simulate?: boolean;
  /** How long certificates of workloads are valid, in seconds; 3600 when absent. */
  readonly certificateSeconds?: number;
  /** Takes the lines that tell how the start goes on. Absent: nobody reads them. */
  readonly progress?: (line: string) => void;
}

export interface Prepared {
  readonly input: PlanInput;
  readonly children: readonly ChildSpec[];
  /** How the workloads are kept apart, in words. */
  readonly users: string;
  readonly separate: boolean;
  /** Gives the folders back and clears the run folder. */
  readonly release: () => void;
}

const MIB = 2 ** 20;
const RUN_SPACE = 16 * MIB;
const DATA_SPACE = 64 * MIB;
const NEW_CLUSTER_SPACE = 256 * MIB;

/** Throws a Refusal, having changed nothing, when the mesh cannot run as asked. */
export async function prepare(options: MeshOptions): Promise<Prepared> {
  const { environment, scale = {}, mesh = "on", log = "valkey", progress = () => undefined } = options;
  const paths = pathsOf({ run: options.runFolder, data: options.dataFolder });
  checkScale(environment, scale);
  checkSocketPaths(socketPaths({ environment, scale, paths }));
  const tools = findTools(paths.repository, mesh === "on");
  checkPlaces(environment, paths);
  const usesLog = storesOf({ environment }).includes("event-log");
  if (usesLog) checkEngine(paths.data, log);
  const kafka = usesLog && log === "kafka" ? await findKafka(userOfStores().uid, progress) : undefined;
  const running = holder(paths);
  if (running) refuseRunning(running);
  for (const folder of new Set([paths.run, lastRunFolder(paths) ?? paths.run])) {
    const ended = await endLeftovers(folder);
    if (ended.length > 0) progress(`ended what a killed supervisor left: ${ended.join(", ")}`);
  }
  const ports = options.ports === "free" ? await freePorts() : (options.ports ?? environment.ports);
  const settings = options.settings ?? {};
  const elsewhere = Boolean(settings["*"]?.[spanEndpoint] || process.env[spanEndpoint]);
  if (elsewhere) progress(`traces      go where ${spanEndpoint} says: the trace store of this machine is not started`);
  const support = environment.support.filter(
    (name) =>
      !(name === "traces" && elsewhere) && existsSync(join(paths.repository, "mesh", "runner", "src", name, "main.ts")),
  );
  await checkPorts(portsInUse(environment, mesh, ports, support), ports.edge);

  const release = take(paths);
  try {
    const storeUser = userOfStores();
    const bootstrapFolder = join(paths.run, "bootstrap");
    ownFolder(bootstrapFolder, { mode: 0o755 });
    if (mesh === "on" && ports.edge !== environment.ports.edge) progress(`configure   sidecars for port ${ports.edge}`);
    const bootstraps = mesh === "on" ? await environment.bootstraps(ports, bootstrapFolder) : "";
    const readable = [
      tools.node,
      join(paths.repository, "package.json"),
      join(paths.repository, "node_modules", "yaml", "package.json"),
      ...(mesh === "on"
        ? [tools.envoy, ...environment.workloads.map(({ name }) => join(bootstraps, `${name}.yaml`))]
        : []),
      ...environment.workloads.flatMap(({ program }) => ("entry" in program ? [program.entry] : [])),
      ...(environment.workloads.some(({ program }) => program.kind === "python") ? [tools.python] : []),
      // The folder itself: children must be able to pass through.
      paths.run,
      paths.data,
    ];
    const users = chooseUsers({ environment, mesh, runFolder: paths.run }, readable);
    makeFolders(
      { environment, scale, paths, uidOf: users.uidOf, storeUser, kafka: kafka !== undefined },
      users.separate,
    );
    if (usesLog) keepEngine(paths.data, log);
    const [smtpPort = 0, port = 0, controllerPort = 0] = await differentPorts(3);
    const takesReadings = options.simulate && environment.workloads.some(({ devices }) => devices);
    const simulatedRate = takesReadings ? environment.simulatedRate : undefined;
    const input: PlanInput = {
      environment,
      scale,
      mesh,
      paths,
      tools,
      ports,
      smtpPort: support.includes("mail") ? smtpPort : 0,
      ...(kafka ? { broker: { ...kafka, port, controllerPort } } : {}),
      secrets: openSecrets(paths.data, {
        databases: environment.workloads.filter(({ database }) => database).map(({ name }) => name),
        eventLog: environment.workloads.filter(({ eventLog }) => eventLog).map(({ name }) => name),
      }),
      bootstraps,
      support,
      uidOf: users.uidOf,
      storeUser,
      ambient: process.env,
      ...(options.seed === "" ? {} : { seed: options.seed ?? "demo" }),
      ...(simulatedRate === undefined ? {} : { simulatedRate }),
      overrides: settings,
    };
    return { input, children: plan(input), users: users.words, separate: users.separate, release };
  } catch (error) {
    release();
    throw refusalFor(error, paths.run);
  }
}

function checkPlaces(environment: MeshEnvironment, paths: Paths): void {
  const ownRun = "set XDG_RUNTIME_DIR to a folder of yours";
  checkFolder(paths.run, RUN_SPACE, ownRun);
  const newCluster = storesOf({ environment }).includes("postgres") && !hasCluster(paths.data);
  checkFolder(
    paths.data,
    newCluster ? NEW_CLUSTER_SPACE : DATA_SPACE,
    "start as the user who owns it, or remove it (the data go with it)",
  );
}

function portsInUse(
  environment: MeshEnvironment,
  mesh: "on" | "off",
  ports: Ports,
  support: readonly string[],
): number[] {
  const edge = environment.workloads.some((workload) => workload.edge);
  return [
    ...(edge ? [ports.edge] : []),
    ...(edge && mesh === "on" ? [ports.edgeTls] : []),
    ...(environment.workloads.some(({ devices }) => devices) ? [ports.devices] : []),
    ...(support.includes("issuer") ? [ports.issuer] : []),
    ...(support.includes("mail") ? [ports.mail] : []),
    ...(support.includes("traces") ? [ports.traces] : []),
  ];
}

/** Makes the two folders if need be and locks them; returns what undoes it. */
function take(paths: Paths): () => void {
  const made = [paths.run, paths.data].filter((folder) => !existsSync(folder));
  try {
    // Passable at first, so that it can be tried which users may come through; makeFolders closes what it can.
    for (const folder of [paths.run, paths.data]) ownFolder(folder, { mode: 0o711 });
    const unlock = takeLocks(paths);
    clearRunFolder(paths.run);
    return () => {
      clearRunFolder(paths.run);
      unlock();
      // A folder that was made for nothing goes; one with logs or data in it stays.
      for (const folder of made) if (readdirSync(folder).length === 0) rmdirSync(folder);
    };
  } catch (error) {
    if (!(error instanceof Refusal)) for (const folder of made) rmSync(folder, { recursive: true, force: true });
    throw refusalFor(error, paths.run);
  }
}
