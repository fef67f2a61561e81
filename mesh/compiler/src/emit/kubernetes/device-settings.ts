// What the process of a workload with methods for devices is told of them.

import { InputError } from "../../input-error.ts";
import type { Workload } from "../../model.ts";
import type { InCluster } from "../cluster.ts";
import { devicesOf } from "../devices.ts";
import { deviceMethods } from "../identity.ts";

/**
 * The trust domain of devices, and where they come in at an ingress its identity: the only caller that may speak for them. None for a
 * workload without methods for devices. Throws InputError where the environment sets one of them by hand.
 */
export function deviceSettings(environment: InCluster, workload: Workload): Readonly<Record<string, string>> {
  const methods = deviceMethods(workload);
  if (methods.length === 0) return {};
  const { trustDomain, cluster, workloads } = environment;
  const { ingress } = cluster;
  const told = {
    MESH_DEVICE_TRUST_DOMAIN: devicesOf(environment, methods).trustDomain,
    ...(cluster.mesh === "istio" && ingress?.devices
      ? { MESH_DEVICE_INGRESS: `spiffe://${trustDomain}/ns/${ingress.namespace}/sa/${ingress.serviceAccount}` }
      : {}),
  };
  for (const name of ["MESH_DEVICE_TRUST_DOMAIN", "MESH_DEVICE_INGRESS"]) {
    if (Object.hasOwn(workloads[workload.name]?.settings ?? {}, name)) {
      throw new InputError(
        `workloads.${workload.name}.settings has ${name}, which follows from devices and cluster.ingress`,
      );
    }
  }
  return told;
}
