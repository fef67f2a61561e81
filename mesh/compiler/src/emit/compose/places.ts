// Where sidecars in containers find each other: by the names of the mesh, which Compose resolves on the networks of callees.

import { type Environment, hostOf } from "../../environment-model.ts";
import { extension } from "../local/http.ts";
import type { Places } from "../local/places.ts";

export const containers = (environment: Environment): Places => ({
  where: "in a container",
  inbound: { address: "0.0.0.0", port_value: environment.port },
  outside: "0.0.0.0",
  callee: (workload) => ({
    type: "STRICT_DNS",
    dns_lookup_family: "V4_ONLY",
    load_assignment: {
      cluster_name: workload,
      endpoints: [
        {
          lb_endpoints: [
            {
              endpoint: {
                address: {
                  socket_address: { address: hostOf(environment, workload), port_value: environment.port },
                },
              },
            },
          ],
        },
      ],
    },
  }),
  log: (format) =>
    extension("envoy.access_loggers.stdout", "extensions.access_loggers.stream.v3.StdoutAccessLog", {
      log_format: format,
    }),
});
