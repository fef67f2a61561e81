// compose.yaml as text and as meaning. The one of this repository is held against its contract, and run, in test/compose.

import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { parseEnvironment } from "../../environment.ts";
import { repository } from "../testing/contract.ts";
import { library, libraryEnvironmentText } from "../testing/library.ts";
import { emitCompose } from "./index.ts";

const text = `${libraryEnvironmentText}
compose:
  images: { registry: localhost/library, tag: 1.2.3 }
  proxy: proxy.test/envoy:v1.0.0
  agent: clerk-of-keys
  secretSettings: ../secrets/{workload}.env
  health: { node: [node, -e, "look('{workload}')"], proxy: ["true"] }
  services:
    clerk-of-keys: { image: "localhost/library/keys:1", volumes: ["kept:/data"], networks: [database] }
  volumes: { kept: {} }
`;
const emit = (change: (text: string) => string = (text) => text) =>
  emitCompose(library(), parseEnvironment(change(text), "library.yaml"));
const files = emit();
// biome-ignore lint/suspicious/noExplicitAny: what is read here has the shape of Compose's files, which have no types.
const read = (name: string, of = files): any => parse(of.get(name) ?? "", { maxAliasCount: -1 });

test.each(["compose.yaml", "agent.yaml"])("%s is the one on record", async (name) => {
  const golden = join(repository, "mesh/compiler/testdata/emit/compose", name);
  await expect(files.get(name)).toMatchFileSnapshot(golden);
});

describe("a process", () => {
  test("has its settings, its secrets, the networks of its stores, and no other way out than its sidecar", () => {
    const { desk, stock } = read(
      "compose.yaml",
      emit((all) => all.replace("defaults:", 'defaults:\n  settings: { "{WORKLOAD}_A": "{workload}" }')),
    ).services;
    expect(stock).toMatchObject({
      image: "localhost/library/stock:1.2.3",
      environment: { STOCK_A: "stock" },
      env_file: ["../secrets/stock.env"],
      networks: ["database"],
      volumes: ["stock:/run/mesh/stock", "trust:/run/mesh/trust:ro"],
      depends_on: { "clerk-of-keys": { condition: "service_healthy" } },
    });
    expect(desk.network_mode).toBe("none");
    expect(desk).not.toHaveProperty("networks");
    expect(desk.healthcheck.test).toEqual(["CMD", "node", "-e", "look('desk')"]);
    // Nobody says how a program in Go shows that it is well.
    expect(stock).not.toHaveProperty("healthcheck");
  });
});

describe("a sidecar", () => {
  test("is on its own network under the name of the mesh, and on those of its callees; the edge is published here only", () => {
    const { "desk-sidecar": desk, "stock-sidecar": stock } = read("compose.yaml").services;
    expect(stock.networks).toEqual({ "to-stock": { aliases: ["stock.reading.svc.cluster.local"] } });
    expect(Object.keys(desk.networks)).toEqual(["to-desk", "to-stock", "edge"]);
    expect(desk.ports).toEqual(["127.0.0.1:18080:18080", "127.0.0.1:18443:18443"]);
    expect(stock).not.toHaveProperty("ports");
    expect(read("compose.yaml").networks["to-stock"]).toEqual({ internal: true });
  });

  test("takes calls at the port of the mesh, finds callees by name, and logs to its output", () => {
    const { listeners, clusters } = read("desk.yaml").static_resources;
    const inbound = listeners.find(({ name }: { name: string }) => name === "inbound");
    expect(inbound.address.socket_address).toEqual({ address: "0.0.0.0", port_value: 50051 });
    const stock = clusters.find(({ name }: { name: string }) => name === "stock");
    expect(stock.type).toBe("STRICT_DNS");
    expect(stock.load_assignment.endpoints[0].lb_endpoints[0].endpoint.address.socket_address).toEqual({
      address: "stock.reading.svc.cluster.local",
      port_value: 50051,
    });
    expect(files.get("desk.yaml")).toContain("StdoutAccessLog");
    expect(files.get("desk.yaml")).not.toContain("access.log");
  });
});

test("the agent has the folder of every workload, and is told who is who", () => {
  const { services, volumes } = read("compose.yaml");
  const folders = ["desk", "stock", "trust", "issuer"].map((name) => `${name}:/run/mesh/${name}`);
  expect(services["clerk-of-keys"].volumes).toEqual(["kept:/data", ...folders]);
  expect(Object.keys(volumes)).toEqual(["desk", "stock", "trust", "issuer", "kept"]);
  expect(read("agent.yaml").workloads.stock).toEqual({
    id: "spiffe://library.test/ns/reading/sa/stock",
    host: "stock.reading.svc.cluster.local",
    edge: false,
    devices: false,
    stores: ["database"],
  });
});

test("what the contract calls and the environment does not run has no address", () => {
  const { clusters } = read(
    "desk.yaml",
    emit((all) => all.replace(/\n {2}stock: .*/, "")),
  ).static_resources;
  expect(clusters.find(({ name }: { name: string }) => name === "stock")).toMatchObject({
    type: "STATIC",
    load_assignment: { endpoints: [] },
  });
});

describe("what does not go together is refused", () => {
  test.each([
    [/\ncompose:[\s\S]*$/, "\n", "the target compose needs the part compose of the environment"],
    ["agent: clerk-of-keys", "agent: nobody", "compose.agent names nobody, which is none of compose.services"],
    ["clerk-of-keys: {", "stock: {", "stock has another meaning in compose.yaml"],
    ["clerk-of-keys: {", "desk-sidecar: {", "desk-sidecar has another meaning in compose.yaml"],
    ["stock: {", "stock: { replicas: 2,", "workloads.stock.replicas says more"],
    ["proxy: proxy.test/envoy:v1.0.0", "proxy: Envoy", "compose.proxy must match pattern"],
    ["proxy: proxy.test/envoy:v1.0.0", "prox: a", "compose"],
  ])("%s", (part, other, problem) => {
    expect(() => emit((all) => all.replace(part, other))).toThrow(problem);
  });
});
