// The parts of options that several elements share.

import type { Call, Location, Slo } from "./model.ts";
import type { CallOption, SloOption } from "./options.ts";

/** What a handler takes outside its calls where the contract does not say, in milliseconds. */
export const defaultHandlerMs = 20;

export function readCalls(options: readonly CallOption[] | undefined, at: (index: number) => Location): Call[] {
  return (options ?? []).map((option, i) => ({
    method: option.method ?? "",
    stage: option.stage ?? 0,
    times: option.times || 1,
    ...(option.withinMs ? { withinMs: option.withinMs } : {}),
    optional: option.optional ?? false,
    detached: option.detached ?? false,
    at: at(i),
  }));
}

export function readSlo(option: SloOption | undefined): Slo | undefined {
  if (!option) return undefined;
  return {
    ...(option.availabilityPercent ? { availabilityPercent: option.availabilityPercent } : {}),
    ...(option.latencyMs ? { latencyMs: option.latencyMs } : {}),
    ...(option.latencyPercent ? { latencyPercent: option.latencyPercent } : {}),
  };
}
