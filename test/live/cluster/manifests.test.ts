// Every folder of manifests, applied to a real API server with the real definitions of its kinds.

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { blocks, page } from "../../adoption/outside.ts";
import { readContract, repository } from "../../contract.ts";
import { until } from "../../until.ts";
import { type Any, foldersOf, objectsIn } from "../manifests/manifests.ts";
import type { ApiServer } from "./api-server.ts";
import { applied, keysIn, noCluster, startCluster, succeeds, whyNotLinkerd, withCluster } from "./cluster.ts";

let server: ApiServer;
let scratch: string;
beforeAll(async () => {
  if (noCluster) return;
  scratch = mkdtempSync(join(tmpdir(), "larder-cluster-"));
  server = await startCluster();
  await succeeds(server, ["apply", "--server-side", "-k", "mesh/kubernetes/staging"]);
}, 600_000);
afterAll(async () => {
  if (noCluster) return;
  await server.stop();
  rmSync(scratch, { recursive: true, force: true });
});

const targets = ["kubernetes", "istio", "istio-sets", "linkerd", "prometheus"];
const folders = targets.flatMap((target) => foldersOf(target).map((folder) => ({ target, folder })));

describe.each(folders)("$folder", ({ target, folder }) => {
  withCluster("is taken without a warning, and changes nothing when it is applied again", async (context) => {
    const linkerd = target === "linkerd" ? whyNotLinkerd() : undefined;
    if (linkerd) context.skip(linkerd);
    const first = await applied(server, folder);
    expect(Object.keys(first).sort()).toEqual(keysIn(folder));
    expect(await applied(server, folder)).toEqual(first);
  });
});

test.for(foldersOf("kafka"))("%s", (_folder, context) => {
  context.skip("the definitions of Strimzi are in no registry");
});

describe("a canary under Linkerd", () => {
  withCluster("is taken too, with a Service for each version", async (context) => {
    const linkerd = whyNotLinkerd();
    if (linkerd) context.skip(linkerd);
    const text = readFileSync(join(repository, "mesh/environments/linkerd.yaml"), "utf8");
    const canary = "    canary: { tag: 0.2.0, weight: 10, headers: { x-larder-track: canary } }\n";
    const environment = join(scratch, "linkerd.yaml");
    writeFileSync(environment, text.replace("  catalog:\n", `  catalog:\n${canary}`));
    const meshc = join(repository, "mesh/compiler/bin/meshc.js");
    for (const target of ["kubernetes", "linkerd"]) {
      const out = join(scratch, target);
      execFileSync("node", [meshc, "generate", target, "--env", environment, "--out", out], {
        cwd: repository,
        stdio: "pipe",
      });
      const first = await applied(server, out);
      expect(await applied(server, out)).toEqual(first);
      if (target === "kubernetes") expect(Object.keys(first)).toContain("Service/catalog-canary");
    }
  });
});

describe("what docs/adopt.md has generated for Istio", () => {
  withCluster("is taken without a warning", async () => {
    const workspace = join(scratch, "adopter");
    const part = page.slice(0, page.indexOf("## 5. "));
    for (const { file, text } of blocks) {
      if (!file || !part.includes(text)) continue;
      mkdirSync(dirname(join(workspace, file)), { recursive: true });
      writeFileSync(join(workspace, file), text);
    }
    symlinkSync(join(repository, "node_modules"), join(workspace, "node_modules"));
    execFileSync("npx", ["meshc", "generate", "istio", "--env", "env.yaml"], { cwd: workspace, stdio: "pipe" });
    await succeeds(server, ["create", "namespace", "library"]);
    expect(Object.keys(await applied(server, join(workspace, "istio")))).toContain("AuthorizationPolicy/stock");
  });
});

describe("a pod of each workload", () => {
  withCluster("is let in where the namespace enforces the strictest standard", async () => {
    await succeeds(server, ["apply", "--server-side", "-k", "mesh/kubernetes/production"]);
    for (const object of objectsIn("mesh/kubernetes/production")) {
      if (object.kind !== "Deployment") continue;
      expect((await dryRun(podOf(object))).stderr, object.metadata.name).toBe("");
    }
    const [deployment] = objectsIn("mesh/kubernetes/production").filter(({ kind }) => kind === "Deployment");
    const root = podOf(deployment);
    root.spec.securityContext.runAsNonRoot = false;
    expect((await dryRun(root)).stderr).toContain('violates PodSecurity "restricted');
  });

  const podOf = ({ metadata, spec }: Any): Any => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { ...structuredClone(spec.template.metadata), name: metadata.name, namespace: metadata.namespace },
    spec: structuredClone(spec.template.spec),
  });
  const dryRun = (object: Any) =>
    server.kubectl(["create", "--dry-run=server", "-f", "-"], { input: stringify(object) });
});

describe("the identity of a workload", () => {
  const rightsOf = (name: string) =>
    succeeds(server, ["auth", "can-i", "--list", "-n", "larder", `--as=system:serviceaccount:larder:${name}`]);

  withCluster("may do in the cluster what every account may, and no more", async () => {
    const everybodys = await rightsOf("nobody-knows-it");
    for (const workload of readContract().workloads) expect(await rightsOf(workload), workload).toBe(everybodys);
    expect(everybodys).not.toContain("secrets");
    await succeeds(server, ["create", "role", "reader", "-n", "larder", "--verb=get", "--resource=secrets"]);
    await succeeds(server, [
      "create",
      "rolebinding",
      "reader",
      "-n",
      "larder",
      "--role=reader",
      "--serviceaccount=larder:order",
    ]);
    await until("the role to hold", async () => (await rightsOf("order")).includes("secrets"));
    expect(await rightsOf("pricing")).toBe(everybodys);
  });
});

describe("what is broken is refused", () => {
  test.for([
    ["a mode that is none", "mesh/istio/staging/namespace.yaml", "mode: STRICT", "mode: STRICTLY", "Unsupported value"],
    ["a weight over all", "mesh/istio/sets/040-canary/catalog.yaml", "weight: 90", "weight: 4294967296", "weight"],
    ["a field that is none", "mesh/istio/staging/order.yaml", "retryBudget:", "retryBudgets:", "field not declared"],
    [
      "a selector of others",
      "mesh/kubernetes/staging/order.yaml",
      "mesh.v1/track: stable}}",
      "mesh.v1/track: beta}}",
      "selector",
    ],
    [
      "a port that is none",
      "mesh/kubernetes/staging/order.yaml",
      "port: 50051",
      "port: 500510",
      "must be between 1 and 65535",
    ],
  ] as const)("%s", { timeout: 600_000 }, async ([, file, right, wrong, problem], context) => {
    if (noCluster) context.skip(noCluster);
    const text = readFileSync(join(repository, file), "utf8");
    expect(text).toContain(right);
    const changed = join(scratch, "changed.yaml");
    writeFileSync(changed, text.replaceAll(right, wrong));
    const { status, stderr } = await server.kubectl(["apply", "--server-side", "--dry-run=server", "-f", changed]);
    expect(status).not.toBe(0);
    expect(stderr).toContain(problem);
  });
});
