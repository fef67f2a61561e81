// meshc drift: the contract against calls that traces saw, or against policies that others wrote.

import { readFileSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { filesBelow } from "../artefacts.ts";
import { drift } from "../drift/drift.ts";
import type { Grant } from "../drift/grants.ts";
import { grantsInPolicies } from "../drift/policies.ts";
import { callsInTraces } from "../drift/traces.ts";
import { InputError } from "../input-error.ts";
import { readImage } from "../read.ts";
import { count, findingsAsJson, findingsAsText, tally } from "../report.ts";
import { openWorkspace, readImages, reasonOf } from "../workspace.ts";
import type { ExitCode, Io } from "./command.ts";

export interface DriftOptions {
  readonly images: readonly string[];
  /** A file of traces, or a folder of policies. */
  readonly source: { readonly kind: "traces" | "policies"; readonly path: string };
  readonly format: "text" | "json";
}

/** Answers 1 where reality does more than the contract grants; what is granted and never seen is a warning. */
export function runDrift(io: Io, { images, source, format }: DriftOptions): ExitCode {
  const workspace = openWorkspace(io.folder);
  const grants = grantsOf(io.folder, source);
  if (grants.length === 0)
    throw new InputError(`${source.path} holds no ${nouns[source.kind]}: there is nothing to compare with`);
  const findings = drift(readImage(readImages(workspace, io.folder, images), workspace.settings), grants);
  if (format === "json") io.out(findingsAsJson(findings, workspace.show));
  else {
    io.out(findingsAsText(findings, workspace.show, io.paint));
    const { errors, warnings } = tally(findings);
    io.err(
      `${count(grants.length, "caller")} of a method looked at: ${count(errors, "error")}, ${count(warnings, "warning")}\n`,
    );
  }
  return tally(findings).errors > 0 ? 1 : 0;
}

const nouns = { traces: "call between services", policies: "AuthorizationPolicy that allows something" } as const;

function grantsOf(folder: string, { kind, path }: DriftOptions["source"]): Grant[] {
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
