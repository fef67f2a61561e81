// An owner may be loose on purpose, by a word that says why; and objectives that mean something.

import { ANY, type Location, type Slo } from "../model.ts";
import { at } from "./places.ts";
import type { Rule } from "./rule.ts";

export const waiverRules: readonly Rule[] = [
  {
    code: "waiver-without-reason",
    severity: "error",
    refuses: "`@any`, `no_deadline` or `no_dead_letter` without a reason",
    mend: "say why in its reason",
    *check({ contract, methods }) {
      for (const method of methods.values()) {
        if (method.callers.includes(ANY) && !method.anyCallerReason?.trim()) {
          const message = `every workload may call ${method.id}, and any_caller does not say why`;
          yield { subject: method.id, at: at(method, "callers"), message };
        }
        if (method.noDeadlineReason !== undefined && method.noDeadlineReason.trim() === "") {
          const message = `${method.id} has no deadline, and does not say why`;
          yield { subject: method.id, at: at(method, "no_deadline"), message };
        }
      }
      for (const topic of contract.topics) {
        if (topic.noDeadLetterReason !== undefined && topic.noDeadLetterReason.trim() === "") {
          const message = `topic ${topic.name} has no dead-letter topic, and does not say why`;
          yield { subject: topic.name, at: at(topic, "no_dead_letter"), message };
        }
      }
    },
  },
  {
    code: "waiver-contradicted",
    severity: "error",
    refuses: "a waiver beside what it waives, or `any_caller` without `@any`",
    mend: "remove one of the two",
    *check({ contract, methods }) {
      for (const method of methods.values()) {
        if (method.anyCallerReason !== undefined && !method.callers.includes(ANY)) {
          const message = `${method.id} gives a reason for ${ANY}, which is not among its callers`;
          yield { subject: method.id, at: at(method, "any_caller"), message };
        }
        if (method.noDeadlineReason !== undefined && method.deadlineMs !== undefined) {
          const message = `${method.id} states deadline_ms and no_deadline`;
          yield { subject: method.id, at: at(method, "no_deadline"), message };
        }
      }
      for (const topic of contract.topics) {
        if (topic.noDeadLetterReason !== undefined && topic.maxDeliveries > 0) {
          const message = `topic ${topic.name} states max_deliveries and no_dead_letter`;
          yield { subject: topic.name, at: at(topic, "no_dead_letter"), message };
        }
      }
    },
  },
  {
    code: "slo-invalid",
    severity: "error",
    refuses: "an objective that cannot be measured: a share not between 0 and 100, or half of a latency objective",
    mend: "state availability_percent below 100, and latency_ms together with latency_percent",
    *check({ contract }) {
      const elements: { subject: string; slo: Slo | undefined; at: Location }[] = contract.services.flatMap(
        (service) => [
          { subject: service.id, slo: service.slo, at: service.at },
          ...service.methods.map((method) => ({ subject: method.id, slo: method.slo, at: at(method, "slo") })),
        ],
      );
      for (const { subject, slo, at: place } of elements) {
        if (!slo) continue;
        for (const [name, share] of [
          ["availability_percent", slo.availabilityPercent],
          ["latency_percent", slo.latencyPercent],
        ] as const) {
          if (share === undefined || (share > 0 && share < 100)) continue;
          yield { subject, at: place, message: `${subject} aims at ${name} ${share}, which leaves nothing to measure` };
        }
        if ((slo.latencyMs === undefined) !== (slo.latencyPercent === undefined)) {
          yield { subject, at: place, message: `${subject} states only one of latency_ms and latency_percent` };
        }
      }
    },
  },
];
