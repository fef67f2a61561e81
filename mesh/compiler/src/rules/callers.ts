// Callers against calls: what the callee allows and what the callers declare must be the same.

import { ANY, DEVICE, EDGE } from "../model.ts";
import { nearest } from "../names.ts";
import { at } from "./places.ts";
import type { Rule } from "./rule.ts";

const special: ReadonlySet<string> = new Set([EDGE, DEVICE, ANY]);

export const callerRules: readonly Rule[] = [
  {
    code: "caller-unknown",
    severity: "error",
    refuses: "a caller that is no declared workload, external workload, `@edge`, `@device` or `@any`",
    mend: "use the name of a declared workload, or declare it with option (mesh.v1.workload) or (mesh.v1.external_workload)",
    *check({ contract, methods }) {
      const known = new Set([...contract.workloads, ...contract.externalWorkloads].map((workload) => workload.name));
      for (const method of methods.values()) {
        for (const caller of method.callers) {
          if (special.has(caller) || known.has(caller)) continue;
          const meant = nearest(caller, [...known, ...special]);
          yield {
            subject: method.id,
            at: at(method, "callers"),
            message: `${method.id} may be called by "${caller}", which nothing declares${meant ? ` (did you mean "${meant}"?)` : ""}`,
            ...(/[/:]/.test(caller)
              ? {
                  mend: "callers are names, not identities: declare an external_workload with the namespace and trust domain",
                }
              : {}),
          };
        }
      }
    },
  },
  {
    code: "caller-redundant",
    severity: "warning",
    refuses: "a caller that is listed twice, or beside `@any`",
    mend: "delete the entry",
    *check({ contract, methods }) {
      const workloads = new Set(contract.workloads.map((workload) => workload.name));
      for (const method of methods.values()) {
        const seen = new Set<string>();
        for (const caller of method.callers) {
          const why = seen.has(caller)
            ? "twice"
            : method.callers.includes(ANY) && workloads.has(caller)
              ? `beside ${ANY}, which includes it`
              : undefined;
          seen.add(caller);
          if (why) {
            const message = `${method.id} lists the caller "${caller}" ${why}`;
            yield { subject: method.id, at: at(method, "callers"), message };
          }
        }
      }
    },
  },
  {
    code: "caller-unused",
    severity: "error",
    refuses: "a caller that never declares a call of the method",
    mend: "remove it from callers, or declare the call in the method, job or consumer that makes it",
    *check({ contract, methods, incoming }) {
      const workloads = new Set(contract.workloads.map((workload) => workload.name));
      for (const method of methods.values()) {
        const callers = new Set(incoming(method.id).map(({ from }) => from.workload));
        for (const caller of new Set(method.callers)) {
          if (!workloads.has(caller) || callers.has(caller)) continue;
          const message = `${method.id} may be called by ${caller}, but no method, job or consumer of ${caller} declares the call`;
          yield { subject: method.id, at: at(method, "callers"), message };
        }
      }
    },
  },
  {
    code: "call-unknown",
    severity: "error",
    refuses: "a declared call of a method that does not exist",
    mend: "write package.Service/Method as the callee's file declares it",
    *check({ methods, work }) {
      for (const from of work) {
        for (const call of from.calls) {
          if (methods.has(call.method)) continue;
          const meant = nearest(call.method, methods.keys());
          const message = `${from.label} calls "${call.method}", which no file declares${meant ? ` (did you mean "${meant}"?)` : ""}`;
          yield { subject: from.subject, at: call.at, message };
        }
      }
    },
  },
  {
    code: "call-not-granted",
    severity: "error",
    refuses: "a declared call whose callee does not list the caller",
    mend: "add the workload to the callers of the callee, or remove the call",
    *check({ methods, work }) {
      for (const from of work) {
        for (const call of from.calls) {
          const callee = methods.get(call.method);
          if (!callee || callee.callers.includes(from.workload) || callee.callers.includes(ANY)) continue;
          if (from.workload === "") continue;
          const message = `${from.label} calls ${callee.id}, whose callers do not include ${from.workload}`;
          yield { subject: from.subject, at: call.at, message };
        }
      }
    },
  },
];
