// Our manifests for staging under a whole Istio, against the protos: who gets in, what leaves, how often a call is tried, and when
// it ends. The processes behind the proxies are bare ones that count.

import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { authority } from "../../../mesh/compiler/src/emit/testing/certificates.ts";
import { identities, type Method, mayCall, readContract } from "../../contract.ts";
import { Callee } from "../../equality/callee.ts";
import { RawClient } from "../../equality/client.ts";
import { until } from "../../until.ts";
import { objectsIn } from "../manifests/manifests.ts";
import { type ControlPlane, startControlPlane, whyNotIstio } from "./control-plane.ts";
import { type Namespace, startNamespace } from "./namespace.ts";
import { PORT } from "./network.ts";
import type { IstioProxy } from "./proxy.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 300_000 });

const contract = readContract();
const trustDomain = "larder.staging";
/** A workload that calls, and those that are called: each has a proxy. */
const CALLER = "order";
const numbers = { order: 31, inventory: 32, pricing: 33 };
const why = whyNotIstio();
const ends: (() => unknown)[] = [];
const callees = new Map<string, Callee>();
let plane: ControlPlane;
let namespace: Namespace;

if (why) test("Istio with the manifests of staging", (context) => context.skip(why));
else describe("Istio with the manifests of staging", suite);

function suite(): void {
  beforeAll(async () => {
    plane = await startControlPlane(trustDomain);
    ends.push(() => plane.stop());
    const manifests = { kubernetes: objectsIn("mesh/kubernetes/staging"), istio: objectsIn("mesh/istio/staging") };
    namespace = await startNamespace(plane, manifests, numbers);
    ends.push(() => namespace.stop());
    for (const [name, { app }] of namespace.proxies) {
      const callee = new Callee();
      ends.push(() => callee.close());
      await callee.listen(app);
      callees.set(name, callee);
    }
  });

  afterAll(async () => {
    for (const end of ends.reverse()) await end();
  });

  beforeEach(() => {
    for (const callee of callees.values()) callee.reset();
  });

  test.each(Object.keys(numbers))("lets in the callers of each method of %s, and nobody else", async (workload) => {
    const { address } = proxyOf(workload);
    const callee = calleeOf(workload);
    const wrong: string[] = [];
    const methods = methodsOf(workload);
    const all = identities(contract, trustDomain);
    for (const identity of all) {
      const client = await dialAs(address, identity.id);
      for (const method of methods) {
        callee.reset();
        const code = await client.call(method.path);
        // Who is of another trust domain does not even get a connection.
        const refused = identity.id.startsWith(`spiffe://${trustDomain}/`) ? "PERMISSION_DENIED" : "UNAVAILABLE";
        const wanted = mayCall(identity, method) ? "OK, 1 arrived" : `${refused}, 0 arrived`;
        const is = `${code}, ${callee.arrived.length} arrived`;
        if (is !== wanted) wrong.push(`${identity.id} ${method.path}: ${is}, not ${wanted}`);
      }
      client.close();
    }
    console.log(`${workload}: ${all.length} identities x ${methods.length} methods`);
    expect(wrong).toEqual([]);
  });

  test("lets in nothing that the contract does not name, but health and, for the operator, reflection", async () => {
    const { address } = proxyOf("inventory");
    const reflection = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";
    for (const name of [CALLER, "gateway", "operator"]) {
      const client = await dialAs(address, `spiffe://${trustDomain}/ns/larder/sa/${name}`);
      expect(await client.call("/grpc.health.v1.Health/Check"), name).toBe("OK");
      expect(await client.call(reflection), name).toBe(name === "operator" ? "OK" : "PERMISSION_DENIED");
      for (const path of ["/", "/metrics", "/larder.inventory.v1.InventoryService/Unheard"]) {
        expect(await client.call(path), `${name} ${path}`).toBe("PERMISSION_DENIED");
      }
      client.close();
    }
  });

  test("takes no call without a certificate of its own authority", async () => {
    const { address } = proxyOf("inventory");
    const { bundle } = plane.authority;
    const other = await (await authority("another mesh")).issue({ uri: `spiffe://${trustDomain}/ns/larder/sa/order` });
    const [path = ""] = [...(contract.calls.get(CALLER) ?? [])].filter((path) => path.includes("inventory"));
    for (const client of [
      RawClient.plain(address, "inventory"),
      RawClient.tls(address, bundle),
      RawClient.tls(address, bundle, other),
    ]) {
      expect(await client.call(path)).toBe("UNAVAILABLE");
      client.close();
    }
    expect(calleeOf("inventory").arrived).toEqual([]);
  });

  test("lets the declared calls of a workload leave it, with the tries and the time of the contract", async () => {
    let tried = 0;
    for (const method of declaredCalls()) {
      const callee = calleeOf(method.workload);
      const out = wayTo(method.workload);
      const outcome = async (...[behaviour]: [Callee["behaviour"]]) => {
        // A success in between: failures in a row have an instance left out.
        await until(`${method.path} to pass`, async () => (await out.call(method.path)) === "OK");
        callee.reset();
        callee.behaviour = behaviour;
        const code = await out.call(method.path);
        const arrived = callee.arrived.length;
        callee.reset();
        return { code, arrived };
      };
      const repeated = { code: "UNAVAILABLE", arrived: method.tries };
      expect(await outcome({ does: "fail", code: "UNAVAILABLE" }), method.path).toEqual(repeated);
      const other = { code: "RESOURCE_EXHAUSTED", arrived: 1 };
      expect(await outcome({ does: "fail", code: "RESOURCE_EXHAUSTED" }), method.path).toEqual(other);
      // Which of the two codes is left to chance: both proxies watch the time.
      const ended = { code: expect.stringMatching(/^(UNAVAILABLE|DEADLINE_EXCEEDED)$/), arrived: 1 };
      expect(await outcome({ does: "hang" }), method.path).toEqual(ended);
      out.close();
      tried++;
    }
    expect(tried).toBeGreaterThan(4);
  });

  test("lets no call leave to a callee that nobody declared, and refuses an undeclared one at the callee", async () => {
    const declared = contract.calls.get(CALLER) ?? new Set();
    const [undeclared] = methodsOf("inventory").filter(({ path }) => !declared.has(path));
    const inventory = wayTo("inventory");
    expect(await inventory.call(undeclared?.path ?? "")).toBe("PERMISSION_DENIED");
    expect(await inventory.call("/larder.inventory.v1.InventoryService/Unheard")).toBe("PERMISSION_DENIED");
    inventory.close();
    const callees = new Set(methodsOfCaller().map(({ workload }) => workload));
    for (const name of contract.workloads.filter((name) => !callees.has(name))) {
      const client = wayTo(name);
      expect(await client.call("/grpc.health.v1.Health/Check"), name).toBe("UNAVAILABLE");
      client.close();
    }
  });
}

const methodsOf = (workload: string): Method[] => contract.methods.filter((method) => method.workload === workload);

function methodsOfCaller(): Method[] {
  const declared = contract.calls.get(CALLER) ?? new Set();
  return contract.methods.filter(({ path }) => declared.has(path));
}

/** The calls whose callee has a proxy here. */
const declaredCalls = (): Method[] => methodsOfCaller().filter(({ workload }) => callees.has(workload));

function proxyOf(workload: string): IstioProxy {
  const proxy = namespace.proxies.get(workload);
  if (!proxy) throw new Error(`${workload} has no proxy`);
  return proxy;
}

function calleeOf(workload: string): Callee {
  const callee = callees.get(workload);
  if (!callee) throw new Error(`${workload} has no process`);
  return callee;
}

const dialAs = async (address: string, uri: string): Promise<RawClient> =>
  RawClient.tls(address, plane.authority.bundle, await plane.authority.issue({ uri }));

/** Through the proxy of the caller. */
const wayTo = (workload: string): RawClient =>
  RawClient.plain(proxyOf(CALLER).out, `${workload}.larder.svc.cluster.local:${PORT}`);
