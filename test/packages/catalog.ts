// A catalog for outside programs to call: the real service with its demonstration range, on a PostgreSQL of its own,
// listening on the loopback interface as it does in a cluster without a mesh.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { startPostgres } from "@larder/store/testing";

export type RunningCatalog = { address: string; stop: () => Promise<void> };

/** Starts the binary that `make build` made. */
export async function startCatalog(): Promise<RunningCatalog> {
  const postgres = await startPostgres();
  const service = spawn(join(import.meta.dirname, "../../.build/catalog"), {
    env: {
      CATALOG_LISTEN: "127.0.0.1:0",
      CATALOG_OPS_LISTEN: "127.0.0.1:0",
      CATALOG_DATABASE_URL: await postgres.createDatabase("catalog"),
      CATALOG_SEED: "demo",
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    return {
      address: await addressOf(service),
      async stop() {
        service.kill("SIGTERM");
        if (service.exitCode === null) await once(service, "exit");
        await postgres.stop();
      },
    };
  } catch (error) {
    service.kill("SIGKILL");
    await postgres.stop();
    throw error;
  }
}

/** Waits for the log line with which the service says that it takes calls, and where. */
async function addressOf(service: ChildProcess): Promise<string> {
  if (!service.stdout) throw new Error("the catalog has no output");
  const lines: string[] = [];
  for await (const line of createInterface(service.stdout)) {
    lines.push(line);
    const address = /"address":"(127\.0\.0\.1:\d+)"/.exec(line)?.[1];
    if (address) {
      service.stdout.resume();
      return address;
    }
  }
  throw new Error(`the catalog did not start:\n${lines.join("\n")}`);
}
