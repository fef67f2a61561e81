// What clients do by themselves where there is no mesh.

import type { Coverage } from "../coverage/aspects.ts";

const nobody = { grade: "none", how: "a client cannot speak for others", instead: "nothing" } as const;

export const coverage: Coverage = {
  tested: "grpc-js 1.14 and grpc-go 1.85, live",
  covers: {
    callers: nobody,
    identity: nobody,
    undeclared: nobody,
    deadline: { grade: "equal", how: "timeout; the kit sends it along" },
    code: { grade: "equal", how: "DEADLINE_EXCEEDED" },
    streams: { grade: "weaker", how: "no field for it", instead: "the kit of the server" },
    idle: { grade: "none", how: "no field for it", instead: "nothing" },
    retries: { grade: "equal", how: "retryPolicy" },
    unreached: { grade: "equal", how: "transparent retries of gRPC" },
    budget: { grade: "equal", how: "back-off, retryThrottling" },
    concurrency: { grade: "none", how: "a client sees its own calls only", instead: "nothing" },
    ejection: { grade: "none", how: "not in the generated configs", instead: "nothing" },
    scopes: { grade: "none", how: "a client cannot check itself", instead: "the public process" },
    token: { grade: "none", how: "a client cannot check itself", instead: "the public process" },
    user: { grade: "none", how: "a client cannot check itself", instead: "the kit of the server" },
    rate: { grade: "none", how: "a client cannot check itself", instead: "the public process" },
    size: { grade: "none", how: "a client cannot check itself", instead: "the kit of the server" },
    origins: { grade: "none", how: "a client cannot do it", instead: "the public process" },
    audit: { grade: "none", how: "nothing is refused", instead: "nothing" },
  },
};
