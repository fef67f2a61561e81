// One method and its policy.

import { type DescMethod, isFieldSet } from "@bufbuild/protobuf";
import { MethodOptions_IdempotencyLevel, MethodOptionsSchema } from "@bufbuild/protobuf/wkt";
import { httpBindings } from "./http.ts";
import type { EndUser, Idempotency, Method, Problem, RetryCode, Service, StreamKind } from "./model.ts";
import { type MethodOption, type OptionReader, optionNumbers } from "./options.ts";
import { defaultHandlerMs, readCalls, readSlo } from "./read-calls.ts";
import { type Source, step } from "./source.ts";

/** Field numbers of MethodPolicy, by which lines are found. */
const fields = {
  callers: 1,
  any_caller: 2,
  deadline_ms: 3,
  no_deadline: 4,
  stream: 5,
  retry: 6,
  handler_ms: 7,
  calls: 8,
  compensated_by: 9,
  scopes: 10,
  end_user: 11,
  slo: 12,
} as const;

const streamKinds: Record<DescMethod["methodKind"], StreamKind> = {
  unary: "unary",
  client_streaming: "client",
  server_streaming: "server",
  bidi_streaming: "bidi",
};

const idempotencies: Readonly<Record<number, Idempotency>> = {
  [MethodOptions_IdempotencyLevel.NO_SIDE_EFFECTS]: "no-side-effects",
  [MethodOptions_IdempotencyLevel.IDEMPOTENT]: "idempotent",
};

const retryCodes: Readonly<Record<number, RetryCode>> = { 1: "UNAVAILABLE", 2: "RESOURCE_EXHAUSTED" };
const endUsers: Readonly<Record<number, EndUser>> = { 1: "required", 2: "optional" };

/** Reads the method that stands at this path of its file. */
export function readMethod(
  options: OptionReader,
  desc: DescMethod,
  service: Service,
  path: readonly number[],
  source: Source,
): { method: Method; problems: Problem[] } {
  const option = options.method(desc);
  const id = `${service.id}/${desc.name}`;
  const optionsPath = [...path, step.methodOptions];
  const policyPath = [...optionsPath, optionNumbers.method];
  const http = options.http(desc);
  const method: Method = {
    id,
    path: `/${id}`,
    name: desc.name,
    service,
    kind: streamKinds[desc.methodKind],
    idempotency: idempotencies[desc.idempotency] ?? "unset",
    idempotencyStated: hasIdempotency(desc),
    hasPolicy: option !== undefined,
    ...policy(option ?? {}, service, policyPath, source),
    http: http ? httpBindings(http) : [],
    request: desc.input.typeName,
    response: desc.output.typeName,
    comment: source.comment(path),
    at: source.at(path),
    lines: {
      ...source.fieldLines(policyPath, fields),
      ...source.fieldLines(optionsPath, { idempotency_level: step.idempotencyLevel }),
    },
  };
  const problems = (option?.retry?.on ?? [])
    .filter((number) => !retryCodes[number])
    .map((number) => ({
      code: "retry-code",
      subject: id,
      message: `${id} retries on ${number === 0 ? "RETRY_CODE_UNSPECIFIED" : `code ${number}`}, which is no code to retry on`,
      at: source.at([...policyPath, fields.retry]),
    }));
  return { method, problems };
}

function policy(option: MethodOption, service: Service, path: readonly number[], source: Source) {
  const { compensatedBy, retry, stream } = option;
  const slo = readSlo(option.slo);
  return {
    callers: option.callers ?? [],
    ...(option.anyCaller ? { anyCallerReason: option.anyCaller.reason ?? "" } : {}),
    ...(option.deadlineMs ? { deadlineMs: option.deadlineMs } : {}),
    ...(option.noDeadline ? { noDeadlineReason: option.noDeadline.reason ?? "" } : {}),
    ...(stream ? { stream: { idleMs: stream.idleMs ?? 0, maxMs: stream.maxMs ?? 0 } } : {}),
    ...(retry
      ? { retry: { maxAttempts: retry.maxAttempts ?? 0, on: (retry.on ?? []).flatMap((n) => retryCodes[n] ?? []) } }
      : {}),
    handlerMs: option.handlerMs || defaultHandlerMs,
    calls: readCalls(option.calls, (i) => source.atElement([...path, fields.calls], i)),
    ...(compensatedBy
      ? { compensatedBy: compensatedBy.includes("/") ? compensatedBy : `${service.id}/${compensatedBy}` }
      : {}),
    scopes: option.scopes ?? [],
    endUser: endUsers[option.endUser ?? 0] ?? ("none" as const),
    ...(slo ? { slo } : {}),
  };
}

/** Whether `idempotency_level` is written down at all: the option has presence, so its zero value can be stated. */
const hasIdempotency = (desc: DescMethod): boolean =>
  desc.proto.options !== undefined && isFieldSet(desc.proto.options, MethodOptionsSchema.field.idempotencyLevel);
