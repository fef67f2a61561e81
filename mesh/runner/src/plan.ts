// Which processes a mesh consists of: a pure function of the environment, the options and the places.
import { join } from "node:path";
import type { Program } from "./environment.ts";
import {
  compiledFolder,
  type Instance,
  instancesOf,
  issuerUrl,
  type PlanInput,
  prefixOf,
  spanEndpoint,
  spanSocket,
} from "./plan-input.ts";
import { simulatorChildren } from "./plan-simulator.ts";
import { eventLogUrl, storeChildren, valkeyUrl } from "./plan-stores.ts";
import { supportChildren } from "./plan-support.ts";
import { smsKeys } from "./secrets.ts";
import { ONE_ARENA, SERVICE_HEAP } from "./supervisor/heap.ts";
import type { ChildSpec } from "./supervisor/spec.ts";

/** Every child of the mesh, in the order of their names within each role. */
export function plan(input: PlanInput): ChildSpec[] {
  const instances = instancesOf(input);
  const sidecars = input.mesh === "on" ? instances.map((instance) => sidecar(input, instance)) : [];
  const services = instances.map((instance) => service(input, instance, instances));
  return [...storeChildren(input), ...supportChildren(input), ...sidecars, ...services, ...simulatorChildren(input)];
}

function owned(uid: number | undefined): { uid?: number } {
  return uid === undefined ? {} : { uid };
}

function sidecar({ tools, bootstraps, uidOf }: PlanInput, { name, workload, index, folder }: Instance): ChildSpec {
  const configuration = join(bootstraps, `${workload.name}.yaml`);
  return {
    name: `${name}.sidecar`,
    role: "sidecar",
    workload: workload.name,
    instance: index,
    command: tools.envoy,
    // Without hot restart there is no shared memory that a killed sidecar would leave behind.
    args: [
      ...["-c", configuration, "--service-node", name, "--service-cluster", workload.name],
      ...["--concurrency", "1", "--disable-hot-restart", "--reject-unknown-dynamic-fields", "--log-level", "warning"],
      ...["--drain-time-s", "5", "--drain-strategy", "immediate"],
    ],
    cwd: folder,
    env: {},
    ...owned(uidOf(workload.name)),
    probe: { kind: "http", socket: join(folder, "admin.sock"), path: "/ready" },
    sockets: ["admin.sock", "out.sock"].map((socket) => join(folder, socket)),
    shared: [],
    stopSignal: "SIGTERM",
    graceMs: 10_000,
  };
}

const PASSED_ON = /^(OTEL_.*|GRPC_.*|GODEBUG|LANG|LC_.*|TZ|TMPDIR|PATH)$/;
const DEFAULT_DRAIN_SECONDS = 10;

function service(input: PlanInput, instance: Instance, all: readonly Instance[]): ChildSpec {
  const { workload, name, folder, index } = instance;
  const { program } = workload;
  const env = serviceEnvironment(input, instance, all);
  const drain = Number(env[`${prefixOf(workload.name)}_DRAIN_SECONDS`] ?? DEFAULT_DRAIN_SECONDS);
  return {
    name,
    role: "service",
    workload: workload.name,
    instance: index,
    ...commandOf(input, program),
    cwd: folder,
    env,
    ...owned(input.uidOf(workload.name)),
    probe: { kind: "http", socket: join(folder, "ops.sock"), path: "/readyz" },
    sockets: ["app.sock", "ops.sock"].map((socket) => join(folder, socket)),
    shared: [],
    stopSignal: "SIGTERM",
    graceMs: ((Number.isFinite(drain) ? drain : DEFAULT_DRAIN_SECONDS) + 5) * 1000,
  };
}

function commandOf({ tools }: PlanInput, program: Program): Pick<ChildSpec, "command" | "args"> {
  if (program.kind === "node") return { command: tools.node, args: [...SERVICE_HEAP, program.entry] };
  if (program.kind === "python") return { command: tools.python, args: [program.entry] };
  return { command: program.binary, args: [] };
}

/** Where what is not a binary keeps what it has compiled; that Node stays small; and what Python writes goes to the log at once. */
function interpreterVariables({ kind }: Program, compiled: string): Record<string, string> {
  if (kind === "node") return { NODE_COMPILE_CACHE: compiled, ...ONE_ARENA };
  return kind === "python" ? { PYTHONPYCACHEPREFIX: compiled, PYTHONUNBUFFERED: "1" } : {};
}

function serviceEnvironment(input: PlanInput, instance: Instance, all: readonly Instance[]): Record<string, string> {
  const { workload, folder } = instance;
  const { paths, mesh, ports, secrets, environment, overrides } = input;
  const x = prefixOf(workload.name);
  const ambient = Object.entries(input.ambient).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && (PASSED_ON.test(entry[0]) || entry[0].startsWith(`${x}_`)),
  );
  const env: Record<string, string> = {
    HOME: folder,
    ...interpreterVariables(workload.program, compiledFolder(paths, workload.name)),
    ...(input.seed === undefined ? {} : { [`${x}_SEED`]: input.seed }),
    ...(input.support.includes("traces") ? tracing(input) : {}),
    ...workload.settings,
    ...Object.fromEntries(ambient),
    [`${x}_LISTEN`]: listenAddress(input, instance),
    [`${x}_OPS_LISTEN`]: `unix:${join(folder, "ops.sock")}`,
    MESH_NAMESPACE: environment.namespace,
    LARDER_USER_JWKS: join(paths.run, "trust", "user-jwks.json"),
  };
  if (mesh === "on") env.MESH_EGRESS = `unix:${join(folder, "out.sock")}`;
  else Object.assign(env, directAddresses(workload.name, all));
  if (workload.database) {
    env[`${x}_DATABASE_URL`] =
      `postgres://${workload.name}:${secrets.databases[workload.name]}@/${workload.name}?host=${encodeURI(join(paths.run, "pg"))}`;
  }
  if (workload.eventLog) env[`${x}_EVENT_LOG_URL`] = eventLogUrl(input, workload.name);
  if (workload.cache) env[`${x}_CACHE_URL`] = valkeyUrl(secrets.cache, join(paths.run, "cache"));
  if (workload.messages && input.support.includes("mail")) {
    env[`${x}_SMTP_URL`] = `smtp://127.0.0.1:${input.smtpPort}`;
    env[`${x}_SMS_URL`] = `http://127.0.0.1:${ports.mail}/sms`;
    env[`${x}_SMS_KEYS`] = smsKeys(secrets);
  }
  if (workload.edge) {
    env[`${x}_USER_KEY`] = join(folder, "user-key.pem");
    env[`${x}_ISSUER`] = issuerUrl(ports);
    if (environment.audience !== undefined) env[`${x}_AUDIENCE`] = environment.audience;
    if (environment.allowOrigin !== undefined) env[`${x}_CORS_ORIGIN`] = environment.allowOrigin;
    env[`${x}_ISSUER_JWKS`] = `unix:${join(paths.run, "issuer", "app.sock")}`;
  }
  return { ...env, ...overrides["*"], ...overrides[workload.name] };
}

/** Without sidecars whoever has callers outside listens for them itself. */
function listenAddress({ mesh, ports }: PlanInput, { workload, folder }: Instance): string {
  if (mesh === "off" && workload.edge) return `127.0.0.1:${ports.edge}`;
  if (mesh === "off" && workload.devices) return `127.0.0.1:${ports.devices}`;
  return `unix:${join(folder, "app.sock")}`;
}

/**
 * Spans go to the store of this machine, soon after they end. One trace in ten is recorded, since all of them would cost an
 * order a tenth more CPU; whoever calls with a sampled trace context is always traced.
 */
function tracing({ paths }: PlanInput): Record<string, string> {
  return {
    [spanEndpoint]: `unix://${spanSocket(paths)}`,
    OTEL_EXPORTER_OTLP_INSECURE: "true",
    OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
    OTEL_TRACES_SAMPLER_ARG: "0.1",
    OTEL_BSP_SCHEDULE_DELAY: "1000",
  };
}

/** Without sidecars every workload dials the sockets of the others. */
function directAddresses(self: string, all: readonly Instance[]): Record<string, string> {
  const addresses: Record<string, string> = {};
  for (const { workload, folder } of all) {
    if (workload.name === self) continue;
    const key = `LARDER_ADDR_${prefixOf(workload.name)}`;
    const address = `unix:${join(folder, "app.sock")}`;
    addresses[key] = addresses[key] ? `${addresses[key]},${address}` : address;
  }
  return addresses;
}
