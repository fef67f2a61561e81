// Numbered sets for Istio: what is in each, and what its page says. That they apply, and what Istio makes of them, is in test/live.

import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { emitIstio } from "../istio/index.ts";
import { repository } from "../testing/contract.ts";
import { library, libraryCluster } from "../testing/library.ts";
import { type Any, objectsIn } from "../testing/manifests.ts";
import { emitIstioSets } from "./index.ts";

const contract = library();
const canary = "canary: { tag: v2, weight: 10, headers: { x-track: canary } }";
const faults = "faults: [{ method: acme.stock.v1.StockService/Find, percent: 5, abort: UNAVAILABLE }]";
const filters = (text: string) => text.replace("mesh: istio", "mesh: istio\n  envoyFilters: true");
const trial = (text: string) => filters(text).replace("stock: {", `stock: { ${canary}, ${faults},`);

const files = emitIstioSets(contract, libraryCluster(trial));
const foldersIn = (of: ReadonlyMap<string, string>) => [
  ...new Set([...of.keys()].map((path) => path.split("/")[0] ?? "")),
];
const filesIn = (folder: string, of = files) =>
  new Map(
    [...of].flatMap(([path, text]) => (path.startsWith(`${folder}/`) ? [[path.slice(folder.length + 1), text]] : [])),
  );
const objects = (folder: string) =>
  objectsIn(new Map([...filesIn(folder)].filter(([name]) => name.endsWith(".yaml") && name !== "kustomization.yaml")));
const kindsIn = (folder: string) => [...new Set(Object.values(objects(folder)).map(({ kind }: Any) => kind))].sort();

const folders = [
  "010-strict-mtls",
  "020-authorization",
  "030-timeouts-and-retries",
  "040-canary",
  "050-header-route",
  "060-faults",
  "070-egress",
  "080-rate-limit",
] as const;

test("the sets are numbered, each with its objects, its list and its page", () => {
  expect(foldersIn(files)).toEqual([...folders]);
  for (const folder of folders) {
    expect([...filesIn(folder).keys()]).toEqual(
      expect.arrayContaining(["README.md", "kustomization.yaml", "namespace.yaml"]),
    );
  }
});

test("each contains the lower ones, and the last is what the target istio makes", () => {
  for (const [i, folder] of folders.entries()) {
    const lower = folders[i - 1];
    if (lower) expect(Object.keys(objects(folder))).toEqual(expect.arrayContaining(Object.keys(objects(lower))));
  }
  const all = emitIstio(contract, libraryCluster(trial));
  const last = filesIn("080-rate-limit");
  last.delete("README.md");
  expect([...last]).toEqual([...all]);
});

test("none has two routes for one host, or anything twice", () => {
  for (const folder of folders) {
    const hosts = Object.values(objects(folder)).flatMap(({ kind, spec }: Any) =>
      kind === "VirtualService" ? spec.hosts : [],
    );
    expect(new Set(hosts).size).toBe(hosts.length);
  }
});

describe("what each adds", () => {
  const http = (folder: string, method: string): Any[] =>
    objects(folder)["VirtualService/stock"].spec.http.filter(({ match }: Any) =>
      match?.[0].uri.exact.endsWith(`/${method}`),
    );

  test("010 is mutual TLS, and refuses nobody who has a certificate", () => {
    expect(kindsIn("010-strict-mtls")).toEqual(["PeerAuthentication", "Telemetry"]);
  });
  test("020 adds who may call, and no route", () => {
    expect(objects("020-authorization")["AuthorizationPolicy/stock"].spec.action).toBe("ALLOW");
    expect(kindsIn("020-authorization")).not.toContain("VirtualService");
  });
  test("030 adds time and tries, and keeps calls away from a canary", () => {
    const [find, ...more] = http("030-timeouts-and-retries", "Find");
    expect(more).toEqual([]);
    expect(find).toMatchObject({ timeout: "0.45s", retries: { attempts: 2 } });
    expect(find.route.map(({ destination }: Any) => destination.subset)).toEqual(["stable"]);
    expect(find).not.toHaveProperty("fault");
  });
  test("040 adds the weights, 050 the header, 060 the faults", () => {
    expect(http("040-canary", "Find")).toHaveLength(1);
    expect(http("040-canary", "Find")[0].route.map(({ weight }: Any) => weight)).toEqual([90, 10]);
    expect(http("050-header-route", "Find")).toHaveLength(2);
    expect(http("050-header-route", "Find").some(({ fault }) => fault)).toBe(false);
    expect(http("060-faults", "Find").every(({ fault }) => fault.abort.grpcStatus === "UNAVAILABLE")).toBe(true);
  });
  test("070 adds what may leave, 080 how much comes in", () => {
    expect(kindsIn("060-faults")).not.toContain("Sidecar");
    expect(kindsIn("070-egress")).toEqual(expect.arrayContaining(["ServiceEntry", "Sidecar"]));
    expect(kindsIn("070-egress")).not.toContain("EnvoyFilter");
    expect(kindsIn("080-rate-limit")).toContain("EnvoyFilter");
  });
});

describe("an environment that asks for less has fewer sets", () => {
  const made = (change: (text: string) => string) => foldersIn(emitIstioSets(contract, libraryCluster(change)));
  const without = (...numbers: string[]) => folders.filter((folder) => !numbers.includes(folder.slice(0, 3)));

  test("no canary, no faults", () => expect(made(filters)).toEqual(without("040", "050", "060")));
  test("and no EnvoyFilter", () => expect(made((text) => text)).toEqual(without("040", "050", "060", "080")));
  test("a canary for the header only", () => {
    expect(made((text) => trial(text).replace("weight: 10, ", ""))).toEqual(without("040"));
  });
  test("a canary for the weight only", () => {
    expect(made((text) => trial(text).replace(", headers: { x-track: canary }", ""))).toEqual(without("050"));
  });
});

describe("the page", () => {
  test.each(folders)("of %s has ten lines, and is the one on record", async (folder) => {
    const page = filesIn(folder).get("README.md") ?? "";
    expect(page.split("\n").length).toBeLessThanOrEqual(12);
    const golden = join(repository, "mesh/compiler/testdata/emit/istio-sets", `${folder}.md`);
    await expect(page).toMatchFileSnapshot(golden);
  });

  test("undoes into the set before it, and deletes the kinds that only this one has", () => {
    expect(filesIn("070-egress").get("README.md")).toContain(
      "`kubectl apply --server-side -k ../060-faults`, then `kubectl delete -n reading " +
        "sidecars.networking.istio.io,serviceentries.networking.istio.io -l mesh.v1/target=istio,app.kubernetes.io/part-of=library`",
    );
    const fewer = emitIstioSets(contract, libraryCluster());
    expect(filesIn("070-egress", fewer).get("README.md")).toContain("-k ../030-timeouts-and-retries`");
  });
});
