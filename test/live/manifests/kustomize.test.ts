// The lists, as kubectl apply -k reads them.

import { spawnSync } from "node:child_process";
import { expect, test, vi } from "vitest";
import { parseAllDocuments } from "yaml";
import { repository } from "../../contract.ts";
import { type Any, foldersOf, objectsIn } from "./manifests.ts";

vi.setConfig({ testTimeout: 60_000 });

const targets = ["kubernetes", "istio", "istio-sets", "linkerd", "kafka", "prometheus"];
const folders = targets.flatMap((target) =>
  // What is left of one set is found, and pruned, by those who apply another.
  foldersOf(target).map((folder) => ({ target: target.replace("-sets", ""), folder })),
);

test.for(folders)(
  "$folder is one set of objects, and says of each that it belongs to it",
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
    expect(objects.map(key).sort()).toEqual(objectsIn(folder).map(key).sort());
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
