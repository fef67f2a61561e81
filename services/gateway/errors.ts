// Every reason that the gateway itself can give; those of the services behind it are passed on.
import { Code, rpcError } from "@larder/platform";

const domain = "gateway";

export const tokenMissing = () =>
  rpcError(domain, Code.UNAUTHENTICATED, "TOKEN_MISSING", "the call needs a token: authorization: Bearer <token>");

export const tokenInvalid = (cause: unknown) =>
  rpcError(
    domain,
    Code.UNAUTHENTICATED,
    "TOKEN_INVALID",
    "the token is expired, forged or not meant for this shop",
    {},
    { cause },
  );

export const scopeMissing = (scopes: readonly string[]) =>
  rpcError(domain, Code.PERMISSION_DENIED, "SCOPE_MISSING", `the token lacks ${scopes.join(" ")}`, {
    scopes: scopes.join(" "),
  });

export const issuerUnavailable = (cause: unknown) =>
  rpcError(domain, Code.UNAVAILABLE, "ISSUER_UNAVAILABLE", "tokens cannot be checked at the moment", {}, { cause });

export const rateExceeded = (perMinute: number) =>
  rpcError(domain, Code.RESOURCE_EXHAUSTED, "RATE_EXCEEDED", `more than ${perMinute} calls in a minute`, {
    calls_per_minute: String(perMinute),
  });

export const malformed = (message: string, cause?: unknown) =>
  rpcError(domain, Code.INVALID_ARGUMENT, "MALFORMED_REQUEST", message, {}, { cause });

export const tooLarge = (limit: number) =>
  rpcError(domain, Code.RESOURCE_EXHAUSTED, "REQUEST_TOO_LARGE", `at most ${limit} bytes are accepted`);

export const noRoute = (path: string) =>
  rpcError(domain, Code.UNIMPLEMENTED, "UNKNOWN_METHOD", "there is nothing at this path", { path: path.slice(0, 200) });

export const dependencyUnavailable = (code: Code, cause: unknown) =>
  rpcError(domain, code, "DEPENDENCY_UNAVAILABLE", "a service that this one needs did not answer", {}, { cause });
