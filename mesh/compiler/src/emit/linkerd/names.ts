// Names that the objects of Linkerd share.

import type { InCluster } from "../cluster.ts";
import { type Identity, identityOf } from "../identity.ts";
import type { YamlMap } from "../yaml.ts";

export const policy = "policy.linkerd.io/v1alpha1";
export const gateway = "gateway.networking.k8s.io/v1";

/** An identity as Linkerd's certificates have it. */
export const linkerdId = ({ cluster }: InCluster, { serviceAccount, namespace, trustDomain }: Identity): string =>
  `${serviceAccount}.${namespace}.serviceaccount.identity.${cluster.controlPlane.namespace}.${trustDomain}`;

/** Every workload of this mesh. */
export const anyWorkload = (environment: InCluster): string => linkerdId(environment, identityOf(environment, "*"));

/** Where the rules for calls that come in to a workload hang. */
export const serverRef = (name: string): YamlMap => ({ group: "policy.linkerd.io", kind: "Server", name });
