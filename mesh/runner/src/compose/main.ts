// The agent of a mesh in containers. READY names a file that is there once workloads may start.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startAgent } from "./agent.ts";
import { readInventory } from "./inventory.ts";
import { clearSockets } from "./sockets.ts";

const { INVENTORY, FOLDER, DATA, SECRETS, POSTGRES, EVENT_LOG, READY, OWNER } = process.env;
if (!INVENTORY || !FOLDER || !DATA || !SECRETS || !POSTGRES || !EVENT_LOG || !READY) {
  process.stderr.write("INVENTORY, FOLDER, DATA, SECRETS, POSTGRES, EVENT_LOG and READY must be set\n");
  process.exit(64);
}
rmSync(READY, { force: true });
const inventory = readInventory(INVENTORY);
const report = (message: string) => void process.stderr.write(`${message}\n`);
const agent = await startAgent({
  inventory,
  folder: FOLDER,
  data: DATA,
  secrets: JSON.parse(readFileSync(SECRETS, "utf8")),
  postgres: POSTGRES,
  eventLog: EVENT_LOG,
  uid: OWNER ? Number(OWNER) : undefined,
  report,
});
const stopClearing = clearSockets(Object.keys(inventory.workloads).map((name) => join(FOLDER, name)));
writeFileSync(READY, "");
report("certificates, databases and topics are there");
process.once("SIGTERM", async () => {
  stopClearing();
  await agent.stop();
});
