// Service level objectives: what the owner promises, which alerts go by.

import type { Location, Slo } from "../model.ts";
import { at } from "../rules/places.ts";
import type { Violation } from "../rules/rule.ts";
import type { Comparison, Contracts } from "./comparison.ts";

const fields = [
  "ServicePolicy.slo",
  "MethodPolicy.slo",
  "Slo.availability_percent",
  "Slo.latency_ms",
  "Slo.latency_percent",
];

export const objectiveComparisons: readonly Comparison[] = [
  {
    code: "slo-weakened",
    effect: "loosening",
    finds: "an objective that promises less than before",
    why: "alerts come later",
    mend: "let those agree who were promised more",
    fields,
    compare: (contracts) => promises(contracts, (now, old) => now < old),
  },
  {
    code: "slo-strengthened",
    effect: "safe",
    finds: "an objective that promises more than before",
    why: "nobody is promised less",
    fields,
    compare: (contracts) => promises(contracts, (now, old) => now > old),
  },
];

/** Each part of an objective that differs in the direction asked for: of a service, and of the methods that have their own. */
function* promises(contracts: Contracts, differs: (now: number, old: number) => boolean): Iterable<Violation> {
  for (const { subject, place, old, now } of objectives(contracts)) {
    for (const { name, of, strength } of parts) {
      if (!differs(strength(now), strength(old))) continue;
      yield {
        subject,
        at: place,
        message: `${subject} aims at ${name} ${of(now) ?? "none"}, and did at ${of(old) ?? "none"}`,
      };
    }
  }
}

interface Objective {
  readonly subject: string;
  readonly place: Location;
  readonly old: Slo | undefined;
  readonly now: Slo | undefined;
}

function objectives({ services, methods }: Contracts): Objective[] {
  return [
    ...services.map(({ old, now }) => ({ subject: now.id, place: now.at, old: old.slo, now: now.slo })),
    // A method without an objective of its own changes with its service.
    ...methods
      .filter(({ old, now }) => old.slo || now.slo)
      .map(({ old, now }) => ({
        subject: now.id,
        place: at(now, "slo"),
        old: old.slo ?? old.service.slo,
        now: now.slo ?? now.service.slo,
      })),
  ];
}

interface Part {
  readonly name: string;
  readonly of: (slo: Slo | undefined) => number | undefined;
  /** The more is promised, the higher; nothing promised is lowest. */
  readonly strength: (slo: Slo | undefined) => number;
}

const parts: readonly Part[] = [
  {
    name: "availability_percent",
    of: (slo) => slo?.availabilityPercent,
    strength: (slo) => slo?.availabilityPercent ?? 0,
  },
  { name: "latency_ms", of: (slo) => slo?.latencyMs, strength: (slo) => -(slo?.latencyMs ?? Number.POSITIVE_INFINITY) },
  { name: "latency_percent", of: (slo) => slo?.latencyPercent, strength: (slo) => slo?.latencyPercent ?? 0 },
];
