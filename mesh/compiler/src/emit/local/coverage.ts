// What the sidecars of one machine enforce. The whole-system suites hold them to it.

import type { Coverage } from "../coverage/aspects.ts";

export const coverage: Coverage = {
  tested: "Envoy 1.40, live: every workload against every method",
  covers: {
    callers: { grade: "equal", how: "RBAC by SPIFFE id and path at the callee" },
    identity: { grade: "equal", how: "mutual TLS 1.3" },
    undeclared: { grade: "equal", how: "no route at the caller" },
    deadline: { grade: "equal", how: "max_stream_duration at both sidecars" },
    code: { grade: "equal", how: "DEADLINE_EXCEEDED" },
    streams: { grade: "equal", how: "max_stream_duration" },
    idle: { grade: "equal", how: "idle_timeout" },
    retries: { grade: "equal", how: "retry policy at the caller" },
    unreached: {
      grade: "equal",
      how: "connect-failure, refused-stream, and the callee's word that its process was not there",
    },
    budget: { grade: "equal", how: "back-off of the compiler, 20 % of the calls in progress" },
    concurrency: { grade: "equal", how: "circuit breaker at the callee; RESOURCE_EXHAUSTED" },
    ejection: { grade: "equal", how: "outlier detection" },
    scopes: { grade: "equal", how: "JWT and RBAC on each route of the edge" },
    token: { grade: "equal", how: "UNAUTHENTICATED" },
    user: { grade: "equal", how: "JWT at the callee" },
    rate: { grade: "equal", how: "local rate limit; RESOURCE_EXHAUSTED" },
    size: { grade: "equal", how: "buffer filter" },
    origins: { grade: "equal", how: "CORS filter of the edge" },
    audit: { grade: "none", how: "it always enforces", instead: "nothing: what is refused is in the access log" },
  },
};
