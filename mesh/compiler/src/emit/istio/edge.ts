// The way in from outside: the ingress of the mesh, with TLS, in front of a workload's public methods.

import type { Method, Workload } from "../../model.ts";
import { compare } from "../../names.ts";
import { health, reflection } from "../built-in.ts";
import { from } from "../calls.ts";
import { type InCluster, object, selectorOf } from "../cluster.ts";
import { edgeOf, restBindings } from "../edge-paths.ts";
import { edgeMethods } from "../identity.ts";
import { ingressOf } from "../ingress.ts";
import { isLiteral, literalHead, templateRegex } from "../path-template.ts";
import { note, type Yaml, type YamlMap } from "../yaml.ts";
import { networking } from "./names.ts";
import { originsOf } from "./origins.ts";
import { faultOf, limits, onlyUnreached, routesTo } from "./routes.ts";

export function edgeObjects(environment: InCluster, workload: Workload): YamlMap[] {
  const { namespace } = environment;
  const methods = edgeMethods(workload);
  const edge = environment.workloads[workload.name]?.edge ?? edgeOf(environment, methods);
  const { labels, host, tlsSecret } = ingressOf(environment, workload);
  const name = `${workload.name}-edge`;
  const hosts = [`${namespace}/${host}`];
  const head = { apiVersion: networking, name, namespace, labels: selectorOf(workload.name) };
  const tls = { mode: "SIMPLE", credentialName: tlsSecret, minProtocolVersion: "TLSV1_2" };
  const gateway = object(
    { ...head, kind: "Gateway" },
    {
      spec: {
        selector: { ...labels },
        servers: [
          { port: { number: edge.tlsPort, name: "https", protocol: "HTTPS" }, hosts, tls },
          { port: { number: edge.port, name: "http", protocol: "HTTP" }, hosts, tls: { httpsRedirect: true } },
        ],
      },
    },
  );
  const routes = object(
    { ...head, kind: "VirtualService" },
    { spec: { hosts: [host], gateways: [name], http: edgeRoutes(environment, workload, methods) } },
  );
  return [gateway, routes];
}

/** A request that is no route of these gets as far as the workload's own policy, which refuses it. */
function edgeRoutes(environment: InCluster, workload: Workload, methods: readonly Method[]): Yaml[] {
  const { userAssertion } = environment;
  const edge = edgeOf(environment, methods);
  const { passthrough } = edge;
  const origins = originsOf(edge, methods);
  // Nobody outside can say for whom a call is made.
  const dropped = userAssertion ? { headers: { request: { remove: [userAssertion.header] } } } : {};
  const to = (comment: string, matches: readonly YamlMap[], more: YamlMap): Yaml[] =>
    routesTo(environment, workload, (headers, route) =>
      note(comment, {
        match: matches.map((match) => ({ ...match, ...headers })),
        ...route,
        ...dropped,
        ...origins,
        ...more,
        ...onlyUnreached,
      }),
    );
  const toMethod = (match: YamlMap, method: Method) =>
    to(from(method), [match], { ...limits(method), ...faultOf(environment, method) });
  const beside = [
    ...[...passthrough.paths].sort(compare).map((path) => ({ uri: { exact: path } })),
    ...[...passthrough.prefixes].sort(compare).map((prefix) => ({ uri: { prefix } })),
    { method: { exact: "OPTIONS" } },
  ];
  return [
    ...methods.flatMap((method) => toMethod({ uri: { exact: method.path } }, method)),
    ...restBindings(methods).flatMap(({ method, verb, template }) => {
      const uri = isLiteral(template) ? { exact: literalHead(template) } : { regex: templateRegex(template) };
      return toMethod({ uri, method: { exact: verb } }, method);
    }),
    ...[...health, ...reflection].flatMap((method) =>
      to("built in", [{ uri: { exact: method.path } }], limits(method)),
    ),
    ...to("beside the contract", beside, limits({})),
  ];
}
