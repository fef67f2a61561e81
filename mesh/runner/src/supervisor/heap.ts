// How the Node programs of a mesh are kept small.

/** Lets a program free what only its start needed, when it is ready: `collectGarbage`, here and in the kit. */
const COLLECTS = "--expose-gc";

/** Node's options for a service: young objects have 8 MiB, half of what Node gives them by itself, 20 to 30 MiB less a process, for some 3 % more CPU. */
export const SERVICE_HEAP = ["--max-semi-space-size=8", COLLECTS] as const;

/** For programs that have little to do: the room of young objects, in MiB, of which Node takes some 50 more by itself. */
export const SMALL_HEAP = ["--max-semi-space-size=1", COLLECTS] as const;

/**
 * What goes into the environment of a program in Node. The C library would give each of its threads a heap of its own, and what one has freed
 * is of no use to the others: 5 to 9 MiB in each process. Other libraries do not know the variable.
 */
export const ONE_ARENA = { MALLOC_ARENA_MAX: "1" } as const;

/** Gives back what only the start needed, where Node was started for that. Takes up to a few tenths of a second. */
export function collectGarbage(): void {
  globalThis.gc?.({ type: "major", execution: "sync", flavor: "last-resort" });
}
