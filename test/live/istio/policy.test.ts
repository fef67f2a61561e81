// Our manifests for staging under a whole Istio, against the protos: who gets in, what leaves, how often a call is tried, and when
// it ends. The processes behind the proxies are bare ones that count.

import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { authority } from "../../../mesh/compiler/src/emit/testing/certificates.ts";
import { identities, type Method, mayCall, readContract } from "../../contract.ts";
import type { Behaviour } from "../../equality/callee.ts";
import { RawClient } from "../../equality/client.ts";
import { objectsIn } from "../manifests/manifests.ts";
import { whyNotIstio } from "./control-plane.ts";
import { devicesSuite, INGESTION } from "./devices.ts";
import { type IstioIngress, startIngress } from "./ingress.ts";
import { type OutsideIssuer, startOutsideIssuer } from "./issuer.ts";
import { type Mesh, startMesh } from "./mesh.ts";
import { GATEWAY, ISSUER, peopleSuite } from "./people.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 300_000 });

const contract = readContract();
const trustDomain = "larder.staging";
/** A workload that calls, and those that are called: each has a proxy. */
const CALLER = "order";
const numbers = { order: 31, inventory: 32, pricing: 33, [INGESTION]: 34, [GATEWAY]: 35 };
const ingressOfStaging = { namespace: "istio-ingress", serviceAccount: "istio-ingress", labels: { istio: "ingress" } };
const why = whyNotIstio();
let issuer: OutsideIssuer;
let mesh: Mesh;
let ingress: IstioIngress;

if (why) test("Istio with the manifests of staging", (context) => context.skip(why));
else describe("Istio with the manifests of staging", suite);

function suite(): void {
  beforeAll(async () => {
    const manifests = { kubernetes: objectsIn("mesh/kubernetes/staging"), istio: objectsIn("mesh/istio/staging") };
    issuer = await startOutsideIssuer(ISSUER.url, ISSUER.audience);
    mesh = await startMesh(trustDomain, manifests, numbers, issuer.environment);
    ingress = await startIngress(mesh.plane, ingressOfStaging, manifests.istio);
  });
  afterAll(async () => {
    await ingress?.stop();
    await mesh?.stop();
    await issuer?.stop();
  });
  beforeEach(() => mesh.reset());

  test.each(Object.keys(numbers))("lets in the callers of each method of %s, and nobody else", async (workload) => {
    const callee = mesh.callee(workload);
    const wrong: string[] = [];
    const methods = methodsOf(workload);
    const all = identities(contract, trustDomain);
    for (const identity of all) {
      const client = await mesh.dialAs(workload, identity.id);
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
    const reflection = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";
    for (const name of [CALLER, "gateway", "operator"]) {
      const client = await mesh.dialAs("inventory", `spiffe://${trustDomain}/ns/larder/sa/${name}`);
      expect(await client.call("/grpc.health.v1.Health/Check"), name).toBe("OK");
      expect(await client.call(reflection), name).toBe(name === "operator" ? "OK" : "PERMISSION_DENIED");
      for (const path of ["/", "/metrics", "/larder.inventory.v1.InventoryService/Unheard"]) {
        expect(await client.call(path), `${name} ${path}`).toBe("PERMISSION_DENIED");
      }
      client.close();
    }
  });

  test("takes no call without a certificate of its own authority", async () => {
    const { address } = mesh.proxy("inventory");
    const { bundle } = mesh.plane.authority;
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
    expect(mesh.callee("inventory").arrived).toEqual([]);
  });

  test("lets the declared calls of a workload leave it, with the tries and the time of the contract", async () => {
    let tried = 0;
    for (const method of declaredCalls()) {
      const outcome = (behaviour: Behaviour) => mesh.outcome(CALLER, method, behaviour);
      const repeated = { code: "UNAVAILABLE", arrived: method.tries };
      expect(await outcome({ does: "fail", code: "UNAVAILABLE" }), method.path).toEqual(repeated);
      const other = { code: "RESOURCE_EXHAUSTED", arrived: 1 };
      expect(await outcome({ does: "fail", code: "RESOURCE_EXHAUSTED" }), method.path).toEqual(other);
      // Which of the two codes is left to chance: both proxies watch the time.
      const ended = { code: expect.stringMatching(/^(UNAVAILABLE|DEADLINE_EXCEEDED)$/), arrived: 1 };
      expect(await outcome({ does: "hang" }), method.path).toEqual(ended);
      tried++;
    }
    expect(tried).toBeGreaterThan(4);
  });

  test("lets no call leave to a callee that nobody declared, and refuses an undeclared one at the callee", async () => {
    const declared = contract.calls.get(CALLER) ?? new Set();
    const [undeclared] = methodsOf("inventory").filter(({ path }) => !declared.has(path));
    const inventory = mesh.wayTo("inventory", CALLER);
    expect(await inventory.call(undeclared?.path ?? "")).toBe("PERMISSION_DENIED");
    expect(await inventory.call("/larder.inventory.v1.InventoryService/Unheard")).toBe("PERMISSION_DENIED");
    inventory.close();
    const callees = new Set(methodsOfCaller().map(({ workload }) => workload));
    for (const name of contract.workloads.filter((name) => !callees.has(name))) {
      const client = mesh.wayTo(name, CALLER);
      expect(await client.call("/grpc.health.v1.Health/Check"), name).toBe("UNAVAILABLE");
      client.close();
    }
  });

  peopleSuite(contract, () => ({ mesh, ingress, issuer }));
  devicesSuite(() => ({ mesh, ingress }));
}

const methodsOf = (workload: string): Method[] => contract.methods.filter((method) => method.workload === workload);

function methodsOfCaller(): Method[] {
  const declared = contract.calls.get(CALLER) ?? new Set();
  return contract.methods.filter(({ path }) => declared.has(path));
}

/** The calls whose callee has a proxy here. */
const declaredCalls = (): Method[] => methodsOfCaller().filter(({ workload }) => Object.hasOwn(numbers, workload));
