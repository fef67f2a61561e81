// The names by which the parts of a mesh in containers know each other.

import type { Compose, Environment } from "../../environment-model.ts";

/** An environment whose workloads run in containers of Compose. */
export interface Composed extends Environment {
  readonly compose: Compose;
}

/** Where containers have what they share: sockets, certificates, keys; one volume each. */
export const folderOf = (volume: string): string => `/run/mesh/${volume}`;

/** Volumes that belong to no workload: what all trust, and the socket of who signs tokens. */
export const trustVolume = "trust";
export const issuerVolume = "issuer";

/** The network on which callers find a workload. */
export const networkOf = (workload: string): string => `to-${workload}`;

/** The network of a store: `eventLog` is `event-log`. */
export const storeNetwork = (store: string): string => store.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

export const sidecarOf = (workload: string): string => `${workload}-sidecar`;
