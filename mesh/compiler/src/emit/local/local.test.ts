// The bootstraps as text and as meaning. What they do when Envoy runs them is in the tests beside.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { type Environment, parseEnvironment } from "../../environment.ts";
import type { Contract } from "../../model.ts";
import { contractOf, proto, repository } from "../testing/contract.ts";
import { library, libraryEnvironment, libraryEnvironmentText, libraryFiles } from "../testing/library.ts";
import { RunFolder } from "../testing/sidecar.ts";
import { emitLocal } from "./index.ts";

const contract = library();
const environment = libraryEnvironment();
const bootstraps = emitLocal(contract, environment);

// biome-ignore lint/suspicious/noExplicitAny: what is read here has the shape of Envoy's configuration, which has no types.
type Any = any;

const cache = new Map<string, Any>();

function read(workload: string, files = bootstraps): Any {
  const text = files.get(`${workload}.yaml`) ?? "";
  if (!cache.has(text)) cache.set(text, parse(text, { maxAliasCount: -1 }));
  return cache.get(text);
}

const listener = (bootstrap: Any, name: string): Any =>
  bootstrap.static_resources.listeners.find((listener: Any) => listener.name === name);
const http = (bootstrap: Any, name: string): Any =>
  listener(bootstrap, name).filter_chains[0].filters.at(-1).typed_config;
const filter = (bootstrap: Any, name: string, type: string): Any =>
  http(bootstrap, name).http_filters.find((filter: Any) => filter.name === `envoy.filters.http.${type}`)?.typed_config;
const route = (bootstrap: Any, name: string, path: string, host?: string): Any =>
  http(bootstrap, name)
    .route_config.virtual_hosts.find((virtual: Any) => host === undefined || virtual.name === host)
    .routes.find((route: Any) => route.match.path === path);
const cluster = (bootstrap: Any, name: string): Any =>
  bootstrap.static_resources.clusters.find((cluster: Any) => cluster.name === name);

const stock = (method: string) => `/acme.stock.v1.StockService/${method}`;
const desk = (method: string) => `/acme.desk.v1.DeskService/${method}`;

const folders: RunFolder[] = [];
afterAll(() => Promise.all(folders.map((folder) => folder.close())));

describe("text", () => {
  test.each(["stock", "desk", "clerk", "gates"])("of %s is the one on record", async (workload) => {
    const golden = join(repository, "mesh/compiler/testdata/emit/local", `${workload}.yaml`);
    await expect(bootstraps.get(`${workload}.yaml`)).toMatchFileSnapshot(golden);
  });

  test("is the same whatever the order of files and statements", () => {
    const reversed = Object.fromEntries(Object.entries(libraryFiles).reverse());
    expect([...emitLocal(contractOf(reversed), environment)]).toEqual([...bootstraps]);
  });

  test("says of every rule where it comes from", () => {
    const lines = (bootstraps.get("stock.yaml") ?? "").split("\n").map((line) => line.trim());
    const line =
      libraryFiles["acme/stock/v1/stock.proto"].split("\n").findIndex((line) => line.includes("rpc Take")) + 1;
    const places = lines.flatMap((text, i) =>
      text === `# from acme/stock/v1/stock.proto:${line} acme.stock.v1.StockService/Take` ? [lines[i + 1]] : [],
    );
    expect(places).toEqual(["acme.stock.v1.StockService/Take:", `- match: {path: ${stock("Take")}}`]);
    expect(bootstraps.get("desk.yaml")).toContain("# called at acme/desk/v1/desk.proto:");
  });

  test("names no path outside the run folder", () => {
    for (const text of bootstraps.values()) {
      const files = [...text.matchAll(/\b(?:path|filename): ([^\s,}]+)/g)].map((match) => match[1] ?? "");
      const rooted = files.filter((path) => path.startsWith("/"));
      expect(rooted.filter((path) => !/^\/(acme|grpc|v1|healthz$|$)/.test(path))).toEqual([]);
    }
  });
});

describe("Envoy takes", () => {
  test("the bootstrap of every workload", async () => {
    const folder = await RunFolder.create(environment, bootstraps);
    folders.push(folder);
    for (const name of ["stock", "desk", "clerk", "gates"]) expect(await folder.validate(name), name).toBe("");
  });

  test("not a misspelt one", async () => {
    const misspelt = new Map([
      ["clerk.yaml", (bootstraps.get("clerk.yaml") ?? "").replace("action: ALLOW", "action: ALOW")],
    ]);
    const folder = await RunFolder.create(environment, misspelt);
    folders.push(folder);
    expect(await folder.validate("clerk")).toContain("ALOW");
  });
});

describe("inbound", () => {
  const policies = filter(read("stock"), "inbound", "rbac").rules.policies;
  const who = (method: string) =>
    policies[`acme.stock.v1.StockService/${method}`].principals.map(
      (principal: Any) => principal.authenticated.principal_name,
    );

  test("names the callers of each method by their identities", () => {
    expect(filter(read("stock"), "inbound", "rbac").rules.action).toBe("ALLOW");
    expect(who("Find")).toEqual([
      { exact: "spiffe://old.example/ns/legacy/sa/archive" },
      { exact: "spiffe://library.test/ns/reading/sa/desk" },
    ]);
    expect(who("Count")).toEqual([{ prefix: "spiffe://library.test/ns/reading/sa/" }]);
  });

  test("has a policy for each method that the mesh may call, health and reflection, and no other", () => {
    const own = ["Arrivals", "Count", "Find", "Hints", "Loans", "Scrap", "Shelve", "Take"];
    expect(Object.keys(policies)).toEqual([
      ...own.map((name) => `acme.stock.v1.StockService/${name}`),
      "health",
      "reflection",
    ]);
    const atDesk = filter(read("desk"), "inbound", "rbac").rules.policies;
    expect(Object.keys(atDesk)).toEqual(["acme.desk.v1.DeskService/Lend", "health", "reflection"]);
  });

  test("verifies users where a method asks for one", () => {
    const rules = filter(read("stock"), "inbound", "jwt_authn").rules;
    expect(rules.map((rule: Any) => [rule.match.path, rule.requires.provider_name ?? "optional"])).toEqual([
      [stock("Hints"), "optional"],
      [stock("Loans"), "user"],
    ]);
    expect(filter(read("clerk"), "inbound", "jwt_authn")).toBeUndefined();
  });

  test("ends calls a little after their deadlines", () => {
    const limit = (method: string) => route(read("stock"), "inbound", stock(method)).route;
    expect(limit("Find")).toMatchObject({
      timeout: "0s",
      max_stream_duration: { max_stream_duration: "0.45s", grpc_timeout_header_max: "0.45s" },
    });
    expect(limit("Take").max_stream_duration.max_stream_duration).toBe("1.1s");
    expect(limit("Arrivals")).toMatchObject({
      idle_timeout: "0.35s",
      max_stream_duration: { max_stream_duration: "5.5s" },
    });
  });

  test("limits what one instance takes, as the environment says", () => {
    expect(cluster(read("stock"), "app").circuit_breakers.thresholds).toEqual([
      { max_requests: 4, max_pending_requests: 64, max_connections: 8, track_remaining: true },
    ]);
  });
});

describe("outbound", () => {
  test("has a virtual host for each callee, and refuses the rest", () => {
    const hosts = http(read("desk"), "outbound").route_config.virtual_hosts;
    expect(hosts.map(({ name, domains }: Any) => [name, ...domains])).toEqual([
      ["stock", "stock.reading.svc.cluster.local", "stock.reading.svc.cluster.local:50051"],
      ["undeclared", "*"],
    ]);
    for (const host of hosts)
      expect(host.routes.at(-1)).toMatchObject({ match: { prefix: "/" }, direct_response: { status: 403 } });
    expect(http(read("clerk"), "outbound").route_config.virtual_hosts).toHaveLength(1);
  });

  test("prints one try less than the contract, and one more try for what never reached a handler", () => {
    const retry = (method: string) => route(read("desk"), "outbound", stock(method)).route.retry_policy;
    const unreached = "connect-failure,refused-stream,retriable-headers";
    expect(retry("Find")).toMatchObject({ retry_on: `unavailable,reset,${unreached}`, num_retries: 2 });
    expect(retry("Shelve")).toMatchObject({ retry_on: `resource-exhausted,${unreached}`, num_retries: 1 });
    expect(retry("Take")).toMatchObject({ retry_on: unreached, num_retries: 1 });
    expect(retry("Take")).not.toHaveProperty("per_try_timeout");
    expect(retry("Arrivals")).toBeUndefined();
  });

  test("ends silent streams before the other side does", () => {
    expect(route(read("desk"), "outbound", stock("Arrivals")).route.idle_timeout).toBe("0.3s");
  });

  test("knows callees by file, and only with their own identity", () => {
    const callee = cluster(read("desk"), "stock");
    expect(callee.eds_cluster_config.eds_config.path_config_source.path).toBe("../endpoints/stock.yaml");
    const tls = callee.transport_socket.typed_config;
    expect(tls.sni).toBe("stock.reading.svc.cluster.local");
    expect(
      tls.common_tls_context.combined_validation_context.default_validation_context.match_typed_subject_alt_names,
    ).toEqual([{ san_type: "URI", matcher: { exact: "spiffe://library.test/ns/reading/sa/stock" } }]);
    expect(callee.outlier_detection).toMatchObject({ consecutive_gateway_failure: 20, max_ejection_percent: 50 });
  });
});

describe("edge", () => {
  test("is there for workloads with public methods only", () => {
    const names = (workload: string) => read(workload).static_resources.listeners.map(({ name }: Any) => name);
    expect(names("stock")).toEqual(["inbound", "outbound"]);
    expect(names("desk")).toEqual(["inbound", "outbound", "edge", "edge-tls"]);
    expect(listener(read("desk"), "edge").address.socket_address).toEqual({ address: "127.0.0.1", port_value: 18080 });
    expect(listener(read("desk"), "edge-tls").address.socket_address.port_value).toBe(18443);
  });

  test("has one policy on both ports", () => {
    expect(http(read("desk"), "edge-tls")).toEqual(http(read("desk"), "edge"));
  });

  test("passes nothing that no route names", () => {
    expect(filter(read("desk"), "edge", "rbac").rules).toEqual({ action: "ALLOW", policies: {} });
  });

  test("asks for a token and its scopes on the method's path and on its JSON path", () => {
    const needs = (route: Any) => ({
      token: route.typed_per_filter_config["envoy.filters.http.jwt_authn"].requirement_name,
      scopes:
        JSON.stringify(route.typed_per_filter_config["envoy.filters.http.rbac"].rbac.rules).match(
          /(?<="exact":")[^"]+/g,
        ) ?? [],
    });
    const routes: Any[] = http(read("desk"), "edge").route_config.virtual_hosts[0].routes;
    const rest = (regex: string) => routes.find(({ match }) => (match.safe_regex?.regex ?? match.path) === regex);
    const both = { token: "token", scopes: ["books.write", "loans.write"] };
    expect(needs(route(read("desk"), "edge", desk("Lend")))).toEqual(both);
    expect(needs(rest("/v1/books/[^/:]+:lend"))).toEqual(both);
    expect(needs(rest("/v1/books/search"))).toEqual({ token: "token", scopes: ["books.search"] });
    expect(needs(rest("/v1/books/[^/:]+"))).toEqual({ token: "token-or-none", scopes: [] });
    // The exact path is asked before the one with a wildcard, which it would fit too.
    expect(routes.indexOf(rest("/v1/books/search"))).toBeLessThan(routes.indexOf(rest("/v1/books/[^/:]+")));
  });
});

describe("devices", () => {
  test("have a listener at workloads with methods for them only", () => {
    const names = read("gates").static_resources.listeners.map(({ name }: Any) => name);
    expect(names).toEqual(["inbound", "outbound", "devices"]);
    expect(listener(read("desk"), "devices")).toBeUndefined();
    expect(listener(read("gates"), "devices").address.socket_address).toEqual({
      address: "127.0.0.1",
      port_value: 18445,
    });
  });

  test("are on a listener that trusts their authority alone, and no other trusts it", () => {
    const trusted = ({ filter_chains: [{ transport_socket }] }: Any) => {
      const { validation_context_sds_secret_config, combined_validation_context } =
        transport_socket?.typed_config.common_tls_context ?? {};
      return (validation_context_sds_secret_config ?? combined_validation_context?.validation_context_sds_secret_config)
        ?.name;
    };
    for (const workload of ["gates", "desk", "stock", "clerk"]) {
      const all = read(workload).static_resources.listeners.map((each: Any) => [each.name, trusted(each)]);
      const own = all.filter(([name]: Any) => name === "devices");
      expect(own).toEqual(workload === "gates" ? [["devices", "devices-bundle"]] : []);
      expect(all.filter(([name, bundle]: Any) => name !== "devices" && bundle === "devices-bundle")).toEqual([]);
    }
  });

  test("reach their own methods, and no other path has a route", () => {
    const own = ["Follow", "Pass", "Upload"].map((name) => `acme.gates.v1.GatesService/${name}`);
    expect(Object.keys(filter(read("gates"), "devices", "rbac").rules.policies)).toEqual(own);
    const [host] = http(read("gates"), "devices").route_config.virtual_hosts;
    expect(host.routes.map(({ match }: Any) => match.path)).toEqual(own.map((id) => `/${id}`));
    // `Upload` is for the desk too; what only devices may call is not for the mesh.
    expect(Object.keys(filter(read("gates"), "inbound", "rbac").rules.policies)).toEqual([
      "acme.gates.v1.GatesService/Recall",
      "acme.gates.v1.GatesService/Upload",
      "health",
      "reflection",
    ]);
  });

  test("keep Envoy's guard against callers who reset what they begin, which the mesh does without", () => {
    const [atGates, atStock] = ["gates", "stock"].map((name) => read(name).layered_runtime.layers[0].static_layer);
    expect(atGates ?? {}).toEqual({});
    expect(Object.keys(atStock)).toEqual(["overload.premature_reset_total_stream_count"]);
  });
});

describe("what does not go together is refused", () => {
  const emit =
    (change: Partial<Environment>, other: Contract = contract) =>
    () =>
      emitLocal(other, { ...environment, ...change });
  const edge = environment.edge as NonNullable<Environment["edge"]>;
  const passing = (passthrough: Partial<typeof edge.passthrough>) => ({
    edge: { ...edge, passthrough: { paths: [], prefixes: [], ...passthrough } },
  });

  test.each([
    [passing({ prefixes: ["/acme.desk.v1.DeskService/"] })],
    [passing({ paths: [desk("Lend")] })],
    [passing({ paths: ["/v1/books/search"] })],
    [passing({ paths: ["/v1/books/7"] })],
    [passing({ prefixes: ["/v1/"] })],
    [passing({ prefixes: ["/v1/books/archive/"] })],
  ])("a path that would pass round the contract (%o)", (change) => {
    expect(emit(change)).toThrow(/lets \S+ pass without a token, which covers acme\.desk\.v1\.DeskService\//);
  });

  test("one that would pass round what only the mesh may call", () => {
    const files = { ...libraryFiles };
    files["acme/desk/v1/desk.proto"] = files["acme/desk/v1/desk.proto"].replace(
      'callers: ["@edge"], scopes: ["books.search"]',
      'callers: ["clerk"]',
    );
    expect(emit(passing({ paths: [desk("SearchBooks")] }), contractOf(files))).toThrow(
      `lets ${desk("SearchBooks")} pass without a token, which covers acme.desk.v1.DeskService/SearchBooks`,
    );
  });

  test("a path beside the contract is not", () => {
    expect(emit(passing({ paths: ["/v1", "/v2/books/1"], prefixes: ["/v2/", "/acme/"] }))).not.toThrow();
  });

  test("public methods without an edge, users without an assertion", () => {
    const { edge: _, ...closed } = environment;
    expect(() => emitLocal(contract, closed)).toThrow("is for @edge, and the environment has no edge");
    const { devices: ___, ...alone } = environment;
    expect(() => emitLocal(contract, alone)).toThrow(
      "acme.gates.v1.GatesService/Follow is for @device, and the environment has no devices",
    );
    const { userAssertion: __, ...nobody } = environment;
    expect(() => emitLocal(contract, nobody)).toThrow("asks for an end user, and the environment has no userAssertion");
  });

  test("two edges on one port", () => {
    const second = proto(
      "acme.kiosk.v1",
      `option (mesh.v1.workload) = {name: "kiosk"};
       service KioskService {
         rpc Show(ShowRequest) returns (ShowResponse) { option (mesh.v1.method) = {callers: ["@edge"], deadline_ms: 100}; }
       }`,
    );
    const two = contractOf({ ...libraryFiles, "acme/kiosk/v1/kiosk.proto": second });
    expect(emit({}, two)).toThrow("desk and kiosk both have methods for @edge on port 18080");
    const kiosk = "  kiosk: { runtime: node, entry: kiosk.ts, edge: { port: 18081, tlsPort: 18444 } }\n";
    const apart = parseEnvironment(libraryEnvironmentText + kiosk, "library.yaml");
    expect(listener(read("kiosk", emit(apart, two)()), "edge").address.socket_address.port_value).toBe(18081);
  });

  test("devices on the port of an edge, or of other devices", () => {
    const devices = { ...environment.devices, port: 18080 } as NonNullable<Environment["devices"]>;
    expect(emit({ devices })).toThrow(
      "desk has methods for @edge, and gates for @device, on port 18080: " +
        "give one of them ports of its own (workloads.gates.devices in the environment)",
    );
    const second = proto(
      "acme.doors.v1",
      `option (mesh.v1.workload) = {name: "doors"};
       service DoorsService {
         rpc Open(OpenRequest) returns (OpenResponse) { option (mesh.v1.method) = {callers: ["@device"], deadline_ms: 100}; }
       }`,
    );
    const two = contractOf({ ...libraryFiles, "acme/doors/v1/doors.proto": second });
    expect(emit({}, two)).toThrow("doors and gates both have methods for @device on port 18445");
    const doors = "  doors: { devices: { port: 18446 } }\n";
    const apart = parseEnvironment(libraryEnvironmentText + doors, "library.yaml");
    expect(listener(read("doors", emit(apart, two)()), "devices").address.socket_address.port_value).toBe(18446);
  });

  test("a workload with a name that a sidecar needs itself", () => {
    const taken = contractOf({ "a/v1/a.proto": proto("a.v1", 'option (mesh.v1.workload) = {name: "issuer"};') });
    expect(emit({ workloads: {} }, taken)).toThrow("a workload cannot be named issuer");
  });
});

test("Envoy takes the sidecars of this repository", async () => {
  const folder = join(repository, "mesh/local");
  const files = new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]));
  expect(files.size).toBeGreaterThan(0);
  const run = await RunFolder.create(environment, files);
  folders.push(run);
  for (const name of files.keys()) expect(await run.validate(name.replace(".yaml", "")), name).toBe("");
}, 30_000);

describe("what one machine has no rules for is refused", () => {
  test.each([
    ["canary", "canary: { image: a/b:v2 }"],
    ["faults", "faults: [{ method: acme.stock.v1.StockService/Find, percent: 1, delayMs: 1 }]"],
  ])("%s", (part, written) => {
    const text = libraryEnvironmentText.replace("stock: {", `stock: { ${written},`);
    expect(() => emitLocal(contract, parseEnvironment(text, "library.yaml"))).toThrow(
      `the target local cannot do what workloads.stock.${part} asks for`,
    );
  });
});
