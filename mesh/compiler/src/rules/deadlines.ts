// The proof that every deadline can be kept, and what it rests on.

import { type Budget, backOffBoundMs, budgetOf, type CallCost } from "../budget.ts";
import { at, isStream } from "./places.ts";
import type { Rule } from "./rule.ts";

/** In milliseconds. Timers of some runtimes end at 24 days, and then fire at once. */
const day = 86_400_000;
const days = (ms: number): string => `${Math.floor(ms / day)} days and more`;

export const deadlineRules: readonly Rule[] = [
  {
    code: "deadline-unkeepable",
    severity: "error",
    refuses:
      "a method, job or consumer that needs more time than it has: its handler, and in each stage the longest call",
    mend: "give more time, a shorter within_ms to the longest call, or put calls that do not need each other in one stage",
    *check(graph) {
      for (const work of graph.work) {
        if (work.limitMs === undefined) continue;
        const budget = budgetOf(graph, work);
        if (budget.needMs <= work.limitMs) continue;
        const limit = work.kind === "method" ? "deadline_ms" : "limit_ms";
        yield {
          subject: work.subject,
          at: work.method ? at(work.method, "deadline_ms") : work.at,
          message: `${work.label} needs ${budget.needMs} ms, but has ${work.limitMs} ms: ${sum(budget)}`,
          mend:
            `raise ${limit} to at least ${budget.needMs}, give the longest call a within_ms, ` +
            "or put calls that do not need each other in one stage",
        };
      }
    },
  },
  {
    code: "deadline-under-retries",
    severity: "error",
    refuses: "a deadline too short for `max_attempts` runs of the handler and the back-off between them",
    mend: "raise deadline_ms, lower max_attempts, or state the true handler_ms",
    *check(graph) {
      for (const method of graph.methods.values()) {
        const { retry, deadlineMs } = method;
        if (!retry || deadlineMs === undefined || retry.maxAttempts < 2) continue;
        const waits = backOffBoundMs(retry.maxAttempts);
        const need = retry.maxAttempts * method.handlerMs + waits;
        if (need <= deadlineMs) continue;
        yield {
          subject: method.id,
          at: at(method, "deadline_ms"),
          message:
            `${method.id} needs ${need} ms for all its tries, but has ${deadlineMs} ms: ` +
            `${retry.maxAttempts} x ${method.handlerMs} handler + ${waits} back-off`,
          mend: `raise deadline_ms to at least ${need}, lower max_attempts, or state the true handler_ms`,
        };
      }
    },
  },
  {
    code: "deadline-misplaced",
    severity: "error",
    refuses: "a deadline, or a waiver of one, on a server or bidirectional stream",
    mend: "state stream: {idle_ms, max_ms} instead; a stream has no deadline",
    *check(graph) {
      for (const method of graph.methods.values()) {
        if (!isStream(method)) continue;
        for (const [field, stated] of [
          ["deadline_ms", method.deadlineMs !== undefined],
          ["no_deadline", method.noDeadlineReason !== undefined],
        ] as const) {
          if (!stated) continue;
          const message = `${method.id} is a ${method.kind} stream and states ${field}`;
          yield { subject: method.id, at: at(method, field), message };
        }
      }
    },
  },
  {
    code: "time-absurd",
    severity: "error",
    refuses: "a `deadline_ms` or `limit_ms` of more than a day, or a stream's `max_ms` of more than a week",
    mend: "state milliseconds; for work that really lasts so long, answer at once and let the caller ask for the outcome",
    *check({ work }) {
      for (const { subject, label, method, limitMs, at: place } of work) {
        const { maxMs = 0 } = method?.stream ?? {};
        if (limitMs !== undefined && limitMs > day) {
          const stated = method ? at(method, "deadline_ms") : place;
          yield { subject, at: stated, message: `${label} has ${limitMs} ms, which is ${days(limitMs)}` };
        }
        if (method && maxMs > 7 * day) {
          yield {
            subject,
            at: at(method, "stream"),
            message: `${label} may last ${maxMs} ms, which is ${days(maxMs)}`,
          };
        }
      }
    },
  },
  {
    code: "call-unbounded",
    severity: "error",
    refuses: "a call that nothing ends: its callee has no deadline and the call no `within_ms`",
    mend: "state within_ms on the call, or a deadline on the callee",
    *check(graph) {
      for (const work of graph.work) {
        // A stream that stays open while its caller does is bounded by the caller's own limits.
        if (work.method && isStream(work.method)) continue;
        for (const { call, callee, eachMs } of costs(budgetOf(graph, work))) {
          if (!callee || eachMs !== undefined || callee.noDeadlineReason === undefined) continue;
          const message = `${work.label} calls ${callee.id}, which has no deadline, without within_ms`;
          yield { subject: work.subject, at: call.at, message };
        }
      }
    },
  },
  {
    code: "optional-without-within",
    severity: "error",
    refuses: "an optional call without `within_ms`: it may fail, but its time is spent all the same",
    mend: "state within_ms, the time after which the caller goes on without the answer",
    *check(graph) {
      for (const work of graph.work) {
        for (const call of work.calls) {
          if (!call.optional || call.withinMs !== undefined || call.detached) continue;
          const message = `${work.label} calls ${call.method} optionally, but does not say for how long it waits`;
          yield { subject: work.subject, at: call.at, message };
        }
      }
    },
  },
  {
    code: "within-pointless",
    severity: "warning",
    refuses: "a `within_ms` that is longer than the deadline of the callee",
    mend: "remove within_ms: the callee's deadline ends the call first",
    *check(graph) {
      for (const work of graph.work) {
        for (const call of work.calls) {
          const deadline = graph.methods.get(call.method)?.deadlineMs;
          // A detached call may be made again until it is done, so the wait for it may be longer than one of them.
          if (deadline === undefined || call.withinMs === undefined || call.withinMs <= deadline || call.detached)
            continue;
          const message = `${work.label} waits ${call.withinMs} ms for ${call.method}, whose deadline is ${deadline} ms`;
          yield { subject: work.subject, at: call.at, message };
        }
      }
    },
  },
  {
    code: "detached-optional",
    severity: "warning",
    refuses: "a call that is both detached and optional: a caller goes on without a detached one in any case",
    mend: "remove optional; state within_ms if the caller waits for the outcome",
    *check(graph) {
      for (const work of graph.work) {
        for (const call of work.calls) {
          if (!call.optional || !call.detached) continue;
          const message = `${work.label} calls ${call.method} detached, and says that it is optional`;
          yield { subject: work.subject, at: call.at, message };
        }
      }
    },
  },
];

const costs = (budget: Budget): CallCost[] => budget.stages.flatMap((stage) => [...stage.calls]);

/** `20 handler + 300 stage 0 (a.v1.Stock/Reserve)`: the call named is the longest of its stage. */
function sum(budget: Budget): string {
  const terms = [`${budget.handlerMs} handler`];
  for (const { stage, calls, ms } of budget.stages) {
    const longest = calls.find((cost) => cost.totalMs === ms);
    if (!longest) continue;
    const times = longest.call.times > 1 && !longest.call.detached ? ` ${longest.call.times} times` : "";
    terms.push(`${ms} stage ${stage} (${longest.call.method}${times})`);
  }
  return terms.join(" + ");
}
