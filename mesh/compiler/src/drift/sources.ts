// Where grants are read from.

import { readFileSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { filesBelow } from "../artefacts.ts";
import { InputError } from "../input-error.ts";
import { reasonOf } from "../workspace.ts";
import type { Grant } from "./grants.ts";
import { grantsInPolicies } from "./policies.ts";
import { callsInTraces } from "./traces.ts";

/** A file of traces; a file of policies, or a folder of them. */
export interface GrantSource {
  readonly kind: "traces" | "policies";
  readonly path: string;
}

/** Throws InputError for what cannot be read. */
export function grantsIn(folder: string, { kind, path }: GrantSource): Grant[] {
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
