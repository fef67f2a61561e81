// Which packets pass: what the call graph needs, and the infrastructure under it. It stands behind the mesh, for traffic
// that gets round the proxies; it knows pods, not methods.

import type { Destination, Pods } from "../../environment-model.ts";
import { ANY, type Contract, type Workload } from "../../model.ts";
import { compare } from "../../names.ts";
import { from, outboundCalls } from "../calls.ts";
import { type InCluster, isPublic, object, selectorOf } from "../cluster.ts";
import { deviceMethods, meshMethods } from "../identity.ts";
import { note, type Yaml, type YamlMap } from "../yaml.ts";
import { metricsPort } from "./scraping.ts";

/** For every pod of the namespace: nothing passes that no policy names. */
export const denyAll = ({ namespace }: InCluster): YamlMap =>
  object(
    { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", name: "deny-all", namespace },
    { spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] } },
  );

export function networkPolicy(contract: Contract, environment: InCluster, workload: Workload): YamlMap {
  const { namespace } = environment;
  const { name } = workload;
  return object(
    { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", name, namespace, labels: selectorOf(name) },
    {
      spec: {
        podSelector: { matchLabels: selectorOf(name) },
        policyTypes: ["Ingress", "Egress"],
        ingress: ingressRules(contract, environment, workload),
        egress: egressRules(contract, environment, workload),
      },
    },
  );
}

function ingressRules(contract: Contract, environment: InCluster, workload: Workload): Yaml[] {
  const { cluster, port } = environment;
  const rules = callerRules(contract, environment, workload);
  const operator = { podSelector: { matchLabels: selectorOf(environment.operator) } };
  rules.push(note("the operator, for health and reflection", { from: [operator], ports: [tcp(port)] }));
  if (cluster.ingress && (isPublic(workload) || deviceMethods(workload).length > 0)) {
    rules.push(
      note("the outside, through the ingress", { from: [peer(environment, cluster.ingress)], ports: [tcp(port)] }),
    );
  }
  if (cluster.monitoring) {
    const ports = [tcp(metricsPort(environment))];
    rules.push(note("who reads metrics", { from: [peer(environment, cluster.monitoring)], ports }));
  }
  return rules;
}

/** One rule for each caller, with the methods that it is there for. */
function callerRules(contract: Contract, environment: InCluster, workload: Workload): Yaml[] {
  const methods = meshMethods(contract, environment, workload);
  const ports = [tcp(environment.port)];
  const open = methods.filter(({ callers }) => callers.includes(ANY));
  const rules: Yaml[] = [];
  if (open.length > 0) {
    const why = open.map(from).join("\n");
    rules.push(note(why, { from: [{ podSelector: {} }], ports }));
  }
  for (const caller of [...new Set(methods.flatMap(({ callers }) => callers))].sort(compare)) {
    const pods = callerPods(contract, environment, caller);
    if (!pods) continue;
    const why = methods.filter(({ callers }) => callers.includes(caller));
    rules.push(note(why.map(from).join("\n"), { from: [pods], ports }));
  }
  return rules;
}

/** The pods of a caller; none for callers that are no workload, or run in another cluster. */
function callerPods(
  { workloads, externalWorkloads }: Contract,
  environment: InCluster,
  caller: string,
): Yaml | undefined {
  if (workloads.some(({ name }) => name === caller)) return { podSelector: { matchLabels: selectorOf(caller) } };
  const external = externalWorkloads.find(({ name }) => name === caller);
  if (!external) return undefined;
  const { namespace, trustDomain = environment.trustDomain } = external;
  // Pods carry no identity that this layer could see, so the whole namespace may knock. The mesh knows who it is.
  return trustDomain === environment.trustDomain ? { namespaceSelector: inNamespace(namespace) } : undefined;
}

function egressRules(contract: Contract, environment: InCluster, workload: Workload): Yaml[] {
  const { cluster, port, workloads, destinations } = environment;
  const rules: Yaml[] = [];
  const calls = outboundCalls(contract, workload);
  for (const callee of [...new Set(calls.map(({ method }) => method.service.workload))]) {
    const why = calls
      .filter(({ method }) => method.service.workload === callee)
      .map(({ method, declaredAt }) => `${from(method)}\ncalled at ${declaredAt.join(", ")}`);
    const to = [{ podSelector: { matchLabels: selectorOf(callee) } }];
    rules.push(note(why.join("\n"), { to, ports: [tcp(port)] }));
  }
  const { stores = [], uses = [] } = workloads[workload.name] ?? {};
  for (const name of [...new Set([...stores, ...uses])].sort(compare)) {
    const destination = destinations[name];
    if (destination) rules.push(note(`the destination ${name}`, destinationRule(environment, destination)));
  }
  rules.push(
    note("DNS", {
      to: [peer(environment, cluster.dns)],
      ports: [
        { protocol: "UDP", port: 53 },
        { protocol: "TCP", port: 53 },
      ],
    }),
    ...controlPlane(environment),
  );
  return rules;
}

function destinationRule(environment: InCluster, { at, port }: Destination): Yaml {
  const to = "pods" in at ? [peer(environment, at.pods)] : at.cidrs.map((cidr) => ({ ipBlock: { cidr } }));
  return { to, ports: [tcp(port)] };
}

/** Certificates and configuration of the proxies. */
function controlPlane({ cluster }: InCluster): Yaml[] {
  if (cluster.mesh === "none") return [];
  const to = [{ namespaceSelector: inNamespace(cluster.controlPlane.namespace) }];
  const ports = cluster.mesh === "istio" ? [15012] : [8080, 8086, 8090];
  return [note("the control plane of the mesh", { to, ports: ports.map(tcp) })];
}

const tcp = (port: number): Yaml => ({ protocol: "TCP", port });

const peer = (environment: InCluster, { namespace, labels }: Pods): Yaml => ({
  ...(namespace === environment.namespace ? {} : { namespaceSelector: inNamespace(namespace) }),
  podSelector: { matchLabels: { ...labels } },
});

const inNamespace = (namespace: string): YamlMap => ({ matchLabels: { "kubernetes.io/metadata.name": namespace } });
