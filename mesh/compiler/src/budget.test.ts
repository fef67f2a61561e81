import { describe, expect, test } from "vitest";
import { amplification, amplificationTo, redeliveriesTo } from "./amplification.ts";
import { backOffBoundMs, budgetOf } from "./budget.ts";
import { type Graph, graphOf, type Work } from "./graph.ts";
import { imageOf } from "./inline-protos.ts";
import type { Method } from "./model.ts";
import { readImage } from "./read.ts";

const unary = (name: string, policy: string) => `
  rpc ${name}(Ask) returns (Answer) {
    option idempotency_level = NO_SIDE_EFFECTS;
    option (mesh.v1.method) = {callers: ["@edge", "shop"] ${policy}};
  }`;

const retried = (tries: number) => `retry: {max_attempts: ${tries}, on: [RETRY_CODE_UNAVAILABLE]}`;
const call = (method: string, rest = "") => `calls: {method: "shop.v1.Shop/${method}" ${rest}}`;

const graph: Graph = graphOf(
  readImage(
    imageOf({
      "shop/v1/shop.proto": `
syntax = "proto3";
package shop.v1;
import "mesh/v1/policy.proto";
option (mesh.v1.workload) = {
  name: "shop"
  jobs: {name: "sweep" limit_ms: 5000 handler_ms: 7 ${call("Fast", "times: 3")}}
};
service Shop {
  ${unary("Fast", "deadline_ms: 100")}
  ${unary("Slow", "deadline_ms: 400")}
  ${unary("Plain", "deadline_ms: 100")}
  ${unary(
    "Stages",
    `deadline_ms: 1000 handler_ms: 30
     ${call("Fast", "stage: 2")}
     ${call("Slow", "stage: 1 within_ms: 80 times: 2")}
     ${call("Fast", "stage: 1")}
     ${call("Slow", "stage: 5 detached: true")}`,
  )}
  ${unary("Awaits", `deadline_ms: 1000 handler_ms: 1 ${call("Fast", "within_ms: 300 detached: true times: 9")} ${call("Slow", "detached: true")}`)}
  ${unary("Optional", `deadline_ms: 1000 handler_ms: 1 ${call("Slow", "optional: true within_ms: 70")}`)}
  ${unary("LongWithin", `deadline_ms: 1000 handler_ms: 1 ${call("Fast", "within_ms: 900")}`)}
  ${unary("Streams", `deadline_ms: 9000 handler_ms: 1 ${call("Watch")} ${call("Watch", "stage: 1 within_ms: 50")}`)}
  ${unary("Lost", `deadline_ms: 1000 handler_ms: 1 ${call("Nowhere")}`)}
  rpc Watch(Ask) returns (stream Answer) {
    option (mesh.v1.method) = {callers: ["shop"] stream: {idle_ms: 1000 max_ms: 5000}};
  }
  ${unary("Top", `deadline_ms: 1000 ${call("Left")} ${call("Right")}`)}
  ${unary("Left", `deadline_ms: 900 ${retried(2)} ${call("Bottom")}`)}
  ${unary("Right", `deadline_ms: 900 ${call("Bottom")}`)}
  ${unary("Bottom", `deadline_ms: 400 ${retried(3)}`)}
  ${unary("Round", `deadline_ms: 400 ${retried(2)} ${call("About")}`)}
  ${unary("About", `deadline_ms: 400 ${call("Round")}`)}
}
message Ask {}
message Answer {}
message Asked {
  option (mesh.v1.topic) = {
    name: "shop.asked.v1" key: "id" producers: "shop" max_deliveries: 5
    consumers: {workload: "shop" ${call("Right")} ${call("Left")}}
  };
  string id = 1;
}
message Told {
  option (mesh.v1.topic) = {
    name: "shop.told.v1" key: "id" producers: "shop" no_dead_letter: {reason: "waits"}
    consumers: {workload: "shop" ${call("Bottom")}}
  };
  string id = 1;
}`,
    }),
  ),
);

function work(name: string): Work {
  const found = graph.work.find(({ subject }) => subject === name || subject === `shop.v1.Shop/${name}`);
  if (!found) throw new Error(`no ${name}`);
  return found;
}

const method = (name: string): Method => work(name).method as Method;

describe("the time that work needs", () => {
  test("is the compiler's default for a handler that states none", () => {
    expect(budgetOf(graph, work("Plain"))).toEqual({ handlerMs: 20, stages: [], detached: [], needMs: 20 });
  });

  test("adds the handler and, of each stage in order, the longest call", () => {
    const budget = budgetOf(graph, work("Stages"));
    expect(budget.needMs).toBe(30 + Math.max(2 * 80, 100) + 100);
    expect(budget.stages.map(({ stage, ms }) => [stage, ms])).toEqual([
      [1, 160],
      [2, 100],
    ]);
  });

  test("leaves out detached calls", () => {
    expect(budgetOf(graph, work("Stages")).detached.map(({ call }) => call.method)).toEqual(["shop.v1.Shop/Slow"]);
  });

  test("counts a detached call for as long as the caller waits for it, whatever ends a single call", () => {
    const { needMs, detached } = budgetOf(graph, work("Awaits"));
    expect(needMs).toBe(1 + 300);
    expect(detached.map(({ call }) => call.method)).toEqual(["shop.v1.Shop/Slow"]);
  });

  test("counts an optional call for as long as the caller waits", () => {
    expect(budgetOf(graph, work("Optional")).needMs).toBe(1 + 70);
  });

  test("takes the deadline of the callee where the caller would wait longer", () => {
    expect(budgetOf(graph, work("LongWithin")).needMs).toBe(1 + 100);
  });

  test("takes a stream for its longest, or for as long as the caller waits", () => {
    expect(budgetOf(graph, work("Streams")).needMs).toBe(1 + 5000 + 50);
  });

  test("takes nothing for a call of an unknown method, which is a finding of its own", () => {
    expect(budgetOf(graph, work("Lost")).needMs).toBe(1);
  });

  test("is counted for jobs too", () => {
    expect(budgetOf(graph, work("shop/sweep"))).toMatchObject({ handlerMs: 7, needMs: 7 + 3 * 100 });
  });
});

test.each([
  [1, 0],
  [2, 20],
  [3, 20 + 40],
  [4, 20 + 40 + 80],
  [5, 20 + 40 + 80 + 120],
])("%i tries wait %i ms between them at most", (tries, ms) => {
  expect(backOffBoundMs(tries)).toBe(ms);
});

describe("amplification", () => {
  test("multiplies the tries along the worst path from a method", () => {
    const { factor, path } = amplification(graph)(method("Top"));
    expect(factor).toBe(6);
    expect(path.map(({ name }) => name)).toEqual(["Top", "Left", "Bottom"]);
  });

  test("multiplies the tries along the worst path to a method", () => {
    const { factor, path } = amplificationTo(graph)(method("Bottom"));
    expect(factor).toBe(6);
    expect(path.map(({ name }) => name)).toEqual(["Left", "Bottom"]);
  });

  test("ends at a cycle", () => {
    expect(amplification(graph)(method("Round")).factor).toBe(2);
    expect(amplification(graph)(method("About")).factor).toBe(2);
  });

  test("is one where nothing is retried", () => {
    expect(amplification(graph)(method("Plain")).factor).toBe(1);
  });
});

describe("redeliveries", () => {
  const to = (name: string) =>
    redeliveriesTo(graph, method(name)).map(({ consumer, deliveries, runs }) => [consumer.subject, deliveries, runs]);

  test("multiply with the tries of the worst path from the consumer", () => {
    expect(to("Bottom")).toEqual([
      ["shop.asked.v1 to shop", 5, 5 * 2 * 3],
      ["shop.told.v1 to shop", undefined, undefined],
    ]);
    // What the method calls in turn is not on the way to it.
    expect(to("Left")).toEqual([["shop.asked.v1 to shop", 5, 5 * 2]]);
  });

  test("are none where no consumer leads to a method", () => {
    expect(to("Top")).toEqual([]);
    expect(to("Round")).toEqual([]);
  });
});
