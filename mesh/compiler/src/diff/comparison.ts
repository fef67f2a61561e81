// What a comparison of two contracts is, and what it finds.

import { type Graph, graphOf, type Work } from "../graph.ts";
import type { Contract, ExternalWorkload, Location, Method, Service, Topic, Workload } from "../model.ts";
import { at } from "../rules/places.ts";
import type { Violation } from "../rules/rule.ts";

/**
 * What a change does to those who rely on the contract as it was: `breaking` takes something from them, `loosening` allows
 * more or promises less than before, `safe` does neither.
 */
export type Effect = "breaking" | "loosening" | "safe";

/** One difference of policy between two contracts. */
export interface Change {
  /** The code of the comparison, lower case with hyphens. It never changes its meaning. */
  readonly code: string;
  readonly effect: Effect;
  /** As in a finding: `package.Service/Method`, `workload/job`, the name of a workload, or a message that carries a topic. */
  readonly subject: string;
  /** In the new contract; in the old one, without a line, for what nothing of the new one is near to. */
  readonly at: Location;
  /** What changed, and from what to what. */
  readonly message: string;
  /** Why it has its effect. */
  readonly why: string;
  /** What to do instead, or before; absent for a safe change. */
  readonly mend?: string;
  /** Why the owner accepts it: the reason in mesh.yaml. */
  readonly accepted?: string;
}

export interface Comparison {
  readonly code: string;
  readonly effect: Effect;
  /** What it finds, as in a table. */
  readonly finds: string;
  readonly why: string;
  readonly mend?: string;
  /** The fields of policy.proto that it looks at, `MethodPolicy.callers`; a test holds them against all there are. */
  readonly fields: readonly string[];
  compare(contracts: Contracts): Iterable<Violation>;
}

/** The same element in both contracts. */
export interface Pair<T> {
  readonly old: T;
  readonly now: T;
}

/** Two contracts, and what is in both of them. */
export interface Contracts extends Pair<Graph> {
  readonly services: readonly Pair<Service>[];
  /** Those that carry a policy in both. */
  readonly methods: readonly Pair<Method>[];
  readonly workloads: readonly Pair<Workload>[];
  readonly externalWorkloads: readonly Pair<ExternalWorkload>[];
  /** By the message that they carry, since a topic may be renamed. */
  readonly topics: readonly Pair<Topic>[];
  readonly work: readonly Pair<Work>[];
}

/** Work that a contract starts or stops to state is a change of its own, so only what is in both is compared further. */
export function contractsOf(oldContract: Contract, newContract: Contract): Contracts {
  const old = graphOf(oldContract);
  const now = graphOf(newContract);
  const methods = pairs([...old.methods.values()], [...now.methods.values()], ({ id }) => id);
  const stated = methods.filter((pair) => pair.old.hasPolicy && pair.now.hasPolicy);
  const paired = new Set(stated.map((pair) => pair.now));
  return {
    old,
    now,
    services: pairs(oldContract.services, newContract.services, ({ id }) => id),
    methods: stated,
    workloads: pairs(oldContract.workloads, newContract.workloads, ({ name }) => name),
    externalWorkloads: pairs(oldContract.externalWorkloads, newContract.externalWorkloads, ({ name }) => name),
    topics: pairs(oldContract.topics, newContract.topics, ({ message }) => message),
    work: pairs(old.work, now.work, ({ subject }) => subject).filter(
      (pair) => !pair.now.method || paired.has(pair.now.method),
    ),
  };
}

function pairs<T>(old: readonly T[], now: readonly T[], key: (element: T) => string): Pair<T>[] {
  const before = new Map(old.map((element) => [key(element), element]));
  return now.flatMap((element) => {
    const known = before.get(key(element));
    return known ? [{ old: known, now: element }] : [];
  });
}

/** Those of the first list that the second has not, each once. */
export function missing<T>(from: readonly T[], other: readonly T[]): T[] {
  const known = new Set(other);
  return [...new Set(from)].filter((element) => !known.has(element));
}

/** The elements that only one of the contracts has. */
export function only<T>(from: readonly T[], other: readonly T[], key: (element: T) => string): T[] {
  const known = new Set(other.map(key));
  return from.filter((element) => !known.has(key(element)));
}

/** A line of the old contract says nothing about the files as they are now. */
export const formerly = ({ file }: Location): Location => ({ file, line: 0 });

/** Compares every method that has a policy in both contracts; `field` is the one to point at. */
export const onMethods = (
  field: string,
  messages: (old: Method, now: Method) => string | readonly string[] | undefined,
): Comparison["compare"] =>
  function* ({ methods }) {
    for (const { old, now } of methods) {
      for (const message of [messages(old, now) ?? []].flat()) yield { subject: now.id, at: at(now, field), message };
    }
  };

/** The same for topics. */
export const onTopics = (
  field: string,
  messages: (old: Topic, now: Topic) => string | readonly string[] | undefined,
): Comparison["compare"] =>
  function* ({ topics }) {
    for (const { old, now } of topics) {
      for (const message of [messages(old, now) ?? []].flat()) {
        yield { subject: now.message, at: at(now, field), message };
      }
    }
  };

/** `300 ms`, or that there is no limit. */
export const milliseconds = (ms: number | undefined): string => (ms === undefined ? "no limit" : `${ms} ms`);
