// Who may call a workload: a route for each set of methods with the same callers, and who these are.

import { limitsOf } from "../../environment-model.ts";
import type { Contract, Method, Workload } from "../../model.ts";
import { compare } from "../../names.ts";
import { type InCluster, isPublic, object, selectorOf } from "../cluster.ts";
import { edgeOf, refuseOverlap, restBindings } from "../edge-paths.ts";
import { callersOf, edgeMethods, identityOf, meshMethods } from "../identity.ts";
import { ingressOf } from "../ingress.ts";
import { note, type Yaml, type YamlMap } from "../yaml.ts";
import { builtIn, type Call, callOf, classes } from "./call.ts";
import { routeKind, rulesFor } from "./matches.ts";
import { anyWorkload, gateway, linkerdId, policy, serverRef } from "./names.ts";

/** The port, with nobody allowed whom no policy names. In audit mode what would be refused is only logged. */
export function server(environment: InCluster, workload: Workload): YamlMap {
  const { name } = workload;
  const audit = limitsOf(environment, name).mode === "audit";
  return object(
    { apiVersion: "policy.linkerd.io/v1beta3", kind: "Server", ...headOf(environment, workload, name) },
    {
      spec: {
        podSelector: { matchLabels: selectorOf(name) },
        port: "grpc",
        // A public workload answers HTTP/1.1 too, which Linkerd finds out.
        proxyProtocol: isPublic(workload) ? "unknown" : "gRPC",
        accessPolicy: audit ? "audit" : "deny",
      },
    },
  );
}

/** Routes, who may take them, and the two brought together, for each set of callers. */
export function inbound(contract: Contract, environment: InCluster, workload: Workload): YamlMap[] {
  const callers = new Map<string, readonly string[]>();
  const classOf = (method: Method): string => {
    const found = callersOf(contract, environment, method);
    const who =
      found === "any" ? [anyWorkload(environment)] : found.map((one) => linkerdId(environment, one)).sort(compare);
    const name = found === "any" ? "from-any" : `from.${found.map(({ serviceAccount }) => serviceAccount).join(".")}`;
    callers.set(name, who);
    return name;
  };
  const mesh = classes(meshMethods(contract, environment, workload), classOf);
  const operator = [linkerdId(environment, identityOf(environment, environment.operator))];
  return [
    ...mesh.flatMap(([name, methods]) =>
      allow(environment, workload, name, methods.map(callOf), callers.get(name) ?? []),
    ),
    ...allow(environment, workload, "from-operator", builtIn.reflection, operator),
    ...probes(environment, workload),
    ...edge(environment, workload),
  ];
}

function allow(
  environment: InCluster,
  workload: Workload,
  suffix: string,
  calls: readonly Call[],
  identities: readonly string[],
  rest = false,
): YamlMap[] {
  const name = `${workload.name}.${suffix}`;
  const head = headOf(environment, workload, name);
  return [
    route(environment, workload, name, rulesFor(workload, calls, rest)),
    object({ apiVersion: policy, kind: "MeshTLSAuthentication", ...head }, { spec: { identities } }),
    grant(environment, workload, name, "MeshTLSAuthentication"),
  ];
}

/** Health is for everybody: the node that asks has no identity in the mesh. */
function probes(environment: InCluster, workload: Workload): YamlMap[] {
  const name = `${workload.name}.health`;
  const networks = [{ cidr: "0.0.0.0/0" }, { cidr: "::/0" }];
  return [
    route(environment, workload, name, rulesFor(workload, builtIn.health, false)),
    object(
      { apiVersion: policy, kind: "NetworkAuthentication", ...headOf(environment, workload, name) },
      { spec: { networks } },
    ),
    grant(environment, workload, name, "NetworkAuthentication"),
  ];
}

/** What the ingress may pass on. Linkerd reads no tokens: the process looks at them and at their scopes. */
function edge(environment: InCluster, workload: Workload): YamlMap[] {
  const methods = edgeMethods(workload);
  if (methods.length === 0) return [];
  const { passthrough, ...rest } = edgeOf(environment, methods);
  refuseOverlap({ passthrough, ...rest }, workload, restBindings(methods));
  const { serviceAccount, namespace } = ingressOf(environment, workload);
  const identity = linkerdId(environment, { trustDomain: environment.trustDomain, namespace, serviceAccount });
  const beside: Yaml[] = [
    ...[...passthrough.paths].sort(compare).map((value) => ({ path: { type: "Exact", value } })),
    ...[...passthrough.prefixes].sort(compare).map((value) => ({ path: { type: "PathPrefix", value } })),
    note("The question of a browser before it calls from another origin; the process answers it.", {
      method: "OPTIONS",
    }),
  ];
  const [path, authentication, policy] = allow(
    environment,
    workload,
    "from-ingress",
    [...methods.map(callOf), ...builtIn.reflection],
    [identity],
    true,
  ) as [YamlMap, YamlMap, YamlMap];
  const { rules, ...spec } = path.spec as { rules: readonly Yaml[] };
  const open = note("beside the contract", { matches: beside });
  const limit = object(
    {
      apiVersion: "policy.linkerd.io/v1alpha1",
      kind: "HTTPLocalRateLimitPolicy",
      ...headOf(environment, workload, workload.name),
    },
    { spec: { targetRef: serverRef(workload.name), total: { requestsPerSecond: rest.rateLimit.requestsPerSecond } } },
  );
  return [{ ...path, spec: { ...spec, rules: [...rules, open] } }, authentication, policy, limit];
}

const headOf = ({ namespace }: InCluster, workload: Workload, name: string) => ({
  name,
  namespace,
  labels: selectorOf(workload.name),
});

const route = (environment: InCluster, workload: Workload, name: string, rules: Yaml): YamlMap =>
  object(
    { apiVersion: gateway, kind: routeKind(workload), ...headOf(environment, workload, name) },
    { spec: { parentRefs: [serverRef(workload.name)], rules } },
  );

const grant = (environment: InCluster, workload: Workload, name: string, kind: string): YamlMap =>
  object(
    { apiVersion: policy, kind: "AuthorizationPolicy", ...headOf(environment, workload, name) },
    {
      spec: {
        targetRef: { group: "gateway.networking.k8s.io", kind: routeKind(workload), name },
        requiredAuthenticationRefs: [{ group: "policy.linkerd.io", kind, name }],
      },
    },
  );
