// Which calls a workload makes: what its methods, jobs and consumers declare, as far as the callee lets it.

import { ANY, type Call, type Contract, type Method, type Workload } from "../model.ts";
import { compare, place } from "../names.ts";

export interface OutboundCall {
  readonly method: Method;
  /** Where the workload says that it makes the call, `file:line`, in order. */
  readonly declaredAt: readonly string[];
}

/** Sorted by the callee and then by the path, so that the order of statements never shows. */
export function outboundCalls(contract: Contract, workload: Workload): OutboundCall[] {
  const declared: Call[] = [
    ...workload.services.flatMap(({ methods }) => methods.flatMap(({ calls }) => calls)),
    ...workload.jobs.flatMap(({ calls }) => calls),
    ...contract.topics
      .flatMap(({ consumers }) => consumers)
      .filter((consumer) => consumer.workload === workload.name)
      .flatMap(({ calls }) => calls),
  ];
  const statementsOf = new Map<string, Call[]>();
  for (const call of declared) statementsOf.set(call.method, [...(statementsOf.get(call.method) ?? []), call]);
  const calls: OutboundCall[] = [];
  for (const method of contract.services.flatMap(({ methods }) => methods)) {
    const statements = statementsOf.get(method.id);
    if (!statements) continue;
    const allowed = method.callers.includes(workload.name) || method.callers.includes(ANY);
    if (!allowed || method.service.workload === "") continue;
    calls.push({ method, declaredAt: [...new Set(statements.map(({ at }) => place(at)))].sort(compare) });
  }
  return calls.sort(
    (a, b) => compare(a.method.service.workload, b.method.service.workload) || compare(a.method.path, b.method.path),
  );
}

/** The comment in front of what enforces a method. */
export const from = (method: Method): string => `from ${place(method.at)} ${method.id}`;
