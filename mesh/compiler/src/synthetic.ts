// For tests and the bench: a contract of any size that keeps every rule, in the shape of a real system: services in layers,
// each method calling some of the layer below, events between neighbours, one service at the edge.

export interface SyntheticOptions {
  readonly services: number;
  readonly methodsEach: number;
}

const layers = 5;
const callsEach = 3;

interface SyntheticMethod {
  readonly service: number;
  readonly number: number;
  readonly calls: string[];
  readonly callers: Set<string>;
}

/** The protos of the contract, by their path in the module: one file a service. */
export function syntheticProtos({ services, methodsEach }: SyntheticOptions): Record<string, string> {
  const layerOf = (service: number) => Math.floor((service * layers) / services);
  const firstOf = (layer: number) => Math.ceil((layer * services) / layers);
  const methods = new Map<string, SyntheticMethod>();
  for (let service = 0; service < services; service++) {
    for (let number = 0; number < methodsEach; number++) {
      methods.set(idOf(service, number), { service, number, calls: [], callers: new Set() });
    }
  }
  for (const method of methods.values()) {
    const below = layerOf(method.service) + 1;
    if (below === layers) continue;
    const [first, width] = [firstOf(below), firstOf(below + 1) - firstOf(below)];
    for (let i = 0; i < callsEach; i++) {
      // Spread over the layer, and always the same.
      const target = (method.service * 7 + method.number * 13 + i * 31) % width;
      const callee = idOf(first + target, (method.number + i) % methodsEach);
      if (method.calls.includes(callee)) continue;
      method.calls.push(callee);
      methods.get(callee)?.callers.add(workloadOf(method.service));
    }
  }
  // Service 0 is the one at the edge; elsewhere a job looks after what nobody calls.
  for (const { service, callers } of methods.values()) {
    if (callers.size === 0) callers.add(service === 0 ? "@edge" : workloadOf(service));
  }
  const files: Record<string, string> = {};
  for (let service = 0; service < services; service++) {
    const own = Array.from(
      { length: methodsEach },
      (_, number) => methods.get(idOf(service, number)) as SyntheticMethod,
    );
    files[`synthetic/s${service}/v1/service.proto`] = fileOf(service, layerOf(service), own, services);
  }
  return files;
}

const packageOf = (service: number): string => `synthetic.s${service}.v1`;
const workloadOf = (service: number): string => `w${service}`;
const idOf = (service: number, number: number): string => `${packageOf(service)}.Service/Get${number}`;

function fileOf(service: number, layer: number, methods: readonly SyntheticMethod[], services: number): string {
  const swept = methods
    .filter(({ callers }) => callers.has(workloadOf(service)))
    .map(({ number }) => `{method: "${idOf(service, number)}"}`)
    .join(", ");
  return `syntax = "proto3";
package ${packageOf(service)};
import "google/api/annotations.proto";
import "mesh/v1/policy.proto";
option (mesh.v1.workload) = {name: "${workloadOf(service)}", jobs: [{name: "sweep", limit_ms: 1000, calls: [${swept}]}]};
// Service ${service}, in layer ${layer}.
service Service {
${methods.map((method) => methodOf(method, layer)).join("\n")}
}
${methods.map(({ number }) => `message Get${number}Request { string name = 1; int32 size = 2; }\nmessage Get${number}Response { repeated string names = 1; }`).join("\n")}
message Happened {
  option (mesh.v1.topic) = {
    name: "synthetic.s${service}.happened.v1"
    key: "name"
    producers: ["${workloadOf(service)}"]
    consumers: [{workload: "${workloadOf((service + 1) % services)}", limit_ms: 100}]
    max_deliveries: 5
  };
  string name = 1;
}
`;
}

function methodOf({ service, number, calls, callers }: SyntheticMethod, layer: number): string {
  const open = callers.has("@edge");
  const last = layer === layers - 1;
  return `  // Gets number ${number}. Safe to repeat.
  rpc Get${number}(Get${number}Request) returns (Get${number}Response) {
    option idempotency_level = NO_SIDE_EFFECTS;
${open ? `    option (google.api.http) = {get: "/v1/s${service}/m${number}/{name}"};\n` : ""}    option (mesh.v1.method) = {
      callers: [${[...callers].map((caller) => `"${caller}"`).join(", ")}]
      deadline_ms: ${100 * (layers - layer)}
${last ? "      retry: {max_attempts: 2, on: [RETRY_CODE_UNAVAILABLE]}\n" : ""}${calls.map((call) => `      calls: {method: "${call}"}\n`).join("")}    };
  }`;
}
