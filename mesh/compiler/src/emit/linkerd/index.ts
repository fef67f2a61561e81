// Linkerd: who may call what, how long it may take, what is tried again. Tokens, circuit breakers by count and limits for
// single methods are not its business; the coverage page says who covers them.

import { tighten } from "../../environment-contract.ts";
import type { Environment } from "../../environment-model.ts";
import { InputError } from "../../input-error.ts";
import type { Contract } from "../../model.ts";
import { deployed, inCluster, manifestFiles, refuseParts } from "../cluster.ts";
import { inbound, server } from "./inbound.ts";
import { outbound } from "./outbound.ts";

/**
 * The manifests, by file name: `order.yaml`.
 * Throws InputError where contract and environment do not go together, for an environment without Linkerd, and for faults.
 */
export function emitLinkerd(contract: Contract, environment: Environment): Map<string, string> {
  const tightened = tighten(contract, environment);
  const here = inCluster(environment, "linkerd");
  if (here.cluster.mesh !== "linkerd") {
    throw new InputError(
      `the target linkerd is for an environment whose cluster.mesh is linkerd, not ${here.cluster.mesh}`,
    );
  }
  refuseParts(environment, "linkerd", ["faults"]);
  return manifestFiles({
    target: "linkerd",
    environment: here,
    common: [],
    workloads: new Map(
      deployed(tightened, environment).map((workload) => [
        workload.name,
        // The Server last, which refuses whom no policy before it allows.
        [...inbound(tightened, here, workload), ...outbound(tightened, here, workload), server(here, workload)],
      ]),
    ),
    kinds: [
      "servers.policy.linkerd.io",
      "authorizationpolicies.policy.linkerd.io",
      "meshtlsauthentications.policy.linkerd.io",
      "networkauthentications.policy.linkerd.io",
      "httplocalratelimitpolicies.policy.linkerd.io",
      "grpcroutes.gateway.networking.k8s.io",
      "httproutes.gateway.networking.k8s.io",
    ],
  });
}
