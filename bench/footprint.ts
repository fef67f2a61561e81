// What an instance of a service takes under load: the figures behind the requests and limits of the environments.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Mesh } from "@larder/runner";
import { dial } from "./calls.ts";
import { cpuSeconds, peakMib } from "./cpu.ts";
import type { Effort } from "./figures.ts";
import { closedLoop } from "./load.ts";
import type { Orders } from "./orders.ts";

/** One instance of a service, while orders come in through the edge, 50 at a time. */
export interface Footprint {
  /** For one order, in microseconds. */
  readonly cpuMicros: number;
  /** The most memory that it had at a time. */
  readonly peakMib: number;
}

/** By service. */
export type Footprints = Readonly<Record<string, Footprint>>;

export interface Recorded {
  readonly machine: string;
  readonly commit: string;
  /** The share of the CPUs that was busy before the run: over a tenth, `cpuMicros` is more than it would be. */
  readonly busy: number;
  readonly services: Footprints;
}

const file = join(import.meta.dirname, "footprint.json");

/** Measures all services; the mesh runs them without sidecars. */
export async function footprints(mesh: Mesh, orders: Orders, { scale }: Effort): Promise<Footprints> {
  const edge = dial(`127.0.0.1:${mesh.ports.edge}`, "edge");
  const services = mesh
    .state()
    .children.flatMap(({ role, name, pid }) =>
      role === "service" && pid !== undefined ? [{ workload: name.replace(/-\d+$/, ""), pid }] : [],
    )
    .sort((a, b) => (a.workload < b.workload ? -1 : 1));
  const count = 1000 * scale;
  const before = services.map(({ pid }) => cpuSeconds([pid]));
  await closedLoop(() => orders.placeAtEdge(edge), 50, count, []);
  edge.close();
  return Object.fromEntries(
    services.map(({ workload, pid }, index) => {
      const micros = ((cpuSeconds([pid]) - (before[index] ?? 0)) * 1e6) / count;
      return [workload, { cpuMicros: Math.round(micros), peakMib: Math.round(peakMib(pid)) }];
    }),
  );
}

/** The figures that were kept last: those that environments are held against. */
export const readFootprints = (): Recorded => JSON.parse(readFileSync(file, "utf8"));

export const keepFootprints = (recorded: Recorded): void =>
  writeFileSync(file, `${JSON.stringify(recorded, null, 2)}\n`);
