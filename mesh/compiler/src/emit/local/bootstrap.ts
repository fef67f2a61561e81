// The whole configuration of one sidecar.

import type { Environment } from "../../environment-model.ts";
import type { Contract, Workload } from "../../model.ts";
import { writeYaml, type Yaml } from "../yaml.ts";
import { outboundCalls } from "./calls.ts";
import { appCluster, calleeCluster, issuerCluster } from "./clusters.ts";
import { edgeListeners } from "./edge.ts";
import { extension } from "./http.ts";
import { inboundListener } from "./inbound.ts";
import { paths } from "./names.ts";
import { outboundListener } from "./outbound.ts";

/** The bootstrap of the sidecar of a workload, as YAML. It serves every instance: what differs is in files beside it. */
export function bootstrap(contract: Contract, environment: Environment, workload: Workload): string {
  const calls = outboundCalls(contract, workload);
  const callees = [...new Set(calls.map(({ method }) => method.service.workload))];
  const edge = edgeListeners(environment, workload);
  const listeners: Yaml[] = [
    inboundListener(contract, environment, workload),
    outboundListener(environment, calls),
    ...edge,
  ];
  const clusters: Yaml[] = [
    appCluster(environment, workload.name),
    ...callees.map((callee) => calleeCluster(environment, callee)),
    ...(edge.length > 0 ? [issuerCluster()] : []),
  ];
  return writeYaml(
    `The sidecar of ${workload.name} on one machine. Generated from the contract; do not edit.\n` +
      "Run Envoy with it in the folder of the instance: every path is relative.",
    {
      node: { id: workload.name, cluster: environment.namespace },
      admin: { address: { pipe: { path: paths.admin, mode: 0o600 } } },
      overload_manager: {
        resource_monitors: [
          extension(
            "envoy.resource_monitors.global_downstream_max_connections",
            "extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig",
            { max_active_downstream_connections: maxConnections },
          ),
        ],
      },
      static_resources: { listeners, clusters },
    },
  );
}

/** All listeners together. Above what one machine needs, below what would exhaust its file descriptors. */
const maxConnections = 4096;
