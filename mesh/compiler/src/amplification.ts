// Retry amplification: how many times the last method of a path can run for one call at its beginning, when every method on
// the way is tried as often as its retry allows.

import { type Graph, ofMethod, type Work } from "./graph.ts";
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
    const found = reversed(method);
    return {
      factor: found.factor,
      get path() {
        return found.path.toReversed();
      },
    };
  };
}

/** What the handling of an event can come to, over all its deliveries. */
export interface Redelivered {
  readonly consumer: Work;
  /** Of one event; absent where the topic has no dead letters, so that deliveries have no end. */
  readonly deliveries?: number;
  /** How often the method can run for one event; absent where that has no end. */
  readonly runs?: number;
}

/** The consumers whose handling leads to the method, by the worst path of each. */
export function redeliveriesTo(graph: Graph, target: Method): Redelivered[] {
  const above = new Set([target]);
  for (const method of above) for (const { from } of graph.incoming(method.id)) if (from.method) above.add(from.method);
  const callees = ({ calls }: Work) =>
    calls.flatMap(({ method }) => graph.methods.get(method) ?? []).filter((callee) => above.has(callee));
  const factor = worst((method) => (method === target ? [] : callees(ofMethod(method))));
  return graph.work.flatMap((consumer) => {
    const next = consumer.topic ? callees(consumer) : [];
    if (!consumer.topic || next.length === 0) return [];
    const { maxDeliveries: deliveries } = consumer.topic;
    const tries = Math.max(...next.map((method) => factor(method).factor));
    return [{ consumer, ...(deliveries > 0 ? { deliveries, runs: deliveries * tries } : {}) }];
  });
}

/** A path whose rest is shared with that of the next method, so that long paths cost no more than short ones. */
interface Step {
  readonly method: Method;
  readonly factor: number;
  readonly rest?: Step;
}

function worst(next: (method: Method) => readonly Method[]): (method: Method) => Amplified {
  const known = new Map<Method, Step>();
  // Without recursion: a contract of thousands of methods may be one long path.
  const visit = (start: Method): Step => {
    const open = new Set<Method>();
    const waiting = [start];
    for (let method = waiting.at(-1); method; method = waiting.at(-1)) {
      if (known.has(method)) {
        waiting.pop();
        continue;
      }
      // A cycle is a finding of its own; here it ends the path.
      const others = next(method).filter((other) => !open.has(other) && other !== method);
      const unknown = others.filter((other) => !known.has(other));
      if (unknown.length > 0 && !open.has(method)) {
        open.add(method);
        waiting.push(...unknown);
        continue;
      }
      waiting.pop();
      open.delete(method);
      let best: Step | undefined;
      for (const rest of others.map((other) => known.get(other))) {
        if (rest && rest.factor > (best?.factor ?? 1)) best = rest;
      }
      known.set(method, { method, factor: triesOf(method) * (best?.factor ?? 1), ...(best ? { rest: best } : {}) });
    }
    return known.get(start) as Step;
  };
  return (method) => {
    const first = known.get(method) ?? visit(method);
    return {
      factor: first.factor,
      get path() {
        const path: Method[] = [];
        for (let step: Step | undefined = first; step; step = step.rest) path.push(step.method);
        return path;
      },
    };
  };
}
