// The lists, as kubectl apply -k reads them.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { repository } from "../../contract.ts";
import { type Any, foldersOf, objectsInFile } from "./manifests.ts";

vi.setConfig({ testTimeout: 60_000 });

const targets = ["kubernetes", "istio", "istio-sets", "linkerd", "kafka", "prometheus"];
const folders = targets.flatMap((target) =>
  // What is left of one set is found, and pruned, by those who apply another.
  foldersOf(target).map((folder) => ({ target: target.replace("-sets", ""), folder })),
);

test.for(folders)(
  "$folder is one set of objects, in its order, and says of each that it belongs to it",
  ({ target, folder }, context) => {
    const { error, status, stdout, stderr } = spawnSync("kubectl", ["kustomize", folder], {
      cwd: repository,
      encoding: "utf8",
      maxBuffer: 1 << 26,
    });
    if (error) context.skip("kubectl is not installed");
    expect(status, stderr).toBe(0);
    const objects: Any[] = parseAllDocuments(stdout).flatMap((document) =>
      "toJS" in document ? [document.toJS()] : [],
    );
    const key = ({ kind, metadata }: Any) => `${kind}/${metadata.namespace ?? ""}/${metadata.name}`;
    const { resources } = parse(readFileSync(join(repository, folder, "kustomization.yaml"), "utf8")) as Any;
    expect(objects.map(key)).toEqual(
      resources.flatMap((name: string) => objectsInFile(join(repository, folder, name))).map(key),
    );
    expect(new Set(objects.map(key)).size).toBe(objects.length);
    const sets = new Set(objects.map(({ metadata }) => metadata.labels["mesh.v1/generation"]));
    expect(sets.size).toBe(1);
    for (const { metadata, spec } of objects) {
      expect(metadata.labels).toMatchObject({ "app.kubernetes.io/managed-by": "meshc", "mesh.v1/target": target });
      // A generation inside a selector or a template would restart every pod with every change.
      expect(JSON.stringify(spec ?? {})).not.toContain("mesh.v1/generation");
    }
  },
);
