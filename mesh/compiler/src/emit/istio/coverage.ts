// What Istio enforces, as its own translation of our manifests shows; what a live mesh would add is said there.

import type { Coverage } from "../coverage/aspects.ts";

export const coverage: Coverage = {
  tested:
    "Istio 1.31, live: every case; istioctl validate and analyze, strict schemas, and its translation for every proxy",
  covers: {
    callers: {
      grade: "equal",
      how: "AuthorizationPolicy by principal and path at the callee; who is of another trust domain needs a mesh that trusts it",
    },
    identity: { grade: "equal", how: "PeerAuthentication STRICT" },
    undeclared: {
      grade: "weaker",
      how: "Sidecar and VirtualService know workloads, not callers: a call to an undeclared method of a declared callee leaves",
      instead: "the callee refuses it",
    },
    deadline: { grade: "equal", how: "timeout of the VirtualService, at the caller" },
    code: {
      grade: "weaker",
      how: "UNAVAILABLE or DEADLINE_EXCEEDED, by chance: the proxy takes the client's deadline for its own",
      instead: "the kit, where its clock is first",
    },
    streams: { grade: "equal", how: "timeout of the VirtualService, for a stream that the client keeps open too" },
    idle: { grade: "none", how: "no field for it", instead: "the kit" },
    retries: { grade: "equal", how: "retries of the VirtualService, stated for every route" },
    unreached: {
      grade: "weaker",
      how: "connect-failure and refused-stream; not where the callee's proxy stands and its process does not",
      instead: "readiness takes such an instance out",
    },
    budget: { grade: "equal", how: "backoff, retryBudget of the DestinationRule" },
    concurrency: {
      grade: "weaker",
      how: "inboundConnectionPool of the Sidecar; what is over is UNAVAILABLE, which callers may try again",
      instead: "the budget of retries",
    },
    ejection: { grade: "equal", how: "outlierDetection" },
    scopes: {
      grade: "equal",
      how: "RequestAuthentication, claims in the AuthorizationPolicy; behind a wildcard with a verb, segments are counted by the process",
    },
    token: {
      grade: "weaker",
      how: "PERMISSION_DENIED, where the contract's edge says UNAUTHENTICATED",
      instead: "nothing",
    },
    user: {
      grade: "weaker",
      how: "RequestAuthentication where userAssertion.jwksUri says where the keys are",
      instead: "the kit, always",
    },
    rate: {
      grade: "weaker",
      how: "an EnvoyFilter, where the environment allows it: a bucket in each proxy, for calls of the mesh too",
      instead: "the process, for each user",
    },
    size: { grade: "none", how: "only by an EnvoyFilter", instead: "the kit" },
    origins: {
      grade: "weaker",
      how: "corsPolicy on each route of the edge's VirtualService; not on the ingress's own answer that there is no such route",
      instead: "nothing",
    },
    devices: {
      grade: "equal",
      how: "a Gateway of their own, MUTUAL by their authority, whose routes tell the callee who they are; DENY at the ingress for whoever and whatever is not theirs, and a condition at the callee",
    },
    deviceLimits: { grade: "none", how: "no field for it", instead: "the process" },
    audit: { grade: "equal", how: "dry-run policies: denials are counted and logged" },
  },
  cases: {
    allowed: "equal",
    unlisted: "equal",
    foreign: "equal",
    certless: "equal",
    undeclared: "the callee",
    slow: "equal",
    slowCode: "nothing, at times",
    endless: "equal",
    open: "equal",
    silent: "the kit",
    failing: "equal",
    failingLarge: "equal",
    failingOther: "equal",
    failingOnce: "equal",
    unreached: "nothing",
    refused: "nothing",
    full: "nothing",
    scoped: "equal",
    scopeless: "equal",
    tokenless: "nothing",
    userless: "the kit",
    oversized: "the kit",
    many: "the process",
    device: "equal",
    deviceElsewhere: "equal",
    deviceInside: "equal",
    impostor: "equal",
    manyFromDevices: "the process",
    audited: "equal",
  },
};
