// The manifests of this clone, as the tools that will read them get them.

import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { TestContext } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { isBuilt, toolPath } from "../../../scripts/tools.ts";
import { repository } from "../../contract.ts";

// biome-ignore lint/suspicious/noExplicitAny: objects of a cluster have the shapes of many APIs, which have no types here.
export type Any = any;

/** The folders of a target, one for each environment: `mesh/istio/staging`; of a target that writes sets, one for each of them. */
export function foldersOf(target: string): string[] {
  const { generate } = parse(readFileSync(join(repository, "mesh.yaml"), "utf8")) as {
    generate: Record<string, { folder: string } | { folder: string }[]>;
  };
  const folders = [generate[target] ?? []].flat().map(({ folder }) => folder);
  return target.endsWith("-sets") ? folders.flatMap(setsIn) : folders;
}

const setsIn = (folder: string): string[] =>
  readdirSync(resolve(repository, folder))
    .sort()
    .map((name) => join(folder, name));

/** The YAML files of a folder, without the list that only kubectl reads. */
export const filesIn = (folder: string): string[] =>
  readdirSync(resolve(repository, folder))
    .filter((name) => name.endsWith(".yaml") && name !== "kustomization.yaml")
    .map((name) => resolve(repository, folder, name));

/** The objects in a folder. */
export const objectsIn = (folder: string): Any[] => filesIn(folder).flatMap(objectsInFile);

/** The objects in a file, in their order. */
export const objectsInFile = (file: string): Any[] => objectsInText(readFileSync(file, "utf8"));

export const objectsInText = (text: string): Any[] =>
  parseAllDocuments(text).flatMap((document) => ("toJS" in document ? (document.toJS() ?? []) : []));

/** The path of a tool; without it the test is left out, and says how to get it. */
export function tool(context: TestContext, name: string): string {
  if (!isBuilt(name)) context.skip(`${name} is not built: node scripts/tools.ts ${name}`);
  return toolPath(name);
}
