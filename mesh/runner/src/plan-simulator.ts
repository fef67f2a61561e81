// The child that simulates the sensors of the rooms.
import { join } from "node:path";
import { compiledFolder, type PlanInput } from "./plan-input.ts";
import { SIMULATOR } from "./simulator/turns.ts";
import { ONE_ARENA, SMALL_HEAP } from "./supervisor/heap.ts";
import type { ChildSpec } from "./supervisor/spec.ts";

/** None where no readings are to be simulated. It is given RUN, the run folder, RATE, in readings a second, and SOCKET, which answers 200. */
export function simulatorChildren({ paths, tools, simulatedRate }: PlanInput): ChildSpec[] {
  if (simulatedRate === undefined) return [];
  const folder = join(paths.run, SIMULATOR);
  const socket = join(folder, "app.sock");
  return [
    {
      name: SIMULATOR,
      role: "simulator",
      command: tools.node,
      args: [...SMALL_HEAP, join(paths.repository, "mesh", "runner", "src", "simulator", "main.ts")],
      cwd: folder,
      env: {
        HOME: folder,
        NODE_COMPILE_CACHE: compiledFolder(paths, SIMULATOR),
        ...ONE_ARENA,
        PATH: process.env.PATH ?? "",
        RUN: paths.run,
        RATE: String(simulatedRate),
        SOCKET: socket,
      },
      // It makes certificates of devices, as a person does: under the runner's own user id.
      probe: { kind: "http", socket, path: "/readyz" },
      sockets: [socket],
      shared: [],
      stopSignal: "SIGTERM",
      // Readings that are on their way are waited for.
      graceMs: 20_000,
    },
  ];
}
