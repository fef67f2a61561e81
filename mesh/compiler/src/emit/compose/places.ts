// Where sidecars in containers find each other: by the names of the mesh, which Compose resolves on the networks of callees.

import { type Environment, hostOf } from "../../environment-model.ts";
import { extension } from "../local/http.ts";
import type { Places } from "../local/places.ts";
import type { Yaml } from "../yaml.ts";

export const containers = (environment: Environment): Places => ({
  where: "in a container",
  inbound: { address: "0.0.0.0", port_value: environment.port },
  outside: "0.0.0.0",
  callee: (workload) => ({
    type: Object.hasOwn(environment.workloads, workload) ? "STRICT_DNS" : "STATIC",
    dns_lookup_family: "V4_ONLY",
    load_assignment: { cluster_name: workload, endpoints: endpoints(environment, workload) },
  }),
  log: (format) =>
    extension("envoy.access_loggers.stdout", "extensions.access_loggers.stream.v3.StdoutAccessLog", {
      log_format: format,
    }),
});

/** None for a workload that the contract names and the environment does not run: calls to it fail at once, and no name is looked for. */
function endpoints(environment: Environment, workload: string): Yaml[] {
  if (!Object.hasOwn(environment.workloads, workload)) return [];
  const address = { socket_address: { address: hostOf(environment, workload), port_value: environment.port } };
  return [{ lb_endpoints: [{ endpoint: { address } }] }];
}
