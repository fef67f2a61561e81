// meshc init: puts the options within reach of a buf workspace that has never seen them, and proposes a first policy.

import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { isSeq, parseDocument } from "yaml";
import { grantsInFiles } from "../drift/sources.ts";
import { loadImages } from "../image.ts";
import { InputError } from "../input-error.ts";
import { optionNumbers } from "../options.ts";
import { proposal } from "../proposal.ts";
import { readImage } from "../read.ts";
import { settingsFile } from "../settings.ts";
import { packageName } from "../version.ts";
import { bufBuild, openWorkspace } from "../workspace.ts";
import type { ExitCode, Io } from "./command.ts";

export interface InitOptions {
  /** A folder of Istio policies, to take callers from. */
  readonly policies?: string | undefined;
}

const policyProto = "mesh/v1/policy.proto";

/** Throws InputError, and changes nothing, where the workspace does not build or its options collide with ours. */
export function runInit(io: Io, { policies }: InitOptions): ExitCode {
  const { root, settings } = openWorkspace(io.folder);
  const grants = policies === undefined ? [] : grantsInFiles(io.folder, "policies", policies);
  const image = { bytes: bufBuild(root), name: "the workspace" };
  const { registry } = loadImages([image]);
  const collisions = collisionsIn(registry);
  if (collisions.length > 0) throw new InputError(collisions.join("\n"));
  const done: string[] = [];
  if (!registry.getFile(policyProto)) done.push(...addOptions(root));
  if (!existsSync(join(root, settingsFile))) {
    writeFileSync(join(root, settingsFile), "# How meshc sees this workspace.\nversion: 1\n");
    done.push(settingsFile);
  }
  io.out(proposal(readImage([image], settings), grants));
  for (const name of done) io.err(`${relative(io.folder, join(root, name))} written\n`);
  io.err("next: add to each file what is proposed, then meshc check; --write-baseline keeps what is left for later\n");
  return 0;
}

/** Options of others under our numbers: a descriptor could then not tell them apart. */
function collisionsIn(registry: ReturnType<typeof loadImages>["registry"]): string[] {
  const numbers = new Map(Object.entries(optionNumbers).map(([name, number]) => [number as number, name]));
  const collisions: string[] = [];
  for (const desc of registry) {
    if (desc.kind !== "extension" || !numbers.has(desc.number) || desc.file.proto.package === "mesh.v1") continue;
    if (!desc.extendee.typeName.startsWith("google.protobuf.")) continue;
    collisions.push(
      `${desc.file.proto.name}: the option ${desc.typeName} has the number ${desc.number}, which is that of an option of ` +
        "mesh.v1: give it a number from 50000 to 99999, which are for use inside one organisation",
    );
  }
  return collisions;
}

/** Adds the module that holds the options to buf.yaml. Answers what was written. */
function addOptions(root: string): string[] {
  const file = join(root, "buf.yaml");
  const document = parseDocument(readFileSync(file, "utf8"));
  if (document.get("version") !== "v2") {
    throw new InputError("buf.yaml is not of version v2: npx buf config migrate, then meshc init");
  }
  const installed = `node_modules/${packageName}/proto`;
  const path = existsSync(join(root, installed, policyProto)) ? installed : "third_party/meshc";
  const modules = document.get("modules");
  if (isSeq(modules)) modules.add(document.createNode({ path }));
  else document.set("modules", [{ path: ".", excludes: [path.split("/")[0]] }, { path }]);
  if (path !== installed) cpSync(sourceOfOptions(), join(root, path, policyProto), { recursive: true });
  writeFileSync(file, document.toString({ lineWidth: 0 }));
  return path === installed ? ["buf.yaml"] : ["buf.yaml", join(path, policyProto)];
}

/** In an installed package the options lie beside the code, in the repository at its top. */
function sourceOfOptions(): string {
  const places = ["../../proto", "../../../../proto"].map((folder) => join(import.meta.dirname, folder, policyProto));
  const found = places.find(existsSync);
  if (!found) throw new InputError(`${policyProto} is missing from the package: install it anew`);
  return found;
}
