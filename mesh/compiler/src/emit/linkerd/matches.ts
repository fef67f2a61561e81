// Which requests a route is for. A workload that only the mesh reaches speaks gRPC; a public one speaks HTTP and JSON too,
// and then Linkerd looks at routes for HTTP alone.

import type { Workload } from "../../model.ts";
import { from } from "../calls.ts";
import { isPublic } from "../cluster.ts";
import { restBindings } from "../edge-paths.ts";
import { isLiteral, literalHead, templateRegex } from "../path-template.ts";
import { note, type Yaml, type YamlMap } from "../yaml.ts";
import type { Call } from "./call.ts";

/** So many requests one rule can be for, and so many rules a route can have. */
const perRule = 64;
const rulesPerRoute = 16;

export const routeKind = (workload: Workload): "GRPCRoute" | "HTTPRoute" =>
  isPublic(workload) ? "HTTPRoute" : "GRPCRoute";

/** The rules of a route for calls. `rest` has their JSON paths too; `headers` are those that a call must have. */
export function rulesFor(
  workload: Workload,
  calls: readonly Call[],
  rest: boolean,
  more: { backendRefs?: Yaml } = {},
  headers: Yaml[] = [],
): Yaml[] {
  const matches = calls.flatMap((call) => matchesOf(workload, call, rest, headers.length > 0 ? { headers } : {}));
  const rules: Yaml[] = [];
  for (let i = 0; i < matches.length; i += perRule) rules.push({ matches: matches.slice(i, i + perRule), ...more });
  if (rules.length > rulesPerRoute) throw new Error(`${matches.length} matches are more than one route can hold`);
  return rules;
}

function matchesOf(workload: Workload, { path, method }: Call, rest: boolean, asked: YamlMap): Yaml[] {
  const why = method ? from(method) : "built in";
  const [, service = "", name = ""] = path.split("/");
  if (!isPublic(workload)) return [note(why, { method: { type: "Exact", service, method: name }, ...asked })];
  const json = rest && method ? restBindings([method]) : [];
  return [
    note(why, { path: { type: "Exact", value: path }, ...asked }),
    ...json.map(({ verb, template }) => {
      const exact = isLiteral(template);
      const value = exact ? literalHead(template) : templateRegex(template);
      return note(why, { path: { type: exact ? "Exact" : "RegularExpression", value }, method: verb, ...asked });
    }),
  ];
}
