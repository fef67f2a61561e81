// What the proxies of an environment would get from Istio for our manifests, without a cluster.

import { spawnSync } from "node:child_process";
import { stringify } from "yaml";
import type { Any } from "./manifests.ts";

/** The configuration of one proxy, in the JSON form of Envoy's API. */
export interface ProxyConfig {
  readonly listeners: readonly Any[];
  readonly clusters: readonly Any[];
  readonly routes: readonly Any[];
}

/** The pod of the ingress, of which the manifests know labels and identity only. */
export const ingress = { name: "ingress", namespace: "istio-ingress", serviceAccount: "istio-ingress" } as const;

/** By the name of the workload. `translate` is the path of the tool, `ports` are those of the ingress. */
export function translation(
  translate: string,
  trustDomain: string,
  kubernetes: readonly Any[],
  istio: readonly Any[],
  ports: readonly number[] = [80, 443],
): Readonly<Record<string, ProxyConfig>> {
  const labels = { istio: "ingress" };
  const front = {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: ingress.name, namespace: ingress.namespace },
    spec: { selector: labels, ports: ports.map((port) => ({ name: `port-${port}`, port })) },
  };
  const ofKind = (kind: string): Any[] => kubernetes.filter((object) => object.kind === kind);
  const pods = ofKind("Deployment").map(({ metadata, spec: { template } }) => ({
    name: metadata.name,
    namespace: metadata.namespace,
    serviceAccount: template.spec.serviceAccountName,
    labels: template.metadata.labels,
    ports: template.spec.containers[0].ports,
  }));
  const { status, stdout, stderr, error } = spawnSync(translate, {
    encoding: "utf8",
    maxBuffer: 1 << 28,
    // Keys of issuers are the proxy's business: nothing is fetched here.
    env: { ...process.env, PILOT_JWT_ENABLE_REMOTE_JWKS: "envoy" },
    input: JSON.stringify({
      trustDomain,
      services: [...ofKind("Service"), front].map((service) => stringify(service)),
      config: istio.map((object) => stringify(object)).join("---\n"),
      proxies: [...pods, { ...ingress, labels, router: true }],
    }),
  });
  if (error || status !== 0) throw error ?? new Error(stderr);
  return JSON.parse(stdout);
}

const port = 50051;

/** The filters for calls that come in to the workload. */
export function inboundFilters({ listeners }: ProxyConfig): Any[] {
  const inbound = listeners.find(({ name }) => name === "virtualInbound");
  const chains: Any[] = inbound.filterChains.filter((chain: Any) => chain.filterChainMatch?.destinationPort === port);
  const managers = chains
    .flatMap(({ filters }) => filters)
    .filter(({ name }) => name.includes("http_connection_manager"));
  if (managers.length !== 1) throw new Error(`${managers.length} chains for port ${port}`);
  return managers[0].typedConfig.httpFilters;
}

/** A filter for calls that come in, or undefined. */
export const inboundFilter = (config: ProxyConfig, name: string): Any =>
  inboundFilters(config).find((filter) => filter.name === `envoy.filters.http.${name}`)?.typedConfig;

/** Whether calls come in over mutual TLS and in no other way. */
export function onlyMutualTls({ listeners }: ProxyConfig): boolean {
  const inbound = listeners.find(({ name }) => name === "virtualInbound");
  const chains: Any[] = inbound.filterChains.filter(({ name }: Any) => name !== "virtualInbound-blackhole");
  return chains.every(
    ({ transportSocket, filterChainMatch }) =>
      filterChainMatch.transportProtocol === "tls" && transportSocket?.typedConfig.requireClientCertificate === true,
  );
}

/** The routes to a host, in their order; undefined where the proxy does not know it. */
export const routesTo = ({ routes }: ProxyConfig, host: string): Any[] | undefined =>
  routes.flatMap(({ virtualHosts }) => virtualHosts).find(({ domains }: Any) => domains.includes(host))?.routes;

/** Milliseconds of a duration as Envoy writes it. */
export const milliseconds = (duration: string): number => Math.round(Number.parseFloat(duration) * 1000);
