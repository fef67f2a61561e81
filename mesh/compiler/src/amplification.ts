// Retry amplification: how many times the last method of a path can run for one call at its beginning, when every method on
// the way is tried as often as its retry allows.

import { type Graph, ofMethod } from "./graph.ts";
import type { Method } from "./model.ts";

/** A path through the graph and the product of the tries along it. */
export interface Amplified {
  readonly factor: number;
  readonly path: readonly Method[];
}

/** All tries of one call of the method. */
export const triesOf = (method: Method): number => Math.max(1, method.retry?.maxAttempts ?? 1);

/** The worst path that begins with each method. Asked often, worked out once per method. */
export function amplification(graph: Graph): (method: Method) => Amplified {
  return worst((method) => ofMethod(method).calls.flatMap((call) => graph.methods.get(call.method) ?? []));
}

/** The worst path that ends with each method. */
export function amplificationTo(graph: Graph): (method: Method) => Amplified {
  const reversed = worst((method) => graph.incoming(method.id).flatMap(({ from }) => from.method ?? []));
  return (method) => {
    const { factor, path } = reversed(method);
    return { factor, path: path.toReversed() };
  };
}

function worst(next: (method: Method) => readonly Method[]): (method: Method) => Amplified {
  const known = new Map<Method, Amplified>();
  const open = new Set<Method>();
  const visit = (method: Method): Amplified => {
    const memo = known.get(method);
    if (memo) return memo;
    open.add(method);
    let best: Amplified = { factor: 1, path: [] };
    for (const other of next(method)) {
      // A cycle is a finding of its own; here it ends the path.
      if (open.has(other)) continue;
      const rest = visit(other);
      if (rest.factor > best.factor) best = rest;
    }
    open.delete(method);
    const result = { factor: triesOf(method) * best.factor, path: [method, ...best.path] };
    known.set(method, result);
    return result;
  };
  return visit;
}
