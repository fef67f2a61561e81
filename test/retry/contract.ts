// The contract of the trial: `front` calls `middle` and `back`, `middle` calls `back`. Its policy is compiled as any other.

import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { serviceConfigs } from "../../mesh/compiler/src/emit/service-config/config.ts";
import { emitters, parseEnvironment, readImage } from "../../mesh/compiler/src/index.ts";
import { imageOf } from "../../mesh/compiler/src/inline-protos.ts";
import type { MeshEnvironment, WorkloadRun } from "../../mesh/runner/src/index.ts";

const message = (name: string) => `
message ${name}Request { string text = 1; }
message ${name}Response { string text = 1; }`;

const back = `
syntax = "proto3";
package trial.back.v1;
import "mesh/v1/policy.proto";
option (mesh.v1.workload) = {name: "back"};

service BackService {
  rpc Look(LookRequest) returns (LookResponse) {
    option idempotency_level = NO_SIDE_EFFECTS;
    option (mesh.v1.method) = {
      callers: ["front", "middle"]
      deadline_ms: 700
      retry: {max_attempts: 3, on: [RETRY_CODE_UNAVAILABLE]}
    };
  }
  rpc Read(ReadRequest) returns (ReadResponse) {
    option idempotency_level = NO_SIDE_EFFECTS;
    option (mesh.v1.method) = {
      callers: ["front", "middle"]
      deadline_ms: 500
      retry: {max_attempts: 2, on: [RETRY_CODE_UNAVAILABLE]}
    };
  }
  rpc Write(WriteRequest) returns (WriteResponse) {
    option idempotency_level = IDEMPOTENCY_UNKNOWN;
    option (mesh.v1.method) = {callers: ["front", "middle"], deadline_ms: 600};
  }
  rpc Hold(HoldRequest) returns (HoldResponse) {
    option idempotency_level = NO_SIDE_EFFECTS;
    option (mesh.v1.method) = {
      callers: ["front", "middle"]
      deadline_ms: 20000
      retry: {max_attempts: 2, on: [RETRY_CODE_UNAVAILABLE]}
    };
  }
}
${["Look", "Read", "Write", "Hold"].map(message).join("\n")}`;

const calls = (times: readonly string[]) =>
  times.map((name, stage) => `{method: "trial.${name}", stage: ${stage}}`).join(", ");

const middle = `
syntax = "proto3";
package trial.middle.v1;
import "mesh/v1/policy.proto";
option (mesh.v1.workload) = {name: "middle"};
option (mesh.v1.workload) = {
  name: "front"
  jobs: [{name: "trial", limit_ms: 60000, calls: [
    ${calls(["middle.v1.MiddleService/Relay", "middle.v1.MiddleService/Again", "back.v1.BackService/Look", "back.v1.BackService/Write", "back.v1.BackService/Hold"])}
  ]}]
};

service MiddleService {
  option (mesh.v1.service) = {workload: "middle"};
  rpc Relay(RelayRequest) returns (RelayResponse) {
    option idempotency_level = IDEMPOTENCY_UNKNOWN;
    option (mesh.v1.method) = {
      callers: ["front"]
      deadline_ms: 3000
      calls: [${calls(["back.v1.BackService/Look", "back.v1.BackService/Write", "back.v1.BackService/Hold"])}]
    };
  }
  rpc Again(AgainRequest) returns (AgainResponse) {
    option idempotency_level = IDEMPOTENT;
    option (mesh.v1.method) = {
      callers: ["front"]
      deadline_ms: 3000
      retry: {max_attempts: 2, on: [RETRY_CODE_UNAVAILABLE]}
      calls: [{method: "trial.back.v1.BackService/Read"}]
    };
  }
}
${["Relay", "Again"].map(message).join("\n")}`;

/** How many calls at once `back` takes, each instance. */
export const backLimit = 4;

const environmentText = `
namespace: larder
trustDomain: larder.local
clusterDomain: cluster.local
operator: operator
defaults:
  concurrency: { maxRequests: 64, maxPending: 64, maxConnections: 8 }
  outlierDetection: { consecutiveErrors: 5, intervalMs: 100, ejectionMs: 1500, maxEjectionPercent: 50 }
workloads:
  front: { runtime: node, entry: test/retry/service.ts }
  middle: { runtime: node, entry: test/retry/service.ts }
  back: { runtime: node, entry: test/retry/service.ts, concurrency: { maxRequests: ${backLimit} } }
`;

export interface Trial {
  /** The image of the protos, as bytes. */
  readonly image: Uint8Array;
  /** The generated service config of each service, by its name. */
  readonly serviceConfigs: Readonly<Record<string, string>>;
  readonly environment: MeshEnvironment;
}

/** Compiles the contract. Files that the services read go into `folder`. */
export function trial(folder: string): Trial {
  const image = imageOf({ "trial/back/v1/back.proto": back, "trial/middle/v1/middle.proto": middle });
  const contract = readImage([{ bytes: image, name: "the trial" }]);
  const bootstraps = emitters.local?.(contract, parseEnvironment(environmentText, "trial.yaml")) ?? new Map();
  const configs = Object.fromEntries(serviceConfigs(contract).map(({ service, json }) => [service, json]));
  const settings = { TRIAL_IMAGE: join(folder, "image.binpb"), TRIAL_CONFIGS: join(folder, "configs.json") };
  writeFileSync(settings.TRIAL_IMAGE, image);
  writeFileSync(settings.TRIAL_CONFIGS, JSON.stringify(configs));
  for (const path of Object.values(settings)) chmodSync(path, 0o644);
  const environment: MeshEnvironment = {
    namespace: "larder",
    trustDomain: "larder.local",
    ports: { edge: 0, edgeTls: 0, issuer: 0, mail: 0, traces: 0, devices: 0 },
    workloads: ["back", "front", "middle"].map((name) => workload(name, { ...settings, TRIAL_WORKLOAD: name })),
    support: [],
    identities: ["operator"],
    bootstraps: async (_ports, to) => {
      for (const [name, text] of bootstraps) writeFileSync(join(to, name), text, { mode: 0o644 });
      return to;
    },
  };
  return { image, serviceConfigs: configs, environment };
}

const workload = (name: string, settings: Readonly<Record<string, string>>): WorkloadRun => ({
  name,
  program: { kind: "node", entry: join(import.meta.dirname, "service.ts") },
  instances: 1,
  database: false,
  eventLog: false,
  cache: false,
  messages: false,
  edge: false,
  devices: false,
  settings,
});
