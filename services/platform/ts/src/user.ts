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

/** Who is who in the identities of callers. */
export interface Callers {
  readonly namespace: string;
  readonly trustDomain: string;
  /** Absent: no ingress speaks for devices. */
  readonly deviceIngress?: string | undefined;
  readonly deviceTrustDomain: string;
}

/**
 * Reads the caller from `x-forwarded-client-cert`: the last `URI=` outside quotes of the last element, which is the one
 * that our own sidecar wrote. A workload of this mesh is given by its name, anybody else by the whole identity. At a
 * method for devices, where the caller is the ingress for them, it is the device that the ingress wrote before it, if that
 * and nothing else stands there.
 */
export function callerReader(callers: Callers): (header: string, forDevices: boolean) => string | undefined {
  const { deviceIngress } = callers;
  const workload = `spiffe://${callers.trustDomain}/ns/${callers.namespace}/sa/`;
  const devices = `spiffe://${callers.deviceTrustDomain}/`;
  const known = new Map<string, { readonly caller: string | undefined; readonly device: string | undefined }>();
  const read = (header: string) => {
    const start = lastElement(header);
    const own = header.slice(start).replace(/"(?:[^"\\]|\\.)*"/g, "");
    const pair = own.split(";").findLast((it) => it.trim().startsWith("URI="));
    const peer = pair?.trim().slice("URI=".length) || undefined;
    const before = header.slice(0, Math.max(0, start - 1)).trim();
    const passedOn = before.startsWith(`URI=${devices}`) ? before.slice("URI=".length) : "";
    const isDevice = peer !== undefined && peer === deviceIngress && /^[\w.-]+$/.test(passedOn.slice(devices.length));
    const caller = peer?.startsWith(workload) ? peer.slice(workload.length) : peer;
    return { caller, device: isDevice ? passedOn : undefined };
  };
  return (header, forDevices) => {
    let found = known.get(header);
    if (!found) {
      // Certificates rotate, so that headers change; the number of callers is small.
      if (known.size >= 256) known.clear();
      found = read(header);
      known.set(header, found);
    }
    return (forDevices ? found.device : undefined) ?? found.caller;
  };
}

/**
 * Where the last element begins. What stands before it may be the caller's own text: it is read from the end, so that a
 * quote left open there cannot hide the comma.
 */
function lastElement(header: string): number {
  let quoted = false;
  for (let at = header.length - 1; at >= 0; at--) {
    if (header[at] === "," && !quoted) return at + 1;
    if (header[at] === '"' && !(quoted && isEscaped(header, at))) quoted = !quoted;
  }
  return 0;
}

function isEscaped(text: string, at: number): boolean {
  let first = at;
  while (text[first - 1] === "\\") first--;
  return (at - first) % 2 === 1;
}
