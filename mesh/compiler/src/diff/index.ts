// Compares the policy of two contracts: `buf breaking`, which is silent when only an option changes, for policy.

import { type Accepted, covers, sortByPlace } from "../check.ts";
import type { Contract } from "../model.ts";
import { callerComparisons } from "./callers.ts";
import { type Change, type Comparison, contractsOf, type Effect } from "./comparison.ts";
import { limitComparisons } from "./limits.ts";
import { objectiveComparisons } from "./objectives.ts";
import { topicComparisons } from "./topics.ts";
import { workComparisons } from "./work.ts";
import { workloadComparisons } from "./workloads.ts";

/** Every comparison, in the order of the table in the README. */
export const comparisons: readonly Comparison[] = [
  ...callerComparisons,
  ...limitComparisons,
  ...objectiveComparisons,
  ...workloadComparisons,
  ...workComparisons,
  ...topicComparisons,
];

export interface DiffSettings {
  /** The effects that fail a comparison; absent means `breaking` alone. */
  readonly fail?: readonly Effect[];
  /** Changes that the owner accepts. */
  readonly accepted?: readonly Accepted[];
}

/** All changes of policy from one contract to another, sorted by place; those that are accepted say why. */
export function diff(old: Contract, now: Contract, { accepted = [] }: DiffSettings = {}): Change[] {
  const contracts = contractsOf(old, now);
  const changes = comparisons.flatMap(({ code, effect, why, mend: usual, compare }) =>
    [...compare(contracts)].map(({ subject, at, message, mend = usual }): Change => {
      const reason = accepted.find((one) => one.code === code && covers(one.subject, subject))?.reason;
      return {
        code,
        effect,
        subject,
        at,
        message,
        why,
        ...(mend ? { mend } : {}),
        ...(reason ? { accepted: reason } : {}),
      };
    }),
  );
  return sortByPlace(changes);
}

/** Whether changes of this effect fail a comparison. */
export const mustNotBe = (effect: Effect, { fail = ["breaking"] }: DiffSettings): boolean => fail.includes(effect);

/** Whether a change fails the comparison: its effect does, and nobody accepts it. */
export const fails = ({ effect, accepted }: Change, settings: DiffSettings): boolean =>
  accepted === undefined && mustNotBe(effect, settings);
