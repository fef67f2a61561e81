// The passwords of the stores: drawn once per data folder, kept in it, given to those who need them by their environment.
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeInPlace } from "./files.ts";

export interface Secrets {
  /** Of the PostgreSQL superuser. */
  readonly postgres: string;
  /** Of each role, by workload. */
  readonly databases: Readonly<Record<string, string>>;
  /** Of who runs the event log, and may do everything in it. */
  readonly eventLog: string;
  /** Of each of its users, by workload. */
  readonly eventLogUsers: Readonly<Record<string, string>>;
  readonly cache: string;
  /** Signs text messages. */
  readonly sms: string;
}

/** The keys that sign text messages, as their sender and their receiver want them. */
export const smsKeys = ({ sms }: Secrets): string => `local:${sms}`;

const draw = (): string => randomBytes(24).toString("hex");

/** Reads the secrets of the data folder, and draws those that are missing for the workloads with a database and with the event log. */
export function openSecrets(
  dataFolder: string,
  workloads: { readonly databases: readonly string[]; readonly eventLog: readonly string[] },
): Secrets {
  const file = join(dataFolder, "secrets.json");
  const kept = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Partial<Secrets>) : {};
  const drawn = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, draw()]));
  const secrets: Secrets = {
    postgres: kept.postgres ?? draw(),
    databases: { ...drawn(workloads.databases), ...kept.databases },
    eventLog: kept.eventLog ?? draw(),
    eventLogUsers: { ...drawn(workloads.eventLog), ...kept.eventLogUsers },
    cache: kept.cache ?? draw(),
    sms: kept.sms ?? draw(),
  };
  writeInPlace(file, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  return secrets;
}
