// meshc drift: the contract against calls that traces or sidecars saw, or against policies that others wrote.

import { drift } from "../drift/drift.ts";
import { type GrantSource, seenIn } from "../drift/sources.ts";
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
export async function runDrift(io: Io, { images, source, format }: DriftOptions): Promise<ExitCode> {
  const workspace = openWorkspace(io.folder);
  const contract = readImage(readImages(workspace, io.folder, images), workspace.settings);
  const seen = await seenIn(io.folder, source, new Set(contract.workloads.map(({ name }) => name)));
  const { grants } = seen;
  if (grants.length === 0) {
    const place = source.kind === "envoy" ? source.urls.join(", ") : source.path;
    throw new InputError(`${place} holds no ${nouns[source.kind]}: there is nothing to compare with`);
  }
  const findings = drift(contract, seen);
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

const nouns = {
  traces: "call between services",
  policies: "AuthorizationPolicy that allows something",
  envoy: "call of a gRPC method that was counted",
} as const;
