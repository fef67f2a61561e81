// What is tried against a target, and what the target says will become of it. The whole-system suites run the cases and hold
// each target to its word: a target that does worse fails them, and so does one that does better than it says.

import type { Aspect } from "./aspects.ts";

/** Who does what the target itself does not: the kit at either end, the process that is called, its proxy, a mesh; or nobody. */
export type Keeper = "the kit" | "the process" | "the callee" | "the mesh" | "nothing";

/**
 * How a case comes out with neither end on the kit. `equal`: as the contract says. A keeper: weaker, and who does it instead; at
 * times: so or so, by chance. `unrun`: checked by what the target's tools say, not run.
 */
export type Standing = "equal" | "unrun" | Keeper | `${Keeper}, at times`;

/** Each with what a reader calls it and the aspect of the contract that it tries. */
export const cases = {
  allowed: { name: "a caller that the method names", aspect: "callers" },
  unlisted: { name: "a workload that it does not name", aspect: "callers" },
  foreign: { name: "the caller's name in another namespace", aspect: "identity" },
  certless: { name: "no certificate", aspect: "identity" },
  undeclared: { name: "an undeclared call, before it leaves", aspect: "undeclared" },
  slow: { name: "a callee that does not answer, a caller with endless patience", aspect: "deadline" },
  slowCode: { name: "the code that such a caller gets", aspect: "code" },
  endless: { name: "a stream that goes on", aspect: "streams" },
  open: { name: "the same, whose caller goes on too", aspect: "streams" },
  silent: { name: "a stream that falls silent", aspect: "idle" },
  failing: { name: "failure on each try of a method with retries", aspect: "retries" },
  failingLarge: { name: "the same with a request of half a MiB", aspect: "retries" },
  failingOther: { name: "failure with a code that is not retried", aspect: "retries" },
  failingOnce: { name: "failure of a method without retries", aspect: "retries" },
  unreached: { name: "a call for which there is no process", aspect: "unreached" },
  refused: { name: "a call that the process refused unseen", aspect: "unreached" },
  full: { name: "one more call than an instance takes", aspect: "concurrency" },
  scoped: { name: "a token with the scopes", aspect: "scopes" },
  scopeless: { name: "a token without one of them", aspect: "scopes" },
  tokenless: { name: "no token", aspect: "token" },
  userless: { name: "no user, where one is needed", aspect: "user" },
  oversized: { name: "a longer request than the edge takes", aspect: "size" },
  many: { name: "more calls a second than the edge takes", aspect: "rate" },
  device: { name: "a device, at a method for devices", aspect: "devices" },
  deviceElsewhere: { name: "a device, at another method", aspect: "devices" },
  deviceInside: { name: "a device, where the mesh comes in", aspect: "devices" },
  impostor: { name: "a workload, where devices come in", aspect: "devices" },
  manyFromDevices: { name: "more calls a second than devices may make", aspect: "deviceLimits" },
  audited: { name: "a workload in audit mode, a caller that it does not name", aspect: "audit" },
} as const satisfies Record<string, { readonly name: string; readonly aspect: Aspect }>;

export type CaseName = keyof typeof cases;

export type Standings = Readonly<Record<CaseName, Standing>>;

/** What a reader calls a standing. */
export const standingWords = (standing: Standing): string => {
  if (standing === "equal") return "equal";
  return standing === "unrun" ? "checked, not run" : `weaker: ${standing}`;
};
