// The listener for calls of the workload itself: only those that the contract declares leave it.

import { type Environment, hostOf } from "../../environment-model.ts";
import type { Method } from "../../model.ts";
import { backOff } from "../back-off.ts";
import { seconds } from "../backstop.ts";
import { health } from "../built-in.ts";
import { from, type OutboundCall } from "../calls.ts";
import { authorityOf } from "../identity.ts";
import { neverReached, retriesOf, retryConditions } from "../tries.ts";
import { named, note, type Yaml, type YamlMap } from "../yaml.ts";
import { timeLimits } from "./durations.ts";
import { connectionFilter, connectionManager, extension, grpcStats } from "./http.ts";
import { silentReply } from "./local-replies.ts";
import { paths, unreachedHeader } from "./names.ts";
import type { Places } from "./places.ts";

/** The listener `outbound`: a socket in the folder of the instance, which only its owner can open. */
export function outboundListener(environment: Environment, calls: readonly OutboundCall[], places: Places): Yaml {
  const callees = [...new Set(calls.map(({ method }) => method.service.workload))];
  return {
    name: "outbound",
    address: { pipe: { path: paths.outbound, mode: 0o600 } },
    filter_chains: [
      {
        filters: [
          connectionFilter(
            connectionManager({
              name: "outbound",
              places,
              codec: "HTTP2",
              settings: { skip_xff_append: true, generate_request_id: false },
              dropResponseHeaders: [unreachedHeader],
              localReplies: [silentReply()],
              filters: [grpcStats([...calls.map(({ method }) => method), ...health])],
              virtualHosts: [
                ...callees.map((callee) => virtualHost(environment, callee, calls)),
                {
                  name: "undeclared",
                  domains: ["*"],
                  routes: [refuse("the contract declares no call to this authority")],
                },
              ],
            }),
          ),
        ],
      },
    ],
  };
}

function virtualHost(environment: Environment, callee: string, calls: readonly OutboundCall[]): Yaml {
  return {
    name: callee,
    domains: [hostOf(environment, callee), authorityOf(environment, callee)],
    routes: [
      ...calls
        .filter(({ method }) => method.service.workload === callee)
        .map(({ method, declaredAt }) =>
          note(`${from(method)}\ncalled at ${declaredAt.join(", ")}`, {
            match: { path: method.path },
            route: { cluster: callee, ...timeLimits(method, "first"), ...retryPolicy(method) },
          }),
        ),
      ...health.map((method) =>
        note("built in", { match: { path: method.path }, route: { cluster: callee, ...timeLimits(method, "first") } }),
      ),
      refuse(`the contract declares no such call to ${callee}`),
    ],
  };
}

const refuse = (reason: string): Yaml => ({
  match: { prefix: "/" },
  direct_response: { status: 403, body: { inline_string: reason } },
});

/** Hosts are drawn by chance. With two of them and four draws, one second try in thirty met the same bad one (measured). */
const hostDraws = 16;

/**
 * What is tried again: what the contract says; and, once for every unary method, what never reached a handler. There is
 * no limit for a single try: a slow try under one would end as UNAVAILABLE, and the caller of the caller would retry it.
 */
function retryPolicy(method: Method): YamlMap {
  if (method.kind !== "unary") return {};
  const codes = method.retry?.on ?? [];
  const retries = retriesOf(method);
  const name = codes.length === 0 ? "retry-unreached" : ["retry", retries, ...codes].join("-").toLowerCase();
  return {
    retry_policy: named(name, {
      retry_on: [...retryConditions(method), ...neverReached, "retriable-headers"].join(","),
      // Envoy knows when it could not connect; the callee's sidecar says when it could not.
      retriable_headers: [{ name: unreachedHeader, string_match: { exact: "true" } }],
      num_retries: retries,
      retry_back_off: { base_interval: seconds(backOff.baseMs), max_interval: seconds(backOff.maxMs) },
      retry_host_predicate: [
        extension(
          "envoy.retry_host_predicates.previous_hosts",
          "extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate",
        ),
      ],
      host_selection_retry_max_attempts: hostDraws,
    }),
  };
}
