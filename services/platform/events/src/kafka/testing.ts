// A real Kafka for tests: a broker of its own in a temporary folder, with users and passwords, that acknowledges only what is on disk.

import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
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
  /** `host:port` of the listener with TLS, where users log in by SCRAM. Absent without an identity. */
  readonly secure?: string;
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

/** What the broker shows on its listener with TLS, in PEM. */
export interface Identity {
  readonly certificate: string;
  /** PKCS#8. */
  readonly key: string;
}

/** For how long a login by SCRAM-SHA-512 is good, which is that of the listener with TLS. */
export const SESSION_MS = 6000;

/**
 * Starts a broker that knows these users beside `KAFKA_ADMIN`; with an identity it has a listener with TLS as well. `more` are settings of its
 * own. Takes ten seconds: once per test file.
 */
export async function startKafka(
  users: readonly string[] = [],
  identity?: Identity,
  more: Readonly<Record<string, string>> = {},
): Promise<TestKafka> {
  const jars = await ensureTool("kafka");
  const folder = mkdtempSync(join(tmpdir(), "larder-kafka-"));
  const [port = 0, controllerPort = 0, securePort = 0] = await freePorts(3);
  const file = join(folder, "broker.properties");
  const passwords = Object.fromEntries([KAFKA_ADMIN, ...users].map((user) => [user, PASSWORD]));
  const settings = brokerSettings({ dataFolder: join(folder, "data"), port, controllerPort, passwords });
  const secured = identity ? secureListener(folder, identity, port, controllerPort, securePort) : "";
  writeFileSync(file, settings + secured + linesOf(more));
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
  const formatting = startServer("java", formatArguments(jars, file, identity ? scramUsers(passwords) : []));
  const [code] = await once(formatting.child, "exit");
  if (code !== 0) throw new Error(`the broker's folder cannot be prepared: ${formatting.output()}`);
  await start();
  return {
    url: urlOf(KAFKA_ADMIN),
    urlOf,
    ...(identity ? { secure: `127.0.0.1:${securePort}` } : {}),
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

const SCRAM = ["SCRAM-SHA-512", "SCRAM-SHA-256"];

// Of two lines for one setting the later one holds.
function secureListener(
  folder: string,
  { key, certificate }: Identity,
  port: number,
  controllerPort: number,
  securePort: number,
): string {
  const keys = join(folder, "broker.pem");
  writeFileSync(keys, key + certificate, { mode: 0o600 });
  const login = "org.apache.kafka.common.security.scram.ScramLoginModule required;";
  const settings = {
    listeners: `CLIENT://127.0.0.1:${port},SECURE://127.0.0.1:${securePort},CONTROLLER://127.0.0.1:${controllerPort}`,
    "listener.security.protocol.map": "CLIENT:SASL_PLAINTEXT,SECURE:SASL_SSL,CONTROLLER:SASL_PLAINTEXT",
    "listener.name.secure.sasl.enabled.mechanisms": SCRAM.join(","),
    ...Object.fromEntries(SCRAM.map((name) => [`listener.name.secure.${name.toLowerCase()}.sasl.jaas.config`, login])),
    "listener.name.secure.ssl.keystore.type": "PEM",
    "listener.name.secure.ssl.keystore.location": keys,
    "listener.name.secure.scram-sha-512.connections.max.reauth.ms": String(SESSION_MS),
  };
  return linesOf(settings);
}

const linesOf = (settings: Readonly<Record<string, string>>): string =>
  Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");

const scramUsers = (passwords: Readonly<Record<string, string>>): string[] =>
  Object.entries(passwords).flatMap(([user, password]) =>
    SCRAM.flatMap((mechanism) => ["--add-scram", `${mechanism}=[name=${user},password=${password}]`]),
  );

/** Different ports: each is held until all are found, or the system may give one twice. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  for (const server of servers) server.close();
  return ports;
}
