// What holds for the whole namespace: mutual TLS, what is logged, what lies outside the cluster, and that nothing else is allowed.

import type { Destination } from "../../environment-model.ts";
import type { Workload } from "../../model.ts";
import { compare } from "../../names.ts";
import { type InCluster, object } from "../cluster.ts";
import { note, type YamlMap } from "../yaml.ts";
import { networking, security } from "./names.ts";

export function namespaceObjects(environment: InCluster, workloads: readonly Workload[]): YamlMap[] {
  const { namespace } = environment;
  return [
    object(
      { apiVersion: security, kind: "PeerAuthentication", name: "default", namespace },
      { spec: { mtls: { mode: "STRICT" } } },
    ),
    object(
      { apiVersion: "telemetry.istio.io/v1", kind: "Telemetry", name: "default", namespace },
      {
        spec: {
          accessLogging: [{ providers: [{ name: "envoy" }] }],
          // Spans come from the processes, which know the method, the user and the cause of an error.
          tracing: [{ disableSpanReporting: true }],
        },
      },
    ),
    ...outsideDestinations(environment, workloads).map(([name, { host, port, tls }]) =>
      object(
        { apiVersion: networking, kind: "ServiceEntry", name: kebab(name), namespace },
        {
          spec: {
            hosts: [host],
            exportTo: ["."],
            location: "MESH_EXTERNAL",
            resolution: "DNS",
            ports: [{ number: port, name: tls ? "tls" : "tcp", protocol: tls ? "TLS" : "TCP" }],
          },
        },
      ),
    ),
  ];
}

export const allowNothing = ({ namespace }: InCluster): YamlMap =>
  object(
    { apiVersion: security, kind: "AuthorizationPolicy", name: "allow-nothing", namespace },
    { spec: note("Allows nothing: what no other policy allows is refused.", {}) },
  );

/** The destinations outside the cluster that a workload uses. */
function outsideDestinations(environment: InCluster, workloads: readonly Workload[]): [string, Destination][] {
  const used = new Set(
    workloads.flatMap(({ name }) => {
      const { stores = [], uses = [] } = environment.workloads[name] ?? {};
      return [...stores, ...uses];
    }),
  );
  return Object.entries(environment.destinations)
    .filter(([name, { at }]) => used.has(name) && "cidrs" in at)
    .sort(([a], [b]) => compare(a, b));
}

/** `eventLog` is `event-log`: names of objects are in lower case. */
const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
