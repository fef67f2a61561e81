// The way in from outside, as a mesh knows it.

import type { Ingress, IngressOfDevices } from "../environment-model.ts";
import { InputError } from "../input-error.ts";
import type { Workload } from "../model.ts";
import type { InCluster } from "./cluster.ts";

/** The ingress. Throws InputError where the environment has none, or no public host for the workload. */
export function ingressOf({ cluster }: InCluster, { name }: Workload): Ingress & { readonly host: string } {
  const { ingress } = cluster;
  if (!ingress) throw new InputError(`${name} has methods for @edge, and cluster.ingress is missing`);
  const host = Object.hasOwn(ingress.hosts, name) ? ingress.hosts[name] : undefined;
  if (!host) throw new InputError(`${name} has methods for @edge, and cluster.ingress.hosts names no host for it`);
  return { ...ingress, host };
}

/** What the ingress has for devices. Throws InputError where that is nothing, or no host for the workload. */
export function devicesIngressOf(
  { cluster }: InCluster,
  { name }: Workload,
): Pick<Ingress, "namespace" | "labels"> & Pick<IngressOfDevices, "tlsSecret"> & { readonly host: string } {
  const { ingress } = cluster;
  if (!ingress?.devices) {
    throw new InputError(`${name} has methods for @device, and cluster.ingress.devices is missing`);
  }
  const { hosts, tlsSecret } = ingress.devices;
  const host = Object.hasOwn(hosts, name) ? hosts[name] : undefined;
  if (!host) {
    throw new InputError(`${name} has methods for @device, and cluster.ingress.devices.hosts names no host for it`);
  }
  return { namespace: ingress.namespace, labels: ingress.labels, tlsSecret, host };
}
