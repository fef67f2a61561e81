// A real PostgreSQL for tests: a cluster of its own in a temporary folder, on a Unix socket, with fsync on.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, globSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Client } from "pg";

/** A running cluster. */
export interface TestPostgres {
  /** The folder of the socket: `?host=` of an address. */
  readonly socketFolder: string;
  /** The address of the superuser. */
  readonly adminUrl: string;
  /** Creates a database with a role of the same name that owns it and nobody else may enter. Returns its address. */
  createDatabase(name?: string): Promise<string>;
  /** SIGKILL to the server and all its processes. */
  kill(): Promise<void>;
  /** SIGSTOP to all its processes: it is there, and says nothing. */
  pause(): void;
  /** SIGCONT. */
  resume(): void;
  /** Starts it again on the same data; nothing if it runs. */
  start(): Promise<void>;
  /** Stops it and removes the folder. */
  stop(): Promise<void>;
}

const PASSWORD = "of-a-test";

/** Starts a cluster. Takes about two seconds: once per test file. */
export async function startPostgres(): Promise<TestPostgres> {
  const folder = mkdtempSync(join(tmpdir(), "larder-pg-"));
  const data = join(folder, "data");
  const passwordFile = join(folder, "password");
  writeFileSync(passwordFile, PASSWORD, { mode: 0o600 });
  const initdb = run("initdb", [
    "-D",
    data,
    "-U",
    "postgres",
    "-A",
    "scram-sha-256",
    `--pwfile=${passwordFile}`,
    "-E",
    "UTF8",
    "-N",
  ]);
  const [code] = await once(initdb.child, "exit");
  if (code !== 0) throw new Error(`initdb failed: ${initdb.output()}`);
  const adminUrl = urlOf(folder, "postgres", "postgres");
  const settings = {
    unix_socket_directories: folder,
    listen_addresses: "",
    shared_buffers: "16MB",
    max_connections: "100",
  };
  let server: ReturnType<typeof run> | undefined;
  let paused: number[] = [];
  let databases = 0;

  const isRunning = () => server?.child.exitCode === null && server.child.signalCode === null;
  const start = async () => {
    if (!isRunning()) {
      const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
      server = run("postgres", ["-D", data, ...flags]);
    }
    await until(async () => {
      if (!isRunning()) throw new Error(`postgres did not start: ${server?.output()}`);
      return answers(adminUrl);
    });
  };
  const kill = async (signal: NodeJS.Signals) => {
    if (!server || !isRunning()) return;
    const gone = once(server.child, "exit");
    // Its children first, while they can still be found by their parent.
    const children = signal === "SIGKILL" ? childrenOf(server.child.pid) : [];
    server.child.kill(signal);
    for (const pid of children) send(pid, "SIGKILL");
    await gone;
    await until(() => !children.some(isAlive));
  };
  await start();
  return {
    socketFolder: folder,
    adminUrl,
    async createDatabase(name = `test_${++databases}`) {
      await admin(adminUrl, [
        `create role "${name}" login password '${PASSWORD}'`,
        `create database "${name}" owner "${name}"`,
        `revoke all on database "${name}" from public`,
      ]);
      return urlOf(folder, name, name);
    },
    kill: () => kill("SIGKILL"),
    pause() {
      paused = childrenOf(server?.child.pid);
      for (const pid of [server?.child.pid, ...paused]) if (pid) send(pid, "SIGSTOP");
    },
    resume() {
      for (const pid of [server?.child.pid, ...paused]) if (pid) send(pid, "SIGCONT");
    },
    start,
    async stop() {
      await kill("SIGINT"); // Fast shutdown: does not wait for clients.
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Waits for a condition, at most a minute: machines that run tests are busy. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 60_000;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error("what the test waits for did not happen within a minute");
    await sleep(10);
  }
}

const urlOf = (folder: string, role: string, database: string): string =>
  `postgres://${role}:${PASSWORD}@/${database}?host=${folder}`;

async function admin(url: string, statements: readonly string[]): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}

async function answers(url: string): Promise<boolean> {
  try {
    await admin(url, ["select 1"]);
    return true;
  } catch {
    return false;
  }
}

/** The folder of the clone, which holds `.venv`. */
function root(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, ".venv"))) return folder;
  }
  throw new Error("there is no .venv in any folder above: run the set-up first");
}

/** A file of a Python package of the clone, by pattern below site-packages. */
export function packagedBinary(pattern: string): string {
  const found = globSync(`.venv/lib/python3*/site-packages/${pattern}`, { cwd: root() })[0];
  if (!found) throw new Error(`${pattern} is not in .venv: run the set-up first`);
  return join(root(), found);
}

function run(name: string, args: readonly string[]): Watched {
  const binary = packagedBinary(`embedded_postgres/pginstall/bin/${name}`);
  // PostgreSQL refuses to run as root: in a user namespace of its own it is nobody.
  const asNobody = process.getuid?.() === 0 ? ["unshare", "-U", "--map-user=65534", "--map-group=65534"] : [];
  return startServer(binary, args, asNobody);
}

// A server must not outlive a test run that is killed. Elsewhere than on Linux it is ended by a run that comes to its end.
const TIED = process.platform === "linux" ? ["setpriv", "--pdeathsig", "KILL"] : [];

/** A child and what it has printed lately. */
export interface Watched {
  readonly child: ChildProcess;
  readonly output: () => string;
}

/** Starts a server that ends with this process. `before` goes in front of the command. */
export function startServer(binary: string, args: readonly string[], before: readonly string[] = []): Watched {
  const [program = binary, ...rest] = [...before, ...TIED, binary, ...args];
  const env = { ...process.env, TZ: "UTC", LC_ALL: "C" };
  return watch(spawn(program, rest, { stdio: ["ignore", "pipe", "pipe"], env }));
}

// One listener ends all of them: many would be taken for a leak.
const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** Keeps what a child prints, and ends it with this process. */
export function watch(child: ChildProcess): Watched {
  let output = "";
  const keep = (chunk: Buffer) => {
    output = (output + chunk).slice(-10_000);
  };
  child.stdout?.on("data", keep);
  child.stderr?.on("data", keep);
  running.add(child);
  child.once("exit", () => running.delete(child));
  return { child, output: () => output };
}

const childrenOf = (parent: number | undefined): number[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => parentOf(pid) === parent);

function parentOf(pid: number): number | undefined {
  try {
    return Number(/^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
  } catch {
    return undefined; // It has gone meanwhile.
  }
}

function isAlive(pid: number): boolean {
  const state = parentOf(pid) !== undefined && /^State:\s*(\w)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return state !== false && state !== "Z";
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has gone meanwhile.
  }
}
