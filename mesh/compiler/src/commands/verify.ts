// meshc verify: a cluster that runs, against what the contract and an environment make for it.

import { join, relative, resolve } from "node:path";
import { deployed, inCluster } from "../emit/cluster.ts";
import { repeating } from "../emit/index.ts";
import { filesFor } from "../generate.ts";
import { readImage } from "../read.ts";
import { count, findingsAsJson, findingsAsText, tally } from "../report.ts";
import { settingsFile } from "../settings.ts";
import { Kubectl } from "../verify/kubectl.ts";
import { wantedIn } from "../verify/manifests.ts";
import { attempts, probe } from "../verify/probe.ts";
import { probeFindings, verify } from "../verify/verify.ts";
import { openWorkspace, readImages } from "../workspace.ts";
import { type ExitCode, type Io, UsageError } from "./command.ts";

export interface VerifyOptions {
  readonly env: string;
  readonly context?: string | undefined;
  /** An image with a shell and curl: calls that must be refused are made with it. Absent: none are. */
  readonly probe?: string | undefined;
  readonly format: "text" | "json";
}

/** Targets whose files are no objects of a cluster, or are those of another target, of which an operator applies a part. */
const notWhole = new Set(["local", "reference", ...repeating]);

/** Answers 1 where the cluster does not have what is generated, has what is not, or runs a workload outside the mesh. */
export async function runVerify(io: Io, { env, context, probe: image, format }: VerifyOptions): Promise<ExitCode> {
  const workspace = openWorkspace(io.folder);
  const contract = readImage(readImages(workspace, io.folder, []), workspace.settings);
  const file = resolve(io.folder, env);
  const environment = inCluster(workspace.environment(file), "verify");
  const generated = workspace.settings.generate
    .filter(({ target, environment: own }) => !notWhole.has(target) && own && join(workspace.root, own) === file)
    .map(({ target, folder }) => ({
      target,
      wanted: wantedIn(
        relative(io.folder, join(workspace.root, folder)),
        filesFor(target, contract, environment, workspace.settings),
      ),
    }));
  if (generated.length === 0) throw new UsageError(`${settingsFile} generates nothing for ${env} that a cluster takes`);
  const at = { file: relative(io.folder, file), line: 1 };
  const kubectl = new Kubectl(context);
  const findings = verify(kubectl, contract, environment, generated, at);
  const tried = image === undefined ? [] : await probe(kubectl, environment, image, attempts(contract, environment));
  findings.push(...probeFindings(tried));
  const { show } = workspace;
  if (format === "json") io.out(findingsAsJson(findings, show));
  else {
    io.out(findingsAsText(findings, show, io.paint));
    const { errors, warnings } = tally(findings);
    const objects = generated.reduce((sum, { wanted }) => sum + wanted.length, 0);
    const workloads = deployed(contract, environment).length;
    const looked = `${count(objects, "object")} and ${count(workloads, "workload")} looked at`;
    const refused = tried.filter(({ what }) => what === "refused").length;
    const probed = image === undefined ? "" : `, ${refused} of ${count(tried.length, "call")} refused as they must be`;
    io.err(`${looked}${probed}: ${count(errors, "error")}, ${count(warnings, "warning")}\n`);
  }
  return tally(findings).errors > 0 ? 1 : 0;
}
