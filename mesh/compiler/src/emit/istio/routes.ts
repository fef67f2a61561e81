// Time and tries of a route. Without a word on retries Istio would try every call twice more, whatever the method does.

import { hostOf } from "../../environment-model.ts";
import type { Method, Workload } from "../../model.ts";
import { backOff } from "../back-off.ts";
import { backstop, seconds, type Timed } from "../backstop.ts";
import type { InCluster } from "../cluster.ts";
import { headersOf, sharesOf, type Track } from "../tracks.ts";
import { neverReached, retriesOf, retryConditions } from "../tries.ts";
import type { Yaml, YamlMap } from "../yaml.ts";

/** What a route matches, and where it leads. */
export type Leading = (headers: YamlMap, to: YamlMap) => Yaml;

/**
 * The routes for calls of one kind: by weight over the versions of a workload, and before it, where the environment names
 * headers for its canary, the one for calls that have them.
 */
export function routesTo(environment: InCluster, { name }: Workload, route: Leading): Yaml[] {
  const to = (subset?: Track, weight?: number): YamlMap => ({
    destination: { host: hostOf(environment, name), subset, port: { number: environment.port } },
    weight,
  });
  const canary = environment.workloads[name]?.canary;
  if (!canary) return [route({}, { route: [to()] })];
  const asked = headersOf(canary).map(([header, exact]) => [header, { exact }]);
  return [
    ...(asked.length > 0 ? [route({ headers: Object.fromEntries(asked) }, { route: [to("canary")] })] : []),
    route({}, { route: sharesOf(canary).map(({ track, weight }) => to(track, weight)) }),
  ];
}

/** What the environment does to calls of a method on purpose. */
export function faultOf(environment: InCluster, { id, service }: Method): YamlMap {
  const fault = environment.workloads[service.workload]?.faults.find(({ method }) => method === id);
  if (!fault) return {};
  const { percent, delayMs, abort } = fault;
  const percentage = { value: percent };
  return {
    fault: {
      delay: delayMs === undefined ? undefined : { percentage, fixedDelay: seconds(delayMs) },
      abort: abort === undefined ? undefined : { percentage, grpcStatus: abort },
    },
  };
}

/**
 * The limit of a route, behind the client's own: what it ends is UNAVAILABLE. There is none for a single try: Istio sends
 * it on as the deadline, and a slow try would end now as one code, now as another. Absent means no limit.
 */
export function limits({ deadlineMs, stream }: Timed): YamlMap {
  const longest = deadlineMs ?? stream?.maxMs;
  return { timeout: longest === undefined ? undefined : seconds(backstop(longest)) };
}

const tries = (attempts: number, on: readonly string[]): YamlMap => ({
  retries: { attempts, retryOn: [...on, ...neverReached].join(","), backoff: seconds(backOff.baseMs) },
});

/** One more try for what never reached a handler. Without it a rolling restart would fail calls. */
export const onlyUnreached: YamlMap = tries(1, []);

/** The tries of the contract. `attempts` are those after the first. */
export const triesOf = (method: Method): YamlMap =>
  method.kind === "unary" ? tries(retriesOf(method), retryConditions(method)) : onlyUnreached;
