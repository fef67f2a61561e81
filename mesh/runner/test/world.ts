// A small environment for the runner's own tests: two workloads that echo, with hand-made sidecar configurations.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { MeshEnvironment, WorkloadRun } from "../src/environment.ts";

const testdata = fileURLToPath(new URL("../testdata/", import.meta.url));

/** A workload of the test program; `more` replaces members. */
export function workload(name: string, more: Partial<WorkloadRun> = {}): WorkloadRun {
  return {
    name,
    program: { kind: "node", entry: join(testdata, "service.ts") },
    instances: 1,
    database: false,
    eventLog: false,
    cache: false,
    edge: false,
    settings: { TEST_WORKLOAD: name },
    ...more,
  };
}

/** An environment of `caller` and `echo`; the caller may only call echo. */
export function smallEnvironment(workloads: WorkloadRun[] = [workload("caller"), workload("echo")]): MeshEnvironment {
  return {
    namespace: "larder",
    trustDomain: "larder.local",
    ports: { edge: 8080, edgeTls: 8443, issuer: 8081, mail: 8025 },
    workloads,
    identities: ["operator"],
    bootstraps: async () => join(testdata, "local"),
  };
}

/** A run folder and a data folder that nobody else has; `remove` deletes both. */
export function folders(): { runFolder: string; dataFolder: string; remove: () => void } {
  const base = mkdtempSync(join(tmpdir(), "lr-"));
  return {
    runFolder: join(base, "run"),
    dataFolder: join(base, "data"),
    remove: () => rmSync(base, { recursive: true, force: true }),
  };
}
