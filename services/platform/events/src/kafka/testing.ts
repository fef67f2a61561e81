// A real Kafka for tests: a broker of its own in a temporary folder, with users and passwords, that acknowledges only what is on disk.

import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startServer, until, type Watched } from "@larder/store/testing";
import { ensureTool, whyNotJava } from "../../../../../scripts/tools.ts";
import { openEventLog } from "../open.ts";
import { brokerArguments, brokerSettings, formatArguments, KAFKA_ADMIN, kafkaUrl } from "./broker.ts";

/** A running broker. */
export interface TestKafka {
  /** As in `openEventLog(url)`, for who may do everything. */
  readonly url: string;
  /** The same for another user. */
  urlOf(user: string): string;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** Starts it again on the same data; nothing if it runs. */
  start(): Promise<void>;
  /** SIGSTOP: it is there, and says nothing. */
  pause(): void;
  /** SIGCONT. */
  resume(): void;
  /** Stops it and removes the folder. */
  stop(): Promise<void>;
}

const PASSWORD = "of-a-test";

/** Why no broker can be started here. Undefined: one can. */
export const whyNotKafka = (): string | undefined => whyNotJava("kafka");

/** Starts a broker that knows these users beside `KAFKA_ADMIN`. Takes ten seconds: once per test file. */
export async function startKafka(users: readonly string[] = []): Promise<TestKafka> {
  const jars = await ensureTool("kafka");
  const folder = mkdtempSync(join(tmpdir(), "larder-kafka-"));
  const [port, controllerPort] = [await freePort(), await freePort()];
  const file = join(folder, "broker.properties");
  const passwords = Object.fromEntries([KAFKA_ADMIN, ...users].map((user) => [user, PASSWORD]));
  writeFileSync(file, brokerSettings({ dataFolder: join(folder, "data"), port, controllerPort, passwords }));
  const urlOf = (user: string) => kafkaUrl(port, user, PASSWORD);
  let server: Watched | undefined;

  const isRunning = () => server?.child.exitCode === null && server.child.signalCode === null;
  const answers = async () => {
    const log = openEventLog(urlOf(KAFKA_ADMIN));
    try {
      await log.partitions("test.ready");
      return true;
    } catch {
      return false;
    } finally {
      await log.close();
    }
  };
  const start = async () => {
    const ready = async () => {
      if (!isRunning()) {
        // While it was away another program may have been given its port.
        const before = server?.output() ?? "";
        if (server?.child.exitCode && !before.includes("Address already in use")) {
          throw new Error(`the broker did not start: ${before}`);
        }
        server = startServer("java", brokerArguments(jars, file));
      }
      return answers();
    };
    // After a crash on a busy machine it may need more than the minute of one wait.
    await until(ready).catch(() => until(ready));
  };
  const end = async (signal: NodeJS.Signals) => {
    if (!server || !isRunning()) return;
    const gone = once(server.child, "exit");
    server.child.kill(signal);
    await gone;
  };
  const formatting = startServer("java", formatArguments(jars, file));
  const [code] = await once(formatting.child, "exit");
  if (code !== 0) throw new Error(`the broker's folder cannot be prepared: ${formatting.output()}`);
  await start();
  return {
    url: urlOf(KAFKA_ADMIN),
    urlOf,
    kill: () => end("SIGKILL"),
    start,
    pause: () => void server?.child.kill("SIGSTOP"),
    resume: () => void server?.child.kill("SIGCONT"),
    async stop() {
      await end("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" && address ? address.port : 0;
}
