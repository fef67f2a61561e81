// The users of the demo shop: access tokens as the issuer gives them, and assertions as the gateway makes them.

import { createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { calculateJwkThumbprint, importJWK, importPKCS8, type JWTPayload, SignJWT } from "jose";
import type { SharedMesh } from "./mesh.ts";

/** An access token of a demo user, from the issuer. Without `scope`: every scope of the contract. */
export async function accessToken(mesh: Pick<SharedMesh, "ports">, user: string, scope?: string): Promise<string> {
  const form = { client_id: "larder-cli", grant_type: "password", username: user, password: "larder" };
  const response = await fetch(`http://127.0.0.1:${mesh.ports.issuer}/token`, {
    method: "POST",
    body: new URLSearchParams({ ...form, ...(scope === undefined ? {} : { scope }) }),
  });
  const answer = (await response.json()) as { access_token?: string };
  if (!answer.access_token) throw new Error(`the issuer gave no token: ${JSON.stringify(answer)}`);
  return answer.access_token;
}

/** A token that the issuer's own key signed, with claims that the issuer would not give. */
export async function signedToken(mesh: SharedMesh, claims: JWTPayload): Promise<string> {
  const { signing } = JSON.parse(readFileSync(mesh.data("issuer", "keys.json"), "utf8"));
  return new SignJWT({
    iss: `http://127.0.0.1:${mesh.ports.issuer}`,
    aud: "larder",
    exp: Math.floor(Date.now() / 1000) + 600,
    ...claims,
  })
    .setProtectedHeader({ alg: "ES256", kid: signing.kid, typ: "at+jwt" })
    .sign(await importJWK(signing, "ES256"));
}

/** What the gateway tells the services behind it about a user, signed with the gateway's own key, valid as long as said. */
export async function assertion(mesh: SharedMesh, user: string, scope = "", expires = "300s"): Promise<string> {
  const pem = readFileSync(mesh.run("gateway-0", "user-key.pem"), "utf8");
  const kid = await calculateJwkThumbprint(createPublicKey(pem).export({ format: "jwk" }));
  return new SignJWT({ scope })
    .setProtectedHeader({ alg: "ES256", kid })
    .setIssuer("larder-gateway")
    .setAudience("larder-internal")
    .setSubject(user)
    .setExpirationTime(expires)
    .sign(await importPKCS8(pem, "ES256"));
}
