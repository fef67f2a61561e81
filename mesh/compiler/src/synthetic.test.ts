// Contracts far larger than ours: nothing may end in a stack that overflows, or grow faster than the contract.

import { beforeAll, describe, expect, test, vi } from "vitest";
import { check } from "./check.ts";
import { explain } from "./explain.ts";
import { graphOf } from "./graph.ts";
import { imageOf } from "./inline-protos.ts";
import type { Contract } from "./model.ts";
import { readImage } from "./read.ts";
import { syntheticProtos } from "./synthetic.ts";

vi.setConfig({ hookTimeout: 120_000, testTimeout: 60_000 });

test("a synthetic contract keeps every rule, whatever its size", () => {
  for (const services of [5, 40]) {
    const contract = readImage(imageOf(syntheticProtos({ services, methodsEach: 10 })));
    expect(contract.services.flatMap(({ methods }) => methods)).toHaveLength(services * 10);
    expect(check(contract)).toEqual([]);
  }
});

describe("a chain of 10,000 methods", () => {
  const length = 10_000;
  let contract: Contract;
  beforeAll(() => {
    const method = (i: number) => {
      const next = i + 1 < length ? `calls: {method: "chain.v1.Chain/M${i + 1}"}` : "";
      const retry = i >= length - 3 ? "retry: {max_attempts: 2, on: [RETRY_CODE_UNAVAILABLE]}" : "";
      return `  rpc M${i}(Ask) returns (Ask) {
    option idempotency_level = NO_SIDE_EFFECTS;
    option (mesh.v1.method) = {callers: ["${i === 0 ? "@edge" : "chain"}"] deadline_ms: ${30 * (length - i)} ${retry} ${next}};
  }`;
    };
    const text = `syntax = "proto3"; package chain.v1;
import "mesh/v1/policy.proto";
option (mesh.v1.workload) = {name: "chain"};
service Chain {
${Array.from({ length }, (_, i) => method(i)).join("\n")}
}
message Ask {}
`;
    contract = readImage(imageOf({ "chain.proto": text }));
  });

  test("is checked, and its worst path found where it crosses the bound", () => {
    const findings = check(contract);
    expect(findings.map(({ code, subject }) => [code, subject])).toContainEqual([
      "retry-amplification",
      `chain.v1.Chain/M${length - 3}`,
    ]);
  });

  test("is found to be a cycle once its end calls its beginning", () => {
    const last = contract.services[0]?.methods.find(({ name }) => name === `M${length - 1}`);
    const [call] = contract.services[0]?.methods.find(({ name }) => name === "M0")?.calls ?? [];
    Object.assign(last ?? {}, { calls: [{ ...call, method: "chain.v1.Chain/M0" }] });
    const cycle = check(contract).find(({ code }) => code === "call-cycle");
    Object.assign(last ?? {}, { calls: [] });
    expect(cycle?.message).toMatch(
      /^chain\.v1\.Chain\/M0 calls chain\.v1\.Chain\/M1 calls .* calls chain\.v1\.Chain\/M0$/,
    );
  });

  test("is explained, as deep as a reader follows", () => {
    const graph = graphOf(contract);
    const top = graph.methods.get("chain.v1.Chain/M0");
    if (!top) throw new Error("no M0");
    const explanation = explain(graph, top, []);
    expect(explanation.amplification.factor).toBe(8);
    expect(JSON.stringify(explanation.budget).match(/"method"/g)).toHaveLength(20);
  });
});
