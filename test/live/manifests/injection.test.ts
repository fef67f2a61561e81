// The pods of an environment as Istio's own template makes them of ours: with the proxy that a cluster would put beside each.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, type TestContext, test } from "vitest";
import { stringify } from "yaml";
import { repository } from "../../contract.ts";
import { type Any, objectsIn, objectsInText, tool } from "./manifests.ts";

const folder = "mesh/kubernetes/staging";
const STATUS_PORT = 15020;

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), "larder-injection-"));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** What istioctl writes. Without a cluster, in which it would look for what it is given in files. */
function istioctl(context: TestContext, ...args: string[]): string {
  const { status, stdout, stderr, error } = spawnSync(tool(context, "istioctl"), args, {
    encoding: "utf8",
    cwd: repository,
    env: { ...process.env, KUBECONFIG: "/dev/null" },
    timeout: 60_000,
    maxBuffer: 1 << 26,
  });
  if (error || status !== 0) throw error ?? new Error(stderr);
  return stdout;
}

let injected: readonly Any[] | undefined;
/** The objects of the environment, with the pods as an Istio that is installed without further settings makes them. */
function objects(context: TestContext): readonly Any[] {
  if (injected) return injected;
  const installed = objectsInText(istioctl(context, "manifest", "generate"));
  const settings = (name: string): Any =>
    installed.find(({ kind, metadata }) => kind === "ConfigMap" && metadata.name === name).data;
  const file = (name: string, text: string): string => {
    writeFileSync(join(scratch, name), text);
    return join(scratch, name);
  };
  const { config, values } = settings("istio-sidecar-injector");
  const given = [
    "--revision=default",
    `--injectConfigFile=${file("inject.yaml", config)}`,
    `--meshConfigFile=${file("mesh.yaml", settings("istio").mesh)}`,
    `--valuesFile=${file("values.json", values)}`,
    `--filename=${file(
      "ours.yaml",
      objectsIn(folder)
        .map((object) => stringify(object))
        .join("---\n"),
    )}`,
  ];
  injected = objectsInText(istioctl(context, "kube-inject", ...given));
  return injected;
}

const ofKind = (context: TestContext, kind: string): Any[] => objects(context).filter((object) => object.kind === kind);
const nameOf = ({ metadata }: Any): string => metadata.labels["app.kubernetes.io/name"];

describe("a pod", { timeout: 120_000 }, () => {
  test("has its proxy before the process starts, until it has ended", (context) => {
    const deployments = ofKind(context, "Deployment");
    expect(deployments).toHaveLength(12);
    for (const { metadata, spec } of deployments) {
      const { initContainers, containers } = spec.template.spec;
      const proxy = initContainers.find(({ name }: Any) => name === "istio-proxy");
      expect(proxy?.restartPolicy, metadata.name).toBe("Always");
      expect(containers.map(({ name }: Any) => name)).toEqual([metadata.name]);
    }
  });

  test("is asked how it is through the agent, from outside of mutual TLS and of the policy", (context) => {
    for (const { metadata, spec } of ofKind(context, "Deployment")) {
      const [container] = spec.template.spec.containers;
      for (const probe of ["startupProbe", "readinessProbe", "livenessProbe"]) {
        expect(container[probe].httpGet?.port, `${probe} of ${metadata.name}`).toBe(STATUS_PORT);
        expect(container[probe]).not.toHaveProperty("grpc");
      }
    }
  });

  test("keeps the process to what it may do", (context) => {
    for (const { spec } of ofKind(context, "Deployment")) {
      const { securityContext, containers } = spec.template.spec;
      expect(securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 65532 });
      expect(containers[0].securityContext).toMatchObject({ readOnlyRootFilesystem: true });
    }
  });
});

test("metrics are found: at a port that a container declares, then where the agent shows them", (context) => {
  const monitors = ofKind(context, "PodMonitor");
  expect(monitors).toHaveLength(12);
  for (const monitor of monitors) {
    const name = nameOf(monitor);
    const { spec } = ofKind(context, "Deployment").find((deployment) => nameOf(deployment) === name);
    const { containers, initContainers } = spec.template.spec;
    const declared: Any[] = [...containers, ...initContainers].flatMap(({ ports = [] }: Any) => ports);
    const [endpoint] = monitor.spec.podMetricsEndpoints;
    const targets = declared.filter((port) => port.name === endpoint.port);
    expect(targets, name).toHaveLength(1);
    const [{ regex, replacement }] = endpoint.relabelings;
    const address = `10.0.0.7:${targets[0].containerPort}`.replace(new RegExp(`^(?:${regex})$`), replacement);
    const { annotations } = spec.template.metadata;
    expect(address).toBe(`10.0.0.7:${annotations["prometheus.io/port"]}`);
    expect(endpoint.path).toBe(annotations["prometheus.io/path"]);
    const policy = ofKind(context, "NetworkPolicy").find(({ metadata }) => metadata.name === name);
    const from = policy.spec.ingress.filter(({ ports }: Any) => ports.some(({ port }: Any) => port === STATUS_PORT));
    expect(JSON.stringify(from)).toContain("prometheus");
  }
});
