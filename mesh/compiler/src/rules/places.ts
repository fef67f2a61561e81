// Where on a method or topic a finding points: the line of the field that is wrong, if it is written down.

import type { Location, Method, Topic } from "../model.ts";

/** `field` is its name in policy.proto, or `idempotency_level`. */
export function at(element: Method | Topic, field: string): Location {
  const line = element.lines?.[field];
  return line ? { file: element.at.file, line } : element.at;
}

export const isStream = (method: Method): boolean => method.kind === "server" || method.kind === "bidi";
