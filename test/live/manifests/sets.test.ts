// What Istio makes of the numbered sets: each does what its page says, and nothing that a higher one does.

import { describe, expect, type TestContext, test } from "vitest";
import { type Any, foldersOf, objectsIn, tool } from "./manifests.ts";
import { allows } from "./rbac.ts";
import {
  inboundFilter,
  inboundFilters,
  onlyMutualTls,
  type ProxyConfig,
  routesTo,
  translation,
} from "./translation.ts";

const hostOf = (workload: string) => `${workload}.larder.svc.cluster.local`;
const inventory = (method: string) => `/larder.inventory.v1.InventoryService/${method}`;
const catalog = (method: string) => `/larder.catalog.v1.CatalogService/${method}`;
const pods = "mesh/kubernetes/trial";

const made = new Map<string, Readonly<Record<string, ProxyConfig>>>();
/** The proxy of a workload under the set with this number. */
function proxyUnder(context: TestContext, set: string, workload: string): ProxyConfig {
  const folder = foldersOf("istio-sets").find((path) => path.includes(`/${set}-`));
  if (!folder) throw new Error(`there is no set ${set}`);
  const translate = tool(context, "istio-translate");
  const proxies = made.get(set) ?? translation(translate, "larder.staging", objectsIn(pods), objectsIn(folder));
  made.set(set, proxies);
  const config = proxies[workload];
  if (!config) throw new Error(`no proxy of ${workload}`);
  return config;
}

/** Whether something holds under this set and all above it, and under none below. */
function from(context: TestContext, set: string, workload: string, holds: (config: ProxyConfig) => boolean): void {
  const numbers = foldersOf("istio-sets").map((path) => path.replace(/.*\/(\d+)-.*/, "$1"));
  expect(numbers).toHaveLength(8);
  for (const number of numbers) {
    expect(holds(proxyUnder(context, number, workload)), `${workload} under ${number}`).toBe(number >= set);
  }
}

const route = (config: ProxyConfig, workload: string, path: string): Any[] =>
  (routesTo(config, hostOf(workload)) ?? []).filter(({ match }) => match.path === path);
/** The versions that a route leads to, with their weights. */
const versions = ({ route }: Any): Record<string, number> =>
  Object.fromEntries(
    (route.weightedClusters?.clusters ?? [{ name: route.cluster, weight: 100 }]).map(({ name, weight }: Any) => [
      name.split("|")[2],
      weight,
    ]),
  );

describe("set", { timeout: 120_000 }, () => {
  test("010: nothing comes in without mutual TLS", (context) => {
    from(context, "010", "inventory", onlyMutualTls);
    expect(inboundFilter(proxyUnder(context, "010", "inventory"), "rbac")).toBeUndefined();
  });

  test("020: only the callers of the contract come in", (context) => {
    from(context, "020", "inventory", (config) => {
      const rules = inboundFilter(config, "rbac")?.rules;
      const may = (who: string) =>
        allows(rules, { principal: `spiffe://larder.staging/ns/larder/sa/${who}`, path: inventory("Reserve") });
      return rules !== undefined && may("order") && !may("notification");
    });
  });

  test("030: a route has the time and the tries of the contract, and leads to the stable version alone", (context) => {
    from(
      context,
      "030",
      "order",
      (config) => route(config, "inventory", inventory("Reserve"))[0]?.route.timeout === "0.550s",
    );
    const [get, ...more] = route(proxyUnder(context, "030", "gateway"), "catalog", catalog("GetProduct"));
    expect(more).toEqual([]);
    expect(versions(get)).toEqual({ stable: 100 });
  });

  test("040: ten of a hundred calls go to the canary", (context) => {
    from(context, "040", "gateway", (config) => {
      const last = route(config, "catalog", catalog("GetProduct")).at(-1);
      return last !== undefined && versions(last).canary === 10 && versions(last).stable === 90;
    });
  });

  test("050: a call with the header goes to the canary, before the weights", (context) => {
    from(context, "050", "gateway", (config) => {
      const [first, ...rest] = route(config, "catalog", catalog("GetProduct"));
      const asked = first?.match.headers?.some(
        ({ name, stringMatch }: Any) => name === "x-larder-track" && stringMatch.exact === "canary",
      );
      return rest.length === 1 && asked === true && versions(first).canary === 100;
    });
  });

  test("060: calls are kept back and ended on purpose, those that are named and no other", (context) => {
    const faults = (config: ProxyConfig): Record<string, Any> =>
      Object.fromEntries(
        (routesTo(config, hostOf("inventory")) ?? []).flatMap(({ match, typedPerFilterConfig }) => {
          const fault = typedPerFilterConfig?.["envoy.filters.http.fault"];
          return fault ? [[match.path, fault]] : [];
        }),
      );
    from(context, "060", "order", (config) => Object.keys(faults(config)).length > 0);
    const found = faults(proxyUnder(context, "060", "order"));
    expect(Object.keys(found).sort()).toEqual([inventory("BatchGetStock"), inventory("Reserve")]);
    expect(found[inventory("BatchGetStock")].delay).toMatchObject({
      fixedDelay: "0.200s",
      percentage: { numerator: 200000 },
    });
    expect(found[inventory("Reserve")].abort).toMatchObject({ grpcStatus: 14, percentage: { numerator: 50000 } });
  });

  test("070: a workload knows its callees, and sends to nobody else", (context) => {
    const callees = (config: ProxyConfig) =>
      config.clusters.some(({ name }) => name.endsWith(`|${hostOf("customer")}`));
    const unknown = (config: ProxyConfig) => config.clusters.some(({ name }) => name === "BlackHoleCluster");
    from(context, "070", "pricing", (config) => !callees(config) && unknown(config));
  });

  describe("080", () => {
    test("a public workload takes so many requests a second, before anybody looks at them", (context) => {
      const limit = (config: ProxyConfig) => inboundFilter(config, "local_ratelimit");
      from(context, "080", "gateway", (config) => limit(config)?.tokenBucket.maxTokens === 1000);
      const config = proxyUnder(context, "080", "gateway");
      expect(limit(config)).toMatchObject({
        tokenBucket: { tokensPerFill: 500, fillInterval: "1s" },
        rateLimitedAsResourceExhausted: true,
      });
      const names = inboundFilters(config).map(({ name }) => name);
      expect(names[0]).toBe("envoy.filters.http.local_ratelimit");
      expect(names).toContain("envoy.filters.http.rbac");
    });

    test("a workload that only the mesh reaches has no limit of this kind", (context) => {
      expect(inboundFilter(proxyUnder(context, "080", "order"), "local_ratelimit")).toBeUndefined();
    });
  });
});
