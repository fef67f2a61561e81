// Which pages may read what the edge answers: the ingress tells browsers, before a call and with each answer.

import type { Edge } from "../../environment-model.ts";
import type { Method } from "../../model.ts";
import { compare } from "../../names.ts";
import { named, type YamlMap } from "../yaml.ts";

/** What browsers send for Connect, gRPC-Web and JSON over HTTP, with a token and a number of the client's own. */
const requestHeaders = [
  "accept-encoding",
  "authorization",
  "connect-accept-encoding",
  "connect-content-encoding",
  "connect-protocol-version",
  "connect-timeout-ms",
  "content-encoding",
  "content-type",
  "grpc-message-type",
  "grpc-timeout",
  "x-grpc-web",
  "x-request-id",
  "x-user-agent",
];

/** Where clients of those protocols find the outcome of a call. */
const responseHeaders = [
  "connect-content-encoding",
  "content-encoding",
  "grpc-message",
  "grpc-status",
  "grpc-status-details-bin",
];

/** For each route from outside. Whether a page of another origin may call is answered by the ingress, for all origins. */
export function originsOf({ allowOrigin }: Edge, methods: readonly Method[]): YamlMap {
  if (allowOrigin === undefined) return {};
  const verbs = methods.flatMap(({ http }) => http.map(({ verb }) => verb));
  return {
    corsPolicy: named("origins", {
      allowOrigins: [{ exact: allowOrigin }],
      allowMethods: [...new Set(["GET", "POST", ...verbs])].sort(compare),
      allowHeaders: requestHeaders,
      exposeHeaders: responseHeaders,
      maxAge: "7200s",
      unmatchedPreflights: "IGNORE",
    }),
  };
}
