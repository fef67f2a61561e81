// Names that the objects of Istio share.

import type { InCluster } from "../cluster.ts";
import { selectorOf } from "../cluster.ts";
import { type Identity, identityOf } from "../identity.ts";
import type { YamlMap } from "../yaml.ts";

export const security = "security.istio.io/v1";
export const networking = "networking.istio.io/v1";

/** What is made for Istio, and what kubectl calls it. */
export const kinds = {
  PeerAuthentication: "peerauthentications.security.istio.io",
  Telemetry: "telemetries.telemetry.istio.io",
  AuthorizationPolicy: "authorizationpolicies.security.istio.io",
  RequestAuthentication: "requestauthentications.security.istio.io",
  VirtualService: "virtualservices.networking.istio.io",
  DestinationRule: "destinationrules.networking.istio.io",
  Gateway: "gateways.networking.istio.io",
  Sidecar: "sidecars.networking.istio.io",
  ServiceEntry: "serviceentries.networking.istio.io",
  EnvoyFilter: "envoyfilters.networking.istio.io",
} as const;

/** Chooses the pods of a workload, in the policies of security. */
export const selector = (workload: string): YamlMap => ({ matchLabels: selectorOf(workload) });

/** An identity as Istio compares it: without `spiffe://`, with which it would fit nobody. */
export const principal = ({ trustDomain, namespace, serviceAccount }: Identity): string =>
  `${trustDomain}/ns/${namespace}/sa/${serviceAccount}`;

/** Every workload of this mesh. */
export const anyWorkload = (environment: InCluster): string => principal(identityOf(environment, "*"));
