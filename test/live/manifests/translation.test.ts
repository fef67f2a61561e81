// What Istio makes of our manifests, rule by rule, against the protos: who gets in, how long a call may take, what is tried
// again, and what leaves a workload.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RetryCode } from "@larder/contract/mesh/v1/policy_pb.js";
import { afterAll, beforeAll, describe, expect, type TestContext, test } from "vitest";
import { identities, type Method, mayCall, readContract, repository } from "../../contract.ts";
import { foldersOf, objectsIn, tool } from "./manifests.ts";
import { allows } from "./rbac.ts";
import {
  inboundFilter,
  ingress,
  milliseconds,
  onlyMutualTls,
  type ProxyConfig,
  routesTo,
  translation,
} from "./translation.ts";

const contract = readContract();
const namespace = "larder";
const hostOf = (workload: string) => `${workload}.${namespace}.svc.cluster.local`;
const atEdge = contract.methods.filter(({ callers }) => callers.includes("@edge"));
const everyScope = [...new Set(contract.methods.flatMap(({ scopes }) => scopes))];

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), "larder-translation-"));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe.each(foldersOf("istio"))("%s", (folder) => {
  const environment = folder.replace("mesh/istio/", "");
  const trustDomain = `larder.${environment}`;
  const spiffe = (name: string, ns: string = namespace, domain = trustDomain) =>
    `spiffe://${domain}/ns/${ns}/sa/${name}`;
  const edge = spiffe(ingress.serviceAccount, ingress.namespace);
  const dialling = [...identities(contract, trustDomain), { id: edge, inside: false }];

  let made: Readonly<Record<string, ProxyConfig>> | undefined;
  const proxies = (context: TestContext) =>
    (made ??= translation(
      tool(context, "istio-translate"),
      trustDomain,
      objectsIn(`mesh/kubernetes/${environment}`),
      objectsIn(folder),
    ));
  const proxyOf = (context: TestContext, workload: string): ProxyConfig => {
    const config = proxies(context)[workload];
    if (!config) throw new Error(`no proxy of ${workload}`);
    return config;
  };

  test("lets in the callers of each method, and nobody else", (context) => {
    for (const method of contract.methods) {
      const { rules } = inboundFilter(proxyOf(context, method.workload), "rbac");
      for (const identity of dialling) {
        // What the ingress may pass on is below.
        if (identity.id === edge && method.callers.some((caller) => ["@edge", "@device"].includes(caller))) continue;
        const may = allows(rules, { principal: identity.id, path: method.path, scopes: everyScope });
        expect(may, `${identity.id} ${method.path}`).toBe(mayCall(identity, method));
      }
    }
    expect(contract.methods.length * dialling.length).toBeGreaterThan(500);
  });

  test("lets in nothing that the contract does not name, but health and, for the operator, reflection", (context) => {
    for (const workload of contract.workloads) {
      const { rules } = inboundFilter(proxyOf(context, workload), "rbac");
      const may = (name: string, path: string) => allows(rules, { principal: spiffe(name), path });
      for (const name of [...contract.workloads, "operator"]) {
        expect(may(name, "/grpc.health.v1.Health/Check")).toBe(true);
        expect(may(name, "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo")).toBe(name === "operator");
        for (const path of [
          "/",
          "/metrics",
          "/larder.order.v1.OrderService/Unheard",
          "/larder.order.v1.OrderService/",
        ]) {
          expect(may(name, path), `${name} ${path}`).toBe(false);
        }
      }
    }
  });

  test("takes calls over mutual TLS only", (context) => {
    for (const workload of contract.workloads) {
      expect(onlyMutualTls(proxyOf(context, workload)), workload).toBe(true);
    }
  });

  test("passes public methods on for the scopes that they ask for, on every path", (context) => {
    const { rules } = inboundFilter(proxyOf(context, "gateway"), "rbac");
    const ways = (method: Method) => [
      { verb: "POST", path: method.path },
      ...method.rest.map(({ verb, template }) => ({ verb, path: exampleOf(template) })),
    ];
    for (const method of atEdge) {
      for (const { verb, path } of ways(method)) {
        const may = (scopes?: readonly string[]) =>
          allows(rules, { principal: edge, path, method: verb, ...(scopes ? { scopes } : {}) });
        expect(may(everyScope), path).toBe(true);
        expect(may(method.scopes), path).toBe(true);
        expect(may(), path).toBe(method.scopes.length === 0);
        for (const scope of method.scopes) {
          expect(may(everyScope.filter((other) => other !== scope)), `${path} without ${scope}`).toBe(false);
        }
      }
      for (const { verb, template } of method.rest) {
        const other = verb === "GET" ? "DELETE" : "GET";
        const taken = atEdge.some(({ rest }) => rest.some((it) => it.verb === other && it.template === template));
        const path = exampleOf(template);
        const may = allows(rules, { principal: edge, path, method: other, scopes: everyScope });
        expect(may, `${other} ${path}`).toBe(taken || covered(path, other));
      }
    }
    expect(atEdge.length).toBeGreaterThan(10);
  });

  test("verifies the tokens of the issuer, and takes no word on the user from outside", (context) => {
    const { providers, rules } = inboundFilter(proxyOf(context, "gateway"), "jwt_authn");
    expect(Object.values(providers)).toMatchObject([{ audiences: ["larder"] }]);
    expect(rules).toHaveLength(1);
    const routes = proxyOf(context, "ingress").routes.flatMap(({ virtualHosts }) => virtualHosts);
    const through = routes.flatMap((host) => host.routes ?? []);
    for (const route of through) expect(route.requestHeadersToRemove, route.match).toContain("x-larder-user");
    expect(through.length).toBeGreaterThan(atEdge.length);
    const plain = proxyOf(context, "ingress").routes.find(({ name }) => name === "http.80");
    for (const host of plain.virtualHosts) expect(host.requireTls).toBe("ALL");
  });

  test("ends a call a little after its deadline, and tries again what the contract says and no more", (context) => {
    let checked = 0;
    for (const [caller, paths] of contract.calls) {
      for (const path of paths) {
        const method = contract.methods.find((it) => it.path === path);
        if (!method) throw new Error(`${caller} calls ${path}, which does not exist`);
        const route = routesTo(proxyOf(context, caller), hostOf(method.workload))?.find(
          ({ match }) => match.path === path,
        );
        expectPolicy(route?.route, method, `${caller} ${path}`);
        checked++;
      }
    }
    expect(checked).toBeGreaterThan(30);
  });

  test("has no route with retries that nobody stated", (context) => {
    for (const [name, { routes }] of Object.entries(proxies(context))) {
      const stated = contract.workloads.map(hostOf);
      const hosts = routes.flatMap(({ virtualHosts }) => virtualHosts);
      const ours = hosts.filter(({ domains }) =>
        domains.some((it: string) => stated.includes(it) || it.startsWith("shop.")),
      );
      for (const { route, match } of ours.flatMap((host) => host.routes ?? [])) {
        if (!route) continue;
        expect(route.retryPolicy, `${name} ${JSON.stringify(match)}`).toBeDefined();
        expect(route.retryPolicy.retryOn).not.toContain("cancelled");
      }
    }
  });

  test("lets a workload call what it declares; the rest it does not know, or refuses", (context) => {
    for (const [caller, paths] of contract.calls) {
      const callees = new Set(contract.methods.filter(({ path }) => paths.has(path)).map(({ workload }) => workload));
      const config = proxyOf(context, caller);
      for (const workload of contract.workloads) {
        const routes = routesTo(config, hostOf(workload));
        expect(routes !== undefined, `${caller} to ${workload}`).toBe(callees.has(workload));
        if (routes) expect(routes.at(-1).directResponse, `${caller} to ${workload}`).toMatchObject({ status: 403 });
      }
      const clusters = config.clusters.map(({ name }) => name).filter((name) => name.startsWith("outbound|50051|"));
      expect(clusters.sort()).toEqual([...callees].map((callee) => `outbound|50051||${hostOf(callee)}`).sort());
    }
  });

  test("limits what an instance takes, and leaves out one that fails", (context) => {
    for (const workload of contract.workloads) {
      const inbound = proxyOf(context, workload).clusters.find(({ name }) => name === "inbound|50051||");
      const wanted = workload === "gateway" ? 1024 : 512;
      expect(inbound.circuitBreakers.thresholds[0].maxRequests, workload).toBe(wanted);
    }
    const pricing = proxyOf(context, "order").clusters.find(({ name }) => name.endsWith(hostOf("pricing")));
    expect(pricing).toMatchObject({
      lbPolicy: "LEAST_REQUEST",
      outlierDetection: { consecutiveGatewayFailure: 5, consecutive5xx: 5, interval: "1s", baseEjectionTime: "3s" },
    });
    expect(pricing.circuitBreakers.thresholds[0].retryBudget).toMatchObject({ budgetPercent: { value: 20 } });
  });

  test("only watches a workload in audit mode", (context) => {
    const file = join(scratch, `${environment}.yaml`);
    const text = readFileSync(join(repository, `mesh/environments/${environment}.yaml`), "utf8");
    writeFileSync(file, text.replace("\n  pricing:\n", "\n  pricing:\n    mode: audit\n"));
    const out = join(scratch, environment);
    const meshc = join(repository, "mesh/compiler/bin/meshc.js");
    execFileSync("node", [meshc, "generate", "istio", "--env", file, "--out", out], { cwd: repository, stdio: "pipe" });
    const kubernetes = objectsIn(`mesh/kubernetes/${environment}`);
    const audited = translation(tool(context, "istio-translate"), trustDomain, kubernetes, objectsIn(out));
    const rbac = (workload: string) => inboundFilter(audited[workload] as ProxyConfig, "rbac");
    const foreign = { principal: spiffe("shipping"), path: "/larder.pricing.v1.PricingService/Quote" };
    expect(allows(rbac("pricing").rules, foreign)).toBe(true);
    expect(allows(rbac("pricing").shadowRules, foreign)).toBe(false);
    expect(allows(rbac("pricing").shadowRules, { ...foreign, principal: spiffe("order") })).toBe(true);
    const elsewhere = { ...foreign, path: "/larder.order.v1.OrderService/PlaceOrder" };
    expect(allows(rbac("order").rules, elsewhere)).toBe(false);
  });
});

/** A path that a template fits: `/v1/{name=orders/*}:cancel` is `/v1/orders/x:cancel`. */
const exampleOf = (template: string): string =>
  template.replace(/\{[^}=]+(?:=([^}]*))?\}/g, (_, part) => part ?? "*").replaceAll("*", "x");

/** Whether a path under this verb is also one of another binding, with its wildcards. */
const covered = (path: string, verb: string): boolean =>
  atEdge.some(({ rest }) =>
    rest.some(
      (it) => it.verb === verb && new RegExp(`^${exampleOf(it.template).replace(/\bx\b/g, "[^/]+")}$`).test(path),
    ),
  );

/** What a route must say for a method, from the protos alone: backstop and tries. */
function expectPolicy(
  route: { timeout: string; retryPolicy: Record<string, unknown> } | undefined,
  method: Method,
  what: string,
) {
  expect(route, what).toBeDefined();
  const { limitMs, tries, retryOn, kind } = method;
  const backstop = limitMs === 0 ? 0 : limitMs + Math.max(50, Math.ceil(limitMs / 10));
  expect(milliseconds(route?.timeout ?? "0s"), what).toBe(backstop);
  const repeated = kind === "unary" ? retryOn : [];
  const conditions = [
    ...(repeated.includes(RetryCode.UNAVAILABLE) ? ["unavailable", "reset"] : []),
    ...(repeated.includes(RetryCode.RESOURCE_EXHAUSTED) ? ["resource-exhausted"] : []),
    "connect-failure",
    "refused-stream",
  ];
  expect(String(route?.retryPolicy.retryOn).split(",").sort(), what).toEqual(conditions.sort());
  expect(route?.retryPolicy.numRetries, what).toBe(repeated.length > 0 ? tries - 1 : 1);
  expect(route?.retryPolicy, what).not.toHaveProperty("perTryTimeout");
}
