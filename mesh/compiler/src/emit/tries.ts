// What is tried again, in the words that Envoy and the meshes built on it share.

import type { Method, RetryCode } from "../model.ts";

/** A call that no handler saw, so that every unary method may be tried once more. */
export const neverReached: readonly string[] = ["connect-failure", "refused-stream"];

const envoyNames: Readonly<Record<RetryCode, readonly string[]>> = {
  // A connection that breaks is UNAVAILABLE to a gRPC client, and to Envoy a reset.
  UNAVAILABLE: ["unavailable", "reset"],
  RESOURCE_EXHAUSTED: ["resource-exhausted"],
};

/** The conditions of the contract for another try of a method. */
export const retryConditions = (method: Method): readonly string[] =>
  (method.retry?.on ?? []).flatMap((code) => envoyNames[code]);

/** How often a unary method is tried after the first try: the contract counts that one, and meshes do not. */
export const retriesOf = (method: Method): number => Math.max(1, (method.retry?.maxAttempts ?? 1) - 1);
