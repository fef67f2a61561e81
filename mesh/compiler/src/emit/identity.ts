// Who may call a method, as identities: every target writes them in its own form.

import { type Environment, hostOf } from "../environment-model.ts";
import { ANY, type Contract, DEVICE, EDGE, type Method, type Workload } from "../model.ts";
import { compare } from "../names.ts";

/** A workload as its certificate names it. */
export interface Identity {
  readonly trustDomain: string;
  readonly namespace: string;
  readonly serviceAccount: string;
}

/** The identity of a workload of this mesh, or of the operator. */
export const identityOf = ({ trustDomain, namespace }: Environment, workload: string): Identity => ({
  trustDomain,
  namespace,
  serviceAccount: workload,
});

/** The in-mesh address of a workload. */
export const authorityOf = (environment: Environment, workload: string): string =>
  `${hostOf(environment, workload)}:${environment.port}`;

/**
 * The identities that may call a method from inside the mesh, `any` for every one of the mesh; none where only the
 * outside may. A caller that the contract does not know gives no identity: it stays refused.
 */
export function callersOf(contract: Contract, environment: Environment, method: Method): readonly Identity[] | "any" {
  if (method.callers.includes(ANY)) return "any";
  const found: Identity[] = [];
  for (const caller of [...new Set(method.callers)].sort(compare)) {
    const external = contract.externalWorkloads.find(({ name }) => name === caller);
    if (contract.workloads.some(({ name }) => name === caller)) found.push(identityOf(environment, caller));
    else if (external) {
      const { trustDomain = environment.trustDomain, namespace } = external;
      found.push({ trustDomain, namespace, serviceAccount: external.name });
    }
  }
  return found;
}

/** The methods of a workload that callers inside the mesh may reach, in the order of their paths. */
export const meshMethods = (contract: Contract, environment: Environment, workload: Workload): Method[] =>
  workload.services
    .flatMap(({ methods }) => methods)
    .filter((method) => callersOf(contract, environment, method).length > 0)
    .sort((a, b) => compare(a.path, b.path));

/** The methods of a workload that the outside may call, in the order of their paths. */
export const edgeMethods = (workload: Workload): Method[] => openTo(EDGE, workload);

/** The methods of a workload that devices may call, in the order of their paths. */
export const deviceMethods = (workload: Workload): Method[] => openTo(DEVICE, workload);

const openTo = (caller: typeof EDGE | typeof DEVICE, { services }: Workload): Method[] =>
  services
    .flatMap(({ methods }) => methods)
    .filter(({ callers }) => callers.includes(caller))
    .sort((a, b) => compare(a.path, b.path));
