// Manifests for Linkerd as text and as meaning.

import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { contractOf, repository } from "../testing/contract.ts";
import { library, libraryCluster, libraryFiles } from "../testing/library.ts";
import { type Any, objectsIn } from "../testing/manifests.ts";
import { emitLinkerd } from "./index.ts";

const linkerd = (change: (text: string) => string = (text) => text) =>
  libraryCluster((text) => change(text.replace("mesh: istio", "mesh: linkerd")));
const contract = library();
const files = emitLinkerd(contract, linkerd());
const objects = objectsIn(files);
const emit = (change: (text: string) => string) => objectsIn(emitLinkerd(contract, linkerd(change)));

const id = (name: string, rest = "reading.serviceaccount.identity.linkerd.library.test") => `${name}.${rest}`;
const names = (kind: string, workload: string) =>
  Object.keys(objects)
    .filter((key) => key.startsWith(`${kind}/${workload}.`))
    .map((key) => key.slice(kind.length + workload.length + 2));
const methods = (route: Any): string[] =>
  route.spec.rules.flatMap(({ matches }: Any) => matches.map(({ method }: Any) => method.method));
const paths = (route: Any): string[] =>
  route.spec.rules.flatMap(({ matches }: Any) => matches.map(({ path }: Any) => path?.value));

describe("text", () => {
  test.each(["desk", "stock", "kustomization"])("of %s is the one on record", async (name) => {
    const golden = join(repository, "mesh/compiler/testdata/emit/linkerd", `${name}.yaml`);
    await expect(files.get(`${name}.yaml`)).toMatchFileSnapshot(golden);
  });

  test("is the same whatever the order of files and statements", () => {
    const reversed = contractOf(Object.fromEntries(Object.entries(libraryFiles).reverse()));
    expect([...emitLinkerd(reversed, linkerd())]).toEqual([...files]);
  });
});

describe("callers", () => {
  test("are refused where no policy names them, or only logged in audit mode", () => {
    expect(objects["Server/stock"].spec).toMatchObject({ port: "grpc", proxyProtocol: "gRPC", accessPolicy: "deny" });
    const audited = emit((text) => text.replace("stock: {", "stock: { mode: audit,"));
    expect(audited["Server/stock"].spec.accessPolicy).toBe("audit");
    // Linkerd refuses from the moment that it knows the Server: whom it lets in is to be known by then.
    const order = Object.keys(objects).filter((key) => /^(?:AuthorizationPolicy\/stock\.|Server\/stock$)/.test(key));
    expect(order.length).toBeGreaterThan(2);
    expect(order.at(-1)).toBe("Server/stock");
    expect(audited["Server/desk"].spec.accessPolicy).toBe("deny");
  });

  test("have a route for each set of methods that they share, and are named by their identities", () => {
    const inbound = names("AuthorizationPolicy", "stock");
    expect(inbound).toEqual(["from-any", "from.archive.desk", "from.desk", "from-operator", "health"]);
    expect(methods(objects["GRPCRoute/stock.from.archive.desk"])).toEqual(["Find"]);
    expect(methods(objects["GRPCRoute/stock.from.desk"])).toEqual([
      "Arrivals",
      "Hints",
      "Loans",
      "Scrap",
      "Shelve",
      "Take",
    ]);
    const identities = (name: string) => objects[`MeshTLSAuthentication/stock.${name}`].spec.identities;
    expect(identities("from.archive.desk")).toEqual([
      id("archive", "legacy.serviceaccount.identity.linkerd.old.example"),
      id("desk"),
    ]);
    expect(identities("from-any")).toEqual([id("*")]);
    expect(identities("from-operator")).toEqual([id("operator")]);
  });

  test("and their route and their policy belong together", () => {
    for (const name of names("AuthorizationPolicy", "stock")) {
      const { targetRef, requiredAuthenticationRefs } = objects[`AuthorizationPolicy/stock.${name}`].spec;
      expect(objects).toHaveProperty([`${targetRef.kind}/${targetRef.name}`]);
      const [authentication] = requiredAuthenticationRefs;
      expect(objects).toHaveProperty([`${authentication.kind}/${authentication.name}`]);
      expect(objects[`GRPCRoute/stock.${name}`].spec.parentRefs).toEqual([
        { group: "policy.linkerd.io", kind: "Server", name: "stock" },
      ]);
    }
  });

  test("need not be of the mesh to ask for health, so that nodes can", () => {
    expect(methods(objects["GRPCRoute/stock.health"])).toEqual(["Check", "Watch"]);
    expect(objects["NetworkAuthentication/stock.health"].spec.networks).toEqual([
      { cidr: "0.0.0.0/0" },
      { cidr: "::/0" },
    ]);
  });
});

describe("time and tries", () => {
  const outbound = (method: string) =>
    Object.entries(objects).find(
      ([key, it]) => /^GRPCRoute\/stock\.to\./.test(key) && methods(it).includes(method),
    )?.[1];

  test("stand on a route for all methods that share them", () => {
    expect(outbound("Find").metadata.annotations).toEqual({
      "timeout.linkerd.io/request": "450ms",
      "retry.linkerd.io/limit": "2",
      "retry.linkerd.io/grpc": "unavailable",
    });
    expect(outbound("Shelve").metadata.annotations).toMatchObject({
      "retry.linkerd.io/limit": "1",
      "retry.linkerd.io/grpc": "resource-exhausted",
    });
    expect(outbound("Take").metadata.annotations).toEqual({ "timeout.linkerd.io/request": "1100ms" });
    expect(outbound("Scrap")).toBe(outbound("Take"));
    expect(outbound("Arrivals").metadata.annotations).toEqual({
      "timeout.linkerd.io/request": "5500ms",
      "timeout.linkerd.io/idle": "350ms",
    });
    expect(outbound("Take").spec.parentRefs).toEqual([{ group: "", kind: "Service", name: "stock", port: 50051 }]);
  });

  test("are stated for every method", () => {
    const routed = Object.entries(objects)
      .filter(([key]) => /^GRPCRoute\/stock\.to\./.test(key))
      .flatMap(([, route]) => methods(route));
    for (const { name } of contract.services.flatMap((service) =>
      service.workload === "stock" ? service.methods : [],
    )) {
      expect(
        routed.filter((each) => each === name),
        name,
      ).toHaveLength(1);
    }
  });
});

describe("two versions of a workload", () => {
  const canary = (of: string, text: string) =>
    emit((all) => all.replace(`${of}: {`, `${of}: { canary: { tag: v2, ${text} },`));
  const outbound = (of: Record<string, Any>, name: string) =>
    Object.entries(of).filter(([key]) => new RegExp(`^\\w+/${name}\\.to\\.`).test(key));
  const to = ({ backendRefs }: Any) => backendRefs.map(({ name, weight }: Any) => [name, weight]);

  test("share the calls by weight, on routes that are otherwise as they were", () => {
    const both = canary("stock", "weight: 10");
    const before = new Map(outbound(objects, "stock"));
    expect(outbound(both, "stock").map(([key]) => key)).toEqual([...before.keys()]);
    for (const [key, route] of outbound(both, "stock")) {
      expect(route.metadata).toEqual(before.get(key).metadata);
      expect(methods(route)).toEqual(methods(before.get(key)));
      for (const rule of route.spec.rules) {
        expect(to(rule)).toEqual([
          ["stock-stable", 90],
          ["stock-canary", 10],
        ]);
      }
    }
    // Who may call a version does not depend on which it is.
    expect(both["GRPCRoute/stock.from.desk"]).toEqual(objects["GRPCRoute/stock.from.desk"]);
  });

  test("are told apart by the headers of the canary", () => {
    for (const [, route] of outbound(canary("stock", "headers: { x-track: canary, x-region: north }"), "stock")) {
      const [asked, rest] = route.spec.rules;
      expect(to(asked)).toEqual([["stock-canary", undefined]]);
      for (const { headers } of asked.matches) {
        expect(headers).toEqual([
          { name: "x-region", value: "north" },
          { name: "x-track", value: "canary" },
        ]);
      }
      expect(to(rest)).toEqual([["stock-stable", undefined]]);
      expect(JSON.stringify(rest)).not.toContain("x-track");
    }
  });

  test("are told apart on the paths of a public workload too", () => {
    const [[, route]] = outbound(canary("desk", "weight: 100, headers: { x-track: canary }"), "desk") as [
      [string, Any],
    ];
    const [asked, rest] = route.spec.rules;
    expect(asked.matches.every(({ headers, path }: Any) => headers.length === 1 && path)).toBe(true);
    expect(asked.matches).toHaveLength(rest.matches.length);
    expect(to(rest)).toEqual([["desk-canary", undefined]]);
  });
});

test("faults cannot be injected, and an environment with some is refused", () => {
  const faults = "faults: [{ method: acme.stock.v1.StockService/Find, percent: 1, abort: ABORTED }]";
  expect(() => emit((text) => text.replace("stock: {", `stock: { ${faults},`))).toThrow(
    "the target linkerd cannot do what workloads.stock.faults asks for",
  );
});

describe("the edge", () => {
  test("is the ingress alone, on the paths of public methods, with HTTP and JSON", () => {
    expect(objects["Server/desk"].spec.proxyProtocol).toBe("unknown");
    const route = objects["HTTPRoute/desk.from-ingress"];
    expect(objects["MeshTLSAuthentication/desk.from-ingress"].spec.identities).toEqual([
      "ingress.ingress.serviceaccount.identity.linkerd.library.test",
    ]);
    expect(paths(route)).toEqual(
      expect.arrayContaining([
        "/acme.desk.v1.DeskService/Lend",
        "/v1/books/[^/:]+:lend",
        "/v1/books/search",
        "/console/",
      ]),
    );
    expect(paths(objects["HTTPRoute/desk.from.clerk"])).toEqual(["/acme.desk.v1.DeskService/Lend"]);
    expect(objects).not.toHaveProperty("GRPCRoute/stock.from-ingress");
    expect(objects["HTTPLocalRateLimitPolicy/desk"].spec.total).toEqual({ requestsPerSecond: 1000 });
  });
});

test("another mesh is refused", () => {
  expect(() => emitLinkerd(contract, libraryCluster())).toThrow("cluster.mesh is linkerd, not istio");
});
