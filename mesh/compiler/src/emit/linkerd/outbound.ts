// How long a call may take and what is tried again: annotations that hold for a whole route, so there is one for each set of
// methods that share them. A call that no route names leaves no caller.

import type { Contract, RetryCode, Workload } from "../../model.ts";
import { backstop } from "../backstop.ts";
import { type InCluster, object, selectorOf } from "../cluster.ts";
import { edgeMethods, meshMethods } from "../identity.ts";
import { headersOf, sharesOf } from "../tracks.ts";
import { retriesOf } from "../tries.ts";
import type { Yaml, YamlMap } from "../yaml.ts";
import { builtIn, type Call, callOf, classes } from "./call.ts";
import { routeKind, rulesFor } from "./matches.ts";
import { gateway } from "./names.ts";

const codes: Readonly<Record<RetryCode, string>> = {
  UNAVAILABLE: "unavailable",
  RESOURCE_EXHAUSTED: "resource-exhausted",
};

export function outbound(contract: Contract, environment: InCluster, workload: Workload): YamlMap[] {
  const { namespace, port } = environment;
  const { name } = workload;
  const inMesh = meshMethods(contract, environment, workload).map(callOf);
  const atEdge = edgeMethods(workload).filter((method) => !inMesh.some((call) => call.method === method));
  const calls = [...inMesh, ...atEdge.map(callOf), ...builtIn.health, ...builtIn.reflection];
  const service = { group: "", kind: "Service", name, port };
  return classes(calls, (call) => classOf(call)).map(([suffix, members]) => {
    const [first] = members as [Call, ...Call[]];
    return object(
      {
        apiVersion: gateway,
        kind: routeKind(workload),
        name: `${name}.to.${suffix}`,
        namespace,
        labels: selectorOf(name),
        annotations: annotationsOf(first),
      },
      { spec: { parentRefs: [service], rules: rulesTo(environment, workload, members) } },
    );
  });
}

/** A version stands behind a Service of its own. The rule with more conditions holds, wherever it stands. */
function rulesTo(environment: InCluster, workload: Workload, calls: readonly Call[]): Yaml[] {
  const { port, workloads } = environment;
  const { name } = workload;
  const canary = workloads[name]?.canary;
  if (!canary) return rulesFor(workload, calls, true, { backendRefs: [{ name, port }] });
  const shares = sharesOf(canary).map(({ track, weight }) => ({ name: `${name}-${track}`, port, weight }));
  const headers = headersOf(canary).map(([header, value]) => ({ name: header, value }));
  const toCanary = { backendRefs: [{ name: `${name}-canary`, port }] };
  return [
    ...(headers.length > 0 ? rulesFor(workload, calls, true, toCanary, headers) : []),
    ...rulesFor(workload, calls, true, { backendRefs: shares }),
  ];
}

/** The name of what calls share: `330ms-2-unavailable`. */
const classOf = (call: Call): string =>
  Object.values(annotationsOf(call)).join("-").replaceAll(",", ".") || "unlimited";

function annotationsOf({ deadlineMs, stream, method }: Call): Record<string, string> {
  const longest = deadlineMs ?? stream?.maxMs;
  const on = method?.kind === "unary" ? (method.retry?.on ?? []) : [];
  return {
    ...(longest === undefined ? {} : { "timeout.linkerd.io/request": `${backstop(longest)}ms` }),
    ...(stream ? { "timeout.linkerd.io/idle": `${backstop(stream.idleMs)}ms` } : {}),
    ...(method && on.length > 0
      ? {
          "retry.linkerd.io/limit": String(retriesOf(method)),
          "retry.linkerd.io/grpc": on.map((code) => codes[code]).join(","),
        }
      : {}),
  };
}
