// What all listeners of a sidecar share: the connection manager, its filters, the access log.

import type { RateLimit } from "../../environment-model.ts";
import type { Method } from "../../model.ts";
import type { Yaml, YamlMap } from "../yaml.ts";
import { envoyHeaderPrefix } from "./names.ts";
import type { Places } from "./places.ts";

/** An extension of Envoy: its name in a list of extensions, and its configuration. */
export const extension = (name: string, type: string, settings: YamlMap = {}): YamlMap => ({
  name,
  typed_config: typed(type, settings),
});

export const typed = (type: string, settings: YamlMap = {}): YamlMap => ({
  "@type": `type.googleapis.com/envoy.${type}`,
  ...settings,
});

export interface Connection {
  /** Names the listener in statistics and in the access log. */
  readonly name: string;
  readonly places: Places;
  readonly codec: "AUTO" | "HTTP2";
  readonly virtualHosts: readonly Yaml[];
  readonly filters: readonly Yaml[];
  /** Request headers that nobody on the other side may set, besides Envoy's own. */
  readonly dropRequestHeaders?: readonly string[];
  readonly dropResponseHeaders?: readonly string[];
  readonly localReplies?: readonly Yaml[];
  readonly settings?: YamlMap;
}

/** The settings of a connection manager. Paths are left alone: policy compares them byte by byte. */
export function connectionManager(connection: Connection): YamlMap {
  const { dropRequestHeaders = [], dropResponseHeaders = [], localReplies = [] } = connection;
  return typed("extensions.filters.network.http_connection_manager.v3.HttpConnectionManager", {
    stat_prefix: connection.name,
    codec_type: connection.codec,
    ...connection.settings,
    normalize_path: false,
    merge_slashes: false,
    path_with_escaped_slashes_action: "KEEP_UNCHANGED",
    early_header_mutation_extensions: [
      extension(
        "envoy.http.early_header_mutation.header_mutation",
        "extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation",
        {
          mutations: [
            { remove_on_match: { key_matcher: { prefix: envoyHeaderPrefix } } },
            ...dropRequestHeaders.map((header) => ({ remove: header })),
          ],
        },
      ),
    ],
    access_log: [connection.places.log(lineOf(connection.name))],
    ...(localReplies.length > 0 ? { local_reply_config: { mappers: localReplies } } : {}),
    http_filters: [
      ...connection.filters,
      extension("envoy.filters.http.router", "extensions.filters.http.router.v3.Router", {
        suppress_envoy_headers: true,
      }),
    ],
    route_config: {
      name: connection.name,
      ...(dropResponseHeaders.length > 0 ? { response_headers_to_remove: dropResponseHeaders } : {}),
      virtual_hosts: connection.virtualHosts,
    },
  });
}

export const connectionFilter = (settings: Yaml): YamlMap => ({
  name: "envoy.filters.network.http_connection_manager",
  typed_config: settings,
});

/** The access log has one JSON line a request: the path without its query, which may hold what is nobody's business. */
const lineOf = (listener: string): YamlMap => ({
  json_format: {
    time: "%START_TIME%",
    listener,
    method: "%REQ(:METHOD)%",
    path: "%PATH(NQ)%",
    authority: "%REQ(:AUTHORITY)%",
    peer: "%DOWNSTREAM_PEER_URI_SAN%",
    grpc_status: "%GRPC_STATUS(SNAKE_STRING)%",
    http_status: "%RESPONSE_CODE%",
    details: "%RESPONSE_CODE_DETAILS%",
    flags: "%RESPONSE_FLAGS%",
    duration_ms: "%DURATION%",
    tries: "%UPSTREAM_REQUEST_ATTEMPT_COUNT%",
    upstream: "%UPSTREAM_HOST%",
    bytes_in: "%BYTES_RECEIVED%",
    bytes_out: "%BYTES_SENT%",
    request_id: "%REQ(X-REQUEST-ID)%",
    traceparent: "%REQ(TRACEPARENT)%",
  },
});

/** Counts calls by method and outcome, for the methods that the contract knows and no others. */
export function grpcStats(methods: readonly { readonly path: string }[]): YamlMap {
  const services = new Map<string, string[]>();
  for (const { path } of methods) {
    const [, service = "", name = ""] = path.split("/");
    services.set(service, [...(services.get(service) ?? []), name]);
  }
  return extension("envoy.filters.http.grpc_stats", "extensions.filters.http.grpc_stats.v3.FilterConfig", {
    individual_method_stats_allowlist: {
      services: [...services].map(([name, names]) => ({ name, method_names: [...new Set(names)].sort() })),
    },
    enable_upstream_stats: true,
  });
}

/** A filter of RBAC that lets in what a policy names and refuses everything else. */
export const allowOnly = (policies: YamlMap): YamlMap =>
  extension("envoy.filters.http.rbac", "extensions.filters.http.rbac.v3.RBAC", {
    rules: { action: "ALLOW", policies },
  });

/** What a listener lets in, all its clients together; it refuses the rest with RESOURCE_EXHAUSTED. */
export const rateLimit = (listener: string, { burst, requestsPerSecond }: RateLimit): YamlMap =>
  extension("envoy.filters.http.local_ratelimit", "extensions.filters.http.local_ratelimit.v3.LocalRateLimit", {
    stat_prefix: listener,
    token_bucket: { max_tokens: burst, tokens_per_fill: requestsPerSecond, fill_interval: "1s" },
    filter_enabled: { default_value: { numerator: 100 } },
    filter_enforced: { default_value: { numerator: 100 } },
    rate_limited_as_resource_exhausted: true,
  });

const buffer = "envoy.filters.http.buffer";

/** The longest body of a request. It waits for the whole of it, which `unbuffered` routes do not. */
export const longestBody = (bytes: number): YamlMap =>
  extension(buffer, "extensions.filters.http.buffer.v3.Buffer", { max_request_bytes: bytes });

/** A stream has no length that could be waited for. */
export const unbuffered: YamlMap = {
  [buffer]: typed("extensions.filters.http.buffer.v3.BufferPerRoute", { disabled: true }),
};

/** Whether a client sends a stream. */
export const sendsStream = ({ kind }: Pick<Method, "kind">): boolean => kind === "client" || kind === "bidi";

/** Without reuse of ports: a second sidecar on the same port must fail, not share the calls. */
export const fixedPort = ({ outside }: Places, port: number): YamlMap => ({
  address: { socket_address: { address: outside, port_value: port } },
  enable_reuse_port: false,
  per_connection_buffer_limit_bytes: 1_048_576,
});

/** The whole path with its query, byte by byte. */
export const exactPath = (path: string): Yaml => ({ header: { name: ":path", string_match: { exact: path } } });

export const http2Upstream = (settings: YamlMap = {}): YamlMap => ({
  "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": typed("extensions.upstreams.http.v3.HttpProtocolOptions", {
    explicit_http_config: { http2_protocol_options: settings },
  }),
});
