// The policy matrix: every identity calls every method at the inbound port of its workload, with a certificate of its own.

import { beforeAll, expect, test } from "vitest";
import { identities, mayCall, readContract } from "../contract.ts";
import { sharedMesh } from "../mesh.ts";
import { assertion } from "../users.ts";
import { Wire } from "../wire.ts";
import { authorityOf, wrongIn } from "./callers.ts";

const mesh = sharedMesh();
const contract = readContract();
const everyone = identities(contract);
let headers: Record<string, string>;

beforeAll(async () => {
  headers = { "x-larder-user": await assertion(mesh, "ada") };
});

test("the contract that the matrix is made from is the whole of it", () => {
  expect(contract.workloads).toHaveLength(12);
  expect(contract.methods.length).toBeGreaterThan(60);
  // The aggregator only consumes and tells.
  const callees = new Set([...contract.methods.map(({ workload }) => workload), "aggregator"]);
  expect(callees).toEqual(new Set(contract.workloads));
  const callers = new Set(contract.methods.flatMap(({ callers }) => callers));
  const outside = ["@edge", "@device"];
  expect(
    [...callers].filter((name) => !outside.includes(name) && !everyone.some(({ caller }) => caller === name)),
  ).toEqual([]);
});

test("a method is reached by the callers that the contract names, and by nobody else", {
  timeout: 120_000,
}, async () => {
  const wrong: string[] = [];
  let [cases, passed] = [0, 0];
  for (const identity of everyone) {
    const { certificate: cert, key } = await mesh.certificate(identity.id);
    for (const callee of contract.workloads) {
      const methods = contract.methods.filter(({ workload }) => workload === callee);
      const port = (await mesh.inboundPort(callee)) ?? 0;
      const wire = await Wire.tls(port, authorityOf(callee), { cert, key, ca: mesh.bundle });
      const allowed = (method: (typeof methods)[number]) => mayCall(identity, method);
      wrong.push(...(await wrongIn(mesh, { title: identity.id, callee, methods, wire, headers, allowed })));
      wire.close();
      cases += methods.length;
      passed += methods.filter(allowed).length;
    }
  }
  console.log(
    `policy matrix: ${cases} cases (${everyone.length} identities x ${contract.methods.length} methods), ${passed} of them allowed`,
  );
  expect(wrong).toEqual([]);
  // The cases that may pass are those of the contract: each caller that it names for a method, once.
  expect(passed).toBe(
    contract.methods.flatMap(({ callers }) => callers.filter((name) => !name.startsWith("@"))).length,
  );
});
