// A cluster against what the contract and an environment make for it.

import { deployed, type InCluster, nameLabel } from "../emit/cluster.ts";
import type { Contract, Location } from "../model.ts";
import { compare } from "../names.ts";
import type { Finding, Severity } from "../rules/rule.ts";
import { firstDifference } from "./differences.ts";
import { type ClusterObject, type Kubectl, resource, type Served } from "./kubectl.ts";
import { nameOf, type Wanted } from "./manifests.ts";
import type { ProbeResult } from "./probe.ts";

/** What was generated for a cluster: the objects of one target. */
export interface Generated {
  readonly target: string;
  readonly wanted: readonly Wanted[];
}

interface VerifyRule {
  readonly code: string;
  readonly severity: Severity;
  readonly mend: string;
}

const verifyRules = {
  unknownKind: {
    code: "kind-unknown",
    severity: "error",
    mend: "install what brings the kind, or leave its target out",
  },
  missing: { code: "object-missing", severity: "error", mend: "kubectl apply -k the folder" },
  differs: { code: "object-differs", severity: "error", mend: "kubectl apply -k the folder, or change the contract" },
  left: { code: "object-left", severity: "error", mend: "delete it, as kustomization.yaml of its target says" },
  foreign: { code: "policy-foreign", severity: "warning", mend: "delete it, or state what it does in the contract" },
  noProxy: { code: "pod-without-proxy", severity: "error", mend: "start the pod again once the namespace is injected" },
  otherTrust: {
    code: "trust-domain-differs",
    severity: "error",
    mend: "name the trust domain of the mesh in the environment, or that of the environment in the mesh, and start the pods again",
  },
  passed: {
    code: "probe-passed",
    severity: "error",
    mend: "look at the policy of the callee, and whether its proxy has it",
  },
  unknown: { code: "probe-unknown", severity: "warning", mend: "look at the pod of the caller, or try by hand" },
  noPods: { code: "workload-without-pods", severity: "warning", mend: "look at the events of its Deployment" },
} satisfies Record<string, VerifyRule>;

/** The groups whose kinds decide about calls, by mesh. */
const policyGroups: Readonly<Record<InCluster["cluster"]["mesh"], readonly string[]>> = {
  istio: ["security.istio.io", "networking.istio.io", "telemetry.istio.io"],
  linkerd: ["policy.linkerd.io", "gateway.networking.k8s.io"],
  none: [],
};

/** Groups in whose kinds a cluster fills in nothing by itself. */
const withoutDefaults = new Set(["security.istio.io", "networking.istio.io", "telemetry.istio.io"]);

/** The container of each mesh, and the variable in which its injector tells it the trust domain. */
const proxies = {
  istio: { name: "istio-proxy", trustDomain: "TRUST_DOMAIN" },
  linkerd: { name: "linkerd-proxy", trustDomain: "_l5d_trustdomain" },
  none: undefined,
} as const;

/** Everything that differs, in the order of the files. `at` is where findings about nothing generated are placed. */
export function verify(
  kubectl: Kubectl,
  contract: Contract,
  environment: InCluster,
  generated: readonly Generated[],
  at: Location,
): Finding[] {
  const served = kubectl.served();
  const all = generated.flatMap(({ wanted }) => wanted);
  const known = all.filter(({ object }) => isServed(served, object));
  const findings: Finding[] = [];
  const add = (rule: VerifyRule, subject: string, message: string, place = at) =>
    findings.push({ ...rule, subject, at: place, message });

  for (const [kind, first] of new Map(all.filter((one) => !known.includes(one)).map((one) => [kindOf(one), one]))) {
    add(verifyRules.unknownKind, kind, `the cluster does not know ${kind}`, first.at);
  }
  const live = new Map(liveOf(kubectl, known).map((object) => [keyOf(object), object]));
  for (const { object, at: place } of known) {
    const found = live.get(keyOf(object));
    if (!found) {
      add(verifyRules.missing, nameOf(object), `${nameOf(object)} is not there`, place);
      continue;
    }
    const path = differenceOf(object, found);
    if (path !== undefined) {
      add(verifyRules.differs, nameOf(object), `${nameOf(object)} has another ${path} in the cluster`, place);
    }
  }
  const wanted = new Set(all.map(({ object }) => keyOf(object)));
  for (const object of leftOver(kubectl, environment, generated, served)) {
    if (wanted.has(keyOf(object))) continue;
    add(verifyRules.left, nameOf(object), `${nameOf(object)} is there, and no longer generated`);
  }
  for (const object of foreignPolicies(kubectl, environment, served)) {
    add(verifyRules.foreign, nameOf(object), `${nameOf(object)} is there, and meshc did not write it`);
  }
  findings.push(...proxyFindings(kubectl, contract, environment, at));
  return findings;
}

const groupOf = ({ apiVersion }: Pick<Served, "apiVersion">): string =>
  apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "";
const kindOf = ({ object: { apiVersion, kind } }: Wanted): string => `${kind} of ${apiVersion}`;
const keyOf = (object: ClusterObject): string => `${groupOf(object)} ${nameOf(object)}`;
const isServed = (served: readonly Served[], { apiVersion, kind }: ClusterObject): boolean =>
  served.some((one) => one.apiVersion === apiVersion && one.kind === kind);

/** Of the head, only labels and annotations count, and only those that were generated: a cluster adds its own. */
function differenceOf(wanted: ClusterObject, live: ClusterObject): string | undefined {
  const head = ({ metadata: { labels = {}, annotations = {} } }: ClusterObject) => ({ labels, annotations });
  const content = ({ apiVersion, kind, metadata, status, ...rest }: ClusterObject) => rest;
  return (
    firstDifference(head(wanted), head(live), false, "metadata") ??
    firstDifference(content(wanted), content(live), withoutDefaults.has(groupOf(wanted)))
  );
}

function liveOf(kubectl: Kubectl, wanted: readonly Wanted[]): ClusterObject[] {
  const list = { apiVersion: "v1", kind: "List", items: wanted.map(({ object }) => object) };
  return wanted.length === 0 ? [] : kubectl.get(["-f", "-"], JSON.stringify(list));
}

/** The kinds of the objects of a target, and those of policy, of which it may have written some before. */
function leftOver(
  kubectl: Kubectl,
  { cluster }: InCluster,
  generated: readonly Generated[],
  served: readonly Served[],
): ClusterObject[] {
  return generated.flatMap(({ target, wanted }) => {
    const kinds = kindsOf([
      ...wanted.map(({ object }) => object).filter((object) => isServed(served, object)),
      ...served.filter((one) => policyGroups[cluster.mesh].includes(groupOf(one))),
    ]);
    const labels = [
      `app.kubernetes.io/part-of=${cluster.system}`,
      "app.kubernetes.io/managed-by=meshc",
      `mesh.v1/target=${target}`,
    ];
    return kinds === "" ? [] : kubectl.get([kinds, "--all-namespaces", "-l", labels.join(",")]);
  });
}

function foreignPolicies(kubectl: Kubectl, { cluster, namespace }: InCluster, served: readonly Served[]) {
  const groups = policyGroups[cluster.mesh];
  const kinds = kindsOf(
    served.filter((one) => one.namespaced && (groups.includes(groupOf(one)) || one.kind === "NetworkPolicy")),
  );
  return kubectl
    .get([kinds, "-n", namespace, "-l", "app.kubernetes.io/managed-by!=meshc"])
    .filter(({ metadata }) => metadata.ownerReferences === undefined);
}

const kindsOf = (kinds: readonly Pick<Served, "apiVersion" | "kind">[]): string =>
  [...new Set(kinds.map(resource))].sort(compare).join(",");

/** What the calls that had to be refused have shown. */
export function probeFindings(results: readonly ProbeResult[]): Finding[] {
  return results.flatMap(({ attempt: { caller, method }, what, detail }): Finding[] => {
    if (what === "refused") return [];
    const about = { subject: method.id, at: method.at };
    return what === "passed"
      ? [{ ...verifyRules.passed, ...about, message: `${caller} was not refused at ${method.id}: ${detail}` }]
      : [{ ...verifyRules.unknown, ...about, message: `nothing is known of ${caller} at ${method.id}: ${detail}` }];
  });
}

interface Pod extends ClusterObject {
  readonly spec?: { readonly containers?: readonly Container[]; readonly initContainers?: readonly Container[] };
  readonly status?: { readonly phase?: string };
}
interface Container {
  readonly name: string;
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
}

function proxyFindings(kubectl: Kubectl, contract: Contract, environment: InCluster, at: Location): Finding[] {
  const { cluster, namespace, trustDomain } = environment;
  const proxy = proxies[cluster.mesh];
  const pods = (kubectl.get(["pods", "-n", namespace, "-l", nameLabel]) as Pod[]).filter(
    ({ status }) => status?.phase !== "Succeeded" && status?.phase !== "Failed",
  );
  return deployed(contract, environment).flatMap(({ name }): Finding[] => {
    const own = pods.filter(({ metadata }) => metadata.labels?.[nameLabel] === name);
    if (own.length === 0) {
      return [{ ...verifyRules.noPods, subject: name, at, message: `${name} has no pod in ${namespace}` }];
    }
    return own.flatMap(({ metadata, spec = {} }): Finding[] => {
      const containers = [...(spec.containers ?? []), ...(spec.initContainers ?? [])];
      const beside = containers.find((one) => one.name === proxy?.name);
      const pod = `pod ${namespace}/${metadata.name} of ${name}`;
      if (!proxy) return [];
      if (!beside) {
        const message = `${pod} runs without ${proxy.name}: nothing holds its calls to the contract`;
        return [{ ...verifyRules.noProxy, subject: name, at, message }];
      }
      const trusted = beside.env?.find((one) => one.name === proxy.trustDomain)?.value;
      if (trusted === undefined || trusted === trustDomain) return [];
      const message = `${pod} has its identity from ${trusted}, and what is generated names callers of ${trustDomain}: nobody is let in`;
      return [{ ...verifyRules.otherTrust, subject: name, at, message }];
    });
  });
}
