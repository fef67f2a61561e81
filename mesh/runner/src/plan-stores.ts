// The stores of the plan: PostgreSQL and two Valkeys, each only where a workload uses it, all on Unix sockets alone. In place of the event
// log's Valkey a Kafka may run, which knows ports only.
import { join } from "node:path";
import { brokerArguments, KAFKA_ADMIN, kafkaUrl, valkeyRules } from "@larder/events/provision";
import type { Topic } from "@larder/events/topic";
import type { Broker, PlanInput } from "./plan-input.ts";
import type { Secrets } from "./secrets.ts";
import type { ChildSpec } from "./supervisor/spec.ts";

/** The stores in use. */
export type StoreName = "postgres" | "event-log" | "cache";

export function storesOf({ environment: { workloads } }: Pick<PlanInput, "environment">): StoreName[] {
  const names: StoreName[] = [];
  if (workloads.some(({ database }) => database)) names.push("postgres");
  if (workloads.some(({ eventLog }) => eventLog)) names.push("event-log");
  if (workloads.some(({ cache }) => cache)) names.push("cache");
  return names;
}

/** PostgreSQL's settings; on the command line, where no ALTER SYSTEM of a session can undo them. */
function postgresSettings(socketFolder: string): string[] {
  const settings = {
    listen_addresses: "",
    unix_socket_directories: socketFolder,
    // The folder decides who comes to the socket, the password who gets in.
    unix_socket_permissions: "0777",
    fsync: "on",
    synchronous_commit: "on",
    full_page_writes: "on",
    password_encryption: "scram-sha-256",
    max_connections: "200",
    // What is not in it the system keeps in memory; of more, each page that was touched would count twice.
    shared_buffers: "32MB",
    // A page costs the same wherever it lies. With the default, plans made while tables were small scan them whole when they have grown.
    random_page_cost: "1.1",
    log_statement: "none",
    // A statement that fails may hold a customer's data.
    log_min_error_statement: "panic",
  };
  return Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

function postgres({ paths, tools, storeUser }: PlanInput): ChildSpec {
  const folder = join(paths.run, "pg");
  const [command = "", ...args] = [...storeUser.prefix, join(tools.postgres, "postgres"), "-D", join(paths.data, "pg")];
  return {
    name: "postgres",
    role: "store",
    command,
    args: [...args, ...postgresSettings(folder)],
    cwd: folder,
    env: { PATH: process.env.PATH ?? "", LC_ALL: "C", TZ: "UTC" },
    ...(storeUser.uid === undefined ? {} : { uid: storeUser.uid }),
    probe: { kind: "command", command: join(tools.postgres, "pg_isready"), args: ["-q", "-h", folder] },
    sockets: [join(folder, ".s.PGSQL.5432"), join(folder, ".s.PGSQL.5432.lock")],
    shared: [],
    // Fast shutdown: open transactions are rolled back, nobody is waited for.
    stopSignal: "SIGINT",
    graceMs: 30_000,
  };
}

function valkey({ paths, tools, storeUser }: PlanInput, name: string, folderName: string, password: string): ChildSpec {
  const folder = join(paths.run, folderName);
  const [command = "", ...args] = [...storeUser.prefix, tools.valkey, join(folder, "valkey.conf")];
  return {
    name,
    role: "store",
    command,
    args,
    cwd: folder,
    env: { PATH: process.env.PATH ?? "", LC_ALL: "C" },
    ...(storeUser.uid === undefined ? {} : { uid: storeUser.uid }),
    probe: { kind: "valkey", socket: join(folder, "valkey.sock"), password },
    sockets: [join(folder, "valkey.sock")],
    shared: [],
    stopSignal: "SIGTERM",
    graceMs: 15_000,
  };
}

export interface ValkeyOptions {
  /** The path of a Unix socket, or a port on every address. */
  readonly listen: { readonly socket: string } | { readonly port: number };
  readonly dataFolder: string;
  /** Of the default user, who may do everything. */
  readonly password: string;
  readonly appendfsync: "always" | "everysec";
  /** Lines that make further users. */
  readonly users?: readonly string[];
}

/** The configuration file of a Valkey; it holds the passwords, so that no command line does. */
export function valkeyConfiguration(options: ValkeyOptions): string {
  return [
    ...("socket" in options.listen
      ? ["port 0", `unixsocket "${options.listen.socket}"`, "unixsocketperm 777"]
      : [`port ${options.listen.port}`, "bind * -::*"]),
    `dir "${options.dataFolder}"`,
    `requirepass ${options.password}`,
    ...(options.users ?? []),
    "appendonly yes",
    `appendfsync ${options.appendfsync}`,
    'save ""',
    // Nothing is dropped to make room: queues live here, and the log must keep what it confirmed.
    "maxmemory-policy noeviction",
    "",
  ].join("\n");
}

/** The broker's settings file; it holds the passwords. */
export const brokerFile = ({ run }: PlanInput["paths"]): string => join(run, "log", "broker.properties");

function kafka({ paths, storeUser }: PlanInput, { java, jars, port }: Broker): ChildSpec {
  const [command = "", ...args] = [...storeUser.prefix, java, ...brokerArguments(jars, brokerFile(paths))];
  return {
    name: "event-log",
    role: "store",
    command,
    args,
    cwd: join(paths.run, "log"),
    env: { PATH: process.env.PATH ?? "", LC_ALL: "C", TZ: "UTC" },
    ...(storeUser.uid === undefined ? {} : { uid: storeUser.uid }),
    // It listens for clients when it has read its data, and not before.
    probe: { kind: "tcp", port },
    sockets: [],
    shared: [],
    stopSignal: "SIGTERM",
    graceMs: 30_000,
  };
}

/** The address of the event log for a workload; absent: for who runs it. */
export function eventLogUrl({ broker, paths, secrets }: PlanInput, workload?: string): string {
  const password = workload === undefined ? secrets.eventLog : (secrets.eventLogUsers[workload] ?? "");
  if (broker) return kafkaUrl(broker.port, workload ?? KAFKA_ADMIN, password);
  return valkeyUrl(password, join(paths.run, "log"), workload);
}

/** The same without a login, for people. */
export const eventLogAddress = ({ broker, paths }: PlanInput): string =>
  broker ? `kafka://127.0.0.1:${broker.port}` : `redis+unix://${join(paths.run, "log", "valkey.sock")}`;

/** The same for whoever operates a mesh that runs. */
export const operatorUrl = (address: string, { eventLog }: Secrets): string =>
  address.replace("://", `://${address.startsWith("kafka:") ? KAFKA_ADMIN : ""}:${eventLog}@`);

/** The address of a Valkey, for its default user unless one is named. */
export const valkeyUrl = (password: string, folder: string, user = ""): string =>
  `redis+unix://${user}:${password}@${join(folder, "valkey.sock")}`;

/** The users of the event log's Valkey, as lines of its configuration. */
export function valkeyUsers(
  { eventLogUsers }: Pick<Secrets, "eventLogUsers">,
  topics: readonly Topic[] = [],
): string[] {
  return Object.entries(eventLogUsers).map(
    ([workload, password]) => `user ${workload} on >${password} ${valkeyRules(workload, topics)}`,
  );
}

export function storeChildren(input: PlanInput): ChildSpec[] {
  const make: Record<StoreName, () => ChildSpec> = {
    postgres: () => postgres(input),
    "event-log": () =>
      input.broker ? kafka(input, input.broker) : valkey(input, "event-log", "log", input.secrets.eventLog),
    cache: () => valkey(input, "cache", "cache", input.secrets.cache),
  };
  return storesOf(input).map((name) => make[name]());
}
