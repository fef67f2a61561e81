// Access tokens of users: signed by the OIDC issuer, checked against its published keys.
import { request } from "node:http";
import type { User } from "@larder/platform";
import { createRemoteJWKSet, customFetch, errors, type JWTVerifyGetKey, jwtVerify } from "jose";
import { issuerUnavailable, tokenInvalid } from "./errors.ts";

/** Checks a token and says whose it is. Throws UNAUTHENTICATED, or UNAVAILABLE while the issuer's keys are out of reach. */
export type CheckToken = (token: string) => Promise<User>;

interface Checked {
  readonly user: User;
  /** Milliseconds since the epoch. */
  readonly expires: number;
}

const mostRemembered = 10_000;

export function tokenChecker(settings: { issuer: string; audience: string; issuerJwks: string }): CheckToken {
  const keys = keysAt(settings.issuerJwks);
  // A signature costs more to check than the rest of a call: what was checked once stays good until it expires.
  const remembered = new Map<string, Checked>();
  return async (token) => {
    const before = remembered.get(token);
    if (before && before.expires > Date.now()) return before.user;
    const checked = await check(token, keys, settings);
    if (remembered.size >= mostRemembered) remembered.clear();
    remembered.set(token, checked);
    return checked.user;
  };
}

async function check(
  token: string,
  keys: JWTVerifyGetKey,
  settings: { issuer: string; audience: string },
): Promise<Checked> {
  try {
    const { payload } = await jwtVerify(token, keys, {
      issuer: settings.issuer,
      audience: settings.audience,
      algorithms: ["ES256"],
      requiredClaims: ["sub", "exp"],
    });
    const scopes = typeof payload.scope === "string" ? payload.scope.split(" ").filter(Boolean) : [];
    return { user: { subject: payload.sub ?? "", scopes }, expires: (payload.exp ?? 0) * 1000 };
  } catch (error) {
    const ofToken = error instanceof errors.JOSEError && !(error instanceof errors.JWKSTimeout);
    throw ofToken ? tokenInvalid(error) : issuerUnavailable(error);
  }
}

function keysAt(address: string): JWTVerifyGetKey {
  if (!address.startsWith("unix:")) return createRemoteJWKSet(new URL(address));
  const socketPath = address.slice("unix:".length);
  return createRemoteJWKSet(new URL("http://issuer/jwks"), {
    [customFetch]: async (url) => new Response(await get(socketPath, new URL(url).pathname), { status: 200 }),
  });
}

/** GET over a Unix socket, which fetch does not know. */
function get(socketPath: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, path, timeout: 2000 }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        if (response.statusCode === 200) resolve(Buffer.concat(chunks).toString("utf8"));
        else reject(new Error(`the issuer answered ${response.statusCode}`));
      });
    });
    asked.on("timeout", () => asked.destroy(new Error("the issuer did not answer")));
    asked.on("error", reject).end();
  });
}
