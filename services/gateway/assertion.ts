// The user assertion: what the gateway tells the services behind it about the user, signed, for a minute.
import { createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import type { User } from "@larder/platform";
import { calculateJwkThumbprint, importPKCS8, SignJWT } from "jose";

const livesSeconds = 60;
// One assertion serves the calls of half a minute: signing costs more than a call, and what is left is still enough.
const reusedMs = 30_000;
const mostRemembered = 10_000;

/** Signs that the user stands behind a call that was granted these scopes. */
export type Assert = (user: User, scopes: readonly string[]) => Promise<string>;

/** `keyFile` holds an ES256 private key as PKCS #8; the services know it by its thumbprint (RFC 7638). */
export async function assertionSigner(keyFile: string): Promise<Assert> {
  const pem = readFileSync(keyFile, "utf8");
  const key = await importPKCS8(pem, "ES256");
  const kid = await calculateJwkThumbprint(createPublicKey(pem).export({ format: "jwk" }));
  const remembered = new Map<string, { readonly assertion: Promise<string>; readonly until: number }>();

  return (user, scopes) => {
    const granted = scopes.join(" ");
    const about = `${user.subject}\n${granted}`;
    const before = remembered.get(about);
    if (before && before.until > Date.now()) return before.assertion;
    const assertion = new SignJWT({ scope: granted })
      .setProtectedHeader({ alg: "ES256", kid })
      .setIssuer("larder-gateway")
      .setAudience("larder-internal")
      .setSubject(user.subject)
      .setIssuedAt()
      .setExpirationTime(`${livesSeconds}s`)
      .sign(key);
    if (remembered.size >= mostRemembered) remembered.clear();
    remembered.set(about, { assertion, until: Date.now() + reusedMs });
    return assertion;
  };
}
