// The calls of a contract as a graph: who makes which call. Built once, in time linear in the size of the contract.

import type { Call, Contract, Location, Method, Topic } from "./model.ts";

/** Something that makes calls within a budget: a method, a job, or the handling of one event. */
export interface Work {
  readonly kind: "method" | "job" | "consumer";
  /** `package.Service/Method`, `workload/job`, or `topic to workload`: what findings are about. */
  readonly subject: string;
  /** How a sentence names it. */
  readonly label: string;
  readonly workload: string;
  /** Only for a method. */
  readonly method?: Method;
  /** Only for a consumer: where its events come from. */
  readonly topic?: Topic;
  readonly handlerMs: number;
  /** The longest it may take; absent where the contract sets no limit. */
  readonly limitMs?: number;
  readonly calls: readonly Call[];
  readonly at: Location;
}

export interface Incoming {
  readonly from: Work;
  readonly call: Call;
}

export interface Graph {
  readonly contract: Contract;
  /** By id. */
  readonly methods: ReadonlyMap<string, Method>;
  /** Everything that makes calls: methods, then jobs, then consumers. */
  readonly work: readonly Work[];
  /** The declared calls of a method. */
  incoming(method: string): readonly Incoming[];
}

export function graphOf(contract: Contract): Graph {
  const methods = new Map(contract.services.flatMap((service) => service.methods).map((method) => [method.id, method]));
  const work = [...[...methods.values()].map(ofMethod), ...jobs(contract), ...consumers(contract)];
  const incoming = new Map<string, Incoming[]>();
  for (const from of work) {
    for (const call of from.calls) {
      const list = incoming.get(call.method);
      if (list) list.push({ from, call });
      else incoming.set(call.method, [{ from, call }]);
    }
  }
  return { contract, methods, work, incoming: (method) => incoming.get(method) ?? [] };
}

/** The work that one call of the method is. */
export const ofMethod = (method: Method): Work => ({
  kind: "method",
  subject: method.id,
  label: method.id,
  workload: method.service.workload,
  method,
  handlerMs: method.handlerMs,
  ...(method.deadlineMs === undefined ? {} : { limitMs: method.deadlineMs }),
  calls: method.calls,
  at: method.at,
});

const jobs = (contract: Contract): Work[] =>
  contract.workloads.flatMap((workload) =>
    workload.jobs.map((job) => ({
      kind: "job",
      subject: `${workload.name}/${job.name}`,
      label: `job "${job.name}" of ${workload.name}`,
      workload: workload.name,
      handlerMs: job.handlerMs,
      ...(job.limitMs ? { limitMs: job.limitMs } : {}),
      calls: job.calls,
      at: job.at,
    })),
  );

const consumers = (contract: Contract): Work[] =>
  contract.topics.flatMap((topic) =>
    topic.consumers.map((consumer) => ({
      kind: "consumer",
      subject: `${topic.name} to ${consumer.workload}`,
      label: `${consumer.workload} consuming ${topic.name}`,
      workload: consumer.workload,
      topic,
      handlerMs: consumer.handlerMs,
      ...(consumer.limitMs ? { limitMs: consumer.limitMs } : {}),
      calls: consumer.calls,
      at: consumer.at,
    })),
  );
