// The pods of a workload.

import type { DeployedWorkload, FileSource } from "../../environment-model.ts";
import { InputError } from "../../input-error.ts";
import type { Workload } from "../../model.ts";
import { compare } from "../../names.ts";
import { type InCluster, object, selectorOf } from "../cluster.ts";
import { type Track, trackOf } from "../tracks.ts";
import { note, type Yaml, type YamlMap } from "../yaml.ts";
import { deviceSettings } from "./device-settings.ts";

/** A user that owns nothing on any node. */
const nobody = 65532;

/**
 * The Deployment of a version; its selector leaves out the pods of the other one.
 * Throws InputError for a workload without an image, or without limits of what it may take.
 */
export function deployment(environment: InCluster, workload: Workload, track: Track): YamlMap {
  const { namespace, cluster, workloads } = environment;
  const { name } = workload;
  const run = workloads[name] as DeployedWorkload;
  const canary = track === "canary" ? run.canary : undefined;
  const labels = { ...selectorOf(name), ...trackOf(track) };
  return object(
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      name: canary ? `${name}-canary` : name,
      namespace,
      labels,
      ...(workload.summary ? { annotations: { "kubernetes.io/description": workload.summary } } : {}),
    },
    {
      spec: {
        // An autoscaler owns the number, and every apply would take it back.
        replicas: canary ? canary.replicas : run.autoscaling ? undefined : run.replicas,
        selector: { matchLabels: labels },
        strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
        template: {
          metadata: {
            labels: {
              ...labels,
              "app.kubernetes.io/part-of": cluster.system,
              ...(run.runtime ? { "mesh.v1/runtime": run.runtime } : {}),
            },
            annotations: annotations(environment),
          },
          spec: {
            serviceAccountName: name,
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            terminationGracePeriodSeconds: graceSeconds,
            securityContext: {
              runAsNonRoot: true,
              runAsUser: nobody,
              runAsGroup: nobody,
              fsGroup: nobody,
              seccompProfile: { type: "RuntimeDefault" },
            },
            nodeSelector: run.runtime === undefined ? undefined : cluster.nodeSelectors[run.runtime],
            topologySpreadConstraints: ["topology.kubernetes.io/zone", "kubernetes.io/hostname"].map((topologyKey) => ({
              maxSkew: 1,
              topologyKey,
              whenUnsatisfiable: "ScheduleAnyway",
              labelSelector: { matchLabels: labels },
            })),
            containers: [container(environment, workload, run, imageOf(environment, name, canary?.image ?? run))],
            volumes: volumes(run.files),
          },
        },
      },
    },
  );
}

/** A proxy that starts before the process and ends after it: else the process finds no way to its stores at either end of its life. */
function annotations({ cluster }: InCluster): YamlMap | undefined {
  const ops = String(cluster.opsPort);
  if (cluster.mesh === "istio") {
    return {
      "sidecar.istio.io/nativeSidecar": "true",
      // The proxy's agent reads the metrics from inside the pod and shows them with its own, so that no port is open to all.
      "prometheus.io/scrape": "true",
      "prometheus.io/port": ops,
      "prometheus.io/path": "/metrics",
    };
  }
  if (cluster.mesh === "linkerd") {
    return {
      "config.beta.linkerd.io/proxy-enable-native-sidecar": "true",
      // Metrics are read from outside the mesh; the NetworkPolicy says by whom.
      "config.linkerd.io/skip-inbound-ports": ops,
    };
  }
  return undefined;
}

/** Within these calls in progress end. Longer than the 10 s that a process should take, with the pause before it. */
const graceSeconds = 30;
/** So long endpoints may still lead here; then the process is told to stop. */
const leaveSeconds = 5;

function container(environment: InCluster, workload: Workload, run: DeployedWorkload, image: string): Yaml {
  const { name } = workload;
  const { cluster, port } = environment;
  const probe = { grpc: { port } };
  return {
    name,
    image,
    ports: [
      { name: "grpc", containerPort: port },
      { name: "ops", containerPort: cluster.opsPort },
    ],
    env: variables(run, deviceSettings(environment, workload)),
    resources: resourcesOf(name, run),
    // What a process does before it answers, such as the migration of its database, may take two minutes.
    startupProbe: { ...probe, periodSeconds: 2, failureThreshold: 60 },
    readinessProbe: { ...probe, periodSeconds: 5, failureThreshold: 2 },
    // A process that has too much to do is slow to answer, and no better for being killed.
    livenessProbe: { ...probe, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 },
    lifecycle: { preStop: { sleep: { seconds: leaveSeconds } } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
    volumeMounts: [{ name: "tmp", mountPath: "/tmp" }, ...mounts(run.files)],
  };
}

function imageOf({ cluster }: InCluster, name: string, { image, tag }: { image?: string; tag?: string }): string {
  if (image) return image;
  if (!cluster.images) throw new InputError(`workloads.${name} has no image, and cluster.images says none for all`);
  return `${cluster.images.registry}/${name}:${tag ?? cluster.images.tag}`;
}

/** Memory has a limit, since one process that takes too much takes it from all; CPU has none, since what is over is shared. */
function resourcesOf(name: string, { resources: { requests = {}, limits = {} } }: DeployedWorkload): YamlMap {
  const missing = [
    ...(requests.cpu ? [] : ["requests.cpu"]),
    ...(requests.memory ? [] : ["requests.memory"]),
    ...(limits.memory ? [] : ["limits.memory"]),
  ];
  if (missing.length > 0) {
    throw new InputError(`workloads.${name}.resources lacks ${missing.join(", ")}: state it there or in defaults`);
  }
  return { requests: { ...requests }, limits: { ...limits } };
}

function variables({ settings, secrets }: DeployedWorkload, told: Readonly<Record<string, string>>): Yaml {
  return [
    ...sorted({ ...settings, ...told }).map(([name, value]) => ({ name, value })),
    ...sorted(secrets).map(([name, secret]) => ({ name, valueFrom: { secretKeyRef: { ...secret } } })),
  ];
}

type Files = Readonly<Record<string, FileSource>>;

const volumes = (files: Files): Yaml => [
  note("The only place that the process can write to.", { name: "tmp", emptyDir: { sizeLimit: "64Mi" } }),
  ...sorted(files).map(([path, source]) => ({
    name: volumeName(path),
    ...("secret" in source
      ? { secret: { secretName: source.secret, defaultMode: 0o440 } }
      : { configMap: { name: source.configMap } }),
  })),
];

const mounts = (files: Files): Yaml[] =>
  sorted(files).map(([mountPath]) => ({ name: volumeName(mountPath), mountPath, readOnly: true }));

/** `/etc/library/keys` is `etc-library-keys`. */
const volumeName = (path: string): string =>
  path
    .slice(1)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-");

const sorted = <T>(record: Readonly<Record<string, T>>): [string, T][] =>
  Object.entries(record).sort(([a], [b]) => compare(a, b));
