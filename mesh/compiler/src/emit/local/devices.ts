// The listener for devices: who they are by a certificate of their own authority, their methods and nothing else, within limits.

import { type Devices, type Environment, limitsOf } from "../../environment-model.ts";
import type { Method, Workload } from "../../model.ts";
import { from } from "../calls.ts";
import { devicesOf } from "../devices.ts";
import { deviceMethods } from "../identity.ts";
import { note, type Yaml } from "../yaml.ts";
import { timeLimits } from "./durations.ts";
import {
  allowOnly,
  connectionFilter,
  connectionManager,
  exactPath,
  extension,
  fixedPort,
  grpcStats,
  longestBody,
  rateLimit,
  sendsStream,
  unbuffered,
} from "./http.ts";
import { anyDevice, deviceIds } from "./identity.ts";
import { code, grpcReply, overLimit, overLimitMessage, silentReply, status, tooLongMessage } from "./local-replies.ts";
import { clusters, unreachedHeader } from "./names.ts";
import type { Places } from "./places.ts";
import { devicesServer } from "./tls.ts";

/** The listener `devices` of a workload; none where no method is for them. Throws InputError where the environment has no devices. */
export function deviceListeners(environment: Environment, workload: Workload, places: Places): Yaml[] {
  const methods = deviceMethods(workload);
  if (methods.length === 0) return [];
  const devices = devicesOf(environment, methods);
  const { port } = environment.workloads[workload.name]?.devices ?? devices;
  const { maxRequests } = limitsOf(environment, workload.name).concurrency;
  return [
    {
      name: "devices",
      ...fixedPort(places, port),
      filter_chains: [
        {
          transport_socket: devicesServer(deviceIds(devices)),
          filters: [
            connectionLimit(devices),
            connectionFilter(
              connectionManager({
                name: "devices",
                places,
                codec: "HTTP2",
                settings: {
                  // As between workloads: a connection may outlive the certificate that opened it, by an hour and no more.
                  common_http_protocol_options: { max_connection_duration: "3600s" },
                  http2_protocol_options: {
                    max_concurrent_streams: devices.maxStreams,
                    // What a device may send before the process has read it: of one stream, and of all on a connection.
                    initial_stream_window_size: 65_536,
                    initial_connection_window_size: 1_048_576,
                  },
                  forward_client_cert_details: "SANITIZE_SET",
                  set_current_client_cert_details: { uri: true },
                  use_remote_address: true,
                  request_headers_timeout: "10s",
                },
                dropRequestHeaders: environment.userAssertion ? [environment.userAssertion.header] : [],
                dropResponseHeaders: [unreachedHeader],
                localReplies: [
                  grpcReply(overLimit, code.RESOURCE_EXHAUSTED, overLimitMessage(workload.name, maxRequests)),
                  grpcReply(status("EQ", 413), code.RESOURCE_EXHAUSTED, tooLongMessage(devices.maxRequestBytes)),
                  silentReply(),
                ],
                filters: [
                  rateLimit("devices", devices.rateLimit),
                  allowOnly(policies(devices, methods)),
                  longestBody(devices.maxRequestBytes),
                  grpcStats(methods),
                ],
                virtualHosts: [{ name: workload.name, domains: ["*"], routes: methods.map(route) }],
              }),
            ),
          ],
        },
      ],
    },
  ];
}

/** Before the handshake: a connection above the limit costs no more than its opening. */
const connectionLimit = ({ maxConnections }: Devices): Yaml =>
  extension(
    "envoy.filters.network.connection_limit",
    "extensions.filters.network.connection_limit.v3.ConnectionLimit",
    { stat_prefix: "devices", max_connections: maxConnections },
  );

const policies = (devices: Devices, methods: readonly Method[]): Record<string, Yaml> =>
  Object.fromEntries(
    methods.map((method) => [
      method.id,
      note(from(method), {
        permissions: [exactPath(method.path)],
        principals: [anyDevice(devices)],
      }),
    ]),
  );

const route = (method: Method): Yaml =>
  note(from(method), {
    match: { path: method.path },
    route: { cluster: clusters.app, ...timeLimits(method, "first") },
    ...(sendsStream(method) ? { typed_per_filter_config: unbuffered } : {}),
  });
