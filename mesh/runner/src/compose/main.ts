// The agent of a mesh in containers. READY names a file that is there once workloads may start.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { startAgent } from "./agent.ts";
import { readInventory } from "./inventory.ts";

const { INVENTORY, FOLDER, DATA, SECRETS, POSTGRES, EVENT_LOG, READY, OWNER } = process.env;
if (!INVENTORY || !FOLDER || !DATA || !SECRETS || !POSTGRES || !EVENT_LOG || !READY) {
  process.stderr.write("INVENTORY, FOLDER, DATA, SECRETS, POSTGRES, EVENT_LOG and READY must be set\n");
  process.exit(64);
}
rmSync(READY, { force: true });
const report = (message: string) => void process.stderr.write(`${message}\n`);
const agent = await startAgent({
  inventory: readInventory(INVENTORY),
  folder: FOLDER,
  data: DATA,
  secrets: JSON.parse(readFileSync(SECRETS, "utf8")),
  postgres: POSTGRES,
  eventLog: EVENT_LOG,
  uid: OWNER ? Number(OWNER) : undefined,
  report,
});
writeFileSync(READY, "");
report("certificates, databases and topics are there");
process.once("SIGTERM", () => void agent.stop());
