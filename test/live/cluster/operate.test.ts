// What an operator does, as the documents say: the numbered sets up and down by their pages, audit, enforcement, a grant
// that is taken back, and the way back.

import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { repository } from "../../contract.ts";
import { type Any, foldersOf } from "../manifests/manifests.ts";
import type { ApiServer } from "./api-server.ts";
import { keysIn, keysThere, noCluster, runs, startCluster, succeeds, withCluster } from "./cluster.ts";

let server: ApiServer;
/** A copy of what the documents work on. */
let workspace: string;

beforeAll(async () => {
  if (noCluster) return;
  workspace = mkdtempSync(join(tmpdir(), "larder-operate-"));
  for (const part of [
    "buf.yaml",
    "mesh.yaml",
    "proto",
    "third_party",
    "mesh/environments",
    "mesh/kubernetes",
    "mesh/istio",
  ]) {
    cpSync(join(repository, part), join(workspace, part), { recursive: true });
  }
  symlinkSync(join(repository, "node_modules"), join(workspace, "node_modules"));
  server = await startCluster();
}, 600_000);
afterAll(async () => {
  if (noCluster) return;
  await server.stop();
  rmSync(workspace, { recursive: true, force: true });
});

const istioKinds = [
  "authorizationpolicies.security.istio.io",
  "destinationrules.networking.istio.io",
  "envoyfilters.networking.istio.io",
  "gateways.networking.istio.io",
  "peerauthentications.security.istio.io",
  "requestauthentications.security.istio.io",
  "serviceentries.networking.istio.io",
  "sidecars.networking.istio.io",
  "telemetries.telemetry.istio.io",
  "virtualservices.networking.istio.io",
];
const there = () => keysThere(server, "istio", istioKinds);

describe("the numbered sets", () => {
  const sets = foldersOf("istio-sets");
  /** The commands of a page in the lines that begin with a word, to be run in the folder of the set. */
  const commands = (folder: string, word: string): string[] => {
    const page = readFileSync(join(repository, folder, "README.md"), "utf8");
    const line = page.split("\n").find((each) => each.startsWith(`- ${word}`)) ?? "";
    return [...line.matchAll(/`(kubectl [^`]+)`/g)].map(([, command = ""]) => command);
  };

  withCluster("go up and down by what their pages say", async () => {
    await succeeds(server, ["apply", "--server-side", "-k", "mesh/kubernetes/trial"]);
    for (const folder of sets) {
      expect(commands(folder, "Apply")).toHaveLength(1);
      for (const command of commands(folder, "Apply")) await runs(server, command, join(repository, folder));
      expect(await there(), folder).toEqual(keysIn(folder));
    }
    for (const [i, folder] of [...sets.entries()].reverse()) {
      const lower = sets[i - 1];
      for (const command of commands(folder, "Undo")) await runs(server, command, join(repository, folder));
      expect(await there(), `${folder} undone`).toEqual(lower ? keysIn(lower) : []);
      // Nothing is left of it in the objects that stay either.
      if (lower) await succeeds(server, ["diff", "--server-side", "-k", lower]);
    }
    expect(sets).toHaveLength(8);
  });
});

describe("docs/operate.md", () => {
  /** The lines to run under a heading. */
  function lines(heading: string): string[] {
    const text = readFileSync(join(repository, "docs/operate.md"), "utf8");
    const section = text.split(/^## /m).find((each) => each.startsWith(`${heading}\n`)) ?? "";
    const blocks = [...section.matchAll(/```sh\n(.*?)```/gs)].map(([, block = ""]) => block);
    return blocks.join("").trim().split("\n");
  }
  /** Runs them, or the first of them. */
  async function follow(heading: string, upTo?: number): Promise<string> {
    const commands = lines(heading);
    expect(commands[0], heading).not.toBe("");
    let said = "";
    for (const command of commands.slice(0, upTo)) said += await run(command);
    return said;
  }
  /** What meshc has counted, it writes to standard error: no warning. */
  const run = (command: string): Promise<string> =>
    runs(server, command.startsWith("npx meshc") ? `${command} 2>&1` : command, workspace);
  const edit = (file: string, change: (text: string) => string): void => {
    const path = join(workspace, file);
    const text = readFileSync(path, "utf8");
    const changed = change(text);
    expect(changed).not.toBe(text);
    writeFileSync(path, changed);
  };
  const restore = (file: string): void => cpSync(join(repository, file), join(workspace, file));
  const policy = async (name: string): Promise<Any> =>
    JSON.parse(
      await succeeds(server, ["get", "authorizationpolicies.security.istio.io", name, "-n", "larder", "-o", "json"]),
    );
  const environment = "mesh/environments/staging.yaml";

  withCluster("applies set by set, leaves nothing to apply, and goes back", async () => {
    const pods = () => keysThere(server, "kubernetes", ["deployments.apps", "services"]);
    const heading = "Step by step: the numbered sets";
    await follow(heading, lines(heading).findIndex((line) => line.startsWith("kubectl diff")) + 1);
    expect(await there()).toEqual(keysIn("mesh/istio/sets/040-canary"));
    expect(await pods()).toContain("Deployment/catalog-canary");
    await follow(heading);
    expect(await there()).toEqual(keysIn("mesh/istio/sets/030-timeouts-and-retries"));
    expect(await pods()).toEqual(
      keysIn("mesh/kubernetes/staging").filter((key) => /^(Deployment|Service)\//.test(key)),
    );
  });

  withCluster("audits, enforces with the next apply, and deletes what only counted", async () => {
    const dryRun = async (name: string) => (await policy(name)).metadata.annotations?.["istio.io/dry-run"];
    edit(environment, (text) => text.replace("defaults:\n", "defaults:\n  mode: audit\n"));
    expect(await follow("Audit first")).toContain("pricing-audit");
    expect((await policy("pricing")).spec.rules).toEqual([{}]);
    expect(await dryRun("pricing-audit")).toBe("true");

    restore(environment);
    await follow("Enforce", 2);
    // What stays is the one that opens nothing.
    expect(await dryRun("pricing-audit")).toBe("true");
    expect((await policy("pricing")).spec.rules).not.toEqual([{}]);
    expect(await dryRun("pricing")).toBeUndefined();
    await follow("Enforce");
    expect(await there()).toEqual(keysIn("mesh/istio/staging"));
    // The same target of another system is none of its business, and neither is another target.
    expect(await keysThere(server, "kubernetes", ["serviceaccounts"])).toHaveLength(12);
    expect(await follow("Verify")).toMatch(/looked at: 0 errors, \d+ warnings\n$/);
  });

  withCluster("takes a grant back, and rolls back to it", async () => {
    const git = (...args: string[]) =>
      execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b", ...args], { cwd: workspace });
    const [inventory, catalog] = ["inventory", "catalog"].map(
      (area) => `proto/larder/${area}/v1/${area}_service.proto`,
    ) as [string, string];
    const granted = async () => JSON.stringify((await policy("inventory")).spec.rules).includes("/sa/auditor");
    edit(catalog, (text) =>
      text.replace(
        "option (mesh.v1.external_workload)",
        'option (mesh.v1.external_workload) = {name: "auditor" namespace: "audit"};\noption (mesh.v1.external_workload)',
      ),
    );
    edit(inventory, (text) => text.replace('callers: ["backoffice"]', 'callers: ["backoffice", "auditor"]'));
    await run(`npx meshc generate --env ${environment}`);
    await run("kubectl apply --server-side -k mesh/istio/staging");
    expect(await granted()).toBe(true);
    git("init", "--quiet");
    git("add", "mesh");
    git("commit", "--quiet", "-m", "one");
    git("tag", "last-good");

    restore(catalog);
    restore(inventory);
    expect(await follow("Take a grant back")).toContain("/sa/backoffice");
    expect(await granted()).toBe(false);

    await follow("Roll back");
    expect(await granted()).toBe(true);
  });
});
