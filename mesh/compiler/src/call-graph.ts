// Who calls whom, as nodes and edges that can be drawn: from workload to workload, or from method to method.

import { type Graph, ofMethod } from "./graph.ts";
import { ANY, DEVICE, EDGE } from "./model.ts";
import { compare } from "./names.ts";

export interface Node {
  /** Unique in the graph: the name of a workload, an external caller, or the id of a method, job or topic. */
  readonly id: string;
  readonly label: string;
  readonly kind: "workload" | "outside" | "method" | "job";
  /** The workload that runs it; only for methods and jobs. */
  readonly workload?: string;
}

export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly kind: "call" | "event";
  /** The topic of an event; of calls, how many methods are called. */
  readonly label: string;
}

export interface CallGraph {
  readonly nodes: readonly Node[];
  readonly edges: readonly Edge[];
}

const outside: Readonly<Record<string, string>> = { [EDGE]: "outside", [DEVICE]: "devices", [ANY]: "every workload" };

/** The workloads and who calls them; what comes from outside stands for itself. Sorted. */
export function workloadGraph({ contract, methods, work }: Graph): CallGraph {
  const names = new Set(contract.workloads.map(({ name }) => name));
  const calls = new Map<string, { from: string; to: string; methods: Set<string> }>();
  const add = (from: string, to: string, method: string) => {
    if (from === "" || to === "") return;
    const key = `${from} ${to}`;
    const known = calls.get(key) ?? { from, to, methods: new Set() };
    known.methods.add(method);
    calls.set(key, known);
  };
  for (const { workload, calls: made } of work) {
    for (const { method } of made) add(workload, methods.get(method)?.service.workload ?? "", method);
  }
  // Those that declare no calls of their own.
  for (const method of methods.values()) {
    for (const caller of method.callers) if (!names.has(caller)) add(caller, method.service.workload, method.id);
  }
  const callers = [...new Set([...calls.values()].map(({ from }) => from))].filter((name) => !names.has(name));
  return {
    nodes: [
      ...callers.map((id): Node => ({ id, label: outside[id] ?? id, kind: "outside" })).sort(byId),
      ...contract.workloads.map(({ name }): Node => ({ id: name, label: name, kind: "workload" })),
    ],
    edges: [
      ...[...calls.values()].map(
        ({ from, to, methods }): Edge => ({ from, to, kind: "call", label: String(methods.size) }),
      ),
      ...events(contract.topics),
    ].sort(byEnds),
  };
}

/** Every method and job, in the workload that runs it, and its declared calls. Sorted. */
export function methodGraph({ methods, work }: Graph): CallGraph {
  const callers = work.filter(({ kind, calls }) => kind !== "method" && calls.length > 0);
  const made = [...[...methods.values()].map(ofMethod), ...callers];
  return {
    nodes: made.map(
      ({ kind, subject, method, workload }): Node => ({
        id: subject,
        label: method ? `${method.service.name}/${method.name}` : subject,
        kind: kind === "method" ? "method" : "job",
        workload,
      }),
    ),
    edges: made
      .flatMap(({ subject, calls }) =>
        [...new Set(calls.map(({ method }) => method))]
          .filter((method) => methods.has(method))
          .map((method): Edge => ({ from: subject, to: method, kind: "call", label: "" })),
      )
      .sort(byEnds),
  };
}

function events(topics: Graph["contract"]["topics"]): Edge[] {
  return topics.flatMap(({ name, producers, consumers }) =>
    producers.flatMap((from) =>
      consumers.map(({ workload }): Edge => ({ from, to: workload, kind: "event", label: name })),
    ),
  );
}

const byId = (a: Node, b: Node): number => compare(a.id, b.id);
const byEnds = (a: Edge, b: Edge): number =>
  compare(a.from, b.from) || compare(a.to, b.to) || compare(a.label, b.label);
