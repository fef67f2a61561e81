// The paths by which the outside reaches methods, and those that pass beside the contract.

import type { Edge, Environment } from "../environment-model.ts";
import { InputError } from "../input-error.ts";
import type { Method, Workload } from "../model.ts";
import { compare, place } from "../names.ts";
import { literalHead, mostExactFirst, type PathTemplate, parseTemplate, templateRegex } from "./path-template.ts";

/** A way to reach a method by HTTP and JSON. */
export interface RestBinding {
  readonly method: Method;
  readonly verb: string;
  readonly template: PathTemplate;
}

/** The bindings of methods, in an order in which the first that fits a request is the most exact. */
export function restBindings(methods: readonly Method[]): RestBinding[] {
  const bindings = methods.flatMap((method) =>
    method.http.map(({ verb, template }): RestBinding => {
      try {
        return { method, verb, template: parseTemplate(template) };
      } catch (error) {
        throw new InputError(`${place(method.at)}: ${method.id}: ${error instanceof Error ? error.message : error}`);
      }
    }),
  );
  return bindings.sort((a, b) => mostExactFirst(a.template, b.template) || compare(a.verb, b.verb));
}

/** The edge of the environment. Throws InputError where a public method has none. */
export function edgeOf({ edge }: Environment, methods: readonly Method[]): Edge {
  if (!edge) throw new InputError(`${methods[0]?.id} is for @edge, and the environment has no edge`);
  return edge;
}

/**
 * A path outside the contract passes without a token, so it must not cover one inside, whoever may call it: then this throws InputError.
 */
export function refuseOverlap(edge: Edge, { services }: Workload, rest: readonly RestBinding[]): void {
  const methods = services.flatMap(({ methods }) => methods);
  const guarded = [
    ...methods.map((method) => ({ method, whole: method.path, head: method.path })),
    ...rest.map(({ method, template }) => ({ method, whole: templateRegex(template), head: literalHead(template) })),
  ];
  for (const { method, whole, head } of guarded) {
    const prefix = edge.passthrough.prefixes.find((prefix) => head.startsWith(prefix) || prefix.startsWith(head));
    const path = edge.passthrough.paths.find((path) => path === whole || new RegExp(`^${whole}$`).test(path));
    const loose = prefix ?? path;
    if (loose !== undefined) {
      throw new InputError(
        `edge.passthrough lets ${loose} pass without a token, which covers ${method.id}: ` +
          "an environment may tighten the contract, never loosen it",
      );
    }
  }
}
