import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { libraryClusterText, libraryEnvironmentText as text } from "./emit/testing/library.ts";
import schema from "./environment.schema.json" with { type: "json" };
import { hostOf, limitsOf, loadEnvironment, parseEnvironment } from "./environment.ts";
import { InputError } from "./input-error.ts";

const lineOf = (part: string) => text.slice(0, text.indexOf(part)).split("\n").length;

describe("an environment", () => {
  const environment = parseEnvironment(text, "library.yaml");

  test("has a value for everything", () => {
    expect(environment).toMatchObject({
      namespace: "reading",
      port: 50051,
      deadlines: {},
      edge: { issuer: { jwksPath: "/jwks" }, maxRequestBytes: 100000 },
      devices: { maxConnections: 1024, maxStreams: 8, maxRequestBytes: 100000 },
      defaults: { replicas: 1 },
    });
  });

  test("fills in what a workload leaves open from the defaults", () => {
    expect(environment.workloads.stock).toEqual({
      runtime: "go",
      entry: "stock",
      stores: ["database"],
      uses: [],
      settings: {},
      secrets: {},
      files: {},
      faults: [],
      replicas: 1,
      mode: "enforce",
      resources: { requests: {}, limits: {} },
      concurrency: { maxRequests: 4, maxPending: 64, maxConnections: 8 },
      outlierDetection: environment.defaults.outlierDetection,
    });
    expect(limitsOf(environment, "stock").concurrency.maxRequests).toBe(4);
    expect(limitsOf(environment, "unlisted")).toEqual(environment.defaults);
    expect(limitsOf(environment, "constructor")).toEqual(environment.defaults);
  });

  test("knows the address of a workload", () => {
    expect(hostOf(environment, "stock")).toBe("stock.reading.svc.cluster.local");
  });

  test("is read from a file, or the file is named", () => {
    const url = new URL("../../environments/local.yaml", import.meta.url);
    expect(loadEnvironment(url.pathname).namespace).not.toBe("");
    expect(() => loadEnvironment("/no/such.yaml")).toThrow(/the environment \/no\/such\.yaml cannot be read/);
  });
});

describe("an environment in a cluster", () => {
  const environment = parseEnvironment(libraryClusterText, "library.yaml");

  test("has a value for everything", () => {
    expect(environment.cluster).toMatchObject({
      controlPlane: { namespace: "istio-system" },
      opsPort: 9464,
      dns: { namespace: "kube-system", labels: { "k8s-app": "kube-dns" } },
      envoyFilters: false,
      nodeSelectors: {},
    });
    const linkerd = parseEnvironment(libraryClusterText.replace("mesh: istio", "mesh: linkerd"), "library.yaml");
    expect(linkerd.cluster?.controlPlane).toEqual({ namespace: "linkerd" });
    expect(parseEnvironment(text, "library.yaml")).toMatchObject({ destinations: {} });
  });

  test("gives each workload what all have, what its destinations bring, and what it says itself", () => {
    expect(environment.workloads.stock).toMatchObject({
      settings: { STOCK_LISTEN: "0.0.0.0:50051" },
      secrets: { STOCK_DATABASE_URL: { name: "stock-database", key: "url" } },
      files: { "/etc/library/keys": { configMap: "user-keys" } },
      uses: ["mail"],
      resources: { requests: { cpu: "100m", memory: "64Mi" }, limits: { memory: "128Mi" } },
    });
    expect(environment.workloads.desk?.secrets).toEqual({});
    const own = libraryClusterText.replace(
      "stock: {",
      'stock: { settings: { STOCK_LISTEN: "1.2.3.4:5" }, resources: { requests: { cpu: "1" } },',
    );
    const { settings, resources } = parseEnvironment(own, "library.yaml").workloads.stock ?? {};
    expect(settings).toEqual({ STOCK_LISTEN: "1.2.3.4:5" });
    expect(resources?.requests).toEqual({ cpu: "1", memory: "64Mi" });
  });

  test("gives settings and files of a destination to those who use it, and to no other", () => {
    const more = libraryClusterText.replace(
      "    port: 5432",
      `    port: 5432
    settings: { "{WORKLOAD}_LOGIN": "{workload}@here", STOCK_LISTEN: 0.0.0.0:1 }
    files: { /etc/database: { secret: "{workload}-ca" } }`,
    );
    const { stock, desk } = parseEnvironment(more, "library.yaml").workloads;
    expect(stock?.settings).toEqual({ STOCK_LISTEN: "0.0.0.0:1", STOCK_LOGIN: "stock@here" });
    expect(stock?.files).toMatchObject({ "/etc/database": { secret: "stock-ca" } });
    expect(desk?.settings).not.toHaveProperty("DESK_LOGIN");
    expect(desk?.files).not.toHaveProperty("/etc/database");
  });

  test("has four partitions for a topic unless it says otherwise", () => {
    expect(environment.events).toEqual({ partitions: 4 });
    const more = (events: string) => parseEnvironment(`${libraryClusterText}\nevents: ${events}\n`, "library.yaml");
    expect(more("{ partitions: 12 }").events).toEqual({ partitions: 12 });
    expect(() => more("{ partitions: 0 }")).toThrow("events.partitions");
  });

  test("takes a canary, which gets no calls until it is told which", () => {
    const canaryOf = (written: string) =>
      parseEnvironment(libraryClusterText.replace("stock: {", `stock: { canary: ${written},`), "library.yaml").workloads
        .stock?.canary;
    expect(canaryOf("{ tag: v2 }")).toEqual({ image: { tag: "v2" }, replicas: 1, weight: 0, headers: {} });
    expect(canaryOf("{ image: a/b:v2, replicas: 3, weight: 10, headers: { x-track: canary } }")).toEqual({
      image: { image: "a/b:v2" },
      replicas: 3,
      weight: 10,
      headers: { "x-track": "canary" },
    });
    const nowhere = libraryClusterText.replace(/ {2}images: .*\n/, "");
    expect(() => parseEnvironment(nowhere.replace("stock: {", "stock: { canary: { tag: v2 },"), "e.yaml")).toThrow(
      "workloads.stock.canary.tag needs cluster.images",
    );
  });

  test("writes the name of a workload as a variable can have it", () => {
    const more = libraryClusterText.replace("workloads:", "workloads:\n  cold-chain: {}");
    expect(parseEnvironment(more, "library.yaml").workloads["cold-chain"]?.settings).toEqual({
      COLD_CHAIN_LISTEN: "0.0.0.0:50051",
    });
  });

  test.each([
    ["uses: [mail]", "uses: [mial]", "workloads.stock.uses names mial, which is no destination: did you mean mail?"],
    [
      "stores: [database]",
      "stores: [cache]",
      "workloads.stock.stores names cache, and destinations does not say where",
    ],
    ["stock: {", "stock: { autoscaling: { maxReplicas: 1 },", "workloads.stock.autoscaling has fewer maxReplicas than"],
    ["cidrs: [192.0.2.25/32]", "tls: false", "Map keys must be unique"],
    [", cidrs: [192.0.2.25/32]", "", "destinations.mail must match exactly one schema"],
    ["stock: {", "stock: { image: Stock,", "workloads.stock.image must match pattern"],
    ["stock: {", "stock: { mode: watch,", "workloads.stock.mode must be audit or enforce"],
    ["cpu: 100m", "cpu: lots", "defaults.resources.requests.cpu must match pattern"],
    ["mesh: istio", "mesh: consul", "cluster.mesh must be istio, linkerd or none"],
    ["key: url", "value: hunter2", "is not a known key"],
    ["stock: {", "stock: { canary: { weight: 10 },", "workloads.stock.canary must match exactly one schema"],
    ["stock: {", "stock: { canary: { tag: v2, image: a/b },", "workloads.stock.canary must match exactly one schema"],
    ["stock: {", "stock: { canary: { tag: v2, weight: 101 },", "workloads.stock.canary.weight must be <= 100"],
    ["stock: {", "stock: { canary: { tag: v2, weight: 0.5 },", "workloads.stock.canary.weight must be integer"],
    ["stock: {", "stock: { canary: { tag: v2, headers: {} },", "workloads.stock.canary.headers must NOT have fewer"],
    ["stock: {", "stock: { canary: { tag: v2, headers: { X-Track: a } },", "X-Track must match pattern"],
    ["stock: {", "stock: { faults: [{ method: Find, percent: 1, delayMs: 1 }],", "faults.0.method must match pattern"],
    ["stock: {", "stock: { faults: [{ method: a.B/C, percent: 0, delayMs: 1 }],", "faults.0.percent must be > 0"],
    ["stock: {", "stock: { faults: [{ method: a.B/C, percent: 1 }],", "workloads.stock.faults.0 lacks delayMs"],
    ["stock: {", "stock: { faults: [{ method: a.B/C, percent: 1, abort: OK }],", "faults.0.abort must be CANCELLED,"],
    [
      "stock: {",
      "stock: { faults: [{ method: a.B/C, percent: 1, delayMs: 1 }, { method: a.B/C, percent: 1, abort: ABORTED }],",
      "workloads.stock.faults.1 is the second for a.B/C: put the two together",
    ],
  ])("%s -> %s", (from, to, problem) => {
    expect(libraryClusterText).toContain(from);
    expect(() => parseEnvironment(libraryClusterText.replace(from, to), "library.yaml")).toThrow(problem);
  });
});

describe("what is wrong is named with its line", () => {
  test.each([
    ["trustDomain: library.test", "", 2, "the file lacks trustDomain"],
    [
      "operator: operator",
      "operater: operator",
      lineOf("operator:"),
      "operater is not a known key: did you mean operator?",
    ],
    [
      "maxRequests: 4",
      "maxRequest: 4",
      lineOf("stock:"),
      "workloads.stock.concurrency.maxRequest is not a known key: did you mean maxRequests?",
    ],
    ["maxRequests: 4", "maxRequests: 0", lineOf("stock:"), "workloads.stock.concurrency.maxRequests must be >= 1"],
    ["runtime: go", "runtime: cobol", lineOf("stock:"), "workloads.stock.runtime must be node, go, rust or python"],
    [
      "stores: [database]",
      "stores: [datebase]",
      lineOf("stock:"),
      "workloads.stock.stores.0 must be database, eventLog, cache or messages",
    ],
    ["stock: {", "Stock: {", lineOf("stock:"), "workloads.Stock must match pattern"],
    ["maxConnections: 8", "extra: 8", lineOf("maxConnections"), "defaults.concurrency lacks maxConnections"],
    ["port: 18080", "port: 70000", lineOf("18080"), "edge.port must be <= 65535"],
    ["port: 18080", "port: 18443", lineOf("tlsPort"), "edge.tlsPort must not be the same as edge.port"],
    [
      "allowOrigin: https://shop.test",
      "allowOrigin: https://shop.test/",
      lineOf("allowOrigin"),
      "edge.allowOrigin must match pattern",
    ],
    [
      "trustDomain: gates.library.test",
      "trustDomain: library.test",
      lineOf("trustDomain: gates"),
      "devices.trustDomain must not be the trust domain of the mesh",
    ],
    ["port: 18445", "ports: 18445", lineOf("devices:"), "devices lacks port"],
    ["maxStreams: 8", "maxStreams: 0", lineOf("maxStreams"), "devices.maxStreams must be >= 1"],
    ["maxStreams: 8", "maxConnections: 4096", lineOf("maxStreams"), "devices.maxConnections must be <= 2048"],
    [
      "maxStreams: 8",
      "simulate: { readingsPerSecond: 0 }",
      lineOf("maxStreams"),
      "devices.simulate.readingsPerSecond must be >= 1",
    ],
    ["maxStreams: 8", "certificate: x", lineOf("maxStreams"), "devices.certificate is not a known key"],
    [
      "port: 18445\n  rateLimit: { requestsPerSecond: 1000",
      "port: 18445\n  rateLimit: { requestsPerSecond: 1001",
      lineOf("18445") + 1,
      "devices.rateLimit.burst must be at least requestsPerSecond",
    ],
    ["burst: 1000", "burst: 10", lineOf("rateLimit"), "edge.rateLimit.burst must be at least requestsPerSecond"],
    [
      "prefixes: [/console/]",
      "prefixes: [/console]",
      lineOf("prefixes"),
      "edge.passthrough.prefixes.0 must match pattern",
    ],
    ["prefixes: [/console/]", "prefixes: [/]", lineOf("prefixes"), "edge.passthrough.prefixes.0 must match pattern"],
    [
      "runtime: go",
      "runtime: go, settings: {lower: x}",
      lineOf("stock:"),
      "workloads.stock.settings.lower must match pattern",
    ],
    [
      "runtime: go",
      "runtime: go, settings: {UPPER: 1}",
      lineOf("stock:"),
      "workloads.stock.settings.UPPER must be string",
    ],
    ["namespace: reading", "namespace: [reading", 3, "Flow sequence"],
    ["namespace: reading", "namespace: a\nnamespace: b", 3, "Map keys must be unique"],
  ])("%s -> %s", (from, to, line, problem) => {
    expect(text).toContain(from);
    const read = () => parseEnvironment(text.replace(from, to), "library.yaml");
    expect(read).toThrow(InputError);
    expect(read).toThrow(`library.yaml:${line}: ${problem}`);
  });

  test("all problems at once, a line each", () => {
    const bad = text.replace("runtime: go", "runtime: cobol").replace("port: 18080", "port: 0");
    expect(() => parseEnvironment(bad, "e.yaml")).toThrow(
      /^e\.yaml:\d+: edge\.port .*\ne\.yaml:\d+: workloads\.stock\.runtime .*$/,
    );
  });

  test("a file that is empty, or no map", () => {
    expect(() => parseEnvironment("", "e.yaml")).toThrow("e.yaml:1: the file lacks namespace");
    expect(() => parseEnvironment("- a", "e.yaml")).toThrow("e.yaml:1: the file must be object");
  });
});

test("the schema that editors use is the compiler's", () => {
  const url = new URL("../../environments/environment.schema.json", import.meta.url);
  const editors = parse(readFileSync(url, "utf8"));
  expect(JSON.parse(readFileSync(new URL(editors.$ref, url), "utf8"))).toEqual(schema);
});
