// What is open to callers outside the mesh, and on whose behalf.

import { EDGE, type Method } from "../model.ts";
import { at } from "./places.ts";
import type { Rule } from "./rule.ts";

/** RFC 6749: printable ASCII without space, quote and backslash. */
const scopeToken = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/** Whether every call of the method comes with a user. */
const hasUser = (method: Method): boolean =>
  method.endUser !== "none" || (method.callers.includes(EDGE) && method.scopes.length > 0);

export const edgeRules: readonly Rule[] = [
  {
    code: "edge-without-scopes",
    severity: "error",
    refuses: "a method that is open to `@edge`, changes something, and asks for no scope",
    mend: "state scopes; only a method with idempotency_level NO_SIDE_EFFECTS may be open to everyone",
    *check({ methods }) {
      for (const method of methods.values()) {
        if (!method.callers.includes(EDGE) || method.scopes.length > 0) continue;
        if (method.idempotency === "no-side-effects") continue;
        const message = `${method.id} changes something, and anyone outside may call it`;
        yield { subject: method.id, at: at(method, "callers"), message };
      }
    },
  },
  {
    code: "scopes-without-edge",
    severity: "warning",
    refuses: "scopes on a method that is not open to `@edge`: nothing checks them",
    mend: "remove scopes, or state end_user where a user must stand behind the call",
    *check({ methods }) {
      for (const method of methods.values()) {
        if (method.scopes.length === 0 || method.callers.includes(EDGE)) continue;
        const message = `${method.id} asks for scopes, but callers from outside never reach it`;
        yield { subject: method.id, at: at(method, "scopes"), message };
      }
    },
  },
  {
    code: "scope-malformed",
    severity: "error",
    refuses: "a scope that no token can carry (RFC 6749), or one listed twice",
    mend: "use one word per scope, without spaces, quotes and backslashes, each once",
    *check({ methods }) {
      for (const method of methods.values()) {
        for (const [i, scope] of method.scopes.entries()) {
          const twice = method.scopes.indexOf(scope) !== i;
          if (scopeToken.test(scope) && !twice) continue;
          const message = `${method.id} asks for the scope "${scope}"${twice ? " twice" : ", which no token can carry"}`;
          yield { subject: method.id, at: at(method, "scopes"), message };
        }
      }
    },
  },
  {
    code: "user-not-carried",
    severity: "error",
    refuses:
      "a call of a method with `end_user` REQUIRED from where no user is: a job, a consumer, a detached call, or a method without one",
    mend: "state end_user on the calling method, make the call part of the request, or let the callee take the user as a field",
    *check({ methods, work }) {
      for (const from of work) {
        for (const call of from.calls) {
          const callee = methods.get(call.method);
          if (callee?.endUser !== "required") continue;
          const why = !from.method
            ? "which no user started"
            : call.detached
              ? "detached, so that no user goes along"
              : hasUser(from.method)
                ? undefined
                : "which no user needs to stand behind";
          if (!why) continue;
          const message = `${callee.id} requires a user, and is called by ${from.label}, ${why}`;
          yield { subject: from.subject, at: call.at, message };
        }
      }
    },
  },
  {
    code: "user-from-nowhere",
    severity: "error",
    refuses:
      "a method with `end_user` REQUIRED whose only callers are outside the mesh and not `@edge`: they cannot carry a user",
    mend: "add a caller that can (@edge or a workload), or state END_USER_OPTIONAL",
    *check({ contract, methods }) {
      const workloads = new Set(contract.workloads.map((workload) => workload.name));
      for (const method of methods.values()) {
        if (method.endUser !== "required" || method.callers.length === 0) continue;
        if (method.callers.some((caller) => caller === EDGE || caller === "@any" || workloads.has(caller))) continue;
        const message = `${method.id} requires a user, which none of its callers (${method.callers.join(", ")}) can carry`;
        yield { subject: method.id, at: at(method, "end_user"), message };
      }
    },
  },
];
