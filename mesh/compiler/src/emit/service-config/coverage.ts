// What clients do by themselves where there is no mesh.

import type { Coverage } from "../coverage/aspects.ts";

const nobody = { grade: "none", how: "a client cannot speak for others", instead: "nothing" } as const;

export const coverage: Coverage = {
  tested:
    "grpc-js 1.14, grpc-go 1.85 and grpcio 1.85, live: every case that a client decides; clients in Rust read no service config, so whoever calls " +
    "from there applies it, and none was tried",
  covers: {
    callers: nobody,
    identity: nobody,
    undeclared: nobody,
    deadline: { grade: "equal", how: "timeout; the kit sends it along; in Python whoever calls, from DEADLINES" },
    code: { grade: "equal", how: "DEADLINE_EXCEEDED" },
    streams: { grade: "weaker", how: "no field for it", instead: "the kit of the server" },
    idle: { grade: "none", how: "no field for it", instead: "the kit of the server" },
    retries: { grade: "equal", how: "retryPolicy" },
    unreached: {
      grade: "weaker",
      how: "transparent retries of gRPC, for streams that were refused; where nobody listens, a call fails at once",
      instead: "nothing",
    },
    budget: { grade: "equal", how: "back-off, retryThrottling" },
    concurrency: { grade: "none", how: "a client sees its own calls only", instead: "nothing" },
    ejection: { grade: "none", how: "not in the generated configs", instead: "nothing" },
    scopes: { grade: "none", how: "a client cannot check itself", instead: "the public process" },
    token: { grade: "none", how: "a client cannot check itself", instead: "the public process" },
    user: { grade: "none", how: "a client cannot check itself", instead: "the kit of the server" },
    rate: { grade: "none", how: "a client cannot check itself", instead: "the public process" },
    size: { grade: "none", how: "a client cannot check itself", instead: "the kit of the server" },
    origins: { grade: "none", how: "a client cannot do it", instead: "the public process" },
    devices: { grade: "none", how: "a client cannot check itself", instead: "nothing" },
    deviceLimits: { grade: "none", how: "a client cannot check itself", instead: "nothing" },
    audit: { grade: "none", how: "nothing is refused", instead: "nothing" },
  },
  cases: {
    allowed: "equal",
    unlisted: "nothing",
    foreign: "nothing",
    certless: "nothing",
    undeclared: "nothing",
    slow: "equal",
    slowCode: "equal",
    endless: "the kit",
    open: "the kit",
    silent: "the kit",
    failing: "equal",
    failingLarge: "equal",
    failingOther: "equal",
    failingOnce: "equal",
    unreached: "nothing",
    refused: "equal",
    full: "nothing",
    scoped: "equal",
    scopeless: "the process",
    tokenless: "the process",
    userless: "the kit",
    oversized: "the kit",
    many: "the process",
    device: "equal",
    deviceElsewhere: "nothing",
    deviceInside: "nothing",
    impostor: "nothing",
    manyFromDevices: "nothing",
    audited: "nothing",
  },
  inLanguage: {
    // They keep 256 KiB of a request for the next try, where grpc-js keeps 1 MiB.
    go: { failingLarge: "nothing" },
    python: { slow: "the kit", slowCode: "the kit", failingLarge: "nothing", refused: "nothing" },
  },
};
