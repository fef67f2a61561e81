// Istio's own validation of what is generated for it.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { repository } from "../../contract.ts";
import { filesIn, foldersOf, tool } from "./manifests.ts";

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), "larder-istioctl-"));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Standard output and error together, and whether the tool was content. */
function run(program: string, ...args: string[]): { ok: boolean; said: string } {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: "utf8", cwd: repository });
  if (error) throw error;
  return { ok: status === 0, said: stdout + stderr };
}

/** What Istio says of every EnvoyFilter, and what it says of files that it need not read. */
const known = [
  /EnvoyFilter exposes internal implementation details that may change at any time\./,
  /gateway\.yaml" has warnings:/,
  /^Skipping file \S+README\.md/,
];
const more = (said: string): string =>
  said
    .split("\n")
    .filter((line) => !known.some((pattern) => pattern.test(line)))
    .join("\n");

describe.each([...foldersOf("istio"), ...foldersOf("istio-sets")])("%s", (folder) => {
  const files = filesIn(folder);

  test("is valid", (context) => {
    const istioctl = tool(context, "istioctl");
    const { ok, said } = run(istioctl, "validate", "-f", folder);
    expect(more(said)).not.toMatch(/warning/i);
    expect(ok, said).toBe(true);
    expect(files.length).toBeGreaterThan(folder.includes("/010-") ? 0 : 5);
  });

  test("goes together, and with the workloads that it is for", (context) => {
    const istioctl = tool(context, "istioctl");
    const with_ = folder.includes("/sets/")
      ? "mesh/kubernetes/trial"
      : folder.replace("mesh/istio/", "mesh/kubernetes/");
    const { ok, said } = run(istioctl, "analyze", "--use-kube=false", "--namespace=larder", folder, with_);
    expect(more(said)).not.toMatch(/^(Error|Warning)/m);
    expect(ok, said).toBe(true);
    expect(said.includes("EnvoyFilter")).toBe(folder.includes("/080-"));
  });
});

describe("the tool finds", () => {
  const [file = ""] = foldersOf("istio").map((folder) => join(repository, folder, "pricing.yaml"));

  test.for([
    ["a misspelt condition of a retry", "unavailable,reset", "unavailible,reset"],
    ["a field that does not exist", "retryBudget:", "retryBudgets:"],
    ["a limit of no time", /timeout: [0-9.]+s/, "timeout: 0s"],
  ] as const)("%s", ([, right, wrong], context) => {
    const istioctl = tool(context, "istioctl");
    const text = readFileSync(file, "utf8");
    const changed = text.replace(right, wrong);
    expect(changed).not.toBe(text);
    writeFileSync(join(scratch, "changed.yaml"), changed);
    expect(run(istioctl, "validate", "-f", join(scratch, "changed.yaml")).ok).toBe(false);
  });
});
