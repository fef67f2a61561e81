// What a piece of work does by itself: its time and its calls. The callee states who may call it, and each method its
// deadline, so nobody else relies on these.

import type { Work } from "../graph.ts";
import type { Call } from "../model.ts";
import { at } from "../rules/places.ts";
import type { Violation } from "../rules/rule.ts";
import { type Comparison, formerly, only } from "./comparison.ts";

export const workComparisons: readonly Comparison[] = [
  {
    code: "job-removed",
    effect: "safe",
    finds: "a job that a workload starts no longer",
    why: "nobody calls a job",
    fields: ["Workload.jobs", "Job.name"],
    *compare({ old, now }) {
      for (const work of only(jobs(old.work), jobs(now.work), ({ subject }) => subject)) {
        const workload = now.contract.workloads.find(({ name }) => name === work.workload);
        if (workload) yield { subject: work.subject, at: workload.at, message: `the ${work.label} is gone` };
      }
    },
  },
  {
    code: "job-added",
    effect: "safe",
    finds: "a new job",
    why: "what it may call is stated by those it calls",
    fields: ["Workload.jobs", "Job.name"],
    *compare({ old, now }) {
      for (const { subject, label, at } of only(jobs(now.work), jobs(old.work), ({ subject }) => subject)) {
        yield { subject, at, message: `the ${label} is new` };
      }
    },
  },
  {
    code: "work-time-changed",
    effect: "safe",
    finds: "another `handler_ms`, or another `limit_ms` of a job or a consumer",
    why: "callers go by the deadline",
    fields: ["MethodPolicy.handler_ms", "Job.handler_ms", "Job.limit_ms", "Consumer.handler_ms", "Consumer.limit_ms"],
    *compare({ work }) {
      for (const { old, now } of work) {
        const place = now.method ? at(now.method, "handler_ms") : now.at;
        if (old.handlerMs !== now.handlerMs) {
          const message = `${now.label} takes ${now.handlerMs} ms outside its calls, and took ${old.handlerMs} ms`;
          yield { subject: now.subject, at: place, message };
        }
        if (!now.method && old.limitMs !== now.limitMs) {
          const message = `${now.label} has ${now.limitMs ?? 0} ms, and had ${old.limitMs ?? 0} ms`;
          yield { subject: now.subject, at: place, message };
        }
      }
    },
  },
  {
    code: "call-removed",
    effect: "safe",
    finds: "a call that a method, job or consumer no longer makes",
    why: "the callee may stay as it is",
    fields: ["MethodPolicy.calls", "Job.calls", "Consumer.calls", "Call.method"],
    *compare({ work }) {
      for (const { old, now } of work) {
        for (const { method, before, after } of differences(old, now)) {
          if (before && !after) {
            yield { subject: now.subject, at: formerly(now.at), message: `${now.label} no longer calls ${method}` };
          }
        }
      }
    },
  },
  {
    code: "call-added",
    effect: "safe",
    finds: "a call that a method, job or consumer did not make",
    why: "the callee states who may call it",
    fields: ["MethodPolicy.calls", "Job.calls", "Consumer.calls", "Call.method"],
    *compare({ work }) {
      for (const { old, now } of work) {
        for (const { method, before, after } of differences(old, now)) {
          if (after && !before) {
            yield { subject: now.subject, at: after.at, message: `${now.label} now calls ${method}` };
          }
        }
      }
    },
  },
  {
    code: "call-changed",
    effect: "safe",
    finds: "a call at another stage, more or less often, with another end, or of another kind",
    why: "the callee answers as before, and the proof of the caller's deadline is made anew",
    fields: ["Call.stage", "Call.times", "Call.within_ms", "Call.optional", "Call.detached"],
    *compare({ work }) {
      for (const { old, now } of work) {
        for (const { method, before, after } of differences(old, now)) {
          if (!before || !after) continue;
          const message = `${now.label} calls ${method} ${shown(after)}, and did so ${shown(before)}`;
          yield { subject: now.subject, at: after.at, message } satisfies Violation;
        }
      }
    },
  },
];

const jobs = (work: readonly Work[]): Work[] => work.filter(({ kind }) => kind === "job");

interface Difference {
  readonly method: string;
  readonly before?: Call;
  readonly after?: Call;
}

/** The calls that are not the same on both sides. Where a method is called on both, they pair up in the order written. */
function differences(old: Work, now: Work): Difference[] {
  const methods = new Set([...old.calls, ...now.calls].map(({ method }) => method));
  return [...methods].flatMap((method) => {
    const before = old.calls.filter((call) => call.method === method);
    const after = now.calls.filter((call) => call.method === method);
    for (const call of [...before]) {
      const same = after.findIndex((other) => shown(other) === shown(call));
      if (same === -1) continue;
      after.splice(same, 1);
      before.splice(before.indexOf(call), 1);
    }
    return Array.from({ length: Math.max(before.length, after.length) }, (_, i) => ({
      method,
      ...(before[i] ? { before: before[i] } : {}),
      ...(after[i] ? { after: after[i] } : {}),
    }));
  });
}

const shown = ({ stage, times, withinMs, optional, detached }: Call): string =>
  [
    `at stage ${stage}`,
    times === 1 ? "once" : `${times} times`,
    ...(withinMs === undefined ? [] : [`within ${withinMs} ms`]),
    ...(optional ? ["optionally"] : []),
    ...(detached ? ["detached"] : []),
  ].join(" ");
