// Names that the objects of Istio share.

import type { InCluster } from "../cluster.ts";
import { selectorOf } from "../cluster.ts";
import { type Identity, identityOf } from "../identity.ts";
import type { YamlMap } from "../yaml.ts";

export const security = "security.istio.io/v1";
export const networking = "networking.istio.io/v1";

/** Chooses the pods of a workload, in the policies of security. */
export const selector = (workload: string): YamlMap => ({ matchLabels: selectorOf(workload) });

/** An identity as Istio compares it: without `spiffe://`, with which it would fit nobody. */
export const principal = ({ trustDomain, namespace, serviceAccount }: Identity): string =>
  `${trustDomain}/ns/${namespace}/sa/${serviceAccount}`;

/** Every workload of this mesh. */
export const anyWorkload = (environment: InCluster): string => principal(identityOf(environment, "*"));
