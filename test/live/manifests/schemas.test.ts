// The shape of every manifest, held against strict schemas of the APIs that will read it.

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, type TestContext, test } from "vitest";
import { filesIn, foldersOf, tool } from "./manifests.ts";
import { linkerdDefinitions, location, writeSchemas } from "./schemas.ts";

/** Whose schemas the objects of a target need. */
const sources = {
  kubernetes: ["kubernetes", "prometheus"],
  istio: ["istio"],
  "istio-sets": ["istio"],
  linkerd: ["gateway", "linkerd"],
  prometheus: ["prometheus"],
} as const;

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), "larder-schemas-"));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** The schemas for a target; the test is left out where they cannot be had. */
function schemasFor(context: TestContext, target: keyof typeof sources): string {
  const folder = join(scratch, target);
  if (existsSync(folder)) return folder;
  if (target === "linkerd" && !existsSync(linkerdDefinitions)) {
    context.skip("the definitions of Linkerd are in no registry, and not at ../shared/data/linkerd/crds.yaml");
  }
  for (const source of sources[target]) {
    try {
      writeSchemas(folder, source);
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      context.skip(`the schemas of ${source} cannot be had: ${error instanceof Error ? error.message : error}`);
    }
  }
  return folder;
}

interface Finding {
  readonly filename: string;
  readonly kind: string;
  readonly status: string;
  readonly msg: string;
}

/** What kubeconform says of each object in the files. */
function conform(kubeconform: string, schemas: string, files: readonly string[]): Finding[] {
  const args = ["-strict", "-output", "json", "-verbose", "-schema-location", location(schemas), ...files];
  const { stdout, stderr, error } = spawnSync(kubeconform, args, { encoding: "utf8", maxBuffer: 1 << 26 });
  if (error) throw error;
  if (!stdout) throw new Error(stderr);
  return (JSON.parse(stdout) as { resources: Finding[] }).resources;
}

const folders = Object.keys(sources).flatMap((target) =>
  foldersOf(target).map((folder) => ({ folder, target: target as keyof typeof sources })),
);

describe.each(folders)("$folder", ({ folder, target }) => {
  test("has the shape that its readers expect", { timeout: 300_000 }, (context) => {
    const kubeconform = tool(context, "kubeconform");
    const found = conform(kubeconform, schemasFor(context, target), filesIn(folder));
    expect(found.filter(({ status }) => status !== "statusValid")).toEqual([]);
    expect(found.length).toBeGreaterThan(target === "istio-sets" ? 1 : 5);
  });
});

describe("a mistake is found", () => {
  test.for([
    ["kubernetes", "readOnlyRootFilesystem:", "readOnlyRootFileSystem:"],
    ["kubernetes", "unhealthyPodEvictionPolicy:", "unhealthyPodsEvictionPolicy:"],
    ["kubernetes", "podMetricsEndpoints:", "podMetricEndpoints:"],
    ["istio", "mode: ISTIO_MUTUAL", "mode: MUTUALLY"],
    ["istio", "principals:", "principal:"],
  ] as const)("in %s: %s", { timeout: 300_000 }, ([target, right, wrong], context) => {
    const kubeconform = tool(context, "kubeconform");
    const file = filesIn(foldersOf(target)[0] ?? "").find((name) => name.endsWith("order.yaml")) ?? "";
    const text = readFileSync(file, "utf8");
    const changed = join(scratch, "changed.yaml");
    writeFileSync(changed, text.replace(right, wrong));
    expect(text).toContain(right);
    const found = conform(kubeconform, schemasFor(context, target), [changed]);
    expect(found.map(({ status }) => status)).toContain("statusInvalid");
  });
});
