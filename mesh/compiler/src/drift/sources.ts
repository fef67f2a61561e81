// Where drift looks: files of traces, folders of policies, sidecars that run.

import { readFileSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { filesBelow } from "../artefacts.ts";
import { InputError } from "../input-error.ts";
import { reasonOf } from "../workspace.ts";
import { callsOfSidecar } from "./envoy.ts";
import type { Grant } from "./grants.ts";
import { grantsInPolicies } from "./policies.ts";
import { callsInTraces } from "./traces.ts";

/** A file of traces; a file of policies, or a folder of them; the addresses of sidecars' administration. */
export type GrantSource =
  | { readonly kind: "traces" | "policies"; readonly path: string }
  | { readonly kind: "envoy"; readonly urls: readonly string[] };

export interface Seen {
  readonly grants: readonly Grant[];
  /** The only workloads whose calls were looked at; absent where all were. */
  readonly callers?: ReadonlySet<string>;
}

/** `workloads` are those of the contract. Throws InputError for what cannot be read. */
export async function seenIn(folder: string, source: GrantSource, workloads: ReadonlySet<string>): Promise<Seen> {
  if (source.kind !== "envoy") return { grants: grantsInFiles(folder, source.kind, source.path) };
  const sidecars = await Promise.all(source.urls.map((url) => callsOfSidecar(url, workloads)));
  return {
    grants: sidecars.flatMap(({ grants }) => grants),
    callers: new Set(sidecars.map(({ workload }) => workload)),
  };
}

/** What files or folders of this kind grant. Throws InputError for what cannot be read. */
export function grantsInFiles(folder: string, kind: "traces" | "policies", path: string): Grant[] {
  const full = resolve(folder, path);
  try {
    if (kind === "traces") return callsInTraces(readFileSync(full, "utf8"), path);
    const files = statSync(full).isDirectory() ? filesBelow(full).filter((file) => /\.ya?ml$/.test(file)) : [full];
    return files.flatMap((file) => grantsInPolicies(readFileSync(file, "utf8"), join(path, relative(full, file))));
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`${path} cannot be read: ${reasonOf(error)}`);
  }
}
