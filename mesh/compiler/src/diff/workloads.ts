// What comes and goes as a whole: workloads, external workloads, services, methods.

import { at } from "../rules/places.ts";
import { type Comparison, formerly, only, onMethods } from "./comparison.ts";

export const workloadComparisons: readonly Comparison[] = [
  {
    code: "workload-removed",
    effect: "breaking",
    finds: "a workload that is declared no longer",
    why: "its identity is refused everywhere, and its address is gone",
    mend: "end what runs under its name first",
    fields: ["Workload.name"],
    *compare({ old, now }) {
      for (const { name, at } of only(old.contract.workloads, now.contract.workloads, ({ name }) => name)) {
        yield { subject: name, at: formerly(at), message: `the workload ${name} is gone` };
      }
    },
  },
  {
    code: "workload-added",
    effect: "safe",
    finds: "a new workload",
    why: "what it may do is stated by those it calls",
    fields: ["Workload.name"],
    *compare({ old, now }) {
      for (const { name, at } of only(now.contract.workloads, old.contract.workloads, ({ name }) => name)) {
        yield { subject: name, at, message: `the workload ${name} is new` };
      }
    },
  },
  {
    code: "external-workload-removed",
    effect: "breaking",
    finds: "an external workload that is declared no longer, or under another identity",
    why: "the identity that it has is refused",
    mend: "end what runs under the old identity first",
    fields: ["ExternalWorkload.name", "ExternalWorkload.namespace", "ExternalWorkload.trust_domain"],
    *compare({ old, now, externalWorkloads }) {
      const lists = [old.contract.externalWorkloads, now.contract.externalWorkloads] as const;
      for (const { name, at } of only(...lists, ({ name }) => name)) {
        yield { subject: name, at: formerly(at), message: `the external workload ${name} is gone` };
      }
      for (const pair of externalWorkloads) {
        const { name, at } = pair.now;
        if (pair.old.namespace === pair.now.namespace && pair.old.trustDomain === pair.now.trustDomain) continue;
        const message = `the external workload ${name} is ${identity(pair.now)}, and was ${identity(pair.old)}`;
        yield { subject: name, at, message };
      }
    },
  },
  {
    code: "external-workload-added",
    effect: "safe",
    finds: "a new external workload",
    why: "what it may do is stated by those it calls",
    fields: ["ExternalWorkload.name"],
    *compare({ old, now }) {
      const lists = [now.contract.externalWorkloads, old.contract.externalWorkloads] as const;
      for (const { name, at } of only(...lists, ({ name }) => name)) {
        yield { subject: name, at, message: `the external workload ${name} is new` };
      }
    },
  },
  {
    code: "service-moved",
    effect: "breaking",
    finds: "a service that another workload runs",
    why: "callers reach it under the address and the identity of the old one",
    mend: "run it in both workloads until no caller asks the old one",
    fields: ["ServicePolicy.workload"],
    *compare({ services }) {
      for (const { old, now } of services) {
        if (old.workload === now.workload || old.workload === "") continue;
        const message = `${now.id} is run by ${now.workload || "no workload"}, not by ${old.workload}`;
        yield { subject: now.id, at: now.at, message };
      }
    },
  },
  {
    code: "method-removed",
    effect: "breaking",
    finds: "a method that is gone, or carries a policy no longer",
    why: "nobody may call it any more",
    mend: "deprecate it, and remove it when nobody calls it",
    fields: [],
    *compare({ old, now }) {
      const services = new Map(now.contract.services.map((service) => [service.id, service]));
      for (const method of old.methods.values()) {
        const same = now.methods.get(method.id);
        if (!method.hasPolicy || same?.hasPolicy) continue;
        const place = same?.at ?? services.get(method.service.id)?.at ?? formerly(method.at);
        const message = same ? `${method.id} carries no policy any more` : `${method.id} is gone`;
        yield { subject: method.id, at: place, message };
      }
    },
  },
  {
    code: "method-added",
    effect: "safe",
    finds: "a new method, or the first policy of one",
    why: "nobody could rely on it yet",
    fields: ["MethodPolicy.callers"],
    *compare({ old, now }) {
      for (const method of now.methods.values()) {
        const same = old.methods.get(method.id);
        if (!method.hasPolicy || same?.hasPolicy) continue;
        const message = same ? `${method.id} carries its first policy` : `${method.id} is new`;
        yield { subject: method.id, at: method.at, message };
      }
    },
  },
  {
    code: "kind-changed",
    effect: "breaking",
    finds: "a method that streams in other directions than before",
    why: "stubs of the old kind cannot call it",
    mend: "offer the other kind as a method of its own",
    fields: [],
    compare: onMethods("stream", (old, now) =>
      old.kind === now.kind ? undefined : `${now.id} is ${kinds[now.kind]}, and was ${kinds[old.kind]}`,
    ),
  },
  {
    code: "reason-changed",
    effect: "safe",
    finds: "another reason for `@any`, `no_deadline` or `no_dead_letter`",
    why: "what it waives is the same",
    fields: ["MethodPolicy.any_caller", "MethodPolicy.no_deadline", "Topic.no_dead_letter", "Waiver.reason"],
    *compare({ methods, topics }) {
      for (const { old, now } of methods) {
        for (const [field, before, after] of [
          ["any_caller", old.anyCallerReason, now.anyCallerReason],
          ["no_deadline", old.noDeadlineReason, now.noDeadlineReason],
        ] as const) {
          if (before === undefined || after === undefined || before === after) continue;
          yield { subject: now.id, at: at(now, field), message: `${now.id} gives another reason in ${field}` };
        }
      }
      for (const { old, now } of topics) {
        const [before, after] = [old.noDeadLetterReason, now.noDeadLetterReason];
        if (before === undefined || after === undefined || before === after) continue;
        const message = `topic ${now.name} gives another reason in no_dead_letter`;
        yield { subject: now.message, at: at(now, "no_dead_letter"), message };
      }
    },
  },
];

const identity = ({ namespace, trustDomain }: { namespace: string; trustDomain?: string }): string =>
  `${namespace} in ${trustDomain ?? "the trust domain of the mesh"}`;

const kinds = {
  unary: "unary",
  client: "a client stream",
  server: "a server stream",
  bidi: "a bidirectional stream",
} as const;
