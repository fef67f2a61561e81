// What an instance of a service takes under load: the figures behind the requests and limits of the environments.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { linesInto, type Mesh, plansOf, simulate } from "@larder/runner";
import { dial } from "./calls.ts";
import { cpuSeconds, peakMib } from "./cpu.ts";
import type { Effort } from "./figures.ts";
import { closedLoop } from "./load.ts";
import type { Orders } from "./orders.ts";

/** One instance of a service, while orders come in through the edge, 50 at a time, or readings of 400 devices. */
export interface Footprint {
  /** What its work comes from. */
  readonly unit: "order" | "reading";
  /** For one of them, in microseconds. */
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

const ofReadings = ["aggregator", "dashboard", "ingestion", "scoring"];
const readingsPerSecond = 5000;

/** Measures all services; the mesh runs them without sidecars. */
export async function footprints(mesh: Mesh, orders: Orders, { scale }: Effort): Promise<Footprints> {
  const edge = dial(`127.0.0.1:${mesh.ports.edge}`, "edge");
  const count = 1000 * scale;
  const ofOrders = await spent(mesh, "order", async () => {
    await closedLoop(() => orders.placeAtEdge(edge), 50, count, []);
    return count;
  });
  edge.close();
  const readings = await spent(mesh, "reading", () => measure(mesh, 10_000 * scale));
  return Object.fromEntries(
    Object.entries(ofOrders).map(([name, footprint]) => [
      name,
      (ofReadings.includes(name) && readings[name]) || footprint,
    ]),
  );
}

/** What each service takes for one unit of the work; `work` answers how many there were. */
async function spent(mesh: Mesh, unit: Footprint["unit"], work: () => Promise<number>): Promise<Footprints> {
  const services = mesh
    .state()
    .children.flatMap(({ role, name, pid }) =>
      role === "service" && pid !== undefined ? [{ workload: name.replace(/-\d+$/, ""), pid }] : [],
    )
    .sort((a, b) => (a.workload < b.workload ? -1 : 1));
  const before = services.map(({ pid }) => cpuSeconds([pid]));
  const count = await work();
  return Object.fromEntries(
    services.map(({ workload, pid }, index) => {
      const micros = ((cpuSeconds([pid]) - (before[index] ?? 0)) * 1e6) / count;
      return [workload, { unit, cpuMicros: Math.round(micros), peakMib: Math.round(peakMib(pid)) }];
    }),
  );
}

/** Sends what devices measure in so many milliseconds; answers how many readings that were. */
async function measure(mesh: Mesh, durationMs: number): Promise<number> {
  const { measured, acknowledged } = await simulate(
    {
      sensors: plansOf([], 400, new Set(), { fromMs: 0, untilMs: 0 }),
      rate: readingsPerSecond,
      seed: 1,
      startMs: Date.now(),
      durationMs,
      lineOf: linesInto(mesh.state()),
      complain: (message) => console.error(message),
    },
    new AbortController().signal,
  );
  if (acknowledged < measured) throw new Error(`${measured - acknowledged} of ${measured} readings were not taken`);
  return measured;
}

/** The figures that were kept last: those that environments are held against. */
export const readFootprints = (): Recorded => JSON.parse(readFileSync(file, "utf8"));

export const keepFootprints = (recorded: Recorded): void =>
  writeFileSync(file, `${JSON.stringify(recorded, null, 2)}\n`);
