// The listeners for calls from outside: tokens, scopes, limits. The process behind them speaks every protocol itself.

import { type Edge, type Environment, limitsOf } from "../../environment-model.ts";
import type { Method, Workload } from "../../model.ts";
import { compare } from "../../names.ts";
import { type BuiltIn, health, reflection } from "../built-in.ts";
import { from } from "../calls.ts";
import { edgeOf, type RestBinding, refuseOverlap, restBindings } from "../edge-paths.ts";
import { edgeMethods } from "../identity.ts";
import { isLiteral, literalHead, type PathTemplate, templateRegex } from "../path-template.ts";
import { named, note, type Yaml, type YamlMap } from "../yaml.ts";
import { timeLimits } from "./durations.ts";
import { edgeReplies } from "./edge-replies.ts";
import {
  allowOnly,
  connectionFilter,
  connectionManager,
  extension,
  fixedPort,
  grpcStats,
  longestBody,
  rateLimit,
  sendsStream,
  typed,
  unbuffered,
} from "./http.ts";
import { overLimitMessage } from "./local-replies.ts";
import { clusters } from "./names.ts";
import type { Places } from "./places.ts";
import { edgeServer } from "./tls.ts";

const rbac = "envoy.filters.http.rbac";
const jwt = "envoy.filters.http.jwt_authn";

/**
 * The listeners `edge` and `edge-tls` of a workload; none where no method is for the outside.
 * Throws InputError where the environment has no edge, or lets paths pass that the contract guards.
 */
export function edgeListeners(environment: Environment, workload: Workload, places: Places): Yaml[] {
  const methods = edgeMethods(workload);
  if (methods.length === 0) return [];
  const edge = edgeOf(environment, methods);
  const restRoutes = restBindings(methods);
  refuseOverlap(edge, workload, restRoutes);

  const ports = environment.workloads[workload.name]?.edge ?? edge;
  const { maxRequests } = limitsOf(environment, workload.name).concurrency;
  const services = [
    ...new Set([...methods.map(({ service }) => service.id), ...[...health, ...reflection].map((m) => m.service)]),
  ];
  const settings = named(
    "edge",
    connectionManager({
      name: "edge",
      places,
      codec: "AUTO",
      settings: {
        use_remote_address: true,
        always_set_request_id_in_response: true,
        request_headers_timeout: "10s",
      },
      dropRequestHeaders: environment.userAssertion ? [environment.userAssertion.header] : [],
      localReplies: edgeReplies(services, edge.maxRequestBytes, overLimitMessage(workload.name, maxRequests)),
      filters: [
        ...(edge.allowOrigin ? [originAllowed(edge.allowOrigin)] : []),
        rateLimit("edge", edge.rateLimit),
        tokenCheck(edge),
        note("What no route below names is refused; each route says who passes.", allowOnly({})),
        longestBody(edge.maxRequestBytes),
        grpcStats([...methods, ...health, ...reflection]),
      ],
      virtualHosts: [{ name: workload.name, domains: ["*"], routes: routes(edge, methods, restRoutes) }],
    }),
  );
  return [
    {
      name: "edge",
      ...fixedPort(places, ports.port),
      filter_chains: [{ filters: [connectionFilter(settings)] }],
    },
    {
      name: "edge-tls",
      ...fixedPort(places, ports.tlsPort),
      filter_chains: [{ transport_socket: edgeServer(), filters: [connectionFilter(settings)] }],
    },
  ];
}

/** The process says it of its own answers; this is for those of the sidecar, which a page could not read otherwise. */
const originAllowed = (origin: string): Yaml =>
  extension("envoy.filters.http.header_mutation", "extensions.filters.http.header_mutation.v3.HeaderMutation", {
    mutations: {
      response_mutations: [
        {
          append: {
            header: { key: "access-control-allow-origin", value: origin },
            append_action: "OVERWRITE_IF_EXISTS_OR_ADD",
          },
        },
      ],
    },
  });

/** The requirements that routes refer to, and the name under which RBAC finds the claims of a token. */
const tokenRequired = "token";
const tokenOptional = "token-or-none";
const tokenClaims = "token";

const tokenCheck = ({ issuer }: Edge): Yaml =>
  extension(jwt, "extensions.filters.http.jwt_authn.v3.JwtAuthentication", {
    providers: {
      issuer: {
        issuer: issuer.url,
        audiences: [issuer.audience],
        from_headers: [{ name: "authorization", value_prefix: "Bearer " }],
        forward: true,
        payload_in_metadata: tokenClaims,
        normalize_payload_in_metadata: { space_delimited_claims: ["scope"] },
        clock_skew_seconds: 5,
        remote_jwks: {
          http_uri: { uri: new URL(issuer.jwksPath, issuer.url).href, cluster: clusters.issuer, timeout: "2s" },
          cache_duration: "300s",
          async_fetch: { failed_refetch_duration: "1s" },
        },
      },
    },
    requirement_map: {
      [tokenRequired]: { provider_name: "issuer" },
      [tokenOptional]: { requires_any: { requirements: [{ provider_name: "issuer" }, { allow_missing: {} }] } },
    },
  });

function routes(edge: Edge, methods: readonly Method[], rest: readonly RestBinding[]): Yaml[] {
  const { paths, prefixes } = edge.passthrough;
  return [
    note("A path has one spelling: no dot segments, no empty segments, no escapes of what needs none.", {
      match: { safe_regex: { regex: oddPath } },
      direct_response: { status: 403 },
    }),
    note(
      "The question of a browser before it calls from another origin; the process answers it.",
      passedThrough({
        prefix: "/",
        headers: [
          { name: ":method", string_match: { exact: "OPTIONS" } },
          { name: "access-control-request-method", present_match: true },
        ],
      }),
    ),
    ...methods.map((method) => note(from(method), guarded(method, { path: method.path }))),
    ...rest.map(({ method, verb, template }) => note(from(method), guarded(method, restMatch(verb, template)))),
    ...[...health, ...reflection].map((method) => note("built in", open(method))),
    ...[...paths].sort(compare).map((path) => note("from the environment", passedThrough({ path }))),
    ...[...prefixes].sort(compare).map((prefix) => note("from the environment", passedThrough({ prefix }))),
  ];
}

const restMatch = (verb: string, template: PathTemplate): YamlMap => ({
  ...(isLiteral(template) ? { path: literalHead(template) } : { safe_regex: { regex: templateRegex(template) } }),
  headers: [{ name: ":method", string_match: { exact: verb } }],
});

/** A route of the contract: the token must be good where there is one, and there must be one where the contract needs it. */
function guarded(method: Method, match: YamlMap): Yaml {
  const needsToken = method.scopes.length > 0 || method.endUser === "required";
  const streams = sendsStream(method);
  const scopes = [...method.scopes].sort(compare);
  const name = ["pass", needsToken ? tokenRequired : tokenOptional, ...scopes, ...(streams ? ["stream"] : [])].join(
    "-",
  );
  const requirement = typed("extensions.filters.http.jwt_authn.v3.PerRouteConfig", {
    requirement_name: needsToken ? tokenRequired : tokenOptional,
  });
  return {
    match,
    route: { cluster: clusters.app, ...timeLimits(method, "first") },
    ...passes(name, { [jwt]: requirement, ...(streams ? unbuffered : {}) }, scopes),
  };
}

const open = (method: BuiltIn): Yaml => ({
  match: { path: method.path },
  route: { cluster: clusters.app, ...timeLimits(method, "first") },
  ...passes("pass-stream", unbuffered),
});

const passedThrough = (match: YamlMap): Yaml => ({ match, route: { cluster: clusters.app }, ...passes("pass") });

/** Lets the route through RBAC, for tokens that carry every scope. */
const passes = (name: string, filters: YamlMap = {}, scopes: readonly string[] = []): YamlMap => ({
  typed_per_filter_config: named(name, {
    ...filters,
    [rbac]: typed("extensions.filters.http.rbac.v3.RBACPerRoute", {
      rbac: {
        rules: { action: "ALLOW", policies: { pass: { permissions: [{ any: true }], principals: [holder(scopes)] } } },
      },
    }),
  }),
});

function holder(scopes: readonly string[]): Yaml {
  const ids = scopes.map((scope) => ({
    sourced_metadata: {
      metadata_matcher: {
        filter: jwt,
        path: [{ key: tokenClaims }, { key: "scope" }],
        value: { list_match: { one_of: { string_match: { exact: scope } } } },
      },
    },
  }));
  return ids.length === 0 ? { any: true } : ids.length === 1 ? { ...ids[0] } : { and_ids: { ids } };
}

/**
 * Paths that a process might read as another one: `//`, `/./`, `/../`, backslashes, and escapes of letters, digits, `-._~`
 * and `/`, which no client needs to write.
 */
const oddPath =
  ".*(?://|\\\\|%(?:2[DEFdef]|3[0-9]|4[1-9A-Fa-f]|5[0-9ACFacf]|6[1-9A-Fa-f]|7[0-9AEae])).*|.*/\\.{1,2}(?:/.*)?";
