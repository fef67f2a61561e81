// The one entry for all protocols: JSON over HTTP by its paths, everything else by `/package.Service/Method`.
import { cors } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { ColdChainService } from "@larder/contract/larder/storefront/v1/cold_chain_service_pb.js";
import { StorefrontService } from "@larder/contract/larder/storefront/v1/storefront_service_pb.js";
import type { Health, Platform } from "@larder/platform";
import { coldChain } from "./cold-chain.ts";
import { addRoutes, explainRefusals } from "./connect.ts";
import { noRoute } from "./errors.ts";
import type { EdgeResponse, EdgeServer } from "./listener.ts";
import { type Gate, type GatedMethod, gated } from "./pipeline.ts";
import { maxBodyBytes, restServer, writeError } from "./rest.ts";
import { storefront } from "./storefront.ts";

/** The names of the services of the edge. */
export const edgeServices = [StorefrontService.typeName, ColdChainService.typeName];

const welcome = `Larder, the storefront: Connect, gRPC and gRPC-Web at /${StorefrontService.typeName}/<method>,
JSON over HTTP at /v1/products, /v1/slots, /v1/quotes, /v1/orders and others of the contract. The cold chain is at
/${ColdChainService.typeName}/<method> and /v1/coldchain. gRPC reflection tells the rest.
`;

/** Serves the storefront and the cold chain behind the gate. `corsOrigin` is the origin of pages that may call, if any. */
export function edge(platform: Platform, gate: Gate, health: Health, corsOrigin: string | undefined): EdgeServer {
  const methods = [
    ...gated(StorefrontService, storefront(platform), gate),
    ...gated(ColdChainService, coldChain(platform), gate),
  ];
  return serveEdge(methods, health, corsOrigin);
}

/** Serves gated methods by every protocol. */
export function serveEdge(methods: readonly GatedMethod[], health: Health, corsOrigin: string | undefined): EdgeServer {
  const rest = restServer(methods);
  const rpc = connectNodeAdapter({
    routes: (router) => addRoutes(router, methods, health),
    requestGate: explainRefusals,
    readMaxBytes: maxBodyBytes,
    fallback: (request, response) => writeError(response as EdgeResponse, noRoute(request.url ?? ""), 404),
  });
  return (request, response) => {
    if (corsOrigin) allowPages(response, corsOrigin);
    if (request.method === "OPTIONS") {
      response.statusCode = 204;
      response.end();
    } else if (request.url === "/" || request.url === "/healthz") {
      response.setHeader("content-type", "text/plain; charset=utf-8");
      response.end(request.url === "/" ? welcome : "alive\n");
    } else if (!rest(request, response)) {
      rpc(request as never, response as never);
    }
  };
}

function allowPages(response: EdgeResponse, origin: string): void {
  response.setHeader("access-control-allow-origin", origin);
  response.setHeader("access-control-allow-methods", [...cors.allowedMethods, "PATCH", "DELETE"].join(", "));
  response.setHeader(
    "access-control-allow-headers",
    [...cors.allowedHeaders, "authorization", "x-request-id"].join(", "),
  );
  response.setHeader("access-control-expose-headers", cors.exposedHeaders.join(", "));
  response.setHeader("access-control-max-age", "7200");
}
