// What the ingress may pass on to a workload: its public methods on all their paths, for tokens with their scopes.

import type { Method, Workload } from "../../model.ts";
import { compare } from "../../names.ts";
import { health, reflection } from "../built-in.ts";
import { from } from "../calls.ts";
import type { InCluster } from "../cluster.ts";
import { edgeOf, type RestBinding, refuseOverlap, restBindings } from "../edge-paths.ts";
import { edgeMethods } from "../identity.ts";
import { ingressOf } from "../ingress.ts";
import { isLiteral, literalHead, type PathTemplate } from "../path-template.ts";
import { note, type Yaml, type YamlMap } from "../yaml.ts";
import { principal } from "./names.ts";

/** Throws InputError where the environment has no edge, or lets paths pass that the contract guards. */
export function edgeRules(environment: InCluster, workload: Workload): Yaml[] {
  const methods = edgeMethods(workload);
  const edge = edgeOf(environment, methods);
  const rest = restBindings(methods);
  refuseOverlap(edge, workload, rest);
  const { trustDomain } = environment;
  const source = { principals: [principal({ trustDomain, ...ingressOf(environment, workload) })] };
  const open = (operation: YamlMap, when?: Yaml): Yaml => ({ from: [{ source }], to: [{ operation }], when });
  const { paths, prefixes } = edge.passthrough;
  const beside = [...paths, ...prefixes.map((prefix) => `${prefix}*`)].sort(compare);
  return [
    ...methods.map((method) => note(from(method), guarded(method, source, edge.issuer.url, { paths: [method.path] }))),
    ...rest.map((binding) => {
      const { operation, when } = matching(binding, rest);
      return note(from(binding.method), guarded(binding.method, source, edge.issuer.url, operation, when));
    }),
    note("built in", open({ paths: [...health, ...reflection].map(({ path }) => path) })),
    note(
      "The question of a browser before it calls from another origin; the process answers it.",
      open({ methods: ["OPTIONS"] }, [{ key: "request.headers[access-control-request-method]", values: ["*"] }]),
    ),
    ...(beside.length > 0 ? [note("from the environment", open({ paths: beside }))] : []),
  ];
}

/** The token must carry every scope of the method; where it names none but needs a user, any token of the issuer will do. */
function guarded(
  { scopes, endUser }: Method,
  source: YamlMap,
  issuer: string,
  operation: YamlMap,
  when: readonly Yaml[] = [],
): Yaml {
  const user = scopes.length === 0 && endUser === "required" ? [`${issuer}/*`] : undefined;
  const conditions = [
    ...when,
    ...[...scopes].sort(compare).map((scope) => ({ key: "request.auth.claims[scope]", values: [scope] })),
  ];
  return {
    from: [{ source: { ...source, requestPrincipals: user } }],
    to: [{ operation }],
    when: conditions.length > 0 ? conditions : undefined,
  };
}

/**
 * What fits the requests of a binding and no other. Rules have no order, so a rule with wildcards leaves out the paths of
 * those that are more exact. A wildcard with a verb behind it is more than a path can say here: the path ends with the
 * verb, and begins, in a condition of its own, with the text before the wildcard.
 */
function matching({ verb, template }: RestBinding, all: readonly RestBinding[]): { operation: YamlMap; when?: Yaml[] } {
  if (isLiteral(template)) return { operation: { methods: [verb], paths: [literalHead(template)] } };
  if (template.verb) {
    const begins = { key: "request.headers[:path]", values: [`${literalHead(template)}*`] };
    return { operation: { methods: [verb], paths: [`*:${template.verb}`] }, when: [begins] };
  }
  const exact = all.filter(
    (other) => other.verb === verb && other.template !== template && covers(template, other.template),
  );
  const notPaths = [...new Set(exact.map((other) => pathOf(other.template)))].sort(compare);
  return {
    operation: { methods: [verb], paths: [pathOf(template)], notPaths: notPaths.length > 0 ? notPaths : undefined },
  };
}

/** The paths of a template: `/v1/books/{*}`; with a verb behind a wildcard, all that end with it. */
const pathOf = (template: PathTemplate): string =>
  isLiteral(template)
    ? literalHead(template)
    : template.verb
      ? `*:${template.verb}`
      : `/${template.segments.map((segment) => (segment.startsWith("*") ? `{${segment}}` : segment)).join("/")}`;

/** Whether every path of the other template also fits this one, which has wildcards and no verb. */
function covers({ segments }: PathTemplate, other: PathTemplate): boolean {
  const open = segments.at(-1) === "**";
  const fixed = open ? segments.slice(0, -1) : segments;
  if (open ? other.segments.length < fixed.length : other.segments.length !== fixed.length) return false;
  return fixed.every((segment, i) => segment === "*" || segment === other.segments[i]);
}
