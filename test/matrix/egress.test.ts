// The egress matrix: every workload calls every method through its own sidecar. Only what it declares leaves it.

import { beforeAll, expect, test } from "vitest";
import { readContract } from "../contract.ts";
import { inboundRequests } from "../counters.ts";
import { sharedMesh } from "../mesh.ts";
import { assertion } from "../users.ts";
import { Wire } from "../wire.ts";
import { authorityOf, wrongIn } from "./callers.ts";

const mesh = sharedMesh();
const contract = readContract();
let headers: Record<string, string>;

beforeAll(async () => {
  headers = { "x-larder-user": await assertion(mesh, "ada") };
});

test("the declared calls of a workload leave it, and nothing else does", async () => {
  const wrong: string[] = [];
  let [cases, passed] = [0, 0];
  for (const caller of contract.workloads) {
    const declared = contract.calls.get(caller) ?? new Set();
    for (const callee of contract.workloads) {
      const methods = contract.methods.filter(({ workload }) => workload === callee);
      const wire = await Wire.socket(mesh.run(`${caller}-0`, "out.sock"), authorityOf(callee));
      const before = await inboundRequests(mesh, callee);
      const allowed = ({ path }: (typeof methods)[number]) => declared.has(path);
      wrong.push(...(await wrongIn(mesh, { title: caller, callee, methods, wire, headers, allowed })));
      const arrived = (await inboundRequests(mesh, callee)) - before;
      const left = methods.filter(allowed).length;
      if (arrived !== left) wrong.push(`${caller} -> ${callee}: its sidecar saw ${arrived} requests, not ${left}`);
      wire.close();
      cases += methods.length;
      passed += left;
    }
  }
  console.log(
    `egress matrix: ${cases} cases (${contract.workloads.length} workloads x ${contract.methods.length} methods), ${passed} of them allowed`,
  );
  expect(wrong).toEqual([]);
  expect(passed).toBe([...contract.calls.values()].reduce((sum, { size }) => sum + size, 0));
  expect(passed).toBeGreaterThan(30);
});

test("nothing leaves to an authority that the contract does not know", async () => {
  const [known] = contract.methods;
  for (const authority of [
    "stranger.larder.svc.cluster.local:50051",
    "inventory.elsewhere.svc.cluster.local:50051",
    "inventory.larder.svc.cluster.local:50052",
    "inventory",
    "127.0.0.1:8080",
  ]) {
    const wire = await Wire.socket(mesh.run("order-0", "out.sock"), authority);
    const path = "/larder.inventory.v1.InventoryService/Reserve";
    for (const each of [path, known?.path ?? path]) {
      expect({ authority, ...(await wire.call(each, headers)) }).toMatchObject({
        authority,
        code: "PERMISSION_DENIED",
      });
    }
    wire.close();
  }
});
