// Time limits of meshes stand behind those of clients: whoever waits ends the wait, and the mesh ends it where nobody does.

import type { Method } from "../model.ts";

/** What a route needs to know of a method's time limits. */
export type Timed = Pick<Method, "deadlineMs" | "stream">;

/** A limit, in milliseconds, that fires only after the client's own has had its chance. */
export const backstop = (ms: number): number => ms + Math.max(50, Math.ceil(ms / 10));

/** A duration in its canonical form: `0.025s`. */
export const seconds = (ms: number): string => `${ms / 1000}s`;
