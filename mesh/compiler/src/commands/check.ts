// meshc check: all rules over the contract, and again over each environment that tightens it.

import { existsSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { baselineText, loadBaseline } from "../baseline.ts";
import { check, unenforced } from "../check.ts";
import { inCluster } from "../emit/cluster.ts";
import { unenforcedIn } from "../emit/coverage/unenforced.ts";
import type { Environment } from "../environment.ts";
import { tighten } from "../environment-contract.ts";
import { InputError } from "../input-error.ts";
import type { Contract } from "../model.ts";
import { readImage } from "../read.ts";
import { count, type Format, findingsAsJson, findingsAsSarif, findingsAsText, tally } from "../report.ts";
import type { Finding } from "../rules/rule.ts";
import { Kubectl } from "../verify/kubectl.ts";
import { unpinnedIn } from "../verify/unpinned.ts";
import { unsetIn } from "../verify/unset.ts";
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
  /** The file of an environment: only this one is looked at, and its cluster is asked for what it needs. Absent: all. */
  readonly env?: string | undefined;
  /** The context of kubectl. Absent: the current one. */
  readonly context?: string | undefined;
}

/** Answers 1 when a finding is an error; warnings alone leave it 0, and so does writing a baseline. */
export function runCheck(io: Io, options: CheckOptions): ExitCode {
  const workspace = openWorkspace(io.folder, options.writeBaseline === undefined ? options.baseline : null);
  const contract = readImage(readImages(workspace, io.folder, options.images), workspace.settings);
  const findings = check(contract, workspace.settings);
  if (options.env !== undefined) {
    const path = resolve(io.folder, options.env);
    const environment = workspace.environment(path);
    findings.push(...inEnvironment(workspace, io.folder, contract, findings, path, environment));
    const at = { file: relative(workspace.root, path), line: 1 };
    if (environment.cluster) {
      const there = inCluster(environment, "check");
      findings.push(...unpinnedIn(there, at), ...unsetIn(new Kubectl(options.context), there, at));
    }
  } else if (options.images.length === 0) {
    // Environments belong to the workspace; an image from elsewhere has none.
    for (const name of workspace.settings.environments) {
      const path = join(workspace.root, name);
      findings.push(...inEnvironment(workspace, io.folder, contract, findings, path, workspace.environment(path)));
    }
  }
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
function inEnvironment(
  workspace: Workspace,
  folder: string,
  contract: Contract,
  known: readonly Finding[],
  path: string,
  environment: Environment,
): Finding[] {
  const left = leftToNobody(environment, relative(workspace.root, path), workspace.settings);
  const tightened = tighten(contract, environment);
  if (tightened === contract) return left;
  const seen = new Set(known.map(key));
  const added = check(tightened, workspace.settings).filter((finding) => !seen.has(key(finding)));
  return [
    ...left,
    ...added.map((finding) => ({ ...finding, message: `in ${relative(folder, path)}, ${finding.message}` })),
  ];
}

/** What the environment would have to accept by name. */
function leftToNobody(environment: Environment, file: string, { severities }: Workspace["settings"]): Finding[] {
  const { code, mend } = unenforced;
  const severity = severities?.[code] ?? unenforced.severity;
  return unenforcedIn(environment).map(({ aspect, message }) => ({
    code,
    severity,
    subject: aspect,
    at: { file, line: 1 },
    message,
    mend,
  }));
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
