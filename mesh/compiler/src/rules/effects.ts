// What undoes what, and reads that only read.

import { ANY } from "../model.ts";
import { nearest } from "../names.ts";
import { at } from "./places.ts";
import type { Rule } from "./rule.ts";

export const effectRules: readonly Rule[] = [
  {
    code: "compensation-unknown",
    severity: "error",
    refuses: "a `compensated_by` that names no method, or the method itself",
    mend: "name a method of the same service, or package.Service/Method",
    *check({ methods }) {
      for (const method of methods.values()) {
        if (!method.compensatedBy) continue;
        const self = method.compensatedBy === method.id;
        if (methods.has(method.compensatedBy) && !self) continue;
        const meant = self ? undefined : nearest(method.compensatedBy, methods.keys());
        const message = self
          ? `${method.id} is said to undo itself`
          : `${method.id} is undone by "${method.compensatedBy}", which no file declares${meant ? ` (did you mean "${meant}"?)` : ""}`;
        yield { subject: method.id, at: at(method, "compensated_by"), message };
      }
    },
  },
  {
    code: "compensation-not-idempotent",
    severity: "error",
    refuses: "a compensation that is not IDEMPOTENT: an undo is sent until it is known to have worked",
    mend: "make the undo idempotent and state option idempotency_level = IDEMPOTENT on it",
    *check({ methods }) {
      for (const method of methods.values()) {
        const undo = methods.get(method.compensatedBy ?? "");
        if (!undo || undo === method || undo.idempotency === "idempotent") continue;
        const why = undo.idempotency === "unset" ? "is not idempotent" : "only reads";
        const message = `${method.id} is undone by ${undo.id}, which ${why}`;
        yield { subject: method.id, at: at(method, "compensated_by"), message };
      }
    },
  },
  {
    code: "compensation-not-callable",
    severity: "error",
    refuses: "a compensation that a caller of the method may not call",
    mend: "add the missing callers to the compensation",
    *check({ methods }) {
      for (const method of methods.values()) {
        const undo = methods.get(method.compensatedBy ?? "");
        if (!undo || undo.callers.includes(ANY)) continue;
        const missing = [...new Set(method.callers)].filter((caller) => !undo.callers.includes(caller));
        if (missing.length === 0) continue;
        const message = `${method.id} is undone by ${undo.id}, which ${missing.join(", ")} may not call`;
        yield { subject: method.id, at: at(method, "compensated_by"), message };
      }
    },
  },
  {
    code: "read-calls-write",
    severity: "error",
    refuses: "a method with NO_SIDE_EFFECTS that calls one which changes something",
    mend: "state IDEMPOTENT instead, or remove the call",
    *check({ methods }) {
      for (const method of methods.values()) {
        if (method.idempotency !== "no-side-effects") continue;
        for (const call of method.calls) {
          const callee = methods.get(call.method);
          if (!callee || callee.idempotency === "no-side-effects") continue;
          const message = `${method.id} has no side effects, but calls ${callee.id}, which has`;
          yield { subject: method.id, at: call.at, message };
        }
      }
    },
  },
];
