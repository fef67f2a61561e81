// Time limits of routes. Clients enforce deadlines themselves; what stands here holds when one does not.

import { backstop, seconds, type Timed } from "../backstop.ts";
import type { YamlMap } from "../yaml.ts";

/**
 * The time limits of a route. A shorter grpc-timeout of the client wins, and running out of time is DEADLINE_EXCEEDED:
 * `timeout` is off because it would answer UNAVAILABLE, which a next hop may retry.
 * `idle` says whether this hop is the one that ends silent streams; the hop behind it waits a little longer.
 */
export function timeLimits(method: Timed, idle: "first" | "behind"): YamlMap {
  const longest = method.deadlineMs ?? method.stream?.maxMs;
  const limit = longest === undefined ? "0s" : seconds(backstop(longest));
  const silence = method.stream?.idleMs ?? (longest === undefined ? 0 : undefined);
  return {
    timeout: "0s",
    ...(silence === undefined
      ? {}
      : { idle_timeout: seconds(idle === "first" ? silence : silence && backstop(silence)) }),
    max_stream_duration: { max_stream_duration: limit, grpc_timeout_header_max: limit },
  };
}
