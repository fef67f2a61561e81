// Istio in sidecar mode: who may call what, how long it may take, what is tried again, and what may leave a workload.

import { tighten } from "../../environment-contract.ts";
import type { Environment } from "../../environment-model.ts";
import { InputError } from "../../input-error.ts";
import type { Contract, Workload } from "../../model.ts";
import { deployed, type InCluster, inCluster, type Manifests, manifestFiles } from "../cluster.ts";
import { deviceMethods, edgeMethods } from "../identity.ts";
import type { YamlMap } from "../yaml.ts";
import { authorization } from "./authorization.ts";
import { destinationRule } from "./destination-rule.ts";
import { deviceObjects } from "./devices.ts";
import { edgeObjects } from "./edge.ts";
import { edgeLimit } from "./edge-limit.ts";
import { kinds } from "./names.ts";
import { allowNothing, namespaceObjects } from "./namespace.ts";
import { requestAuthentication } from "./request-authentication.ts";
import { sidecar } from "./sidecar.ts";
import { virtualService } from "./virtual-service.ts";

/**
 * The manifests, by file name: `order.yaml`.
 * Throws InputError where contract and environment do not go together, and for an environment without Istio.
 */
export const emitIstio = (contract: Contract, environment: Environment): Map<string, string> =>
  manifestFiles(istioManifests(contract, environment));

/** Everything for Istio. Throws as emitIstio does. */
export function istioManifests(contract: Contract, environment: Environment): Manifests {
  const tightened = tighten(contract, environment);
  const here = inCluster(environment, "istio");
  if (here.cluster.mesh !== "istio") {
    throw new InputError(
      `the target istio is for an environment whose cluster.mesh is istio, not ${here.cluster.mesh}`,
    );
  }
  const workloads = deployed(tightened, environment);
  return {
    target: "istio",
    environment: here,
    common: namespaceObjects(here, workloads),
    workloads: new Map(workloads.map((workload) => [workload.name, objectsOf(tightened, here, workload)])),
    denial: [allowNothing(here)],
    kinds: Object.values(kinds),
    // What the ingress lets devices do is said where the ingress is.
    elsewhere: here.cluster.ingress?.devices && {
      namespace: here.cluster.ingress.namespace,
      kinds: [kinds.AuthorizationPolicy],
    },
  };
}

function objectsOf(contract: Contract, environment: InCluster, workload: Workload): YamlMap[] {
  return [
    ...authorization(contract, environment, workload),
    ...requestAuthentication(contract, environment, workload),
    // Before the routes that lead to its subsets.
    destinationRule(environment, workload),
    virtualService(contract, environment, workload),
    sidecar(contract, environment, workload),
    ...(edgeMethods(workload).length > 0
      ? [...edgeObjects(environment, workload), ...edgeLimit(environment, workload)]
      : []),
    ...(deviceMethods(workload).length > 0 ? deviceObjects(environment, workload) : []),
  ];
}
