// What a workload's proxy knows, and so what can leave it: its callees and its destinations. And what one instance takes.

import { hostOf, limitsOf } from "../../environment-model.ts";
import type { Contract, Workload } from "../../model.ts";
import { compare } from "../../names.ts";
import { outboundCalls } from "../calls.ts";
import { type InCluster, object, selectorOf } from "../cluster.ts";
import type { YamlMap } from "../yaml.ts";
import { networking } from "./names.ts";

export function sidecar(contract: Contract, environment: InCluster, workload: Workload): YamlMap {
  const { namespace } = environment;
  const { name } = workload;
  const { maxRequests, maxPending, maxConnections } = limitsOf(environment, name).concurrency;
  const hosts = [...calleeHosts(contract, environment, workload), ...destinationHosts(environment, name)];
  const head = { apiVersion: networking, kind: "Sidecar", name, namespace, labels: selectorOf(name) };
  return object(head, {
    spec: {
      workloadSelector: { labels: selectorOf(name) },
      outboundTrafficPolicy: { mode: "REGISTRY_ONLY" },
      // `~/*` is nothing at all.
      egress: [{ hosts: hosts.length > 0 ? [...new Set(hosts)].sort(compare) : ["~/*"] }],
      inboundConnectionPool: {
        tcp: { maxConnections },
        http: { http1MaxPendingRequests: maxPending, http2MaxRequests: maxRequests },
      },
    },
  });
}

const calleeHosts = (contract: Contract, environment: InCluster, workload: Workload): string[] =>
  outboundCalls(contract, workload).map(({ method }) => `./${hostOf(environment, method.service.workload)}`);

function destinationHosts({ workloads, destinations }: InCluster, name: string): string[] {
  const { stores = [], uses = [] } = workloads[name] ?? {};
  return [...stores, ...uses].flatMap((use) => {
    const destination = destinations[use];
    if (!destination) return [];
    const { host, at } = destination;
    return [`${"pods" in at ? at.pods.namespace : "."}/${host}`];
  });
}
