// meshc check: all rules over the contract, and again over each environment that tightens it.

import { existsSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { baselineText, loadBaseline } from "../baseline.ts";
import { check } from "../check.ts";
import { loadEnvironment } from "../environment.ts";
import { tighten } from "../environment-contract.ts";
import { InputError } from "../input-error.ts";
import type { Contract } from "../model.ts";
import { readImage } from "../read.ts";
import { count, type Format, findingsAsJson, findingsAsSarif, findingsAsText, tally } from "../report.ts";
import type { Finding } from "../rules/rule.ts";
import { openWorkspace, readImages, reasonOf, type Workspace } from "../workspace.ts";
import type { ExitCode, Io } from "./command.ts";

export interface CheckOptions {
  /** Files, or `-`; none means the workspace. */
  readonly images: readonly string[];
  readonly format: Format;
  /** A file, in the place of the one that mesh.yaml names. */
  readonly baseline?: string | undefined;
  /** A file to write all findings to, instead of reporting them. */
  readonly writeBaseline?: string | undefined;
}

/** Answers 1 when a finding is an error; warnings alone leave it 0, and so does writing a baseline. */
export function runCheck(io: Io, options: CheckOptions): ExitCode {
  const workspace = openWorkspace(io.folder, options.writeBaseline === undefined ? options.baseline : null);
  const contract = readImage(readImages(workspace, io.folder, options.images), workspace.settings);
  const findings = check(contract, workspace.settings);
  // Environments belong to the workspace; an image from elsewhere has none.
  if (options.images.length === 0) findings.push(...inEnvironments(workspace, io.folder, contract, findings));
  if (options.writeBaseline !== undefined) {
    writeBaseline(resolve(io.folder, options.writeBaseline), options.writeBaseline, findings);
    io.err(`${options.writeBaseline}: ${count(findings.length, "finding")} to mend\n`);
    return 0;
  }
  if (options.format === "json") {
    io.out(findingsAsJson(findings, workspace.show));
  } else if (options.format === "sarif") {
    io.out(findingsAsSarif(findings, workspace.show));
  } else {
    io.out(findingsAsText(findings, workspace.show, io.paint));
    io.err(`${summary(contract, findings)}\n`);
  }
  return tally(findings).errors > 0 ? 1 : 0;
}

/** Throws InputError where something else lies there, or nothing can be written. */
function writeBaseline(path: string, name: string, findings: readonly Finding[]): void {
  if (existsSync(path)) loadBaseline(path, name);
  try {
    writeFileSync(path, baselineText(findings));
  } catch (error) {
    throw new InputError(`${name} cannot be written: ${reasonOf(error)}`);
  }
}

/** What only an environment makes wrong. */
function inEnvironments(
  workspace: Workspace,
  folder: string,
  contract: Contract,
  known: readonly Finding[],
): Finding[] {
  const added: Finding[] = [];
  const seen = new Set(known.map(key));
  for (const name of workspace.settings.environments) {
    const path = join(workspace.root, name);
    const tightened = tighten(contract, loadEnvironment(path));
    if (tightened === contract) continue;
    for (const finding of check(tightened, workspace.settings)) {
      if (seen.has(key(finding))) continue;
      added.push({ ...finding, message: `in ${relative(folder, path)}, ${finding.message}` });
    }
  }
  return added;
}

const key = ({ code, subject, message }: Finding): string => [code, subject, message].join("\n");

function summary(contract: Contract, findings: readonly Finding[]): string {
  const methods = contract.services.reduce((sum, service) => sum + service.methods.length, 0);
  const size = [
    count(contract.workloads.length, "workload"),
    count(methods, "method"),
    count(contract.topics.length, "topic"),
  ];
  const { errors, warnings } = tally(findings);
  const result = findings.length === 0 ? "no findings" : `${count(errors, "error")}, ${count(warnings, "warning")}`;
  return `${size.join(", ")}: ${result}`;
}
