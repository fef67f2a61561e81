// Everything that holds for one method, as a value: who may call it, where its time goes, what is tried again, what undoes
// it, and what enforces all that.

import { amplification, amplificationTo, redeliveriesTo, triesOf } from "./amplification.ts";
import { budgetOf, type CallCost } from "./budget.ts";
import { type Graph, ofMethod } from "./graph.ts";
import {
  EDGE,
  type EndUser,
  type Idempotency,
  type Location,
  type Method,
  type RetryCode,
  type StreamKind,
} from "./model.ts";

export interface Explanation {
  readonly method: string;
  readonly at: Location;
  readonly workload: string;
  readonly kind: StreamKind;
  readonly idempotency: Idempotency;
  readonly callers: readonly CallerLine[];
  /** What a caller from outside must carry; empty where nobody outside may call. */
  readonly scopes: readonly string[];
  readonly endUser: EndUser;
  readonly deadlineMs?: number;
  readonly noDeadlineReason?: string;
  readonly stream?: { readonly idleMs: number; readonly maxMs: number };
  readonly budget: BudgetTree;
  readonly tries: number;
  readonly retryOn: readonly RetryCode[];
  /** The worst path through the method, with the tries of each step, and their product. */
  readonly amplification: { readonly factor: number; readonly path: readonly { method: string; tries: number }[] };
  /** Consumers whose handling of an event leads to the method; without figures where deliveries have no end. */
  readonly redeliveries: readonly { readonly from: string; readonly deliveries?: number; readonly runs?: number }[];
  readonly compensatedBy?: string;
  readonly compensates: readonly string[];
  readonly enforcedBy: readonly Location[];
}

export interface CallerLine {
  readonly name: string;
  /** The declared calls; empty for callers that declare none, such as `@edge`. */
  readonly calls: readonly { readonly from: string; readonly at: Location }[];
}

/** Where the time of a piece of work goes. Times are in milliseconds. */
export interface BudgetTree {
  readonly needMs: number;
  readonly handlerMs: number;
  readonly stages: readonly { readonly stage: number; readonly ms: number; readonly calls: readonly CallLine[] }[];
  readonly detached: readonly string[];
}

export interface CallLine {
  readonly method: string;
  readonly times: number;
  /** The end of one call; absent where nothing ends it. */
  readonly eachMs?: number;
  readonly totalMs: number;
  /** What ends the call: its own within_ms or the callee's deadline. */
  readonly endedBy: "within" | "deadline" | "nothing";
  readonly optional: boolean;
  /** The call outlives the work, which only waits for its outcome. */
  readonly detached: boolean;
  /** Absent for a method that is not in the contract, where it was shown further up, and very far down. */
  readonly budget?: BudgetTree;
}

/** Explains a method of the graph. `enforcedBy` is found by the caller, who knows the files. */
export function explain(graph: Graph, method: Method, enforcedBy: readonly Location[]): Explanation {
  const to = amplificationTo(graph)(method);
  const from = amplification(graph)(method);
  const undone = [...graph.methods.values()].filter((other) => other.compensatedBy === method.id);
  return {
    method: method.id,
    at: method.at,
    workload: method.service.workload,
    kind: method.kind,
    idempotency: method.idempotency,
    callers: method.callers.map((name) => ({
      name,
      calls: graph
        .incoming(method.id)
        .filter((incoming) => incoming.from.workload === name)
        .map((incoming) => ({ from: incoming.from.label, at: incoming.call.at })),
    })),
    scopes: method.callers.includes(EDGE) ? method.scopes : [],
    endUser: method.endUser,
    ...(method.deadlineMs === undefined ? {} : { deadlineMs: method.deadlineMs }),
    ...(method.noDeadlineReason === undefined ? {} : { noDeadlineReason: method.noDeadlineReason }),
    ...(method.stream ? { stream: method.stream } : {}),
    budget: treeOf(graph, method, new Set([method])),
    tries: triesOf(method),
    retryOn: method.retry?.on ?? [],
    amplification: {
      factor: (to.factor * from.factor) / triesOf(method),
      path: [...to.path, ...from.path.slice(1)].map((step) => ({ method: step.id, tries: triesOf(step) })),
    },
    redeliveries: redeliveriesTo(graph, method).map(({ consumer, ...figures }) => ({
      from: consumer.label,
      ...figures,
    })),
    ...(method.compensatedBy ? { compensatedBy: method.compensatedBy } : {}),
    compensates: undone.map((other) => other.id),
    enforcedBy,
  };
}

/** How many calls deep a budget is shown; deeper than this, a method is explained on its own. */
const deepest = 20;

function treeOf(graph: Graph, method: Method, shown: Set<Method>, depth = 0): BudgetTree {
  const { needMs, handlerMs, stages, detached } = budgetOf(graph, ofMethod(method));
  return {
    needMs,
    handlerMs,
    stages: stages.map(({ stage, ms, calls }) => ({
      stage,
      ms,
      calls: calls.map((cost) => lineOf(graph, cost, shown, depth + 1)),
    })),
    detached: detached.map(({ call }) => call.method),
  };
}

function lineOf(
  graph: Graph,
  { call, callee, eachMs, totalMs }: CallCost,
  shown: Set<Method>,
  depth: number,
): CallLine {
  const expand = callee && depth < deepest && !shown.has(callee);
  if (expand) shown.add(callee);
  return {
    method: call.method,
    times: call.times,
    ...(eachMs === undefined ? {} : { eachMs }),
    totalMs,
    endedBy: eachMs === undefined ? "nothing" : eachMs === call.withinMs ? "within" : "deadline",
    optional: call.optional,
    detached: call.detached,
    ...(expand ? { budget: treeOf(graph, callee, shown, depth) } : {}),
  };
}
