// The HTTP form of a method, as google.api.http states it.

import type { HttpBinding } from "./model.ts";
import type { HttpOption } from "./options.ts";

/** The bindings of one method: its own first, then the additional ones in their order. A rule without a pattern gives none. */
export function httpBindings(option: HttpOption): HttpBinding[] {
  const bindings: HttpBinding[] = [];
  const pattern = option.pattern;
  if (pattern?.case) {
    const custom = pattern.case === "custom";
    bindings.push({
      verb: custom ? (pattern.value.kind ?? "") : pattern.case.toUpperCase(),
      template: custom ? (pattern.value.path ?? "") : pattern.value,
      ...(option.body ? { body: option.body } : {}),
    });
  }
  for (const additional of option.additionalBindings ?? []) bindings.push(...httpBindings(additional));
  return bindings;
}
