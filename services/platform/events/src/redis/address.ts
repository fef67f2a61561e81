// Where a Redis-compatible server is.

/** Where the server is, and who is asking. */
export interface RedisAddress {
  readonly username?: string;
  readonly password?: string;
  readonly path?: string;
  readonly host?: string;
  readonly port?: number;
  readonly tls?: Record<string, never>;
}

/** `redis+unix://user:password@/path/of/socket`, `redis://user:password@host:port`, `rediss://` with TLS; user and password may be absent. */
export function parseRedisUrl(url: string): RedisAddress {
  const parts = /^(redis\+unix|rediss?):\/\/(?:([^:@/]*)(?::([^@/]*))?@)?(.*)$/.exec(url);
  if (!parts) throw new Error("a Redis server has an address like redis+unix://:password@/path or redis://host:port");
  const [, scheme, user = "", password = "", place = ""] = parts;
  const login = {
    ...(user && { username: decodeURIComponent(user) }),
    ...(password && { password: decodeURIComponent(password) }),
  };
  if (scheme === "redis+unix") return { ...login, path: decodeURIComponent(place) };
  const { hostname, port } = new URL(`redis://${place}`);
  return { ...login, host: hostname, port: Number(port || 6379), ...(scheme === "rediss" && { tls: {} }) };
}
