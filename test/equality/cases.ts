// The cases: what is done, and what the protos allow to become of it. A target brings a rig, on which all of them run alike.

import type { CaseName, Standing } from "../../mesh/compiler/src/emit/coverage/cases.ts";
import { until } from "../until.ts";
import type { Behaviour, Callee } from "./callee.ts";
import { bodyOf, type Client, type Code } from "./client.ts";
import { CALLER, deviceMethods, edgeMethods, LIMIT, MAX_REQUEST_BYTES, methods, STRANGER } from "./contract.ts";
import { calleeOnKit } from "./kit.ts";

/** How a case came out. */
export interface Observed {
  readonly code: Code | "UNREPORTED";
  /** How many calls arrived at the process, or where a case says so at the proxy of the callee. */
  readonly tries: number;
}

/** What the contract allows. */
export interface Allowed {
  readonly codes: readonly Observed["code"][];
  readonly tries: readonly [atLeast: number, atMost: number];
}

/** Who dials the callee: a workload of the namespace, one of another namespace, or somebody with no certificate. */
export type Dialler = { readonly workload: string; readonly namespace?: string } | "certless";

/** A callee under the policy of a target, and the ways to it. */
export interface Rig {
  readonly callee: Callee;
  /** The way out of the caller, without the kit. */
  readonly out: Client;
  /** The way out of the caller on the kit. Settles with the code. */
  readonly kit: (path: string) => Promise<Code>;
  /** The callee's side as somebody else dials it. */
  dial(dialler: Dialler): Promise<Client>;
  /** How many requests the callee's side has seen, at its proxy where there is one. */
  seen(): Promise<number>;
  /** The way in from outside. */
  readonly edge: EdgeRig;
  /** The way in for devices. */
  readonly devices: DevicesRig;
  /** A call from a workload that the method does not name, where the callee is in audit mode. */
  audited(path: string): Promise<Observed>;
}

export interface EdgeRig {
  /** Calls a method with a token that has these scopes; undefined: without a token. */
  call(path: string, scopes: readonly string[] | undefined, body?: Buffer): Promise<Observed>;
  /** Calls more often than the edge takes. Settles with a refusal, or with what came last if there was none. */
  hurry(path: string): Promise<Observed>;
}

export interface DevicesRig {
  /** Calls a method where devices come in, with the certificate of a device or of a workload. */
  call(path: string, as: "device" | "workload"): Promise<Observed>;
  /** Calls a method where the mesh comes in, with the certificate of a device. */
  inside(path: string): Promise<Observed>;
  /** Calls more often than devices may. Settles with a refusal, or with what came last if there was none. */
  hurry(path: string): Promise<Observed>;
}

const failures: readonly Code[] = [
  "CANCELLED",
  "UNKNOWN",
  "DEADLINE_EXCEEDED",
  "RESOURCE_EXHAUSTED",
  "ABORTED",
  "INTERNAL",
  "UNAVAILABLE",
];

/** What the protos allow. */
export const allowed: Readonly<Record<CaseName, Allowed>> = {
  allowed: { codes: ["OK"], tries: [1, 1] },
  unlisted: { codes: ["PERMISSION_DENIED"], tries: [0, 0] },
  foreign: { codes: ["PERMISSION_DENIED"], tries: [0, 0] },
  certless: { codes: ["UNAVAILABLE"], tries: [0, 0] },
  undeclared: { codes: ["PERMISSION_DENIED"], tries: [0, 0] },
  slow: { codes: failures, tries: [1, 1] },
  slowCode: { codes: ["DEADLINE_EXCEEDED"], tries: [1, 1] },
  endless: { codes: failures, tries: [1, 1] },
  open: { codes: failures, tries: [1, 1] },
  silent: { codes: failures, tries: [1, 1] },
  failing: { codes: ["UNAVAILABLE"], tries: [methods.retried.tries, methods.retried.tries] },
  failingLarge: { codes: ["UNAVAILABLE"], tries: [methods.retried.tries, methods.retried.tries] },
  failingOther: { codes: ["RESOURCE_EXHAUSTED"], tries: [1, 1] },
  failingOnce: { codes: ["UNAVAILABLE"], tries: [1, 1] },
  unreached: { codes: ["UNAVAILABLE", "OK"], tries: [2, 2] },
  refused: { codes: ["OK"], tries: [2, 2] },
  full: { codes: ["RESOURCE_EXHAUSTED"], tries: [0, 0] },
  scoped: { codes: ["OK"], tries: [1, 1] },
  scopeless: { codes: ["PERMISSION_DENIED"], tries: [0, 0] },
  tokenless: { codes: ["UNAUTHENTICATED"], tries: [0, 0] },
  userless: { codes: ["UNAUTHENTICATED"], tries: [0, 0] },
  oversized: { codes: ["RESOURCE_EXHAUSTED"], tries: [0, 0] },
  many: { codes: ["RESOURCE_EXHAUSTED"], tries: [0, 0] },
  device: { codes: ["OK"], tries: [1, 1] },
  deviceElsewhere: { codes: ["PERMISSION_DENIED"], tries: [0, 0] },
  deviceInside: { codes: ["UNAVAILABLE"], tries: [0, 0] },
  impostor: { codes: ["UNAVAILABLE"], tries: [0, 0] },
  manyFromDevices: { codes: ["RESOURCE_EXHAUSTED"], tries: [0, 0] },
  audited: { codes: ["OK"], tries: [1, 1] },
};

/** As long as a client waits for what may never come. */
const PATIENCE_MS = { silence: 3000, stream: 9000, full: 2000 };
const keptOpen = { patienceMs: PATIENCE_MS.stream, keepOpen: true };
const LARGE = bodyOf(1 << 19);
const OVERSIZED = bodyOf(MAX_REQUEST_BYTES + 100_000);

type Run = (rig: Rig) => Promise<Observed>;

/** A call by `use` at a callee that behaves so, and how many calls arrived for it. */
const behaving =
  (behaviour: Behaviour, use: (rig: Rig) => Promise<Code>): Run =>
  async (rig) => {
    const { callee } = rig;
    callee.reset();
    callee.behaviour = behaviour;
    const code = await use(rig);
    return { code, tries: callee.arrived.length };
  };

const answering = (use: (rig: Rig) => Promise<Code>): Run => behaving({ does: "answer" }, use);
const by = (dialler: Dialler) => answering(async (rig) => dialled(rig, dialler, methods.once.path));

async function dialled(rig: Rig, dialler: Dialler, path: string): Promise<Code> {
  const client = await rig.dial(dialler);
  try {
    return await client.call(path);
  } finally {
    client.close();
  }
}

/** With neither end on the kit. */
export const raw: Readonly<Record<CaseName, Run>> = {
  allowed: answering(({ out }) => out.call(methods.once.path)),
  unlisted: by({ workload: STRANGER }),
  foreign: by({ workload: CALLER, namespace: "elsewhere" }),
  certless: by("certless"),
  async undeclared(rig) {
    rig.callee.reset();
    const before = await rig.seen();
    const code = await rig.out.call(methods.undeclared.path);
    return { code, tries: (await rig.seen()) - before };
  },
  slow: behaving({ does: "hang" }, ({ out }) => out.call(methods.retried.path)),
  slowCode: behaving({ does: "hang" }, ({ out }) => out.call(methods.retried.path)),
  endless: behaving({ does: "talk" }, ({ out }) => out.call(methods.stream.path, { patienceMs: PATIENCE_MS.stream })),
  open: behaving({ does: "talk" }, ({ out }) => out.call(methods.stream.path, keptOpen)),
  silent: behaving({ does: "fall silent" }, ({ out }) =>
    out.call(methods.stream.path, { patienceMs: PATIENCE_MS.silence }),
  ),
  failing: behaving({ does: "fail", code: "UNAVAILABLE" }, ({ out }) => out.call(methods.retried.path)),
  failingLarge: behaving({ does: "fail", code: "UNAVAILABLE" }, ({ out }) =>
    out.call(methods.retried.path, { body: LARGE }),
  ),
  failingOther: behaving({ does: "fail", code: "RESOURCE_EXHAUSTED" }, ({ out }) => out.call(methods.retried.path)),
  failingOnce: behaving({ does: "fail", code: "UNAVAILABLE" }, ({ out }) => out.call(methods.once.path)),
  async unreached(rig) {
    rig.callee.reset();
    const before = await rig.seen();
    const code = await rig.callee.without(() => rig.out.call(methods.once.path));
    return { code, tries: (await rig.seen()) - before };
  },
  refused: behaving({ does: "refuse once" }, ({ out }) => out.call(methods.once.path)),
  async full({ callee, out }) {
    callee.reset();
    callee.behaviour = { does: "hang" };
    const enough = new AbortController();
    const held = Array.from({ length: LIMIT }, () =>
      out.call(methods.once.path, { signal: enough.signal, patienceMs: 60_000 }),
    );
    await until("the callee to be full", () => callee.open.size === LIMIT);
    const code = await out.call(methods.once.path, { patienceMs: PATIENCE_MS.full });
    const tries = callee.arrived.length - LIMIT;
    enough.abort();
    await Promise.all(held);
    return { code, tries };
  },
  scoped: ({ edge }) => edge.call(edgeMethods.scoped.path, edgeMethods.scoped.scopes),
  scopeless: ({ edge }) => edge.call(edgeMethods.scoped.path, ["others"]),
  tokenless: ({ edge }) => edge.call(edgeMethods.scoped.path, undefined),
  userless: answering(({ out }) => out.call(methods.ofUser.path)),
  oversized: ({ edge }) => edge.call(edgeMethods.open.path, undefined, OVERSIZED),
  many: ({ edge }) => edge.hurry(edgeMethods.open.path),
  device: ({ devices }) => devices.call(deviceMethods.theirs.path, "device"),
  deviceElsewhere: ({ devices }) => devices.call(deviceMethods.others.path, "device"),
  deviceInside: ({ devices }) => devices.inside(deviceMethods.theirs.path),
  impostor: ({ devices }) => devices.call(deviceMethods.theirs.path, "workload"),
  manyFromDevices: ({ devices }) => devices.hurry(deviceMethods.theirs.path),
  audited: (rig) => rig.audited(methods.once.path),
};

/** A call from the kit to a bare process. */
const fromKit = (behaviour: Behaviour, path: string): Run => behaving(behaviour, ({ kit }) => kit(path));

/** A call from no kit to a process on it. */
const toKit =
  (behaviour: Behaviour, use: (rig: Rig) => Promise<Code>): Run =>
  (rig) =>
    calleeOnKit(rig.callee, async (callee) => {
      callee.behaviour = behaviour;
      const code = await use(rig);
      return { code, tries: callee.arrived.length };
    });

/** With the kit at the end that could do something about it. Where neither can, the case is not here. */
export const kit: Readonly<Partial<Record<CaseName, Run>>> = {
  allowed: fromKit({ does: "answer" }, methods.once.path),
  slow: fromKit({ does: "hang" }, methods.retried.path),
  slowCode: fromKit({ does: "hang" }, methods.retried.path),
  failing: fromKit({ does: "fail", code: "UNAVAILABLE" }, methods.retried.path),
  failingOther: fromKit({ does: "fail", code: "RESOURCE_EXHAUSTED" }, methods.retried.path),
  failingOnce: fromKit({ does: "fail", code: "UNAVAILABLE" }, methods.once.path),
  endless: toKit({ does: "talk" }, ({ out }) => out.call(methods.stream.path, { patienceMs: PATIENCE_MS.stream })),
  silent: toKit({ does: "fall silent" }, ({ out }) =>
    out.call(methods.stream.path, { patienceMs: PATIENCE_MS.silence }),
  ),
  userless: toKit({ does: "answer" }, ({ out }) => out.call(methods.ofUser.path)),
  oversized: toKit({ does: "answer" }, ({ out }) => out.call(methods.once.path, { body: OVERSIZED })),
};

export const isAllowed = (name: CaseName, { code, tries }: Observed): boolean => {
  const {
    codes,
    tries: [least, most],
  } = allowed[name];
  return codes.includes(code) && tries >= least && tries <= most;
};

/** Whether a case must come out as the contract says, by what the target says of it; undefined: it does not run there, or could do either. */
export const mustHold = (standing: Standing, onKit: boolean): boolean | undefined => {
  const [keeper, chance] = standing.split(", ");
  const held = standing === "equal" || (onKit && keeper === "the kit");
  return standing === "unrun" || (chance && !held) ? undefined : held;
};
