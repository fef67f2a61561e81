// Calls that come back to where they began.

import type { Graph } from "../graph.ts";
import type { Method } from "../model.ts";
import type { Rule } from "./rule.ts";

export const cycleRules: readonly Rule[] = [
  {
    code: "call-cycle",
    severity: "error",
    refuses: "methods whose calls lead back to themselves",
    mend: "cut one of the calls: pass what it fetches along with the request, or make it an event",
    *check(graph) {
      for (const cycle of cycles(graph)) {
        const first = cycle[0] as Method;
        const next = cycle[1] ?? first;
        const call = first.calls.find((candidate) => candidate.method === next.id);
        const message = `${[...cycle, first].map((method) => method.id).join(" calls ")}`;
        yield { subject: first.id, at: call?.at ?? first.at, message };
      }
    },
  },
];

/** One cycle for every call that leads back into the path walked. Each method is entered once. */
function cycles(graph: Graph): Method[][] {
  const found: Method[][] = [];
  const done = new Set<Method>();
  const path: Method[] = [];
  const position = new Map<Method, number>();
  // Without recursion: a contract of thousands of methods may be one long path.
  const left: Iterator<string>[] = [];
  const enter = (method: Method): void => {
    position.set(method, path.push(method) - 1);
    left.push(new Set(method.calls.map((call) => call.method)).values());
  };
  for (const start of graph.methods.values()) {
    if (done.has(start)) continue;
    enter(start);
    while (path.length > 0) {
      const target = left.at(-1)?.next();
      if (target === undefined || target.done) {
        const method = path.pop() as Method;
        left.pop();
        position.delete(method);
        done.add(method);
        continue;
      }
      const callee = graph.methods.get(target.value);
      if (!callee || done.has(callee)) continue;
      const begin = position.get(callee);
      if (begin === undefined) enter(callee);
      else found.push(path.slice(begin));
    }
  }
  return found;
}
