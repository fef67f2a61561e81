// Where a Redis-compatible server is.

import { readFileSync } from "node:fs";

/** Where the server is, and who is asking. */
export interface RedisAddress {
  readonly username?: string;
  readonly password?: string;
  readonly path?: string;
  readonly host?: string;
  readonly port?: number;
  /** The connection is encrypted, and the other side must prove its name. */
  readonly tls?: {
    /** The certificates, in PEM, of who may vouch for it. Absent: those that the runtime trusts. */
    readonly ca?: string;
  };
}

/**
 * `redis+unix://user:password@/path/of/socket`, `redis://user:password@host:port`, or with TLS `rediss://user:password@host:port?ca=/path/of/ca.pem`;
 * user and password may be absent, and so may `ca`, whose file is read here.
 */
export function parseRedisUrl(url: string): RedisAddress {
  const parts = /^(redis\+unix|rediss?):\/\/(?:([^:@/]*)(?::([^@/]*))?@)?([^?]*)(?:\?(?:ca=([^&]+))?)?$/.exec(url);
  const [, scheme, user = "", password = "", place = "", ca] = parts ?? [];
  if (!parts || (ca !== undefined && scheme !== "rediss")) throw new Error(FORM);
  const login = {
    ...(user && { username: decodeURIComponent(user) }),
    ...(password && { password: decodeURIComponent(password) }),
  };
  if (scheme === "redis+unix") return { ...login, path: decodeURIComponent(place) };
  const { hostname, port } = new URL(`redis://${place}`);
  const tls = ca === undefined ? {} : { ca: readFileSync(decodeURIComponent(ca), "utf8") };
  return { ...login, host: hostname, port: Number(port || 6379), ...(scheme === "rediss" && { tls }) };
}

const FORM =
  "a Redis server has an address like redis+unix://:password@/path or redis://host:port, or with TLS rediss://host:port?ca=/path/of/ca.pem";
