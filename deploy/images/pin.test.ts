import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { loadEnvironment } from "../../mesh/compiler/src/environment.ts";
import { ImagesError } from "./error.ts";
import { environmentFile, pin } from "./pin.ts";
import { servicesOf } from "./services.ts";

const folder = mkdtempSync(join(tmpdir(), "larder-pin-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const digest = (digit: string) => `sha256:${digit.repeat(64)}`;
const all = (digit: string) => new Map(servicesOf().map(({ name }) => [name, digest(digit)]));

function copyOf(environment: string): string {
  const file = join(folder, `${environment}.yaml`);
  copyFileSync(environmentFile(environment), file);
  return file;
}

test.each(["staging", "production", "linkerd"])("digests are pinned in %s, and nothing else changes", (environment) => {
  const file = copyOf(environment);
  pin(file, all("a"));
  const once = readFileSync(file, "utf8");
  pin(file, all("b"));
  expect(readFileSync(file, "utf8")).toBe(once.replaceAll(digest("a"), digest("b")));
  const without = (text: string) => text.replace(/^ {4}image: .*\n/gm, "");
  expect(without(once)).toBe(without(readFileSync(environmentFile(environment), "utf8")));
  const { workloads, cluster } = loadEnvironment(file);
  for (const { name } of servicesOf()) {
    const { registry, tag } = cluster?.images ?? {};
    expect(workloads[name]?.image).toBe(`${registry}/${name}:${tag}@${digest("b")}`);
  }
});

test("an environment of no cluster, and one without the service, is left as it is", () => {
  for (const [environment, services, reason] of [
    ["local", all("a"), /local\.yaml names no registry: cluster\.images/],
    ["staging", new Map([...all("a"), ["stranger", digest("a")]]), /staging\.yaml has no workload stranger/],
  ] as const) {
    const file = copyOf(environment);
    const before = readFileSync(file, "utf8");
    expect(() => pin(file, services)).toThrow(reason);
    expect(readFileSync(file, "utf8")).toBe(before);
  }
});

test("a service that does not exist is refused by its name", () => {
  expect(() => servicesOf(["order", "stranger"])).toThrow(ImagesError);
  expect(() => servicesOf(["order", "stranger"])).toThrow(
    /no service stranger: there are aggregator, catalog, customer/,
  );
  expect(servicesOf(["order"]).map(({ name }) => name)).toEqual(["order"]);
});

test("a file that is no environment is refused", () => {
  const file = join(folder, "none.yaml");
  writeFileSync(file, "a: 1\n");
  expect(() => pin(file, all("a"))).toThrow(ImagesError);
});
