// Methods that every workload serves and no contract names: health and reflection.

import type { Timed } from "./backstop.ts";

export interface BuiltIn extends Timed {
  readonly service: string;
  readonly name: string;
  readonly path: string;
}

const builtIn = (service: string, name: string, limits: Timed): BuiltIn => ({
  service,
  name,
  path: `/${service}/${name}`,
  ...limits,
});

/** For every identity of the mesh. A watch lasts as long as its watcher; silence is its normal state. */
export const health: readonly BuiltIn[] = [
  builtIn("grpc.health.v1.Health", "Check", { deadlineMs: 1000 }),
  builtIn("grpc.health.v1.Health", "Watch", {}),
];

const session: Timed = { stream: { idleMs: 60_000, maxMs: 600_000 } };

/** For the operator, and at the edge, where the process shows its public services only. */
export const reflection: readonly BuiltIn[] = [
  builtIn("grpc.reflection.v1.ServerReflection", "ServerReflectionInfo", session),
  builtIn("grpc.reflection.v1alpha.ServerReflection", "ServerReflectionInfo", session),
];
