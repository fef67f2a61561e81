import { beforeAll, expect, test } from "vitest";
import { methodGraph, workloadGraph } from "./call-graph.ts";
import { asDot, asMermaid } from "./call-graph-text.ts";
import { type Graph, graphOf } from "./graph.ts";
import { imageOf } from "./inline-protos.ts";
import { readImage } from "./read.ts";

let graph: Graph;
beforeAll(() => {
  const text = `syntax = "proto3"; package shop.v1;
import "mesh/v1/policy.proto";
option (mesh.v1.workload) = {name: "desk", jobs: [{name: "sweep", limit_ms: 1, calls: [{method: "shop.v1.Stock/Look"}, {method: "shop.v1.Stock/Gone"}]}]};
option (mesh.v1.workload) = {name: "stock"};
option (mesh.v1.external_workload) = {name: "till", namespace: "x"};
service Desk {
  option (mesh.v1.service) = {workload: "desk"};
  rpc Sell(Ask) returns (Ask) {
    option (mesh.v1.method) = {callers: ["@edge"], calls: [{method: "shop.v1.Stock/Take"}, {method: "shop.v1.Stock/Look"}]};
  }
}
service Stock {
  option (mesh.v1.service) = {workload: "stock"};
  rpc Take(Ask) returns (Ask) { option (mesh.v1.method) = {callers: ["desk", "till"]}; }
  rpc Look(Ask) returns (Ask) { option (mesh.v1.method) = {callers: ["desk"]}; }
}
message Ask {}
message Sold { option (mesh.v1.topic) = {name: "sold.v1", producers: ["desk"], consumers: [{workload: "stock"}, {workload: "nobody"}]}; }
`;
  graph = graphOf(readImage(imageOf({ "a.proto": text })));
});

test("workloads are drawn with the number of methods called, who calls from outside, and events", () => {
  expect(asMermaid(workloadGraph(graph))).toBe(`flowchart LR
  n0(["outside"])
  n1(["till"])
  n2["desk"]
  n3["stock"]
  n0 -->|"1"| n2
  n2 -->|"2"| n3
  n2 -.->|"sold.v1"| n3
  n1 -->|"1"| n3
`);
});

test("methods and jobs are drawn in their workloads", () => {
  expect(asMermaid(methodGraph(graph))).toBe(`flowchart LR
  subgraph g0["desk"]
    n0["Desk/Sell"]
    n3{{"desk/sweep"}}
  end
  subgraph g1["stock"]
    n1["Stock/Look"]
    n2["Stock/Take"]
  end
  n3 --> n1
  n0 --> n1
  n0 --> n2
`);
});

test("Graphviz gets the same", () => {
  expect(asDot(workloadGraph(graph))).toBe(`digraph contract {
  rankdir=LR;
  "@edge" [label="outside", shape=oval];
  "till" [label="till", shape=oval];
  "desk" [label="desk", shape=box];
  "stock" [label="stock", shape=box];
  "@edge" -> "desk" [label="1"];
  "desk" -> "stock" [label="2"];
  "desk" -> "stock" [label="sold.v1", style=dashed];
  "till" -> "stock" [label="1"];
}
`);
  expect(asDot(methodGraph(graph))).toContain('  subgraph cluster_0 {\n    label="desk";\n');
});
