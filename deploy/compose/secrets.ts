// make compose: draws the secrets that compose.yaml needs, once, into a folder that no commit has.

import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Inventory, readInventory, withStore } from "../../mesh/runner/src/compose/inventory.ts";
import { contractTopics } from "../../mesh/runner/src/contract.ts";
import { writeInPlace } from "../../mesh/runner/src/files.ts";
import { prefixOf } from "../../mesh/runner/src/plan-input.ts";
import { type ValkeyOptions, valkeyConfiguration, valkeyUsers } from "../../mesh/runner/src/plan-stores.ts";
import { openSecrets, type Secrets, smsKeys } from "../../mesh/runner/src/secrets.ts";

const root = join(import.meta.dirname, "../..");

/** What compose.yaml calls its stores. */
const hosts = { database: "postgres:5432", eventLog: "event-log:6379", cache: "cache:6379" } as const;

/**
 * Writes the files into `folder`, where only its owner gets to them. Containers read them as users of their own, so the files themselves are
 * open to all who get there. What is there already keeps its passwords.
 */
export async function writeSecrets(folder: string, inventory: Inventory): Promise<void> {
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o700);
  const eventLog = withStore(inventory, "eventLog");
  const secrets = openSecrets(folder, { databases: withStore(inventory, "database"), eventLog });
  chmodSync(join(folder, "secrets.json"), 0o444);
  const write = (name: string, text: string) => writeInPlace(join(folder, name), text, { mode: 0o444 });
  const valkey = (name: string, password: string, more: Pick<ValkeyOptions, "appendfsync" | "users">) =>
    write(name, valkeyConfiguration({ listen: { port: 6379 }, dataFolder: "/data", password, ...more }));
  write("postgres", secrets.postgres);
  valkey("event-log.conf", secrets.eventLog, {
    appendfsync: "always",
    users: valkeyUsers(secrets, await contractTopics()),
  });
  valkey("cache.conf", secrets.cache, { appendfsync: "everysec" });
  write("mail.env", `SMS_KEYS=${smsKeys(secrets)}\n`);
  for (const [name, { stores }] of Object.entries(inventory.workloads)) {
    const lines = stores.flatMap((store) => settingOf(name, store, secrets) ?? []);
    write(`${name}.env`, lines.map((line) => `${prefixOf(name)}_${line}\n`).join(""));
  }
}

function settingOf(name: string, store: string, secrets: Secrets): string | undefined {
  switch (store) {
    case "database":
      return `DATABASE_URL=postgres://${name}:${secrets.databases[name]}@${hosts.database}/${name}`;
    case "eventLog":
      return `EVENT_LOG_URL=redis://${name}:${secrets.eventLogUsers[name]}@${hosts.eventLog}`;
    case "cache":
      return `CACHE_URL=redis://:${secrets.cache}@${hosts.cache}`;
    case "messages":
      return `SMS_KEYS=${smsKeys(secrets)}`;
    default:
      return undefined;
  }
}

if (import.meta.main) {
  const folder = join(import.meta.dirname, "secrets");
  await writeSecrets(folder, readInventory(join(root, "mesh/compose/agent.yaml")));
  console.log(
    `deploy/compose/secrets has what the containers need to know: docker compose -f mesh/compose/compose.yaml up`,
  );
}
