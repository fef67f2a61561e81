// What happens around every method at the edge, whatever the protocol: token, scopes, rate, deadline, validation, and in
// the end one log line and the metrics. The twin of the kit's pipeline for calls that come from outside the mesh.
import {
  create,
  type DescMethod,
  type DescMethodBiDiStreaming,
  type DescMethodServerStreaming,
  type DescMethodUnary,
  type DescService,
  getOption,
  type Message,
  type MessageInitShape,
  type MessageShape,
} from "@bufbuild/protobuf";
import { method as methodPolicy } from "@larder/contract/mesh/v1/policy_pb.js";
import {
  beginSpan,
  Call,
  Code,
  CodedError,
  duration,
  handled,
  log,
  RpcError,
  traceId,
  validation,
} from "@larder/platform";
import type { Assert } from "./assertion.ts";
import { dependencyUnavailable, scopeMissing, tokenMissing } from "./errors.ts";
import type { RateLimit } from "./rate.ts";
import type { CheckToken } from "./token.ts";

/** What the protocols know about a call. */
export interface Arrival {
  readonly headers: Headers;
  /** Aborts when the caller has gone. */
  readonly signal: AbortSignal;
  /** What the caller is ready to wait, in milliseconds; absent: as long as the contract allows. */
  readonly timeoutMs?: number | undefined;
}

/** The implementation of a service of the edge: the request or the stream of them, and the call to make further calls for. */
export type EdgeHandler<S extends DescService> = {
  [K in keyof S["method"]]: S["method"][K] extends DescMethodUnary<infer I, infer O>
    ? (request: MessageShape<I>, call: Call) => Promise<MessageInitShape<O>>
    : S["method"][K] extends DescMethodServerStreaming<infer I, infer O>
      ? (request: MessageShape<I>, call: Call) => AsyncIterable<MessageInitShape<O>>
      : S["method"][K] extends DescMethodBiDiStreaming<infer I, infer O>
        ? (requests: AsyncIterable<MessageShape<I>>, call: Call) => AsyncIterable<MessageInitShape<O>>
        : never;
};

export interface Gate {
  readonly checkToken: CheckToken;
  readonly assert: Assert;
  readonly rate: RateLimit;
}

/** One method behind the gate. Throws nothing but `CodedError`. */
export interface GatedMethod {
  readonly method: DescMethod;
  unary(request: Message, arrival: Arrival): Promise<Message>;
  /** One request, or a stream of them, for a stream of answers. */
  stream(request: Message | AsyncIterable<Message>, arrival: Arrival): AsyncGenerator<Message>;
}

type AnyImplementation = (request: Message | AsyncIterable<Message>, call: Call) => unknown;

/** Puts every method of a service behind the gate. */
export function gated<S extends DescService>(service: S, handler: EdgeHandler<S>, gate: Gate): GatedMethod[] {
  return service.methods.map((method) => {
    const run = (handler as Record<string, AnyImplementation>)[method.localName];
    if (!run) throw new Error(`${method.name} has no handler`);
    return gatedMethod(method, run, gate);
  });
}

function gatedMethod(method: DescMethod, run: AnyImplementation, gate: Gate): GatedMethod {
  const policy = getOption(method, methodPolicy);
  const name = `${method.parent.typeName}/${method.name}`;
  const validate = validation(method.input, "gateway");

  const enter = async (
    request: Message | undefined,
    arrival: Arrival,
    traceparent: string | undefined,
  ): Promise<Call> => {
    const { headers, signal } = arrival;
    const limit = Math.min(
      arrival.timeoutMs ?? Number.POSITIVE_INFINITY,
      policy.deadlineMs || Number.POSITIVE_INFINITY,
    );
    const token = bearer(headers);
    if (!token && policy.scopes.length > 0) throw tokenMissing();
    const user = token ? await gate.checkToken(token) : undefined;
    const missing = policy.scopes.filter((scope) => !user?.scopes.includes(scope));
    if (missing.length > 0) throw scopeMissing(missing);
    await gate.rate.count(user ? `user:${user.subject}` : `address:${addressOf(headers)}`);
    if (request) validate(request);
    const call = new Call({
      method: name,
      deadline: Number.isFinite(limit) ? Date.now() + limit : undefined,
      requestId: headers.get("x-request-id") ?? undefined,
      traceparent,
      userAssertion: user && (await gate.assert(user, policy.scopes)),
    });
    call.user = user;
    signal.addEventListener("abort", () => call.abort(new CodedError(Code.CANCELLED, "", "the caller has gone")), {
      once: true,
    });
    return call;
  };

  return {
    method,
    async unary(request, arrival) {
      const end = begin(method, name, arrival);
      try {
        const call = await enter(request, arrival, end.traceparent);
        const response = create(method.output, (await run(request, call)) as Message);
        end(Code.OK);
        return response;
      } catch (error) {
        throw end.failed(error, arrival);
      }
    },
    async *stream(request, arrival) {
      const end = begin(method, name, arrival);
      // What is wrong with a request counts, not what a service behind makes of a stream that breaks off.
      let wrong: unknown;
      const checked = async function* (requests: AsyncIterable<Message>) {
        try {
          for await (const each of requests) {
            validate(each);
            yield each;
          }
        } catch (error) {
          wrong = error;
          throw error;
        }
      };
      try {
        const many = Symbol.asyncIterator in request;
        const call = await enter(many ? undefined : request, arrival, end.traceparent);
        const responses = run(many ? checked(request) : request, call) as AsyncIterable<Message>;
        for await (const response of responses) yield create(method.output, response);
        end(Code.OK);
      } catch (error) {
        throw end.failed(wrong ?? error, arrival);
      }
    },
  };
}

/** Starts the clock and the span of a call. The result ends it: with a code, or with what was thrown. */
function begin(method: DescMethod, name: string, { headers }: Arrival) {
  const started = performance.now();
  const asked = headers.get("traceparent") ?? undefined;
  const span = beginSpan("request", name, asked);
  const labels = { service: method.parent.typeName, method: method.name };
  const end = (code: Code, error?: CodedError) => {
    const milliseconds = performance.now() - started;
    handled.inc({ ...labels, code: Code[code] });
    duration.observe(labels, milliseconds / 1000);
    const level = code === Code.INTERNAL ? "error" : code === Code.UNAVAILABLE ? "warn" : "info";
    log[level]("request", {
      method: name,
      code: Code[code],
      duration_ms: Math.round(milliseconds * 1000) / 1000,
      trace_id: traceId(span?.traceparent),
      reason: error?.reason || undefined,
      error: error?.cause instanceof Error ? (error.cause.stack ?? error.cause.message) : undefined,
    });
    span?.end(code);
  };
  return Object.assign(end, {
    traceparent: span?.traceparent ?? asked,
    failed(thrown: unknown, { signal }: Arrival): CodedError {
      const error = signal.aborted ? new CodedError(Code.CANCELLED, "", "the caller has gone") : answerable(thrown);
      end(error.code, error);
      return error;
    },
  });
}

const passedOn = new Set([Code.UNAVAILABLE, Code.DEADLINE_EXCEEDED, Code.CANCELLED, Code.RESOURCE_EXHAUSTED]);

/** What may be told outside. The reasons of the services behind are part of the contract; anything else stays inside. */
function answerable(thrown: unknown): CodedError {
  if (!(thrown instanceof CodedError)) return new CodedError(Code.INTERNAL, "", "internal error", { cause: thrown });
  if (!(thrown instanceof RpcError) || !thrown.remote || thrown.reason) return thrown;
  if (passedOn.has(thrown.code)) return dependencyUnavailable(thrown.code, thrown);
  return new CodedError(Code.INTERNAL, "", "internal error", { cause: thrown });
}

function bearer(headers: Headers): string | undefined {
  const value = headers.get("authorization");
  return value?.match(/^Bearer +(\S+)$/i)?.[1];
}

/** The address that the edge sidecar saw; without one all outsiders share a rate. */
const addressOf = (headers: Headers): string => headers.get("x-envoy-external-address") ?? "unknown";
