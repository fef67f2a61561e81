// Manifests for Istio as text and as meaning. What Istio itself makes of them is in test/live/manifests.

import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { contractOf, repository } from "../testing/contract.ts";
import { library, libraryCluster, libraryFiles } from "../testing/library.ts";
import { type Any, objectsIn } from "../testing/manifests.ts";
import { emitIstio } from "./index.ts";

const contract = library();
const files = emitIstio(contract, libraryCluster());
const objects = objectsIn(files);
const emit = (change: (text: string) => string) => objectsIn(emitIstio(contract, libraryCluster(change)));

const stock = (method: string) => `/acme.stock.v1.StockService/${method}`;
const desk = (method: string) => `/acme.desk.v1.DeskService/${method}`;
const mesh = (name: string) => `library.test/ns/reading/sa/${name}`;
const ingress = "library.test/ns/ingress/sa/ingress";

const rules = (name: string, of = objects): Any[] => of[`AuthorizationPolicy/${name}`].spec.rules;
const ruleFor = (name: string, path: string, of = objects): Any =>
  rules(name, of).find(({ to }) => to?.[0].operation.paths?.includes(path));
const route = (name: string, path: string, of = objects): Any =>
  of[`VirtualService/${name}`].spec.http.find(({ match }: Any) => match?.[0].uri?.exact === path);

describe("text", () => {
  test.each(["namespace", "desk", "stock", "default-deny", "kustomization"])(
    "of %s is the one on record",
    async (name) => {
      const golden = join(repository, "mesh/compiler/testdata/emit/istio", `${name}.yaml`);
      await expect(files.get(`${name}.yaml`)).toMatchFileSnapshot(golden);
    },
  );

  test("is the same whatever the order of files and statements", () => {
    const reversed = contractOf(Object.fromEntries(Object.entries(libraryFiles).reverse()));
    expect([...emitIstio(reversed, libraryCluster())]).toEqual([...files]);
  });

  test("says of every rule where it comes from", () => {
    const line = libraryFiles["acme/stock/v1/stock.proto"].split("\n").findIndex((it) => it.includes("rpc Take")) + 1;
    const origin = `# from acme/stock/v1/stock.proto:${line} acme.stock.v1.StockService/Take\n`;
    expect(files.get("stock.yaml")?.split(origin)).toHaveLength(3);
  });
});

describe("callers", () => {
  test("need a certificate of the mesh, and are refused where no rule names them", () => {
    expect(objects["PeerAuthentication/default"].spec).toEqual({ mtls: { mode: "STRICT" } });
    expect(objects["AuthorizationPolicy/allow-nothing"].spec).toEqual({});
    expect(objects["AuthorizationPolicy/stock"].spec.action).toBe("ALLOW");
  });

  test("are named by their identities, without the scheme, which would fit nobody", () => {
    expect(ruleFor("stock", stock("Find")).from).toEqual([
      { source: { principals: [mesh("desk"), "old.example/ns/legacy/sa/archive"] } },
    ]);
    expect(ruleFor("stock", stock("Count")).from[0].source.principals).toEqual([mesh("*")]);
    for (const text of files.values()) expect(text).not.toContain("spiffe:");
  });

  test("have a rule for each method that the mesh may call, health and reflection, and no other", () => {
    const own = ["Arrivals", "Count", "Find", "Hints", "Loans", "Scrap", "Shelve", "Take"].map(stock);
    const allowed = rules("stock").flatMap(({ to }) => to[0].operation.paths);
    const builtIn = allowed.filter((path: string) => path.startsWith("/grpc."));
    expect(allowed.filter((path: string) => !path.startsWith("/grpc."))).toEqual(own);
    expect(builtIn).toHaveLength(4);
    expect(ruleFor("stock", "/grpc.health.v1.Health/Check").from[0].source.principals).toEqual([mesh("*")]);
    const reflection = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";
    expect(ruleFor("stock", reflection).from[0].source.principals).toEqual([mesh("operator")]);
  });

  test("are only watched in audit mode, and everything passes meanwhile", () => {
    const audited = emit((text) => text.replace("stock: {", "stock: { mode: audit,"));
    const dryRun = { "istio.io/dry-run": "true" };
    // What is left behind by the way back is the one that opens nothing.
    expect(audited["AuthorizationPolicy/stock-audit"].metadata.annotations).toEqual(dryRun);
    expect(audited["AuthorizationPolicy/stock-audit"].spec).toEqual(objects["AuthorizationPolicy/stock"].spec);
    expect(audited["AuthorizationPolicy/stock"].spec.rules).toEqual([{}]);
    expect(audited["AuthorizationPolicy/stock"].metadata).not.toHaveProperty("annotations");
    expect(audited["VirtualService/stock"].spec.http.at(-1)).not.toHaveProperty("directResponse");
    expect(audited["AuthorizationPolicy/desk"].metadata).not.toHaveProperty("annotations");
    expect(objects).not.toHaveProperty("AuthorizationPolicy/stock-audit");
  });
});

test("objects stand in the order in which they can be read: what is allowed, then what is refused", () => {
  const order = Object.keys(objects);
  const at = (key: string) => order.indexOf(key);
  const policies = order.filter((key) => key.startsWith("AuthorizationPolicy/"));
  expect(policies.length).toBeGreaterThan(2);
  expect(policies.at(-1)).toBe("AuthorizationPolicy/allow-nothing");
  // Routes lead to subsets, and workloads to what lies outside.
  expect(at("DestinationRule/stock")).toBeLessThan(at("VirtualService/stock"));
  expect(at("ServiceEntry/mail")).toBeLessThan(at("Sidecar/stock"));
});

describe("users", () => {
  const keys = (text: string) =>
    text.replace("audience: inner }", 'audience: inner, jwksUri: "https://keys.library.test/jwks" }');

  test("are left to the processes where the mesh cannot read the keys", () => {
    expect(objects).not.toHaveProperty("RequestAuthentication/stock");
    expect(ruleFor("stock", stock("Loans")).from[0].source).not.toHaveProperty("requestPrincipals");
  });

  test("are verified where it can, and must be there where the method needs one", () => {
    const verified = emit(keys);
    expect(verified["RequestAuthentication/stock"].spec.jwtRules).toEqual([
      {
        issuer: "desk",
        audiences: ["inner"],
        jwksUri: "https://keys.library.test/jwks",
        fromHeaders: [{ name: "x-library-user" }],
        forwardOriginalToken: true,
      },
    ]);
    expect(ruleFor("stock", stock("Loans"), verified).from[0].source.requestPrincipals).toEqual(["desk/*"]);
    expect(ruleFor("stock", stock("Hints"), verified).from[0].source).not.toHaveProperty("requestPrincipals");
  });
});

describe("time and tries", () => {
  test("end a little after the deadline, and there is no limit for one try", () => {
    expect(route("stock", stock("Find")).timeout).toBe("0.45s");
    expect(route("stock", stock("Take")).timeout).toBe("1.1s");
    expect(route("stock", stock("Arrivals")).timeout).toBe("5.5s");
    expect(route("stock", "/grpc.health.v1.Health/Watch")).not.toHaveProperty("timeout");
    for (const text of files.values()) expect(text).not.toContain("perTryTimeout");
  });

  test("are one less than in the contract, and stated for every route", () => {
    const unreached = "connect-failure,refused-stream";
    const retries = (method: string) => route("stock", stock(method)).retries;
    expect(retries("Find")).toEqual({ attempts: 2, retryOn: `unavailable,reset,${unreached}`, backoff: "0.01s" });
    expect(retries("Shelve")).toMatchObject({ attempts: 1, retryOn: `resource-exhausted,${unreached}` });
    expect(retries("Take")).toMatchObject({ attempts: 1, retryOn: unreached });
    expect(retries("Arrivals")).toMatchObject({ attempts: 1, retryOn: unreached });
    for (const name of ["stock", "desk", "desk-edge"]) {
      const routes: Any[] = objects[`VirtualService/${name}`].spec.http;
      for (const each of routes) expect(each.retries?.attempts ?? each.directResponse?.status, name).toBeGreaterThan(0);
    }
  });

  test("hold for what the contract names; the rest leaves no caller", () => {
    expect(objects["VirtualService/stock"].spec.http.at(-1)).toEqual({ directResponse: { status: 403 } });
  });
});

describe("instances", () => {
  test("get the call that has the least to do, and are left out when they fail", () => {
    const { trafficPolicy } = objects["DestinationRule/stock"].spec;
    expect(trafficPolicy).toMatchObject({
      tls: { mode: "ISTIO_MUTUAL" },
      loadBalancer: { simple: "LEAST_REQUEST", localityLbSetting: { enabled: false } },
      retryBudget: { percent: 20 },
      outlierDetection: { consecutiveGatewayErrors: 20, interval: "0.1s", baseEjectionTime: "0.4s" },
    });
  });

  test("take what the environment says, each by itself; a caller gets as much as all take together", () => {
    expect(objects["Sidecar/stock"].spec.inboundConnectionPool.http.http2MaxRequests).toBe(4);
    expect(objects["DestinationRule/stock"].spec.trafficPolicy.connectionPool.http.http2MaxRequests).toBe(8);
  });
});

describe("what leaves a workload", () => {
  test("goes to its callees and destinations", () => {
    const hosts = (name: string) => objects[`Sidecar/${name}`].spec.egress[0].hosts;
    expect(hosts("desk")).toEqual(["./stock.reading.svc.cluster.local"]);
    expect(hosts("stock")).toEqual(["./smtp.library.test", "data/postgres.data.svc.cluster.local"]);
    expect(objects["Sidecar/desk"].spec.outboundTrafficPolicy).toEqual({ mode: "REGISTRY_ONLY" });
    expect(objects["ServiceEntry/mail"].spec).toMatchObject({
      hosts: ["smtp.library.test"],
      ports: [{ number: 465, protocol: "TLS" }],
    });
    expect(objects).not.toHaveProperty("ServiceEntry/database");
  });

  test("goes nowhere where it calls nobody", () => {
    const alone = emit((text) => text.replace("workloads:", "workloads:\n  clerk: {}"));
    expect(alone["Sidecar/clerk"].spec.egress).toEqual([{ hosts: ["~/*"] }]);
  });
});

describe("the edge", () => {
  test("has TLS, and sends plain HTTP there", () => {
    const [https, http] = objects["Gateway/desk-edge"].spec.servers;
    expect(https).toMatchObject({
      hosts: ["reading/books.library.test"],
      tls: { credentialName: "books-certificate" },
    });
    expect(http).toMatchObject({ tls: { httpsRedirect: true } });
    expect(objects["Gateway/desk-edge"].spec.selector).toEqual({ istio: "ingress" });
  });

  test("is one caller, the ingress, for public methods only", () => {
    const rule = ruleFor("desk", desk("SearchBooks"));
    expect(rule.from).toEqual([{ source: { principals: [ingress] } }]);
    expect(JSON.stringify(rules("stock"))).not.toContain(ingress);
    expect(ruleFor("desk", desk("Lend")).from[0].source.principals).toEqual([mesh("clerk")]);
  });

  test("asks for every scope, on the path of the method and on its JSON path", () => {
    const scopes = (rule: Any) =>
      (rule.when ?? [])
        .filter(({ key }: Any) => key === "request.auth.claims[scope]")
        .flatMap(({ values }: Any) => values);
    const byIngress = rules("desk").filter(({ from }) => from[0].source.principals[0] === ingress);
    const ways = (operation: (operation: Any) => boolean) => byIngress.filter(({ to }) => operation(to[0].operation));
    const [lend] = ways(({ paths }) => paths?.includes(desk("Lend")));
    expect(scopes(lend)).toEqual(["books.write", "loans.write"]);
    const [lendJson] = ways(({ paths }) => paths?.includes("*:lend"));
    expect(lendJson.to[0].operation.methods).toEqual(["POST"]);
    expect(scopes(lendJson)).toEqual(["books.write", "loans.write"]);
    expect(lendJson.when[0]).toEqual({ key: "request.headers[:path]", values: ["/v1/books/*"] });
    const [search] = ways(({ paths, methods }) => methods && paths?.includes("/v1/books/search"));
    expect(scopes(search)).toEqual(["books.search"]);
    expect(scopes(ways(({ paths }) => paths?.includes(desk("GetBook")))[0])).toEqual([]);
  });

  test("lets a wildcard cover no path that is another method's", () => {
    const get = rules("desk").find(({ to }) => to[0].operation.paths?.includes("/v1/books/{*}"));
    expect(get.to[0].operation).toEqual({
      methods: ["GET"],
      paths: ["/v1/books/{*}"],
      notPaths: ["/v1/books/search"],
    });
  });

  test("lets the pages of the origin that the environment names read answers, on every route, and no others", () => {
    const policies = (of: Record<string, Any>): Any[] =>
      of["VirtualService/desk-edge"].spec.http.map(({ corsPolicy }: Any) => corsPolicy);
    for (const policy of policies(objects)) {
      expect(policy).toMatchObject({
        allowOrigins: [{ exact: "https://shop.test" }],
        allowMethods: ["GET", "POST"],
        allowHeaders: expect.arrayContaining(["authorization", "x-grpc-web", "connect-protocol-version"]),
        exposeHeaders: expect.arrayContaining(["grpc-status", "grpc-message"]),
        maxAge: "7200s",
        unmatchedPreflights: "IGNORE",
      });
    }
    const without = emit((text) => text.replace(/.*allowOrigin.*\n/, ""));
    expect(policies(without).every((policy) => policy === undefined)).toBe(true);
    expect(objects["VirtualService/stock"].spec.http.some(({ corsPolicy }: Any) => corsPolicy)).toBe(false);
  });

  test("passes what the environment lets pass, and drops what only the inside may say", () => {
    expect(ruleFor("desk", "/healthz").to[0].operation.paths).toEqual(["/", "/console/*", "/healthz"]);
    for (const each of objects["VirtualService/desk-edge"].spec.http) {
      expect(each.headers.request.remove).toEqual(["x-library-user"]);
    }
    expect(objects["RequestAuthentication/desk"].spec.jwtRules[0]).toMatchObject({
      issuer: "https://issuer.library.test",
      audiences: ["library"],
      jwksUri: "https://issuer.library.test/jwks",
    });
  });
});

describe("two versions of a workload", () => {
  const canary = (text: string) => emit((all) => all.replace("stock: {", `stock: { canary: { tag: v2, ${text} },`));
  const shares = (of: Any) => of.route.map(({ destination, weight }: Any) => [destination.subset, weight]);
  const routesFor = (of: Record<string, Any>, path: string): Any[] =>
    of["VirtualService/stock"].spec.http.filter(({ match }: Any) => match?.[0].uri?.exact === path);

  test("share the calls by weight, and time and tries stay what they were", () => {
    const both = canary("weight: 10");
    const [find, ...more] = routesFor(both, stock("Find"));
    expect(more).toEqual([]);
    expect(shares(find)).toEqual([
      ["stable", 90],
      ["canary", 10],
    ]);
    const { route: _, ...limits } = find;
    const { route: __, ...before } = route("stock", stock("Find"));
    expect(limits).toEqual(before);
    expect(shares(routesFor(both, "/grpc.health.v1.Health/Check")[0])).toHaveLength(2);
    expect(both["DestinationRule/stock"].spec.subsets).toEqual([
      { name: "stable", labels: { "mesh.v1/track": "stable" } },
      { name: "canary", labels: { "mesh.v1/track": "canary" } },
    ]);
  });

  test("are never both tried where one has no share", () => {
    expect(shares(routesFor(canary("weight: 0"), stock("Find"))[0])).toEqual([["stable", undefined]]);
    expect(shares(routesFor(canary("weight: 100"), stock("Find"))[0])).toEqual([["canary", undefined]]);
  });

  test("are told apart by all headers of the canary, before the weights", () => {
    const both = canary("headers: { x-track: canary, x-region: north }");
    const [asked, rest] = routesFor(both, stock("Take"));
    expect(asked.match).toEqual([
      { uri: { exact: stock("Take") }, headers: { "x-region": { exact: "north" }, "x-track": { exact: "canary" } } },
    ]);
    expect(shares(asked)).toEqual([["canary", undefined]]);
    expect(shares(rest)).toEqual([["stable", undefined]]);
    expect(asked.timeout).toBe(rest.timeout);
    expect(asked.retries).toEqual(rest.retries);
    expect(both["VirtualService/stock"].spec.http.at(-1)).toEqual({ directResponse: { status: 403 } });
  });

  test("are told apart at the edge too, where the outside still cannot say for whom it calls", () => {
    const both = emit((all) =>
      all.replace("desk: {", "desk: { canary: { tag: v2, weight: 25, headers: { x-track: canary } },"),
    );
    const http: Any[] = both["VirtualService/desk-edge"].spec.http;
    const [asked, rest] = http.filter(({ match }) => match[0].uri?.exact === desk("SearchBooks"));
    expect(shares(asked)).toEqual([["canary", undefined]]);
    expect(shares(rest)).toEqual([
      ["stable", 75],
      ["canary", 25],
    ]);
    for (const each of http) expect(each.headers.request.remove).toEqual(["x-library-user"]);
    // What matches in several ways asks for the header in each.
    const beside = http.filter(({ match }) => match.length > 1);
    expect(beside[0].match.every(({ headers }: Any) => headers?.["x-track"])).toBe(true);
    expect(JSON.stringify(beside[1])).not.toContain("x-track");
  });
});

describe("faults", () => {
  const faulty = (text: string) => emit((all) => all.replace("stock: {", `stock: { faults: [${text}],`));

  test("are injected into the methods that the environment names, and no other", () => {
    const of = faulty(`{ method: acme.stock.v1.StockService/Find, percent: 2.5, delayMs: 250, abort: UNAVAILABLE }`);
    const { fault, ...rest } = route("stock", stock("Find"), of);
    expect(fault).toEqual({
      delay: { percentage: { value: 2.5 }, fixedDelay: "0.25s" },
      abort: { percentage: { value: 2.5 }, grpcStatus: "UNAVAILABLE" },
    });
    expect(rest).toEqual(route("stock", stock("Find")));
    expect(route("stock", stock("Take"), of)).toEqual(route("stock", stock("Take")));
  });

  test("may be a delay alone, or an end alone", () => {
    const delay = faulty(`{ method: acme.stock.v1.StockService/Find, percent: 100, delayMs: 1 }`);
    expect(Object.keys(route("stock", stock("Find"), delay).fault)).toEqual(["delay"]);
    const abort = faulty(`{ method: acme.stock.v1.StockService/Find, percent: 100, abort: ABORTED }`);
    expect(Object.keys(route("stock", stock("Find"), abort).fault)).toEqual(["abort"]);
  });
});

describe("the edge, where the environment allows EnvoyFilters", () => {
  const limited = emit((text) => text.replace("mesh: istio", "mesh: istio\n  envoyFilters: true"));
  const filters = (of: Record<string, Any>) => Object.keys(of).filter((key) => key.startsWith("EnvoyFilter/"));

  test("takes so many requests a second as the environment says; workloads behind it have no such limit", () => {
    const { workloadSelector, configPatches } = limited["EnvoyFilter/desk-edge-limit"].spec;
    expect(workloadSelector.labels).toEqual({ "app.kubernetes.io/name": "desk" });
    expect(configPatches[0].patch.value.typed_config).toMatchObject({
      token_bucket: { max_tokens: 1000, tokens_per_fill: 1000, fill_interval: "1s" },
      rate_limited_as_resource_exhausted: true,
    });
    expect(filters(limited)).toEqual(["EnvoyFilter/desk-edge-limit"]);
  });

  test("has none otherwise", () => expect(filters(objects)).toEqual([]));
});

describe("what does not go together is refused", () => {
  test.each([
    [/ {2}ingress:\n( {4}.*\n)+/, "", "desk has methods for @edge, and cluster.ingress is missing"],
    ["hosts: { desk:", "hosts: { clerk:", "cluster.ingress.hosts names no host for it"],
    ["mesh: istio", "mesh: linkerd", "cluster.mesh is istio, not linkerd"],
    ["paths: [/, /healthz]", "paths: [/v1/books/search]", "lets /v1/books/search pass without a token"],
  ])("%s", (part, other, problem) => {
    expect(() => emit((text) => text.replace(part, other))).toThrow(problem);
  });
});
