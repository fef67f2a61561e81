// Where calls go: to the process itself, to the sidecars of callees, and at the edge to the issuer of tokens.

import { type Environment, hostOf, limitsOf } from "../../environment-model.ts";
import { retryBudgetPercent } from "../back-off.ts";
import { seconds } from "../backstop.ts";
import { named, type Yaml } from "../yaml.ts";
import { http2Upstream } from "./http.ts";
import { spiffeId } from "./identity.ts";
import { clusters, paths } from "./names.ts";
import type { Places } from "./places.ts";
import { meshClient } from "./tls.ts";

/** Envoy's own limits are off where the limit stands somewhere else. */
const unlimited = 4_294_967_295;

const callerLimits = named("caller-limits", {
  thresholds: [
    {
      max_requests: unlimited,
      max_pending_requests: unlimited,
      max_connections: unlimited,
      retry_budget: { budget_percent: { value: retryBudgetPercent }, min_retry_concurrency: 3 },
    },
  ],
});

/** The process that this sidecar serves. */
export function appCluster(environment: Environment, workload: string): Yaml {
  const { maxRequests, maxPending, maxConnections } = limitsOf(environment, workload).concurrency;
  return {
    name: clusters.app,
    type: "STATIC",
    connect_timeout: "1s",
    circuit_breakers: {
      thresholds: [
        {
          max_requests: maxRequests,
          max_pending_requests: maxPending,
          max_connections: maxConnections,
          track_remaining: true,
        },
      ],
    },
    typed_extension_protocol_options: http2Upstream(),
    load_assignment: pipe(clusters.app, paths.app),
  };
}

/** The instances of a callee. Their own sidecars limit concurrency. */
export function calleeCluster(environment: Environment, callee: string, places: Places): Yaml {
  const { outlierDetection } = limitsOf(environment, callee);
  return {
    name: callee,
    ...places.callee(callee),
    connect_timeout: "1s",
    lb_policy: "LEAST_REQUEST",
    ignore_health_on_host_removal: true,
    circuit_breakers: callerLimits,
    // By the gRPC status of answers: UNAVAILABLE and DEADLINE_EXCEEDED count as gateway failures, INTERNAL, UNKNOWN,
    // UNIMPLEMENTED and DATA_LOSS as other server errors; RESOURCE_EXHAUSTED and the client's own mistakes do not count.
    outlier_detection: {
      consecutive_gateway_failure: outlierDetection.consecutiveErrors,
      enforcing_consecutive_gateway_failure: 100,
      consecutive_5xx: outlierDetection.consecutiveErrors,
      enforcing_consecutive_5xx: 100,
      enforcing_success_rate: 0,
      interval: seconds(outlierDetection.intervalMs),
      base_ejection_time: seconds(outlierDetection.ejectionMs),
      max_ejection_time: seconds(10 * outlierDetection.ejectionMs),
      max_ejection_percent: outlierDetection.maxEjectionPercent,
    },
    typed_extension_protocol_options: named(
      "callee-http2",
      http2Upstream({ connection_keepalive: { interval: "30s", timeout: "5s" } }),
    ),
    transport_socket: meshClient(spiffeId(environment, callee), hostOf(environment, callee)),
  };
}

/** Where the edge gets the public keys of access tokens. */
export const issuerCluster = (): Yaml => ({
  name: clusters.issuer,
  type: "STATIC",
  connect_timeout: "1s",
  load_assignment: pipe(clusters.issuer, paths.issuer),
});

const pipe = (name: string, path: string): Yaml => ({
  cluster_name: name,
  endpoints: [{ lb_endpoints: [{ endpoint: { address: { pipe: { path } } } }] }],
});
