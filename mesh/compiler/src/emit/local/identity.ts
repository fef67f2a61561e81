// Who may call: SPIFFE ids, and the RBAC principals made from them.

import { type Environment, hostOf } from "../../environment-model.ts";
import { ANY, type Contract, type Method } from "../../model.ts";
import type { Yaml } from "../yaml.ts";

/** The SPIFFE id of a workload, in the form that Istio gives it. */
export const spiffeId = (environment: Environment, workload: string): string => `${anyPrefix(environment)}${workload}`;

/** What the ids of all workloads of this mesh begin with. */
export const anyPrefix = ({ trustDomain, namespace }: Environment): string =>
  `spiffe://${trustDomain}/ns/${namespace}/sa/`;

/** The in-mesh address of a workload. */
export const authorityOf = (environment: Environment, workload: string): string =>
  `${hostOf(environment, workload)}:${environment.port}`;

export const exactly = (id: string): Yaml => ({ authenticated: { principal_name: { exact: id } } });

export const anyWorkload = (environment: Environment): Yaml => ({
  authenticated: { principal_name: { prefix: anyPrefix(environment) } },
});

/**
 * The principals that may call a method from inside the mesh; none where only the outside may.
 * A caller that the contract does not know gives no principal: it stays refused.
 */
export function principals(contract: Contract, environment: Environment, method: Method): Yaml[] {
  if (method.callers.includes(ANY)) return [anyWorkload(environment)];
  const found: Yaml[] = [];
  for (const caller of [...method.callers].sort()) {
    const external = contract.externalWorkloads.find(({ name }) => name === caller);
    if (contract.workloads.some(({ name }) => name === caller)) found.push(exactly(spiffeId(environment, caller)));
    else if (external) {
      const trustDomain = external.trustDomain ?? environment.trustDomain;
      found.push(exactly(`spiffe://${trustDomain}/ns/${external.namespace}/sa/${external.name}`));
    }
  }
  return found;
}
