// A contract with events and objectives: a desk that writes stories, a press that prints them.

import { parseEnvironment } from "../../environment.ts";
import { contractOf, proto } from "./contract.ts";
import { libraryClusterText } from "./library.ts";

const files = {
  "news/desk/v1/desk.proto": proto(
    "news.desk.v1",
    `
option (mesh.v1.workload) = {name: "desk"};
service DeskService {
  option (mesh.v1.service) = {slo: {availability_percent: 99.9, latency_ms: 200, latency_percent: 99}};
  rpc Write(WriteRequest) returns (WriteResponse) {
    option idempotency_level = IDEMPOTENT;
    option (mesh.v1.method) = {callers: ["press"], deadline_ms: 500};
  }
  rpc Follow(FollowRequest) returns (stream FollowResponse) {
    option idempotency_level = NO_SIDE_EFFECTS;
    option (mesh.v1.method) = {callers: ["press"], stream: {idle_ms: 300, max_ms: 5000}};
  }
  rpc Spell(SpellRequest) returns (SpellResponse) {
    option idempotency_level = NO_SIDE_EFFECTS;
    option (mesh.v1.method) = {callers: ["press"], deadline_ms: 500, slo: {availability_percent: 99}};
  }
}
message Story_Written {
  option (mesh.v1.topic) = {
    name: "news.Story_written.v1"
    key: "story"
    producers: ["desk"]
    consumers: [{workload: "press", limit_ms: 1000}]
    max_deliveries: 3
    retention_hours: 24
  };
  string story = 1;
}
message Typo {
  option (mesh.v1.topic) = {
    name: "news.typo.v1"
    key: "story"
    producers: ["desk", "press"]
    no_dead_letter: {reason: "nobody would read them"}
  };
  string story = 1;
}`,
  ),
  "news/press/v1/press.proto": proto(
    "news.press.v1",
    `
option (mesh.v1.workload) = {name: "press", jobs: [{name: "print", limit_ms: 9000, calls: [
  {method: "news.desk.v1.DeskService/Write"}, {method: "news.desk.v1.DeskService/Follow", within_ms: 1000},
  {method: "news.desk.v1.DeskService/Spell"}]}]};
option (mesh.v1.workload) = {name: "canteen"};`,
  ),
};

export const newsroom = () => contractOf(files);

/** The newsroom in a cluster, with Kafka and metrics. `change` gets the text of the environment file. */
export const newsroomEnvironment = (change: (text: string) => string = (text) => text) =>
  parseEnvironment(
    change(
      libraryClusterText.replace(/workloads:.*/s, "workloads: { desk: {}, press: {}, canteen: {} }\n").replace(
        "defaults:",
        `events: { partitions: 3 }
kafka: { cluster: news, namespace: kafka, replicas: 3, minInSyncReplicas: 2 }
metrics: { handled: rpc_handled_total, duration: rpc_seconds, buckets: [0.05, 0.25, 1] }
defaults:`,
      ),
    ),
    "newsroom.yaml",
  );
