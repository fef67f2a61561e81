// What a mesh in containers needs besides its containers: certificates that are renewed, keys, and stores that know the workloads.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { provision } from "@larder/events/provision";
import { CodedError } from "@larder/platform";
import { Client } from "pg";
import { Authority, type LeafRequest } from "../certs/authority.ts";
import { deviceAuthority } from "../certs/device.ts";
import { type Held, Rotation } from "../certs/rotation.ts";
import { writeBundle, writeCertificate } from "../certs/sds.ts";
import { makeUserKey } from "../certs/user-key.ts";
import { contractTopics } from "../contract.ts";
import { CERTIFICATE_SECONDS, localhostRequest, peerRequest } from "../credentials.ts";
import { databasesOf } from "../databases.ts";
import { ownFolder, writeInPlace } from "../files.ts";
import type { Secrets } from "../secrets.ts";
import { type Inventory, withStore } from "./inventory.ts";

export interface AgentOptions {
  readonly inventory: Inventory;
  /** Where each workload, and what all share, has a folder: the volumes. */
  readonly folder: string;
  /** What survives: the authority, and the key that signs user assertions. */
  readonly data: string;
  readonly secrets: Pick<Secrets, "postgres" | "databases" | "eventLog">;
  /** `host:port`. */
  readonly postgres: string;
  readonly eventLog: string;
  /** The user id that containers of the mesh have. Absent: that of the agent. */
  readonly uid?: number | undefined;
  /** Seconds; 3600 when absent. */
  readonly certificateSeconds?: number;
  readonly report: (message: string) => void;
}

const PATIENCE_MS = 120_000;
const LOOK_MS = 200;
const STOPPED = /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ECONNRESET|Connection terminated|starting up|shutting down/;

/** Prepares everything once, then keeps certificates fresh until `stop`. Settles when workloads may start. */
export async function startAgent(options: AgentOptions): Promise<{ stop(): Promise<void> }> {
  const rotation = await certificates(options);
  try {
    await rotation.start();
    await databases(options);
    await topics(options);
  } catch (error) {
    await rotation.stop();
    throw error;
  }
  return { stop: () => rotation.stop() };
}

async function certificates(options: AgentOptions): Promise<Rotation> {
  const { inventory, folder, data, uid, report, certificateSeconds = CERTIFICATE_SECONDS } = options;
  const mesh = await Authority.open(join(data, "ca"));
  const anyDevices = Object.values(inventory.workloads).some(({ devices }) => devices);
  const forDevices = anyDevices ? await deviceAuthority({ data }) : undefined;
  const lifetimeMs = certificateSeconds * 1000;
  const owner = { uid };
  const { privateKey, jwks } = userKey(data);
  ownFolder(join(folder, "trust"), { mode: 0o755, uid });
  // Who signs tokens makes its socket there.
  ownFolder(join(folder, "issuer"), { mode: 0o700, uid });
  writeInPlace(join(folder, "trust", "user-jwks.json"), jwks, { mode: 0o644 });
  const held = Object.entries(inventory.workloads).flatMap(([name, { id, host, edge, devices }]) => {
    const own = join(folder, name);
    const sds = join(own, "sds");
    ownFolder(own, { mode: 0o700, uid });
    ownFolder(sds, { mode: 0o700, uid });
    writeBundle(sds, "bundle", mesh.bundle, owner);
    if (edge) writeInPlace(join(own, "user-key.pem"), privateKey, { mode: 0o600, uid });
    const hold = (secret: string, authority: Authority, request: LeafRequest): Held => ({
      name: `${name}/${secret}`,
      authority,
      request,
      deliver: (leaf) => writeCertificate(sds, secret, leaf, owner),
    });
    const held = [hold("svid", mesh, peerRequest({ name, id, host }, lifetimeMs))];
    if (edge) held.push(hold("edge", mesh, localhostRequest(lifetimeMs)));
    if (devices && forDevices) {
      writeBundle(sds, "devices-bundle", forDevices.bundle, owner);
      held.push(hold("devices", forDevices, localhostRequest(lifetimeMs)));
    }
    return held;
  });
  return new Rotation(held, report);
}

/** Drawn once: the processes that have read the public half go on when the agent starts again. */
function userKey(data: string): { privateKey: string; jwks: string } {
  const file = join(data, "user-key.json");
  if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8")) as { privateKey: string; jwks: string };
  const made = makeUserKey();
  writeInPlace(file, JSON.stringify(made), { mode: 0o600 });
  return made;
}

async function databases({ inventory, secrets, postgres }: AgentOptions): Promise<void> {
  const workloads = withStore(inventory, "database");
  if (workloads.length === 0) return;
  await patiently(
    async () => {
      const [host = "", port = ""] = postgres.split(":");
      const user = { user: "postgres", database: "postgres", password: secrets.postgres };
      const client = new Client({ host, port: Number(port), ...user });
      client.on("error", () => undefined);
      try {
        await client.connect();
        for (const { statement, unless } of databasesOf(workloads, secrets.databases)) {
          if (unless === undefined || (await client.query(unless)).rowCount === 0) await client.query(statement);
        }
      } finally {
        await client.end().catch(() => undefined);
      }
    },
    (error) => STOPPED.test(`${(error as { code?: string }).code} ${(error as Error).message}`),
  );
}

async function topics({ inventory, secrets, eventLog }: AgentOptions): Promise<void> {
  const workloads = withStore(inventory, "eventLog");
  if (workloads.length === 0) return;
  const wanted = { topics: await contractTopics(), workloads, partitions: inventory.partitions };
  await patiently(
    () => provision(`redis://:${secrets.eventLog}@${eventLog}`, wanted),
    (error) => error instanceof CodedError,
  );
}

/** Tries again while a store is not there yet. */
async function patiently(work: () => Promise<void>, notYet: (error: unknown) => boolean): Promise<void> {
  for (const end = Date.now() + PATIENCE_MS; ; ) {
    try {
      return await work();
    } catch (error) {
      if (!notYet(error) || Date.now() > end) throw error;
    }
    await delay(LOOK_MS);
  }
}
