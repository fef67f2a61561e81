// Where the parts of a mesh find each other: what is different for sidecars on one machine and for sidecars in containers.

import type { Yaml, YamlMap } from "../yaml.ts";
import { extension } from "./http.ts";
import { paths } from "./names.ts";

export interface Places {
  /** Ends the sentence that says what a bootstrap is. */
  readonly where: string;
  /** Where a sidecar takes the calls of others. */
  readonly inbound: YamlMap;
  /** The address on which it listens for the outside: people and devices. */
  readonly outside: string;
  /** The part of a cluster that says where the instances of a callee are. */
  readonly callee: (workload: string) => YamlMap;
  /** Writes lines of this form for people. */
  readonly log: (format: YamlMap) => Yaml;
}

/** Sidecars beside each other: on any free port, which the process that starts a sidecar asks for and publishes in a file. */
export const oneMachine: Places = {
  where: "on one machine",
  inbound: { address: "127.0.0.1", port_value: 0 },
  outside: "127.0.0.1",
  callee: (workload) => ({
    type: "EDS",
    eds_cluster_config: {
      eds_config: { path_config_source: { path: paths.endpoints(workload) }, resource_api_version: "V3" },
    },
  }),
  log: (format) =>
    extension("envoy.access_loggers.file", "extensions.access_loggers.file.v3.FileAccessLog", {
      path: paths.accessLog,
      log_format: format,
    }),
};
