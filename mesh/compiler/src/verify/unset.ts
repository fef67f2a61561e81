// The secrets and config maps that an environment names, and which of them a cluster lacks. Their values are never read.

import type { InCluster } from "../emit/cluster.ts";
import type { Location } from "../model.ts";
import { compare } from "../names.ts";
import type { Finding } from "../rules/rule.ts";
import type { Kubectl } from "./kubectl.ts";

/** Something that must be in the cluster before the workloads start. */
export interface Needed {
  readonly kind: "Secret" | "ConfigMap";
  readonly namespace: string;
  readonly name: string;
  /** Absent: it must be there with whatever it holds. */
  readonly key?: string;
  /** `order, as ORDER_DATABASE_URL`. */
  readonly by: string;
}

/** What the workloads and the ingress of an environment need, sorted. */
export function neededBy({ namespace, workloads, cluster }: InCluster): Needed[] {
  const needed = Object.entries(workloads).flatMap(([workload, { secrets, files }]): Needed[] => [
    ...Object.entries(secrets).map(([variable, { name, key }]): Needed => {
      return { kind: "Secret", namespace, name, key, by: `${workload}, as ${variable}` };
    }),
    ...Object.entries(files).map(([path, source]): Needed => {
      const by = `${workload}, at ${path}`;
      return "secret" in source
        ? { kind: "Secret", namespace, name: source.secret, by }
        : { kind: "ConfigMap", namespace, name: source.configMap, by };
    }),
  ]);
  const { ingress } = cluster;
  if (ingress) {
    const by = `the ingress, for ${Object.values(ingress.hosts).sort(compare).join(" and ")}`;
    for (const key of ["tls.crt", "tls.key"]) {
      needed.push({ kind: "Secret", namespace: ingress.namespace, name: ingress.tlsSecret, key, by });
    }
    if (ingress.devices) {
      const { hosts, tlsSecret: name } = ingress.devices;
      const by = `the ingress, for devices at ${Object.values(hosts).sort(compare).join(" and ")}`;
      for (const key of ["tls.crt", "tls.key", "ca.crt"]) {
        needed.push({ kind: "Secret", namespace: ingress.namespace, name, key, by });
      }
    }
  }
  const sortKey = ({ namespace, kind, name, key = "", by }: Needed) => [namespace, kind, name, key, by].join(" ");
  return needed.sort((a, b) => compare(sortKey(a), sortKey(b)));
}

export const secretUnset = {
  code: "secret-unset",
  severity: "error",
  refuses: "a secret or config map that an environment names and its cluster does not have, or has without the key",
  mend: "create it in the cluster",
} as const;

/** A finding for each that is not in the cluster, or is empty there. Throws InputError where kubectl cannot say. */
export function unsetIn(kubectl: Kubectl, environment: InCluster, at: Location): Finding[] {
  const needed = neededBy(environment);
  const there = new Map(
    [...new Set(needed.map(({ namespace }) => namespace))].map((namespace) => [namespace, keysIn(kubectl, namespace)]),
  );
  return needed.flatMap((one): Finding[] => {
    const { kind, namespace, name, key, by } = one;
    const keys = there.get(namespace)?.get(`${kind} ${name}`);
    if (keys && (key === undefined ? keys.length > 0 : keys.includes(key))) return [];
    const what = `${kind} ${namespace}/${name}`;
    const lack = keys === undefined ? "is not there" : key === undefined ? "is empty" : `has no ${key}`;
    const { code, severity, mend } = secretUnset;
    return [{ code, severity, subject: what, at, message: `${what} ${lack}, and is for ${by}`, mend }];
  });
}

/** One line for each object: its kind, its name, and the keys that hold anything. */
const onlyKeys =
  '{{range .items}}{{.kind}} {{.metadata.name}}{{range $key, $value := .data}}{{if $value}} {{$key}}{{end}}{{end}}{{"\\n"}}{{end}}';

function keysIn(kubectl: Kubectl, namespace: string): Map<string, string[]> {
  const said = kubectl.run(["get", "secrets,configmaps", "-n", namespace, "-o", `go-template=${onlyKeys}`]);
  const lines = said.split("\n").filter(Boolean);
  return new Map(
    lines.map((line) => {
      const [kind, name, ...keys] = line.split(" ");
      return [`${kind} ${name}`, keys];
    }),
  );
}
