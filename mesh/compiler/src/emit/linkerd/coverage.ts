// What Linkerd enforces, by its documentation: nothing of it runs here.

import type { Coverage } from "../coverage/aspects.ts";

export const coverage: Coverage = {
  tested: "Linkerd's resource definitions with Gateway API 1.6, strict; checked, not run",
  covers: {
    callers: { grade: "unchecked", how: "AuthorizationPolicy for each route of a Server" },
    identity: { grade: "unchecked", how: "MeshTLSAuthentication" },
    undeclared: {
      grade: "weaker",
      how: "routes know workloads, not callers: an undeclared call leaves",
      instead: "the callee refuses it, the NetworkPolicy stops it",
    },
    deadline: { grade: "unchecked", how: "timeout.linkerd.io/request" },
    code: { grade: "weaker", how: "not DEADLINE_EXCEEDED", instead: "the kit ends the call first" },
    streams: { grade: "unchecked", how: "timeout.linkerd.io/request" },
    idle: { grade: "unchecked", how: "timeout.linkerd.io/idle" },
    retries: { grade: "weaker", how: "retry.linkerd.io/grpc, for requests up to 64 KiB", instead: "nothing" },
    unreached: { grade: "none", how: "not without retrying every UNAVAILABLE", instead: "nothing" },
    budget: { grade: "none", how: "a limit of tries only", instead: "the limit on amplification of meshc check" },
    concurrency: { grade: "none", how: "no circuit breaker by count", instead: "nothing" },
    ejection: { grade: "unchecked", how: "consecutive failure accrual, on the Service" },
    scopes: { grade: "none", how: "reads no tokens", instead: "the public process" },
    token: { grade: "none", how: "reads no tokens", instead: "the public process: UNAUTHENTICATED" },
    user: { grade: "none", how: "reads no tokens", instead: "the kit" },
    rate: { grade: "weaker", how: "HTTPLocalRateLimitPolicy, without a burst", instead: "the process, for each user" },
    size: { grade: "none", how: "no field for it", instead: "the kit" },
    origins: { grade: "none", how: "no field for it", instead: "the process answers what gets to it" },
    audit: { grade: "unchecked", how: "accessPolicy: audit on the Server" },
  },
};
