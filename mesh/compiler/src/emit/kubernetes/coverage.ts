// What a cluster enforces without a mesh: packets between pods.

import type { Coverage } from "../coverage/aspects.ts";

const process = {
  grade: "none",
  how: "knows pods and ports, not calls",
  instead: "the kit and its service config",
} as const;
const mesh = { grade: "none", how: "knows pods and ports, not calls", instead: "the mesh" } as const;

export const coverage: Coverage = {
  tested:
    "Kubernetes 1.37 and prometheus-operator 0.85: strict schemas; Istio 1.31: its proxy in each pod, by its own template",
  covers: {
    callers: { grade: "weaker", how: "NetworkPolicy: workloads, not methods", instead: "the mesh" },
    identity: { grade: "weaker", how: "labels of pods", instead: "the mesh" },
    undeclared: {
      grade: "weaker",
      how: "NetworkPolicy: callees, destinations, DNS and the control plane",
      instead: "the mesh",
    },
    deadline: process,
    code: process,
    streams: process,
    idle: process,
    retries: process,
    unreached: process,
    budget: process,
    concurrency: mesh,
    ejection: { grade: "weaker", how: "readiness", instead: "the mesh" },
    scopes: { ...process, instead: "the public process" },
    token: { ...process, instead: "the public process" },
    user: { ...process, instead: "the kit" },
    rate: { ...process, instead: "the public process" },
    size: { ...process, instead: "the kit" },
    origins: { ...process, instead: "the public process" },
    devices: { grade: "none", how: "knows pods and ports, not certificates", instead: "the mesh" },
    deviceLimits: { grade: "none", how: "knows pods and ports, not calls", instead: "the process" },
    audit: { grade: "none", how: "a NetworkPolicy refuses or does not", instead: "the mesh" },
  },
  cases: {
    allowed: "unrun",
    unlisted: "the mesh",
    foreign: "the mesh",
    certless: "the mesh",
    undeclared: "the mesh",
    slow: "the kit",
    slowCode: "the kit",
    endless: "the kit",
    open: "the kit",
    silent: "the kit",
    failing: "the kit",
    failingLarge: "the kit",
    failingOther: "unrun",
    failingOnce: "unrun",
    unreached: "the kit",
    refused: "the kit",
    full: "the mesh",
    scoped: "unrun",
    scopeless: "the process",
    tokenless: "the process",
    userless: "the kit",
    oversized: "the kit",
    many: "the process",
    device: "the mesh",
    deviceElsewhere: "the mesh",
    deviceInside: "the mesh",
    impostor: "the mesh",
    manyFromDevices: "the process",
    audited: "the mesh",
  },
};
