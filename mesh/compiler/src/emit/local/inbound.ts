// The listener for calls from the mesh: who may call which method, with which user, for how long.

import { type Environment, limitsOf } from "../../environment-model.ts";
import { InputError } from "../../input-error.ts";
import type { Contract, Method, Workload } from "../../model.ts";
import { health, reflection } from "../built-in.ts";
import { from } from "../calls.ts";
import { meshMethods } from "../identity.ts";
import { note, type Yaml, type YamlMap } from "../yaml.ts";
import { timeLimits } from "./durations.ts";
import { allowOnly, connectionFilter, connectionManager, exactPath, extension, grpcStats } from "./http.ts";
import { anyWorkload, exactly, principals, spiffeId } from "./identity.ts";
import { code, grpcReply, overLimit, overLimitMessage, silentReply, unreachedReply } from "./local-replies.ts";
import { clusters, paths, unreachedHeader } from "./names.ts";
import type { Places } from "./places.ts";
import { meshServer } from "./tls.ts";

/** The listener `inbound`. */
export function inboundListener(
  contract: Contract,
  environment: Environment,
  workload: Workload,
  places: Places,
): Yaml {
  const served = meshMethods(contract, environment, workload);
  const users = served.filter(({ endUser }) => endUser !== "none");
  return {
    name: "inbound",
    address: { socket_address: places.inbound },
    enable_reuse_port: false,
    filter_chains: [
      {
        transport_socket: meshServer(),
        filters: [
          connectionFilter(
            connectionManager({
              name: "inbound",
              places,
              codec: "HTTP2",
              settings: {
                // A connection outlives the certificate that opened it; none lives longer than a certificate does.
                common_http_protocol_options: { max_connection_duration: "3600s" },
                http2_protocol_options: { max_concurrent_streams: 1024 },
                forward_client_cert_details: "SANITIZE_SET",
                set_current_client_cert_details: { uri: true },
                skip_xff_append: true,
                generate_request_id: false,
              },
              dropResponseHeaders: [unreachedHeader],
              localReplies: refusals(workload.name, limitsOf(environment, workload.name).concurrency.maxRequests),
              filters: [
                allowOnly(policies(contract, environment, served)),
                ...(users.length > 0 ? [userCheck(environment, users)] : []),
                grpcStats([...served, ...health, ...reflection]),
              ],
              virtualHosts: [{ name: workload.name, domains: ["*"], routes: routes(served) }],
            }),
          ),
        ],
      },
    ],
  };
}

function policies(contract: Contract, environment: Environment, served: readonly Method[]): YamlMap {
  const allow = (path: string, who: readonly Yaml[]): Yaml => ({ permissions: [exactPath(path)], principals: who });
  const policies: Record<string, Yaml> = {};
  for (const method of served) {
    policies[method.id] = note(from(method), allow(method.path, principals(contract, environment, method)));
  }
  policies.health = note("built in: health for every identity of the mesh", {
    permissions: health.map(({ path }) => exactPath(path)),
    principals: [anyWorkload(environment)],
  });
  policies.reflection = note("built in: reflection for the operator", {
    permissions: reflection.map(({ path }) => exactPath(path)),
    principals: [exactly(spiffeId(environment, environment.operator))],
  });
  return policies;
}

/** Verifies the assertion of the user behind a call, where the contract asks for one. */
function userCheck(environment: Environment, methods: readonly Method[]): Yaml {
  const assertion = environment.userAssertion;
  if (!assertion) {
    throw new InputError(`${methods[0]?.id} asks for an end user, and the environment has no userAssertion`);
  }
  return extension("envoy.filters.http.jwt_authn", "extensions.filters.http.jwt_authn.v3.JwtAuthentication", {
    providers: {
      user: {
        issuer: assertion.issuer,
        audiences: [assertion.audience],
        from_headers: [{ name: assertion.header }],
        forward: true,
        clock_skew_seconds: 5,
        local_jwks: { filename: paths.userKeys },
      },
    },
    rules: methods.map((method) =>
      note(from(method), {
        match: { path: method.path },
        requires:
          method.endUser === "required"
            ? { provider_name: "user" }
            : { requires_any: { requirements: [{ provider_name: "user" }, { allow_missing: {} }] } },
      }),
    ),
  });
}

function routes(served: readonly Method[]): Yaml[] {
  return [
    ...served.map((method) =>
      note(from(method), {
        match: { path: method.path },
        route: { cluster: clusters.app, ...timeLimits(method, "behind") },
      }),
    ),
    ...[...health, ...reflection].map((method) =>
      note("built in", {
        match: { path: method.path },
        route: { cluster: clusters.app, ...timeLimits(method, "behind") },
      }),
    ),
  ];
}

/** How the sidecar answers for a process that is full, cannot be reached, or stays silent. */
const refusals = (workload: string, maxRequests: number): Yaml[] => [
  note(
    "Callers retry this only where the contract says so, and do not take the instance for a bad one.",
    grpcReply(overLimit, code.RESOURCE_EXHAUSTED, overLimitMessage(workload, maxRequests)),
  ),
  note("The sidecar of the caller may try another instance: no handler saw the call.", unreachedReply(workload)),
  silentReply(),
];
