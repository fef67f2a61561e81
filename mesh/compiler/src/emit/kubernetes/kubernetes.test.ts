// Manifests for Kubernetes as text and as meaning.

import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseEnvironment } from "../../environment.ts";
import { contractOf, proto, repository } from "../testing/contract.ts";
import { library, libraryCluster, libraryEnvironment, libraryFiles, libraryWithGatesText } from "../testing/library.ts";
import { type Any, objectsIn } from "../testing/manifests.ts";
import { emitKubernetes } from "./index.ts";

const contract = library();
const files = emitKubernetes(contract, libraryCluster());
const objects = objectsIn(files);
const emit = (change: (text: string) => string) => objectsIn(emitKubernetes(contract, libraryCluster(change)));

describe("text", () => {
  test.each(["namespace", "desk", "stock", "default-deny", "kustomization"])(
    "of %s is the one on record",
    async (name) => {
      const golden = join(repository, "mesh/compiler/testdata/emit/kubernetes", `${name}.yaml`);
      await expect(files.get(`${name}.yaml`)).toMatchFileSnapshot(golden);
    },
  );

  test("is the same whatever the order of files and statements", () => {
    const reversed = contractOf(Object.fromEntries(Object.entries(libraryFiles).reverse()));
    expect([...emitKubernetes(reversed, libraryCluster())]).toEqual([...files]);
  });

  test("is there for each workload that the environment runs, and no other", () => {
    expect([...files.keys()]).toEqual([
      "namespace.yaml",
      "desk.yaml",
      "stock.yaml",
      "default-deny.yaml",
      "kustomization.yaml",
    ]);
  });
});

describe("a pod", () => {
  const pod = objects["Deployment/stock"].spec.template.spec;
  const [container] = pod.containers;

  test("runs as nobody, and writes nowhere but in /tmp", () => {
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
    const writable = container.volumeMounts.filter(({ readOnly }: Any) => !readOnly);
    expect(writable).toEqual([{ name: "tmp", mountPath: "/tmp" }]);
  });

  test("is no user of the cluster", () => {
    expect(pod.automountServiceAccountToken).toBe(false);
    expect(objects["ServiceAccount/stock"].automountServiceAccountToken).toBe(false);
    expect(Object.keys(objects).filter((key) => /Role/.test(key))).toEqual([]);
  });

  test("is asked by gRPC how it is, and not killed for being slow to answer", () => {
    for (const probe of ["startupProbe", "readinessProbe", "livenessProbe"]) {
      expect(container[probe].grpc, probe).toEqual({ port: 50051 });
    }
    expect(container.livenessProbe.timeoutSeconds).toBe(5);
  });

  test("shares no zone and no node with its like where there are others", () => {
    const keys = pod.topologySpreadConstraints.map(({ topologyKey }: Any) => topologyKey);
    expect(keys).toEqual(["topology.kubernetes.io/zone", "kubernetes.io/hostname"]);
    for (const { labelSelector } of pod.topologySpreadConstraints) {
      expect(labelSelector.matchLabels).toEqual(objects["Deployment/stock"].spec.selector.matchLabels);
    }
  });

  test("has a proxy that is there before the process, and after it", () => {
    const annotations = (of: Record<string, Any>) => of["Deployment/stock"].spec.template.metadata.annotations;
    expect(annotations(objects)).toMatchObject({ "sidecar.istio.io/nativeSidecar": "true" });
    const linkerd = emit((text) => text.replace("mesh: istio", "mesh: linkerd"));
    expect(annotations(linkerd)).toMatchObject({ "config.beta.linkerd.io/proxy-enable-native-sidecar": "true" });
    expect(annotations(emit((text) => text.replace("mesh: istio", "mesh: none")))).toBeUndefined();
  });

  test("has what the environment gives it, and secrets by their names only", () => {
    expect(container.env).toEqual([
      { name: "STOCK_LISTEN", value: "0.0.0.0:50051" },
      { name: "STOCK_DATABASE_URL", valueFrom: { secretKeyRef: { name: "stock-database", key: "url" } } },
    ]);
    expect(container.image).toBe("registry.library.test/library/stock:1.2.3");
    expect(pod.volumes.at(-1)).toEqual({ name: "etc-library-keys", configMap: { name: "user-keys" } });
    const digest = `stock@sha256:${"0".repeat(64)}`;
    const pinned = emit((text) => text.replace("stock: {", `stock: { image: "${digest}",`));
    expect(pinned["Deployment/stock"].spec.template.spec.containers[0].image).toBe(digest);
  });

  test("is selected by labels that never change", () => {
    const name = { "app.kubernetes.io/name": "stock" };
    const stable = { ...name, "mesh.v1/track": "stable" };
    expect(objects["Deployment/stock"].spec.selector.matchLabels).toEqual(stable);
    expect(objects["Deployment/stock"].spec.template.metadata.labels).toMatchObject(stable);
    expect(objects["Service/stock"].spec.selector).toEqual(name);
    expect(objects["PodDisruptionBudget/stock"].spec.selector.matchLabels).toEqual(name);
  });
});

describe("a canary", () => {
  const withCanary = (canary: string) => (text: string) => text.replace("stock: {", `stock: { canary: ${canary},`);

  test("is a Deployment of its own, whose pods answer for the same Service", () => {
    const both = emit(withCanary("{ tag: v2, replicas: 3 }"));
    const { spec } = both["Deployment/stock-canary"];
    const labels = { "app.kubernetes.io/name": "stock", "mesh.v1/track": "canary" };
    expect(spec.selector.matchLabels).toEqual(labels);
    expect(spec.template.metadata.labels).toMatchObject(labels);
    expect(spec.replicas).toBe(3);
    expect(spec.template.spec.containers[0].image).toBe("registry.library.test/library/stock:v2");
    expect(spec.template.spec.serviceAccountName).toBe("stock");
    expect(both["Deployment/stock"]).toEqual(objects["Deployment/stock"]);
    expect(both["Service/stock"]).toEqual(objects["Service/stock"]);
    expect(objects).not.toHaveProperty("Deployment/stock-canary");
    const image = emit(withCanary("{ image: elsewhere/stock:v3 }"));
    expect(image["Deployment/stock-canary"].spec.template.spec.containers[0].image).toBe("elsewhere/stock:v3");
  });

  const inMesh = (mesh: string) => (text: string) =>
    withCanary("{ tag: v2 }")(text).replace("mesh: istio", `mesh: ${mesh}`);

  test("has a Service of its own where that is what the mesh goes by", () => {
    const linkerd = emit(inMesh("linkerd"));
    for (const track of ["stable", "canary"]) {
      const { selector, ports } = linkerd[`Service/stock-${track}`].spec;
      expect(selector).toEqual({ "app.kubernetes.io/name": "stock", "mesh.v1/track": track });
      expect(ports).toEqual(objects["Service/stock"].spec.ports);
    }
    expect(linkerd["Service/stock"].spec).toEqual(objects["Service/stock"].spec);
    expect(emit(inMesh("istio"))).not.toHaveProperty("Service/stock-canary");
  });

  test("is refused where no mesh tells it from the other version", () => {
    expect(() => emit(inMesh("none"))).toThrow(
      "the target kubernetes without a mesh cannot do what workloads.stock.canary asks for",
    );
  });
});

test("a port says that it speaks HTTP/2, in the word that every mesh knows", () => {
  expect(objects["Service/stock"].spec.ports).toEqual([
    { name: "grpc", port: 50051, targetPort: "grpc", appProtocol: "kubernetes.io/h2c" },
  ]);
});

describe("instances", () => {
  test("are as many as the environment says, and one at a time may be missing", () => {
    expect(objects["Deployment/stock"].spec.replicas).toBe(2);
    expect(objects["PodDisruptionBudget/stock"].spec.maxUnavailable).toBe(1);
    expect(objects["HorizontalPodAutoscaler/stock"]).toBeUndefined();
  });

  test("grow with their load where it says so, and then no apply takes them back", () => {
    const scaled = emit((text) => text.replace("stock: {", "stock: { autoscaling: { maxReplicas: 5 },"));
    expect(scaled["Deployment/stock"].spec).not.toHaveProperty("replicas");
    expect(scaled["HorizontalPodAutoscaler/stock"].spec).toMatchObject({ minReplicas: 2, maxReplicas: 5 });
    expect(scaled["HorizontalPodAutoscaler/stock"].spec.metrics[0].containerResource.target.averageUtilization).toBe(
      70,
    );
  });
});

describe("packets", () => {
  const peers = (rules: Any[], key: "from" | "to") => rules.map((rule) => JSON.stringify(rule[key]));
  const ports = (rules: Any[]) => rules.map((rule) => rule.ports.map(({ port }: Any) => port).join());
  const policy = (name: string, of = objects) => of[`NetworkPolicy/${name}`].spec;

  test("pass only where a policy says so", () => {
    expect(policy("deny-all")).toEqual({ podSelector: {}, policyTypes: ["Ingress", "Egress"] });
  });

  test("come from callers, the operator and whoever reads metrics", () => {
    const { ingress } = policy("stock");
    expect(ports(ingress)).toEqual(["50051", "50051", "50051", "15020"]);
    // Count is for every workload; archive is in another trust domain, so its pods are not in this cluster.
    expect(peers(ingress, "from")[0]).toBe('[{"podSelector":{}}]');
    expect(peers(ingress, "from")[1]).toContain('"app.kubernetes.io/name":"desk"');
    expect(peers(ingress, "from")[2]).toContain('"app.kubernetes.io/name":"operator"');
    expect(peers(ingress, "from").join()).not.toContain("legacy");
  });

  test("come from the namespace of an external workload of this trust domain", () => {
    const near = libraryFiles["acme/stock/v1/stock.proto"].replace(', trust_domain: "old.example"', "");
    const changed = contractOf({ ...libraryFiles, "acme/stock/v1/stock.proto": near });
    const { ingress } = policy("stock", objectsIn(emitKubernetes(changed, libraryCluster())));
    expect(peers(ingress, "from")).toContain(
      '[{"namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"legacy"}}}]',
    );
  });

  test("come from the ingress for devices", () => {
    const withGates = parseEnvironment(libraryWithGatesText, "library.yaml");
    const { ingress } = policy("gates", objectsIn(emitKubernetes(contract, withGates)));
    expect(JSON.stringify(ingress)).toContain('"kubernetes.io/metadata.name":"ingress"');
  });

  test("come from the ingress where a method is public, and nowhere else", () => {
    expect(JSON.stringify(policy("desk").ingress)).toContain('"kubernetes.io/metadata.name":"ingress"');
    expect(JSON.stringify(policy("stock").ingress)).not.toContain('"kubernetes.io/metadata.name":"ingress"');
  });

  test("go to callees, destinations, DNS and the control plane", () => {
    expect(ports(policy("desk").egress)).toEqual(["50051", "53,53", "15012"]);
    expect(ports(policy("stock").egress)).toEqual(["5432", "465", "53,53", "15012"]);
    expect(peers(policy("stock").egress, "to")[1]).toBe('[{"ipBlock":{"cidr":"192.0.2.25/32"}}]');
  });

  test("follow the mesh: Linkerd has other ports, and without one there is no control plane", () => {
    const linkerd = emit((text) => text.replace("mesh: istio", "mesh: linkerd"));
    expect(ports(policy("desk", linkerd).egress).at(-1)).toBe("8080,8086,8090");
    expect(ports(policy("desk", linkerd).ingress).at(-1)).toBe("9464");
    expect(linkerd["Namespace/reading"].metadata.annotations).toEqual({ "linkerd.io/inject": "enabled" });
    expect(linkerd["Namespace/reading"].metadata.labels).not.toHaveProperty("istio-injection");
    const none = emit((text) => text.replace("mesh: istio", "mesh: none"));
    expect(ports(policy("desk", none).egress).at(-1)).toBe("53,53");
  });
});

describe("a process with methods for devices", () => {
  const told = (change: (text: string) => string = (text) => text) => {
    const made = objectsIn(emitKubernetes(contract, parseEnvironment(change(libraryWithGatesText), "library.yaml")));
    const variables = (name: string) =>
      made[`Deployment/${name}`].spec.template.spec.containers[0].env.filter(({ name }: Any) =>
        name.startsWith("MESH_"),
      );
    expect(variables("stock")).toEqual([]);
    return Object.fromEntries(variables("gates").map(({ name, value }: Any) => [name, value]));
  };
  const MESH_DEVICE_TRUST_DOMAIN = "gates.library.test";

  test("is told their trust domain, and who alone may speak for them", () => {
    const MESH_DEVICE_INGRESS = "spiffe://library.test/ns/ingress/sa/ingress";
    expect(told()).toEqual({ MESH_DEVICE_INGRESS, MESH_DEVICE_TRUST_DOMAIN });
  });

  test("is told of no ingress where none is for devices", () => {
    expect(told((text) => text.replace("mesh: istio", "mesh: linkerd"))).toEqual({ MESH_DEVICE_TRUST_DOMAIN });
    expect(told((text) => text.replace(/^ {4}devices: .*\n/m, ""))).toEqual({ MESH_DEVICE_TRUST_DOMAIN });
  });

  test.each(["MESH_DEVICE_INGRESS", "MESH_DEVICE_TRUST_DOMAIN"])("cannot be told %s by hand", (name) => {
    expect(() => told((text) => text.replace("gates: {}", `gates: { settings: { ${name}: x } }`))).toThrow(
      `workloads.gates.settings has ${name}, which follows from devices and cluster.ingress`,
    );
  });
});

test("metrics are read where the mesh lets them be read, by a port that a container declares", () => {
  const [endpoint] = objects["PodMonitor/stock"].spec.podMetricsEndpoints;
  expect(endpoint).toMatchObject({ port: "ops", path: "/stats/prometheus" });
  const { ports } = objects["Deployment/stock"].spec.template.spec.containers[0];
  const declared = ports.find(({ name }: Any) => name === endpoint.port).containerPort;
  const [{ sourceLabels, regex, replacement, targetLabel }] = endpoint.relabelings;
  expect([sourceLabels, targetLabel]).toEqual([["__address__"], "__address__"]);
  for (const host of ["10.1.2.3", "[fd00::7]"]) {
    expect(`${host}:${declared}`.replace(new RegExp(`^(?:${regex})$`), replacement)).toBe(`${host}:15020`);
  }
  const none = emit((text) => text.replace("mesh: istio", "mesh: none"));
  expect(none["PodMonitor/stock"].spec.podMetricsEndpoints[0]).toEqual({
    port: "ops",
    path: "/metrics",
    interval: "15s",
  });
  const unwatched = emit((text) => text.replace(/ {2}monitoring: .*\n/, ""));
  expect(unwatched).not.toHaveProperty("PodMonitor/stock");
  const chosen = emit((text) =>
    text.replace(/( {2}monitoring: .*) }\n/, "$1, discoveryLabels: { release: stack } }\n"),
  );
  expect(chosen["PodMonitor/stock"].metadata.labels).toEqual({ release: "stack", "app.kubernetes.io/name": "stock" });
  expect(objects["PodMonitor/stock"].metadata.labels).toEqual({ "app.kubernetes.io/name": "stock" });
});

test("the list names every file, and labels what it holds by what it holds", () => {
  const list = objects["Kustomization/"];
  expect(list.resources).toEqual(["namespace.yaml", "desk.yaml", "stock.yaml", "default-deny.yaml"]);
  const generation = (of: Record<string, Any>) => of["Kustomization/"].labels[0].pairs["mesh.v1/generation"];
  expect(generation(objects)).toMatch(/^g[0-9a-f]{16}$/);
  expect(generation(emit((text) => text.replace("replicas: 2", "replicas: 3")))).not.toBe(generation(objects));
});

describe("what a cluster needs is missed by its name", () => {
  test.each([
    [/ {2}images: .*\n/, "workloads.desk has no image, and cluster.images says none for all"],
    [/requests: \{ cpu: 100m, memory: 64Mi \}, /, "workloads.desk.resources lacks requests.cpu, requests.memory"],
  ])("%s", (part, problem) => {
    expect(() => emit((text) => text.replace(part, ""))).toThrow(problem);
  });

  test("the workloads that run in it", () => {
    const empty = { ...libraryCluster(), workloads: {} };
    expect(() => emitKubernetes(contract, empty)).toThrow("name the workloads that run there under workloads");
  });

  test("the cluster itself, and a workload with the name of a file", () => {
    expect(() => emitKubernetes(contract, libraryEnvironment())).toThrow("needs the part cluster of the environment");
    for (const name of ["namespace", "kustomization", "default-deny"]) {
      const taken = contractOf({ "a/v1/a.proto": proto("a.v1", `option (mesh.v1.workload) = {name: "${name}"};`) });
      const cluster = libraryCluster((text) => text.replace(/workloads:.*/s, `workloads: { ${name}: {} }`));
      expect(() => emitKubernetes(taken, cluster)).toThrow(`a workload cannot be named ${name}`);
    }
  });
});
