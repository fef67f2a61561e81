// What each numbered set adds to the one before it, and what an operator must know of it.

import type { Canary, DeployedWorkload, Environment } from "../../environment-model.ts";
import type { Contract } from "../../model.ts";
import { isPublic } from "../cluster.ts";
import type { kinds } from "../istio/names.ts";

export interface SetOfParts {
  readonly folder: string;
  readonly title: string;
  /** The kinds of objects that it adds. None: it changes those that are there. */
  readonly kinds: readonly (keyof typeof kinds)[];
  /** Whether the environment asks for it. */
  isIn(contract: Contract, environment: Environment): boolean;
  /** The environment without what only higher sets do. */
  upTo(environment: Environment): Environment;
  /** What it does, what to apply before it, what to watch, and which other mesh has it: sentences. */
  readonly does: (environment: Environment) => string;
  readonly before?: string;
  readonly watch: string;
  readonly linkerd: string;
}

const always = () => true;
const withLimitAtEdge = (contract: Contract, { workloads, cluster }: Environment): boolean =>
  cluster?.envoyFilters === true &&
  contract.workloads.some((workload) => Object.hasOwn(workloads, workload.name) && isPublic(workload));

const mapped = (environment: Environment, change: (workload: DeployedWorkload) => DeployedWorkload): Environment => ({
  ...environment,
  workloads: Object.fromEntries(Object.entries(environment.workloads).map(([name, each]) => [name, change(each)])),
});
const withCanary = (environment: Environment, change: (canary: Canary) => Canary): Environment =>
  mapped(environment, ({ canary, ...rest }) => ({ ...rest, ...(canary ? { canary: change(canary) } : {}) }));

const withoutFaults = (environment: Environment) => mapped(environment, (each) => ({ ...each, faults: [] }));
const byWeightOnly = (environment: Environment) =>
  withCanary(withoutFaults(environment), (canary) => ({ ...canary, headers: {} }));
/** A canary may be there already: no call goes to it. */
const stableOnly = (environment: Environment) =>
  withCanary(byWeightOnly(environment), (canary) => ({ ...canary, weight: 0 }));

const some =
  (part: (workload: DeployedWorkload) => unknown) =>
  (_: Contract, { workloads }: Environment) =>
    Object.values(workloads).some((each) => Boolean(part(each)));

/** `a, b and c`, of what a part says of each workload that has it. */
function listed(
  { workloads }: Environment,
  part: (workload: DeployedWorkload, name: string) => readonly string[],
): string {
  const found = Object.entries(workloads).flatMap(([name, each]) => part(each, name));
  return [found.slice(0, -1).join(", "), found.at(-1)].filter(Boolean).join(" and ");
}

const canaries = (environment: Environment): string =>
  listed(environment, ({ canary }, name) =>
    canary && canary.weight > 0 ? [`${canary.weight} of 100 calls to ${name}`] : [],
  );
const asking = (environment: Environment): string =>
  listed(environment, ({ canary }, name) => {
    const headers = Object.entries(canary?.headers ?? {}).map(([header, value]) => `\`${header}: ${value}\``);
    return headers.length > 0 ? [`calls to ${name} with ${headers.join(" and ")}`] : [];
  });
const injected = (environment: Environment): string =>
  listed(environment, ({ faults }) =>
    faults.map(({ method, percent, delayMs, abort }) => {
      const what = [...(delayMs ? [`kept back for ${delayMs} ms`] : []), ...(abort ? [`answered ${abort}`] : [])];
      return `${percent} of 100 calls of \`${method}\` are ${what.join(", others ")}`;
    }),
  );

const byBackends =
  "the target linkerd makes it of the same environment, by the `backendRefs` of its routes; a Service for each version";

export const sets: readonly SetOfParts[] = [
  {
    folder: "010-strict-mtls",
    title: "strict mutual TLS",
    kinds: ["PeerAuthentication", "Telemetry"],
    isIn: always,
    upTo: stableOnly,
    does: () => "Who has no certificate of the mesh gets no connection: such a caller sees UNAVAILABLE.",
    watch: 'Before: `istio_requests_total{connection_security_policy!="mutual_tls"}` at the callees must not rise.',
    linkerd: "without a set: proxies always speak mutual TLS, and the default deny of `Server` refuses all others",
  },
  {
    folder: "020-authorization",
    title: "authorization",
    kinds: ["AuthorizationPolicy", "RequestAuthentication"],
    isIn: always,
    upTo: stableOnly,
    does: () => "A method answers the callers of the contract, with the scopes of the contract, and nobody else.",
    watch:
      'PERMISSION_DENIED is `istio_requests_total{grpc_response_status="7"}`; the access log of the callee says `rbac_access_denied`.',
    linkerd: "`AuthorizationPolicy` for each route; it reads no tokens, so scopes are left to the process",
  },
  {
    folder: "030-timeouts-and-retries",
    title: "timeouts and retries",
    kinds: ["VirtualService", "DestinationRule", "Gateway"],
    isIn: always,
    upTo: stableOnly,
    does: () =>
      "Every route ends behind the deadline of its method and tries again what the contract allows; an instance that fails is left out where others remain; the way in is open, for devices too where methods are for them.",
    watch:
      '`istio_requests_total{response_flags="UT"}`: ended by the route; `"URX"`: no try is left; `"UO"`: too many at once.',
    linkerd: "annotations of a route; no retry for what reached no handler, no limit of connections",
  },
  {
    folder: "040-canary",
    title: "a canary by weight",
    kinds: [],
    isIn: some(({ canary }) => canary && canary.weight > 0),
    upTo: byWeightOnly,
    does: (environment) => `The second version gets ${canaries(environment)}.`,
    before:
      "the pods of the canary, which the target kubernetes makes for this environment; 030 keeps calls away from them",
    watch:
      'Errors and time of `istio_requests_total{destination_workload=~".*-canary"}` against those of the stable version.',
    linkerd: byBackends,
  },
  {
    folder: "050-header-route",
    title: "a version by header",
    kinds: [],
    isIn: some(({ canary }) => canary && Object.keys(canary.headers).length > 0),
    upTo: withoutFaults,
    does: (environment) =>
      `The second version also gets all ${asking(environment)}. Processes do not pass the header on.`,
    before: "the pods of the canary, as for 040",
    watch: 'A call with the header shows up in `istio_requests_total{destination_workload=~".*-canary"}`.',
    linkerd: byBackends,
  },
  {
    folder: "060-faults",
    title: "injected delay and abort",
    kinds: [],
    isIn: some(({ faults }) => faults.length > 0),
    upTo: (environment) => environment,
    does: (environment) =>
      `At the callers' proxies, before any retry and outside the limit of the route: ${injected(environment)}.`,
    watch:
      '`istio_requests_total{reporter="source",response_flags=~"DI|FI"}`: delayed, aborted; then what callers make of it.',
    linkerd: "no fault injection: a workload of its own that fails would have to be routed to",
  },
  {
    folder: "070-egress",
    title: "egress scope",
    kinds: ["Sidecar", "ServiceEntry"],
    isIn: always,
    upTo: (environment) => environment,
    does: () =>
      "A workload reaches its callees and its destinations, no other; an instance takes so many calls at once.",
    watch:
      '`istio_requests_total{destination_service_name="BlackHoleCluster"}` and `istio_tcp_connections_opened_total` of the same.',
    linkerd: "no set: the NetworkPolicy of the target kubernetes stops what is not declared",
  },
  {
    folder: "080-rate-limit",
    title: "rate limit",
    kinds: ["EnvoyFilter"],
    isIn: withLimitAtEdge,
    upTo: (environment) => environment,
    does: ({ edge }) =>
      `Each instance of a public workload takes ${edge?.rateLimit.requestsPerSecond} requests a second, ${edge?.rateLimit.burst} at once. ` +
      "A bucket in each proxy (EnvoyFilter): there is no count over all instances, which would need a service of its own.",
    watch: '`istio_requests_total{response_flags="RL"}`: refused with RESOURCE_EXHAUSTED, over HTTP with 429.',
    linkerd: "`HTTPLocalRateLimitPolicy`, for each instance and without a burst",
  },
];
