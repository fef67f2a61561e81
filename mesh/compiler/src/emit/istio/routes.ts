// Time and tries of a route. Without a word on retries Istio would try every call twice more, whatever the method does.

import { hostOf } from "../../environment-model.ts";
import type { Method, Workload } from "../../model.ts";
import { backOff } from "../back-off.ts";
import { backstop, seconds, type Timed } from "../backstop.ts";
import type { InCluster } from "../cluster.ts";
import { neverReached, retriesOf, retryConditions } from "../tries.ts";
import type { YamlMap } from "../yaml.ts";

export const routeTo = (environment: InCluster, { name }: Workload): YamlMap => ({
  route: [{ destination: { host: hostOf(environment, name), port: { number: environment.port } } }],
});

/**
 * The limit of a route, behind the client's own: what it ends is UNAVAILABLE. There is none for a single try: Istio sends
 * it on as the deadline, and a slow try would end now as one code, now as another. A stream that the client keeps open is
 * not counted until the client has ended its side. Absent means no limit.
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
