// What a route of Linkerd is for: a method of the contract, or one that every workload serves.

import type { Method } from "../../model.ts";
import { compare } from "../../names.ts";
import type { Timed } from "../backstop.ts";
import { health, reflection } from "../built-in.ts";

export interface Call extends Timed {
  readonly path: string;
  /** Absent for what no contract names. */
  readonly method?: Method;
}

export const callOf = (method: Method): Call => ({
  path: method.path,
  method,
  ...(method.deadlineMs === undefined ? {} : { deadlineMs: method.deadlineMs }),
  ...(method.stream ? { stream: method.stream } : {}),
});

export const builtIn: { readonly health: readonly Call[]; readonly reflection: readonly Call[] } = {
  health,
  reflection,
};

/** What shares a key, by that key, in its order. */
export function classes<T>(all: readonly T[], key: (one: T) => string): [key: string, members: T[]][] {
  const groups = new Map<string, T[]>();
  for (const one of all) groups.set(key(one), [...(groups.get(key(one)) ?? []), one]);
  return [...groups].sort(([a], [b]) => compare(a, b));
}
