// Two versions of a workload side by side: what tells them apart, and which calls go to which.

import type { Canary } from "../environment-model.ts";
import { compare } from "../names.ts";
import type { YamlMap } from "./yaml.ts";

/** What runs, and what is tried. */
export type Track = "stable" | "canary";

/** The label that tells the pods of one version from those of the other. */
export const trackOf = (track: Track): YamlMap => ({ "mesh.v1/track": track });

/** A version that gets calls, and of 100 how many. Absent: all. */
export interface Share {
  readonly track: Track;
  readonly weight?: number;
}

/** The versions over which calls are shared. One without a share is not among them: with the weight 0 it would still be tried. */
export function sharesOf({ weight }: Canary): Share[] {
  if (weight === 0) return [{ track: "stable" }];
  if (weight === 100) return [{ track: "canary" }];
  return [
    { track: "stable", weight: 100 - weight },
    { track: "canary", weight },
  ];
}

/** The headers that a call to the canary has, sorted by their names. */
export const headersOf = ({ headers }: Canary): [name: string, value: string][] =>
  Object.entries(headers).sort(([a], [b]) => compare(a, b));
