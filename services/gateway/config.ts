// The settings of the gateway: the only place that reads the environment.
import { integer, optional, platformSettings, readEnv, secretText, text } from "@larder/platform";

export const settings = {
  ...platformSettings("GATEWAY"),
  /** Where rates are counted. Absent: nothing is counted, the sidecar's limits stand. */
  cacheUrl: optional(secretText("GATEWAY_CACHE_URL")),
  /** The file with the private key that signs user assertions. */
  userKey: text("GATEWAY_USER_KEY"),
  /** Who must have issued a token, and for whom. */
  issuer: text("GATEWAY_ISSUER"),
  audience: text("GATEWAY_AUDIENCE", "larder"),
  /** Where the issuer's keys are: `unix:/path` of its socket, or a URL. */
  issuerJwks: text("GATEWAY_ISSUER_JWKS"),
  /** How many calls a user, or an address without a user, may make in a minute. 0: as many as they like. */
  callsPerMinute: integer("GATEWAY_CALLS_PER_MINUTE", 1200),
  /** The origin of pages that may call; `*` for all. Absent: only pages of the edge itself. */
  corsOrigin: optional(text("GATEWAY_CORS_ORIGIN")),
};

export type Config = ReturnType<typeof loadConfig>;

export const loadConfig = (env = process.env) => readEnv(settings, env);
