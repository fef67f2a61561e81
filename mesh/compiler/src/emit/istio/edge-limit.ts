// How many requests a public workload takes from outside. Istio has no word of its own for it: its proxy counts, by a filter
// that is put in front of all others.

import type { Workload } from "../../model.ts";
import { type InCluster, object, selectorOf } from "../cluster.ts";
import { edgeOf } from "../edge-paths.ts";
import { edgeMethods } from "../identity.ts";
import { note, type YamlMap } from "../yaml.ts";

const filter = "envoy.filters.http.local_ratelimit";

/**
 * One bucket for each instance. What is over gets RESOURCE_EXHAUSTED, or 429 over HTTP, before anybody looks at a token.
 * None where the environment does not allow an EnvoyFilter.
 */
export function edgeLimit(environment: InCluster, workload: Workload): YamlMap[] {
  const { namespace, port, cluster } = environment;
  if (!cluster.envoyFilters) return [];
  const { name } = workload;
  const { requestsPerSecond, burst } = edgeOf(environment, edgeMethods(workload)).rateLimit;
  const head = { apiVersion: "networking.istio.io/v1alpha3", kind: "EnvoyFilter", name: `${name}-edge-limit` };
  const limit = object(
    { ...head, namespace, labels: selectorOf(name) },
    {
      spec: {
        workloadSelector: { labels: selectorOf(name) },
        configPatches: [
          {
            applyTo: "HTTP_FILTER",
            match: {
              context: "SIDECAR_INBOUND",
              listener: {
                portNumber: port,
                filterChain: { filter: { name: "envoy.filters.network.http_connection_manager" } },
              },
            },
            patch: {
              operation: "INSERT_FIRST",
              value: {
                name: filter,
                typed_config: {
                  "@type": "type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit",
                  stat_prefix: "edge",
                  token_bucket: note("for each instance, whoever calls", {
                    max_tokens: burst,
                    tokens_per_fill: requestsPerSecond,
                    fill_interval: "1s",
                  }),
                  filter_enabled: { default_value: { numerator: 100 } },
                  filter_enforced: { default_value: { numerator: 100 } },
                  rate_limited_as_resource_exhausted: true,
                },
              },
            },
          },
        ],
      },
    },
  );
  return [limit];
}
