// When a call may be tried again, and how far tries multiply.

import { amplification, triesOf } from "../amplification.ts";
import { at } from "./places.ts";
import type { Rule } from "./rule.ts";

/** The tries that one call from outside may cause at any method, at most. */
export const amplificationBound = 4;

/** gRPC cuts every larger number down to this one. */
const mostAttempts = 5;

export const retryRules: readonly Rule[] = [
  {
    code: "retry-not-idempotent",
    severity: "error",
    refuses: "a retry on a method that is not idempotent",
    mend: "remove retry, or make the method idempotent (a request id does it) and say so with idempotency_level",
    *check({ methods }) {
      for (const method of methods.values()) {
        if (!method.retry || method.idempotency !== "unset") continue;
        const message = `${method.id} is tried ${method.retry.maxAttempts} times, but does not say that it is idempotent`;
        yield { subject: method.id, at: at(method, "retry"), message };
      }
    },
  },
  {
    code: "retry-attempts",
    severity: "error",
    refuses: "a retry with fewer than 2 tries or more than 5",
    mend: `state max_attempts from 2 to ${mostAttempts}, the first try included, or remove retry`,
    *check({ methods }) {
      for (const method of methods.values()) {
        const attempts = method.retry?.maxAttempts;
        if (attempts === undefined || (attempts >= 2 && attempts <= mostAttempts)) continue;
        const message =
          attempts < 2
            ? `${method.id} states a retry with max_attempts ${attempts}; it counts the first try too`
            : `${method.id} states max_attempts ${attempts}, which gRPC cuts down to ${mostAttempts}`;
        yield { subject: method.id, at: at(method, "retry"), message };
      }
    },
  },
  {
    code: "retry-code",
    severity: "error",
    refuses: "a retry on no code, or on one that may not be retried",
    mend: "state on: [RETRY_CODE_UNAVAILABLE], RETRY_CODE_RESOURCE_EXHAUSTED or both",
    *check({ contract, methods }) {
      const reported = new Set<string>();
      for (const problem of contract.problems) {
        if (problem.code !== "retry-code") continue;
        const subject = problem.subject ?? "";
        reported.add(subject);
        yield { subject, at: problem.at, message: problem.message };
      }
      for (const method of methods.values()) {
        if (!method.retry || method.retry.on.length > 0 || reported.has(method.id)) continue;
        yield { subject: method.id, at: at(method, "retry"), message: `${method.id} states a retry, but on no code` };
      }
    },
  },
  {
    code: "retry-amplification",
    severity: "error",
    refuses: `a path of calls along which tries multiply to more than ${amplificationBound}`,
    mend: "keep the retry nearest to what fails and remove the others on the path",
    *check(graph) {
      const worst = amplification(graph);
      for (const method of graph.methods.values()) {
        const found = worst(method);
        const { factor } = found;
        if (factor <= amplificationBound) continue;
        // Report where the bound is crossed, not again at everything in front of it.
        if (method.calls.some((call) => over(graph.methods.get(call.method)))) continue;
        const steps = found.path
          .filter((step) => triesOf(step) > 1)
          .map((step) => `${step.id} (${triesOf(step)} tries)`);
        const message = `one call of ${method.id} can become ${factor} tries: ${steps.join(" then ")}`;
        yield { subject: method.id, at: at(method, "retry"), message };
      }
      function over(method: Parameters<typeof worst>[0] | undefined): boolean {
        return method !== undefined && worst(method).factor > amplificationBound;
      }
    },
  },
  {
    code: "retry-repeats-call",
    severity: "warning",
    refuses: "a retried method that calls one which must not be repeated",
    mend: "make the callee idempotent, or remove the retry in front of it",
    *check({ methods }) {
      for (const method of methods.values()) {
        if (!method.retry) continue;
        for (const call of method.calls) {
          const callee = methods.get(call.method);
          if (callee?.idempotency !== "unset") continue;
          const message = `${method.id} is retried, and each try may call ${callee.id} again, which is not idempotent`;
          yield { subject: method.id, at: call.at, message };
        }
      }
    },
  },
];
