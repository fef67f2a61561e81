// What every method, service, job and consumer must say.

import type { Graph } from "../graph.ts";
import type { Method } from "../model.ts";
import { at, isStream } from "./places.ts";
import type { Rule, Violation } from "./rule.ts";

/** One violation for each method that a policy stands on and the test finds wanting. */
function* methodsWithout(graph: Graph, field: string, lacks: (method: Method) => boolean): Generator<Violation> {
  for (const method of graph.methods.values()) {
    if (method.hasPolicy && lacks(method)) {
      yield { subject: method.id, at: at(method, field), message: `${method.id} states no ${field}` };
    }
  }
}

export const presenceRules: readonly Rule[] = [
  {
    code: "method-without-policy",
    severity: "error",
    refuses: "a method without the option `mesh.v1.method`",
    mend: "add option (mesh.v1.method) with callers and deadline_ms",
    *check(graph) {
      for (const method of graph.methods.values()) {
        if (!method.hasPolicy) yield { subject: method.id, at: method.at, message: `${method.id} states no policy` };
      }
    },
  },
  {
    code: "method-without-callers",
    severity: "error",
    refuses: "a method that nobody may call",
    mend: "list the workloads that call it in callers, or @edge, @device or @any; delete the method if nobody does",
    check: (graph) => methodsWithout(graph, "callers", (method) => method.callers.length === 0),
  },
  {
    code: "method-without-deadline",
    severity: "error",
    refuses: "a unary or client-streaming method without `deadline_ms`",
    mend: "state deadline_ms, the longest that a caller waits, or no_deadline with a reason",
    check: (graph) =>
      methodsWithout(
        graph,
        "deadline_ms",
        (method) => !isStream(method) && method.deadlineMs === undefined && method.noDeadlineReason === undefined,
      ),
  },
  {
    code: "method-without-idempotency",
    severity: "error",
    refuses: "a method without `idempotency_level`",
    mend:
      "state option idempotency_level: NO_SIDE_EFFECTS for a read, IDEMPOTENT where a repeat changes nothing more, " +
      "IDEMPOTENCY_UNKNOWN where it must never be repeated",
    *check(graph) {
      for (const method of graph.methods.values()) {
        if (method.idempotency === "unset" && !method.idempotencyStated) {
          yield { subject: method.id, at: method.at, message: `${method.id} does not say whether it may be repeated` };
        }
      }
    },
  },
  {
    code: "service-without-workload",
    severity: "error",
    refuses: "a service that no declared workload runs",
    mend: "declare option (mesh.v1.workload) in its file, or name a declared one in option (mesh.v1.service).workload",
    *check(graph) {
      const names = new Set(graph.contract.workloads.map((workload) => workload.name));
      for (const service of graph.contract.services) {
        if (names.has(service.workload)) continue;
        const message = service.workload
          ? `${service.id} is run by "${service.workload}", which no file declares`
          : `${service.id} does not say which workload runs it, and its file does not declare exactly one`;
        yield { subject: service.id, at: service.at, message };
      }
    },
  },
  {
    code: "job-without-limit",
    severity: "error",
    refuses: "a job without `limit_ms`",
    mend: "state limit_ms, the longest that one run takes",
    *check(graph) {
      for (const work of graph.work) {
        if (work.kind === "job" && work.limitMs === undefined) {
          yield { subject: work.subject, at: work.at, message: `${work.label} has no limit_ms` };
        }
      }
    },
  },
  {
    code: "consumer-without-limit",
    severity: "error",
    refuses: "a consumer that makes calls without `limit_ms`",
    mend: "state limit_ms, the longest that handling one event takes",
    *check(graph) {
      for (const work of graph.work) {
        if (work.kind === "consumer" && work.limitMs === undefined && work.calls.length > 0) {
          yield { subject: work.subject, at: work.at, message: `${work.label} makes calls, but has no limit_ms` };
        }
      }
    },
  },
];
