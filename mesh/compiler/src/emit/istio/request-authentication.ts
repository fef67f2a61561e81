// Whose tokens a workload takes: those of the issuer where the outside comes in, those that name a user inside.

import type { Contract, Workload } from "../../model.ts";
import { type InCluster, object, selectorOf } from "../cluster.ts";
import { edgeOf } from "../edge-paths.ts";
import { edgeMethods, meshMethods } from "../identity.ts";
import type { Yaml, YamlMap } from "../yaml.ts";
import { security, selector } from "./names.ts";

/**
 * None for a workload that looks at no token. A bad token is refused here; that there must be one, and with which scopes,
 * is what the AuthorizationPolicy says.
 */
export function requestAuthentication(contract: Contract, environment: InCluster, workload: Workload): YamlMap[] {
  const { namespace, userAssertion } = environment;
  const { name } = workload;
  const rules: Yaml[] = [];
  const atEdge = edgeMethods(workload);
  if (atEdge.length > 0) {
    const { issuer } = edgeOf(environment, atEdge);
    rules.push({
      issuer: issuer.url,
      audiences: [issuer.audience],
      jwksUri: new URL(issuer.jwksPath, issuer.url).href,
      forwardOriginalToken: true,
    });
  }
  const asksForUser = meshMethods(contract, environment, workload).some(({ endUser }) => endUser !== "none");
  if (userAssertion?.jwksUri && asksForUser) {
    const { issuer, audience, header, jwksUri } = userAssertion;
    rules.push({ issuer, audiences: [audience], jwksUri, fromHeaders: [{ name: header }], forwardOriginalToken: true });
  }
  if (rules.length === 0) return [];
  const head = { apiVersion: security, kind: "RequestAuthentication", name, namespace, labels: selectorOf(name) };
  return [object(head, { spec: { selector: selector(name), jwtRules: rules } })];
}
