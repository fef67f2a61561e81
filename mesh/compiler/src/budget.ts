// The arithmetic of deadlines. It looks one call deep and no further: a callee keeps its own deadline, which its own proof
// shows, so each piece of work is proven alone and the whole contract in one pass.

import { backOff } from "./emit/back-off.ts";
import type { Graph, Work } from "./graph.ts";
import type { Call, Method } from "./model.ts";

/** What one declared call costs its caller at most. */
export interface CallCost {
  readonly call: Call;
  /** Absent where the call names no method of the contract. */
  readonly callee?: Method;
  /** One time, in milliseconds; absent where neither the callee nor the call sets an end. */
  readonly eachMs?: number;
  /** All times, one after the other. */
  readonly totalMs: number;
}

export interface StageCost {
  readonly stage: number;
  /** Those of one stage run in parallel. */
  readonly calls: readonly CallCost[];
  /** The longest of them. */
  readonly ms: number;
}

export interface Budget {
  readonly handlerMs: number;
  /** In the order of work. */
  readonly stages: readonly StageCost[];
  /** Calls that outlive the work and that it does not wait for: it pays nothing for them. */
  readonly detached: readonly CallCost[];
  /** handlerMs and every stage. */
  readonly needMs: number;
}

/** The time that a piece of work needs at most, and where it goes. */
export function budgetOf(graph: Graph, work: Work): Budget {
  const stages = new Map<number, CallCost[]>();
  const detached: CallCost[] = [];
  for (const call of work.calls) {
    const cost = costOf(graph, call);
    if (call.detached && call.withinMs === undefined) {
      detached.push(cost);
      continue;
    }
    const stage = stages.get(call.stage);
    if (stage) stage.push(cost);
    else stages.set(call.stage, [cost]);
  }
  const ordered = [...stages]
    .sort(([a], [b]) => a - b)
    .map(([stage, calls]) => ({ stage, calls, ms: Math.max(...calls.map((cost) => cost.totalMs)) }));
  const needMs = ordered.reduce((sum, stage) => sum + stage.ms, work.handlerMs);
  return { handlerMs: work.handlerMs, stages: ordered, detached, needMs };
}

function costOf(graph: Graph, call: Call): CallCost {
  const callee = graph.methods.get(call.method);
  // What outlives the work may be called again and again until it is done, so the callee's deadline does not end the wait.
  const ofCallee =
    call.detached && call.withinMs !== undefined ? undefined : (callee?.deadlineMs ?? callee?.stream?.maxMs);
  const limits = [ofCallee, call.withinMs].filter((ms) => ms !== undefined && ms > 0);
  const eachMs = limits.length > 0 ? Math.min(...(limits as number[])) : undefined;
  return {
    call,
    ...(callee ? { callee } : {}),
    ...(eachMs === undefined ? {} : { eachMs }),
    totalMs: (call.detached ? 1 : call.times) * (eachMs ?? 0),
  };
}

/**
 * The longest that all waits between the tries take together, in milliseconds. With a base of b and doubling, Envoy draws
 * wait k from 0 to b x (2^k - 1), gRPC adds up to a fifth to b x 2^(k-1): both stay under b x 2^k and 1.2 times the cap.
 */
export function backOffBoundMs(maxAttempts: number): number {
  let sum = 0;
  for (let k = 1; k < maxAttempts; k++) sum += Math.min(backOff.baseMs * backOff.multiplier ** k, 1.2 * backOff.maxMs);
  return sum;
}
