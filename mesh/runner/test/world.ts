// A small environment for the runner's own tests: two workloads that echo, with hand-made sidecar configurations.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import * as grpc from "@grpc/grpc-js";
import type { MeshEnvironment, WorkloadRun } from "../src/environment.ts";
import { isAlive, type SupervisorState } from "../src/state.ts";

const testdata = fileURLToPath(new URL("../testdata/", import.meta.url));

/** A workload of the test program; `more` replaces members. */
export function workload(name: string, more: Partial<WorkloadRun> = {}): WorkloadRun {
  return {
    name,
    program: { kind: "node", entry: join(testdata, "service.ts") },
    instances: 1,
    database: false,
    eventLog: false,
    cache: false,
    messages: false,
    edge: false,
    devices: false,
    settings: { TEST_WORKLOAD: name },
    ...more,
  };
}

/** An environment of `caller` and `echo`; the caller may only call echo. */
export function smallEnvironment(workloads: WorkloadRun[] = [workload("caller"), workload("echo")]): MeshEnvironment {
  return {
    namespace: "larder",
    trustDomain: "larder.local",
    ports: { edge: 8080, edgeTls: 8443, issuer: 8081, mail: 8025, traces: 8026, devices: 8444 },
    workloads,
    support: [],
    identities: ["operator"],
    bootstraps: async () => join(testdata, "local"),
  };
}

export interface Place {
  readonly runFolder: string;
  readonly dataFolder: string;
}

/** A run folder and a data folder that nobody else has; `remove` deletes both. */
export function folders(): Place & { remove: () => void } {
  // Short, and passable: under root the workloads have user ids of their own.
  const base = mkdtempSync("/tmp/lr-");
  chmodSync(base, 0o711);
  return {
    runFolder: join(base, "run"),
    dataFolder: join(base, "data"),
    remove: () => rmSync(base, { recursive: true, force: true }),
  };
}

const entry = fileURLToPath(new URL("../bin/larder.js", import.meta.url));
const small = join(testdata, "small.ts");

/** What a finished command line said. */
export interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** How a command line is run: as which user, with what search path, in a process group of its own as a shell's job is, and by what command. */
export interface Manner {
  readonly uid?: number;
  readonly searchPath?: string;
  readonly ownGroup?: boolean;
  /** A command that runs the one after it. */
  readonly by?: readonly string[];
}

/** Runs `larder` to its end, on the folders of a test. */
export async function larder(place: Place, args: string[], manner: Manner = {}): Promise<Said> {
  const child = start(place, args, manner);
  let out = "";
  let err = "";
  child.stdout?.setEncoding("utf8").on("data", (part: string) => {
    out += part;
  });
  child.stderr?.setEncoding("utf8").on("data", (part: string) => {
    err += part;
  });
  const [code] = (await once(child, "close")) as [number | null];
  return { code, out, err };
}

/** Starts `larder` and returns the process; `up` gets the small environment. */
export function start(
  { runFolder, dataFolder }: Place,
  [command = "", ...args]: string[],
  { uid, searchPath, ownGroup = false, by = [] }: Manner = {},
): ChildProcess {
  const place = ["--run-folder", runFolder, "--data-folder", dataFolder];
  const environment = command === "up" && !args.includes("--environment") ? ["--environment", small] : [];
  const [program = "", ...words] = [...by, process.execPath, entry, command, ...place, ...environment, ...args];
  return spawn(program, words, {
    stdio: ["ignore", "pipe", "pipe"],
    detached: ownGroup,
    env: searchPath === undefined ? process.env : { ...process.env, PATH: searchPath },
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
}

/** A client of `target` that calls Echo as if it were echo's sidecar's neighbour, or knew it by another name. */
export function echoClient(
  target: string,
  credentials = grpc.credentials.createInsecure(),
  name = "echo.larder.svc.cluster.local",
): EchoClient {
  const client = new grpc.Client(target, credentials, {
    "grpc.default_authority": `${name}:50051`,
    // Without it grpc-js takes the IP address for the name, which TLS does not allow.
    "grpc.ssl_target_name_override": name,
    "grpc.initial_reconnect_backoff_ms": 100,
    "grpc.max_reconnect_backoff_ms": 1000,
    // Nothing is shared with the client of another test.
    "grpc.use_local_subchannel_pool": 1,
  });
  const identity = (bytes: Buffer): Buffer => bytes;
  return {
    echo: (body, withinMs = 5000) =>
      new Promise((resolve, reject) => {
        const options = { deadline: Date.now() + withinMs };
        const answer: grpc.requestCallback<Buffer> = (error, reply) => {
          if (error) reject(error);
          else resolve(JSON.parse(String(reply)) as Echoed);
        };
        client.makeUnaryRequest(
          "/larder.test.v1.EchoService/Echo",
          identity,
          identity,
          Buffer.from(body),
          new grpc.Metadata(),
          options,
          answer,
        );
      }),
    close: () => client.close(),
  };
}

export interface Echoed {
  readonly pid: number;
  /** What the sidecar says of the caller. */
  readonly caller: string;
  readonly body: string;
}

export interface EchoClient {
  readonly echo: (body: string, withinMs?: number) => Promise<Echoed>;
  readonly close: () => void;
}

/** Waits until `look` gives something; fails after `limitMs` with `what`. */
export async function until<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  limitMs = 20_000,
): Promise<T> {
  const end = Date.now() + limitMs;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`not within ${limitMs} ms: ${what}`);
    await delay(20);
  }
}

/** The processes of `state` that still run. */
export function alive(state: SupervisorState): string[] {
  return state.children.filter((child) => isAlive(child)).map(({ name }) => name);
}
