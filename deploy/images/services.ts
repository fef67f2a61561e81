// Which services there are, and in which language: what the environment of this machine says; and what runs beside them in containers.

import { join } from "node:path";
import { loadEnvironment } from "../../mesh/compiler/src/environment.ts";
import type { Runtime } from "../../mesh/compiler/src/environment-model.ts";
import { ImagesError } from "./error.ts";

export interface Service {
  readonly name: string;
  /** Also the name of its Dockerfile. */
  readonly runtime: Runtime | "runner";
  /** What is run or built, from the top of the repository. */
  readonly entry: string;
}

const local = join(import.meta.dirname, "../../mesh/environments/local.yaml");

/** The agent of compose.yaml, and what stands there for an identity provider and for mail: no workload, so in no cluster. */
export const runner: Service = { name: "runner", runtime: "runner", entry: "mesh/runner" };

/** All services, or those named, by name. Throws ImagesError for a name that is none. */
export function servicesOf(names: readonly string[] = []): Service[] {
  const { workloads } = loadEnvironment(local);
  const all = Object.entries(workloads)
    .map(([name, { runtime, entry }]): Service => {
      if (runtime === undefined || entry === undefined) {
        const mend = "give it a runtime and an entry";
        throw new ImagesError(`mesh/environments/local.yaml does not say how to start ${name}: ${mend}`);
      }
      return { name, runtime, entry };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const unknown = names.filter((name) => !all.some((service) => service.name === name));
  if (unknown.length > 0) {
    const known = all.map(({ name }) => name).join(", ");
    throw new ImagesError(`there is no service ${unknown.join(", ")}: there are ${known}`);
  }
  return all.filter(({ name }) => names.length === 0 || names.includes(name));
}
