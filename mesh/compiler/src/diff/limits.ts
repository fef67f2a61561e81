// How long and how often: deadlines, streams, tries, and what may be repeated or undone.

import { triesOf } from "../amplification.ts";
import type { Idempotency, Method } from "../model.ts";
import { isStream } from "../rules/places.ts";
import { type Comparison, milliseconds, missing, onMethods } from "./comparison.ts";

export const limitComparisons: readonly Comparison[] = [
  {
    code: "deadline-shortened",
    effect: "breaking",
    finds: "a deadline that is shorter than before",
    why: "calls that took longer succeeded, and now end with DEADLINE_EXCEEDED",
    mend: "look at what calls really take first, or offer the faster answer as a method of its own",
    fields: ["MethodPolicy.deadline_ms", "MethodPolicy.no_deadline"],
    compare: onMethods("deadline_ms", (old, now) => deadline(old, now, (before, after) => after < before)),
  },
  {
    code: "deadline-lengthened",
    effect: "loosening",
    finds: "a deadline that is longer than before, or none any more",
    why: "callers may have to wait longer",
    mend: "check the callers that have no proof of their own, outside this contract",
    fields: ["MethodPolicy.deadline_ms", "MethodPolicy.no_deadline"],
    compare: onMethods("deadline_ms", (old, now) => deadline(old, now, (before, after) => after > before)),
  },
  {
    code: "stream-shortened",
    effect: "breaking",
    finds: "a stream that may be idle, or last, for less time than before",
    why: "streams that stayed open are cut",
    mend: "let clients resume the stream first",
    fields: ["MethodPolicy.stream", "StreamLimits.idle_ms", "StreamLimits.max_ms"],
    compare: onMethods("stream", (old, now) => stream(old, now, (before, after) => after < before)),
  },
  {
    code: "stream-lengthened",
    effect: "loosening",
    finds: "a stream that may be idle, or last, for more time than before",
    why: "a stream may hold its place for longer",
    mend: "see that the server has room for more streams at a time",
    fields: ["MethodPolicy.stream", "StreamLimits.idle_ms", "StreamLimits.max_ms"],
    compare: onMethods("stream", (old, now) => stream(old, now, (before, after) => after > before)),
  },
  {
    code: "retry-dropped",
    effect: "breaking",
    finds: "fewer tries than before, or a code that leads to no other try any more",
    why: "failures that another try hid reach the callers",
    mend: "let the callers expect the failure first",
    fields: ["MethodPolicy.retry", "Retry.max_attempts", "Retry.on"],
    compare: onMethods("retry", (old, now) => [
      ...(triesOf(now) < triesOf(old) ? [`${now.id} is tried ${times(now)}, not ${times(old)}`] : []),
      ...codes(old, now).map((code) => `${now.id} is no longer tried again on ${code}`),
    ]),
  },
  {
    code: "retry-added",
    effect: "loosening",
    finds: "more tries than before, or a code that leads to another try now",
    why: "one call may reach the handler more often",
    mend: "see that the service has room for the tries when it is slow, which is when they come",
    fields: ["MethodPolicy.retry", "Retry.max_attempts", "Retry.on"],
    compare: onMethods("retry", (old, now) => [
      ...(triesOf(now) > triesOf(old) ? [`${now.id} is tried ${times(now)}, not ${times(old)}`] : []),
      ...codes(now, old).map((code) => `${now.id} is now tried again on ${code}`),
    ]),
  },
  {
    code: "idempotency-dropped",
    effect: "breaking",
    finds: "a method that is less safe to repeat than before",
    why: "callers repeat it",
    mend: "offer the other behaviour as a method of its own",
    fields: [],
    compare: onMethods("idempotency_level", (old, now) =>
      safety[now.idempotency] < safety[old.idempotency]
        ? `${now.id} ${says[now.idempotency]}, and ${did[old.idempotency]}`
        : undefined,
    ),
  },
  {
    code: "idempotency-added",
    effect: "safe",
    finds: "a method that is safer to repeat than before",
    why: "callers may do with it what they did",
    fields: [],
    compare: onMethods("idempotency_level", (old, now) =>
      safety[now.idempotency] > safety[old.idempotency] ? `${now.id} ${says[now.idempotency]}` : undefined,
    ),
  },
  {
    code: "compensation-removed",
    effect: "breaking",
    finds: "a method that is undone by another one than before, or by none",
    why: "undos that are under way call the old one",
    mend: "keep the old compensation until nothing is left that it could undo",
    fields: ["MethodPolicy.compensated_by"],
    compare: onMethods("compensated_by", (old, now) =>
      old.compensatedBy && old.compensatedBy !== now.compensatedBy
        ? `${now.id} is undone by ${now.compensatedBy ?? "nothing"}, not by ${old.compensatedBy}`
        : undefined,
    ),
  },
  {
    code: "compensation-added",
    effect: "safe",
    finds: "a method that can be undone now",
    why: "nobody has to",
    fields: ["MethodPolicy.compensated_by"],
    compare: onMethods("compensated_by", (old, now) =>
      !old.compensatedBy && now.compensatedBy ? `${now.id} is undone by ${now.compensatedBy}` : undefined,
    ),
  },
];

type Order = (before: number, after: number) => boolean;

function deadline(old: Method, now: Method, changed: Order): string | undefined {
  if (isStream(old) || isStream(now)) return undefined;
  const [before, after] = [old.deadlineMs, now.deadlineMs];
  if (!changed(before ?? Number.POSITIVE_INFINITY, after ?? Number.POSITIVE_INFINITY)) return undefined;
  return `${now.id} has ${milliseconds(after)}, and had ${milliseconds(before)}`;
}

function stream(old: Method, now: Method, changed: Order): string[] {
  if (!old.stream || !now.stream) return [];
  const messages: string[] = [];
  for (const [field, what] of [
    ["idleMs", "be idle"],
    ["maxMs", "last"],
  ] as const) {
    const [before, after] = [old.stream[field], now.stream[field]];
    if (changed(before, after)) messages.push(`${now.id} may ${what} for ${after} ms, and could for ${before} ms`);
  }
  return messages;
}

const times = (method: Method): string => (triesOf(method) === 1 ? "once" : `${triesOf(method)} times`);

/** A retry that comes or goes as a whole is told by its tries. */
const codes = (method: Method, other: Method): string[] =>
  method.retry && other.retry ? missing(method.retry.on, other.retry.on) : [];

const safety: Readonly<Record<Idempotency, number>> = { unset: 0, idempotent: 1, "no-side-effects": 2 };
const says: Readonly<Record<Idempotency, string>> = {
  unset: "must not be repeated",
  idempotent: "is idempotent",
  "no-side-effects": "has no side effects",
};
const did: Readonly<Record<Idempotency, string>> = {
  unset: "could not be repeated",
  idempotent: "was idempotent",
  "no-side-effects": "had no side effects",
};
