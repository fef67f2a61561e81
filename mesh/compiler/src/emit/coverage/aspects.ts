// What a contract can ask for, and how a target can answer.

import { type Contract, DEVICE, EDGE, type Method } from "../../model.ts";
import type { Standings } from "./cases.ts";

/**
 * `equal`: enforced as the contract says. `weaker`: enforced, but for what `how` says. `none`: not enforced by this target.
 * `unchecked`: as the target's own documentation has it, not seen to hold by a test.
 */
export type Grade = "equal" | "weaker" | "none" | "unchecked";

/** The answer of a target to one aspect. */
export interface Cover {
  readonly grade: Grade;
  /** By what it is enforced, and what is missing. */
  readonly how: string;
  /** What does it instead, where the target does not or not wholly: the kit, the process, nothing. */
  readonly instead?: string;
}

/** Each with what a reader calls it, and the methods of a contract that ask for it. */
export const aspects = {
  callers: { name: "who may call a method", asks: () => true },
  identity: { name: "callers are who they say", asks: () => true },
  undeclared: { name: "calls that nobody declared do not leave", asks: () => true },
  deadline: {
    name: "an end to calls, behind the client's own deadline",
    asks: ({ deadlineMs }) => deadlineMs !== undefined,
  },
  code: { name: "the code of a call that was ended there", asks: ({ deadlineMs }) => deadlineMs !== undefined },
  streams: { name: "the longest a stream lasts", asks: ({ stream }) => stream !== undefined },
  idle: { name: "the end of a silent stream", asks: ({ stream }) => stream !== undefined },
  retries: { name: "more tries on the codes of the contract", asks: ({ retry }) => retry !== undefined },
  unreached: { name: "one more try for what reached no handler", asks: ({ kind }) => kind === "unary" },
  budget: { name: "back-off, and a budget of retries", asks: ({ retry }) => retry !== undefined },
  concurrency: { name: "calls in progress in one instance", asks: () => true },
  ejection: { name: "instances that fail are left out", asks: () => true },
  scopes: {
    name: "scopes of a token, on every path",
    asks: ({ scopes, callers }) => callers.includes(EDGE) && scopes.length > 0,
  },
  token: {
    name: "the code for a missing token",
    asks: ({ scopes, callers }) => callers.includes(EDGE) && scopes.length > 0,
  },
  user: { name: "the user behind a call", asks: ({ endUser }) => endUser !== "none" },
  rate: { name: "calls a second from outside", asks: ({ callers }) => callers.includes(EDGE) },
  size: { name: "the longest request from outside", asks: ({ callers }) => callers.includes(EDGE) },
  origins: {
    name: "pages of other origins read refusals too",
    asks: ({ callers }) => callers.includes(EDGE),
  },
  devices: {
    name: "devices, by certificates of an authority of their own",
    asks: ({ callers }) => callers.includes(DEVICE),
  },
  deviceLimits: { name: "how much devices may send", asks: ({ callers }) => callers.includes(DEVICE) },
  audit: { name: "report what would be refused, and let it pass", asks: () => true },
} as const satisfies Record<string, { readonly name: string; readonly asks: (method: Method) => boolean }>;

export type Aspect = keyof typeof aspects;

/** What a target says of itself. */
export interface Coverage {
  /** The versions of its readers that were tried, and how. */
  readonly tested: string;
  readonly covers: Readonly<Record<Aspect, Cover>>;
  readonly cases: Standings;
  /** Where clients of one language differ from the others. */
  readonly inLanguage?: Readonly<Record<string, Partial<Standings>>>;
}

/** How many methods of the contract ask for an aspect. */
export const asking = ({ services }: Contract, aspect: Aspect): number =>
  services.flatMap(({ methods }) => methods).filter(aspects[aspect].asks).length;
