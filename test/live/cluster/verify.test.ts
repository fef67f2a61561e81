// meshc verify against a real API server: content with what was applied, and not with what somebody changed since.

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { repository } from "../../contract.ts";
import type { ApiServer } from "./api-server.ts";
import { noCluster, startCluster, withCluster } from "./cluster.ts";

const environment = "mesh/environments/staging.yaml";
const folders = ["mesh/kubernetes/staging", "mesh/istio/staging"];
let server: ApiServer;

/** kubectl, as the administrator. Throws with what it said where it fails. */
async function kubectl(...args: string[]): Promise<void> {
  const { status, stderr } = await server.kubectl(args, { cwd: repository });
  if (status !== 0) throw new Error(stderr);
}

function verify(...args: string[]) {
  const program = join(repository, "mesh/compiler/bin/meshc.js");
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, "verify", "--env", environment, ...args], {
    cwd: repository,
    encoding: "utf8",
    env: { ...process.env, KUBECONFIG: server.kubeconfig },
  });
  const findings = stdout.split("\n").filter((line) => line && !line.includes(" workload-without-pods "));
  return { status, stderr, findings };
}

/** As an injector makes it: `trusted` is the domain that its proxy is told. */
const pod = (containers: readonly string[], trusted = "larder.staging") => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "order-1", namespace: "larder", labels: { "app.kubernetes.io/name": "order" } },
  spec: {
    serviceAccountName: "order",
    automountServiceAccountToken: false,
    securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
    containers: containers.map((name) => ({
      name,
      image: "none",
      env: name === "istio-proxy" ? [{ name: "TRUST_DOMAIN", value: trusted }] : [],
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
    })),
  },
});
const backdoor = {
  apiVersion: "security.istio.io/v1",
  kind: "AuthorizationPolicy",
  metadata: { name: "backdoor", namespace: "larder" },
  spec: { rules: [{}] },
};
const past = {
  apiVersion: "networking.istio.io/v1",
  kind: "VirtualService",
  metadata: {
    name: "past",
    namespace: "larder",
    labels: {
      "app.kubernetes.io/part-of": "larder",
      "app.kubernetes.io/managed-by": "meshc",
      "mesh.v1/target": "istio",
    },
  },
  spec: { hosts: ["past"], http: [{ route: [{ destination: { host: "past" } }] }] },
};
const patch = (kind: string, change: object) => [
  ...["patch", kind, "order", "-n", "larder", "--type=json", "-p", JSON.stringify([change])],
];

describe("a cluster", () => {
  const applyAll = async () => {
    for (const folder of folders) await kubectl("apply", "--server-side", "--force-conflicts", "-k", folder);
  };

  beforeAll(async () => {
    if (noCluster) return;
    server = await startCluster(["istio", "prometheus"]);
  }, 300_000);
  afterAll(() => server?.stop());

  withCluster("in which nothing is, lacks every object", () => {
    const { status, findings } = verify();
    expect(status).toBe(1);
    expect(findings.length).toBeGreaterThan(50);
    expect(findings.filter((line) => !line.includes(": object-missing: "))).toEqual([]);
  });

  withCluster("that has what is generated is verified", async () => {
    await applyAll();
    await server.apply(JSON.stringify(pod(["order", "istio-proxy"])));
    const { status, findings, stderr } = verify();
    expect(findings).toEqual([]);
    expect(stderr).toMatch(/^\d+ objects and 12 workloads looked at: 0 errors, 11 warnings\n$/);
    expect(status).toBe(0);
  });

  withCluster("whose mesh has another trust domain is told before nobody is let in", async () => {
    await kubectl("delete", "pod", "order-1", "-n", "larder", "--force", "--grace-period=0");
    await server.apply(JSON.stringify(pod(["order", "istio-proxy"], "cluster.local")));
    const { status, findings } = verify();
    expect(findings).toEqual([
      expect.stringContaining(
        "trust-domain-differs: pod larder/order-1 of order has its identity from cluster.local, ",
      ),
    ]);
    expect(status).toBe(1);
  });

  withCluster("that somebody changed differs in just that, until the next apply", async () => {
    await kubectl(...patch("authorizationpolicy", { op: "add", path: "/spec/rules/-", value: {} }));
    const fault = { abort: { httpStatus: 500, percentage: { value: 1 } } };
    await kubectl(...patch("virtualservice", { op: "add", path: "/spec/http/0/fault", value: fault }));
    await kubectl(...patch("deployment", { op: "replace", path: "/spec/replicas", value: 7 }));
    await kubectl("delete", "networkpolicy", "order", "-n", "larder");
    await kubectl("delete", "pod", "order-1", "-n", "larder", "--force", "--grace-period=0");
    for (const object of [backdoor, past, pod(["order"])]) await server.apply(JSON.stringify(object));
    const { status, findings } = verify();
    expect(findings.map((line) => line.replace(/ Mend: .*/, ""))).toEqual([
      expect.stringMatching(
        /^mesh\/kubernetes\/staging\/order\.yaml:\d+: object-differs: Deployment larder\/order has another spec\.replicas /,
      ),
      expect.stringContaining("object-missing: NetworkPolicy larder/order is not there"),
      expect.stringContaining("object-differs: AuthorizationPolicy larder/order has another spec.rules "),
      expect.stringContaining("object-differs: VirtualService larder/order has another spec.http[0].fault "),
      expect.stringContaining("object-left: VirtualService larder/past is there, and no longer generated"),
      expect.stringContaining("policy-foreign (warning): AuthorizationPolicy larder/backdoor is there, "),
      expect.stringContaining("pod-without-proxy: pod larder/order-1 of order runs without istio-proxy"),
    ]);
    expect(status).toBe(1);
    await applyAll();
    expect(verify().findings).toHaveLength(3);
  });

  withCluster("that does not know a kind is told which", async () => {
    await kubectl("delete", "customresourcedefinition", "telemetries.telemetry.istio.io");
    expect(verify().findings).toContainEqual(
      expect.stringContaining("kind-unknown: the cluster does not know Telemetry of telemetry.istio.io/v1"),
    );
  });

  withCluster("that is not there is one clear line", () => {
    expect(verify("--context", "nowhere")).toMatchObject({
      status: 2,
      findings: [],
      stderr: expect.stringMatching(/^meshc: kubectl api-resources: .*"nowhere" does not exist\n$/),
    });
  });
});
