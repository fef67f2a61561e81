// The same for Istio as the target istio, in numbered sets that an operator applies one after the other. Each is complete
// and contains the lower ones; the last is what the target istio makes. An environment that asks for no canary, faults or
// edge has no set for it.

import type { Environment } from "../../environment-model.ts";
import type { Contract } from "../../model.ts";
import { type Manifests, manifestFiles } from "../cluster.ts";
import { istioManifests } from "../istio/index.ts";
import type { YamlMap } from "../yaml.ts";
import { readme } from "./readme.ts";
import { type SetOfParts, sets } from "./sets.ts";

/** The files, by their paths: `030-timeouts-and-retries/order.yaml`. Throws InputError where the target istio would. */
export function emitIstioSets(contract: Contract, environment: Environment): Map<string, string> {
  const files = new Map<string, string>();
  const made: SetOfParts[] = [];
  for (const set of sets.filter(({ isIn }) => isIn(contract, environment))) {
    made.push(set);
    const kinds = new Set<string>(made.flatMap(({ kinds }) => kinds));
    const manifests = only(kinds, istioManifests(contract, set.upTo(environment)));
    for (const [name, text] of manifestFiles(manifests)) files.set(`${set.folder}/${name}`, text);
    files.set(`${set.folder}/README.md`, readme(manifests, made));
  }
  return files;
}

/** What is of these kinds. A workload without any has no file. */
const only = (kinds: ReadonlySet<string>, manifests: Manifests): Manifests => {
  const chosen = (objects: readonly YamlMap[]) => objects.filter(({ kind }) => kinds.has(String(kind)));
  return {
    ...manifests,
    common: chosen(manifests.common),
    workloads: new Map([...manifests.workloads].map(([name, objects]) => [name, chosen(objects)])),
    denial: chosen(manifests.denial ?? []),
  };
};
