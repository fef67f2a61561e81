// meshc drift: the contract against calls that traces saw, or against policies that others wrote.

import { drift } from "../drift/drift.ts";
import { type GrantSource, grantsIn } from "../drift/sources.ts";
import { InputError } from "../input-error.ts";
import { readImage } from "../read.ts";
import { count, findingsAsJson, findingsAsText, tally } from "../report.ts";
import { openWorkspace, readImages } from "../workspace.ts";
import type { ExitCode, Io } from "./command.ts";

export interface DriftOptions {
  readonly images: readonly string[];
  readonly source: GrantSource;
  readonly format: "text" | "json";
}

/** Answers 1 where reality does more than the contract grants; what is granted and never seen is a warning. */
export function runDrift(io: Io, { images, source, format }: DriftOptions): ExitCode {
  const workspace = openWorkspace(io.folder);
  const grants = grantsIn(io.folder, source);
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
