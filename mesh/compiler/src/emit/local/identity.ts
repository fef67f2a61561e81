// Who may call: SPIFFE ids, and the RBAC principals made from them.

import type { Devices, Environment } from "../../environment-model.ts";
import type { Contract, Method } from "../../model.ts";
import { callersOf, type Identity, identityOf } from "../identity.ts";
import { named, type Yaml } from "../yaml.ts";

/** The SPIFFE id of a workload, in the form that Istio gives it. */
export const spiffeId = (environment: Environment, workload: string): string => uri(identityOf(environment, workload));

const uri = ({ trustDomain, namespace, serviceAccount }: Identity): string =>
  `spiffe://${trustDomain}/ns/${namespace}/sa/${serviceAccount}`;

/**
 * Every device of the environment, as an expression: an id is one segment of a SPIFFE path, so that it can stand in a header by itself.
 */
export const deviceIds = ({ trustDomain }: Devices): string =>
  `spiffe://${trustDomain.replaceAll(".", "\\.")}/[A-Za-z0-9._-]+`;

export const anyDevice = (devices: Devices): Yaml =>
  named("any-device", { authenticated: { principal_name: { safe_regex: { regex: deviceIds(devices) } } } });

export const exactly = (id: string): Yaml => ({ authenticated: { principal_name: { exact: id } } });

/** Every workload of this mesh, by what their ids begin with. */
export const anyWorkload = (environment: Environment): Yaml => ({
  authenticated: { principal_name: { prefix: spiffeId(environment, "") } },
});

/** The principals that may call a method from inside the mesh; none where only the outside may. */
export function principals(contract: Contract, environment: Environment, method: Method): Yaml[] {
  const callers = callersOf(contract, environment, method);
  return callers === "any" ? [anyWorkload(environment)] : callers.map((caller) => exactly(uri(caller)));
}
