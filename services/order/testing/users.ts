// End users and their assertions, as the gateway makes them.
import { writeFile } from "node:fs/promises";
import { exportJWK, generateKeyPair, SignJWT } from "jose";

export interface Users {
  /** An assertion for one call. */
  assertion(subject: string): Promise<string>;
}

/** Makes a key, and writes its public part to the file that services check assertions with. */
export async function createUsers(jwksFile: string): Promise<Users> {
  const { publicKey, privateKey } = await generateKeyPair("ES256");
  const key = { ...(await exportJWK(publicKey)), kid: "test", alg: "ES256", use: "sig" };
  await writeFile(jwksFile, JSON.stringify({ keys: [key] }));
  return {
    assertion: (subject) =>
      new SignJWT({ scope: "orders:read orders:write" })
        .setProtectedHeader({ alg: "ES256", kid: "test" })
        .setIssuer("larder-gateway")
        .setAudience("larder-internal")
        .setSubject(subject)
        .setIssuedAt()
        .setExpirationTime("60s")
        .sign(privateKey),
  };
}
