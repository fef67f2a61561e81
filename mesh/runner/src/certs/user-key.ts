// The key pair of the user assertion: the edge signs with it, every service checks with the public half.
import { createHash, generateKeyPairSync } from "node:crypto";

export interface UserKey {
  /** PEM, PKCS#8. */
  readonly privateKey: string;
  /** A JSON Web Key Set with the public key alone; its kid is the key's thumbprint (RFC 7638). */
  readonly jwks: string;
}

/** Makes a new ES256 pair. One per start is enough: assertions live a minute. */
export function makeUserKey(): UserKey {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const { crv, kty, x, y } = publicKey.export({ format: "jwk" });
  const kid = createHash("sha256").update(JSON.stringify({ crv, kty, x, y })).digest("base64url");
  const jwks = JSON.stringify({ keys: [{ kty, crv, x, y, kid, alg: "ES256", use: "sig" }] });
  return { privateKey: privateKey.export({ type: "pkcs8", format: "pem" }).toString(), jwks: `${jwks}\n` };
}
