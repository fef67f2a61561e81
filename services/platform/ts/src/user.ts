// Who stands behind a call: the calling workload as the sidecar proved it, and the end user as the edge asserted it.

import { readFile, stat } from "node:fs/promises";
import { createLocalJWKSet, errors, type JSONWebKeySet, jwtVerify } from "jose";
import type { User } from "./context.ts";
import { Code, CodedError } from "./errors.ts";

const ISSUER = "larder-gateway";
const AUDIENCE = "larder-internal";
// Clocks of two machines may differ by this much; the assertion itself lives a minute.
const CLOCK_TOLERANCE_SECONDS = 5;
const MAX_REMEMBERED = 1000;

/** Checks assertions of the end user against the keys in a file, which is read again when it has changed. */
export class UserVerifier {
  readonly #path: string | undefined;
  #version = "";
  readonly #known = new Map<string, { readonly user: User; readonly until: number }>();
  #keys: ReturnType<typeof createLocalJWKSet> | undefined;

  constructor(path: string | undefined) {
    this.#path = path;
  }

  /**
   * The user of an assertion that was verified before and still holds: an edge sends one assertion with several calls,
   * and a signature costs more than the rest of a request.
   */
  remembered(assertion: string): User | undefined {
    const found = this.#known.get(assertion);
    return found && Date.now() < found.until ? found.user : undefined;
  }

  /** Returns the user. Throws UNAUTHENTICATED, reason USER_ASSERTION_INVALID: forged, expired, or made for somebody else. */
  async verify(assertion: string): Promise<User> {
    try {
      if (!this.#keys) await this.#load();
      return await this.#check(assertion).catch(async (error: unknown) => {
        // The edge may have a new key: look once, and only if the file is another one.
        if (!(error instanceof errors.JWKSNoMatchingKey) || !(await this.#load())) throw error;
        return this.#check(assertion);
      });
    } catch (cause) {
      throw new CodedError(
        Code.UNAUTHENTICATED,
        "USER_ASSERTION_INVALID",
        "the assertion of the end user is not valid",
        { cause },
      );
    }
  }

  async #check(assertion: string): Promise<User> {
    if (!this.#keys) throw new Error("LARDER_USER_JWKS is not set");
    const { payload } = await jwtVerify(assertion, this.#keys, {
      algorithms: ["ES256"],
      issuer: ISSUER,
      audience: AUDIENCE,
      requiredClaims: ["sub", "exp"],
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
    });
    const scope = typeof payload.scope === "string" ? payload.scope : "";
    const user = { subject: payload.sub ?? "", scopes: scope.split(" ").filter(Boolean) };
    if (this.#known.size >= MAX_REMEMBERED) this.#known.clear();
    this.#known.set(assertion, { user, until: (payload.exp ?? 0) * 1000 });
    return user;
  }

  /** Returns whether the keys are others than before. */
  async #load(): Promise<boolean> {
    if (!this.#path) return false;
    const { mtimeMs, ino, size } = await stat(this.#path);
    const version = `${ino}:${mtimeMs}:${size}`;
    if (version === this.#version) return false;
    this.#keys = createLocalJWKSet(JSON.parse(await readFile(this.#path, "utf8")) as JSONWebKeySet);
    this.#version = version;
    this.#known.clear();
    return true;
  }
}

/**
 * Reads the caller from `x-forwarded-client-cert`: the last `URI=` outside quotes of the last element, which is
 * the one that our own sidecar wrote. A workload of this mesh is given by its name, anybody else by the whole identity.
 */
export function callerReader(trustDomain: string, namespace: string): (header: string) => string | undefined {
  const prefix = `spiffe://${trustDomain}/ns/${namespace}/sa/`;
  const known = new Map<string, string | undefined>();
  return (header) => {
    if (known.has(header)) return known.get(header);
    const element =
      header
        .replace(/"(?:[^"\\]|\\.)*"/g, "")
        .split(",")
        .at(-1) ?? "";
    const pair = element.split(";").findLast((it) => it.trim().startsWith("URI="));
    const identity = pair?.trim().slice("URI=".length);
    const caller = identity?.startsWith(prefix) ? identity.slice(prefix.length) : identity || undefined;
    // Certificates rotate, so that headers change; the number of callers is small.
    if (known.size >= 256) known.clear();
    known.set(header, caller);
    return caller;
  };
}
