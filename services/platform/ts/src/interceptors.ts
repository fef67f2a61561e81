// What happens around every handler, in one pass: request id, peer identity, trace, deadline and cancellation, the end
// user, validation, and in the end the answer, one log line and the metrics. All that a method needs is worked out when
// the service starts; a call then costs little more than its handler.

import {
  create,
  type DescMessage,
  type DescMethod,
  fromBinary,
  getOption,
  type Message,
  toBinary,
} from "@bufbuild/protobuf";
import type { Metadata, StatusObject } from "@grpc/grpc-js";
import { EndUser, method as methodPolicy } from "@larder/contract/mesh/v1/policy_pb.js";
import { Call, runInCall } from "./context.ts";
import { Code, CodedError, RpcError, toStatus } from "./errors.ts";
import { beginSpan, duration, handled, type LogLevel, logs, traceId, writeLine } from "./telemetry.ts";
import type { CallSpan } from "./tracing.ts";
import type { UserVerifier } from "./user.ts";
import { validation } from "./validation.ts";

/** The largest request that is accepted, in bytes. */
export const MAX_REQUEST_BYTES = 1 << 20;

/** What the four kinds of grpc-js calls have in common. */
interface Wire {
  readonly metadata: Metadata;
  getDeadline(): Date | number;
  on(event: "cancelled", listener: () => void): unknown;
}

/** What all methods of a server share. */
export interface Shared {
  readonly workload: string;
  readonly callerOf: (header: string, forDevices: boolean) => string | undefined;
  readonly verifier: UserVerifier;
  /** The requests in progress that a drain waits for, and those of health and reflection, which it ends. */
  readonly open: Set<Exchange>;
  readonly machinery: Set<Exchange>;
  /** Called when `open` has become empty. */
  idle: () => void;
}

/** What is known about a method before it is called. */
export interface MethodPlan {
  readonly name: string;
  readonly shared: Shared;
  /** Health and reflection: not logged, not counted, not waited for. */
  readonly quiet: boolean;
  readonly forDevices: boolean;
  readonly endUser: EndUser;
  readonly scopes: readonly string[];
  /** Milliseconds that a call without a deadline may take. 0: for ever. */
  readonly limit: number;
  /** Milliseconds that a stream may be without a message of either side. 0: as long as it lasts. */
  readonly idle: number;
  decode(bytes: Uint8Array): Message;
  encode(response: unknown): Buffer;
  /** Counts an answer. `seconds` is the time it took. */
  count(code: Code, seconds: number): void;
}

/** Works out a method. Throws if its validation rules do not compile. */
export function planOf(method: DescMethod, shared: Shared, quiet: boolean): MethodPlan {
  const policy = getOption(method, methodPolicy);
  const { input, output } = method;
  const validate = validation(input, shared.workload);
  const labels = { service: method.parent.typeName, method: method.name };
  const time = quiet ? undefined : duration.labels(labels);
  const counters: ReturnType<typeof handled.labels>[] = [];
  return {
    name: `${method.parent.typeName}/${method.name}`,
    shared,
    quiet,
    forDevices: policy.callers.includes("@device"),
    endUser: policy.endUser,
    scopes: policy.scopes,
    limit: policy.deadlineMs || (policy.stream?.maxMs ?? 0),
    idle: policy.stream?.idleMs ?? 0,
    decode(bytes) {
      if (bytes.length > MAX_REQUEST_BYTES) throw tooLarge(bytes.length);
      const message = parse(input, bytes);
      validate(message);
      return message;
    },
    encode(response) {
      const bytes = toBinary(output, create(output, response as Message));
      return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    },
    count(code, seconds) {
      if (!time) return;
      time.observe(seconds);
      counters[code] ??= handled.labels({ ...labels, code: Code[code] });
      counters[code].inc();
    },
  };
}

function parse(input: DescMessage, bytes: Uint8Array): Message {
  try {
    return fromBinary(input, bytes);
  } catch (cause) {
    throw new CodedError(Code.INVALID_ARGUMENT, "MALFORMED_REQUEST", `the request is not a ${input.typeName}`, {
      cause,
    });
  }
}

const tooLarge = (size: number) =>
  new CodedError(
    Code.RESOURCE_EXHAUSTED,
    "REQUEST_TOO_LARGE",
    `the request has ${size} bytes, at most ${MAX_REQUEST_BYTES} are accepted`,
  );

const late = () => new CodedError(Code.DEADLINE_EXCEEDED, "", "the deadline has passed");
const silent = () => new CodedError(Code.DEADLINE_EXCEEDED, "", "the call was silent for too long");

/** One request, from its arrival to the only answer it gets. */
export class Exchange {
  readonly call: Call;
  readonly #plan: MethodPlan;
  readonly #started = performance.now();
  readonly #span: CallSpan | undefined;
  readonly #answer: (status: StatusObject) => void;
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #silence: NodeJS.Timeout | undefined;
  settled = false;

  constructor(plan: MethodPlan, wire: Wire, answer: (status: StatusObject) => void) {
    const sent = Number(wire.getDeadline());
    const limited = sent === Number.POSITIVE_INFINITY && plan.limit > 0;
    const peer = header(wire, "x-forwarded-client-cert");
    this.#plan = plan;
    this.#answer = answer;
    this.call = new Call({
      method: plan.name,
      caller: peer && plan.shared.callerOf(peer, plan.forDevices),
      deadline: limited ? Date.now() + plan.limit : sent === Number.POSITIVE_INFINITY ? undefined : sent,
      requestId: header(wire, "x-request-id"),
      userAssertion: header(wire, "x-larder-user"),
      traceparent: header(wire, "traceparent"),
    });
    this.#span = plan.quiet ? undefined : beginSpan("request", plan.name, this.call.traceparent);
    if (this.#span) this.call.traceparent = this.#span.traceparent;
    this.#peers.add(this);
    // A caller that sets no deadline gets that of the contract. The others have one that grpc-js keeps.
    if (limited) this.#timer = setTimeout(() => this.refuse(late()), plan.limit);
    if (plan.idle > 0) this.#silence = setTimeout(() => this.refuse(silent()), plan.idle);
    wire.on("cancelled", () => this.#cancelled());
  }

  /** Runs the handler as part of this request, once it is clear who the user is. What it throws becomes the answer. */
  enter(handle: () => void): void {
    const { endUser } = this.#plan;
    const asked =
      endUser === EndUser.REQUIRED || (endUser === EndUser.OPTIONAL && this.call.userAssertion !== undefined);
    if (!asked) this.#start(handle);
    else
      this.#authenticate().then(
        () => this.#start(handle),
        (error) => this.fail(error),
      );
  }

  #start(handle: () => void): void {
    if (this.settled) return;
    try {
      runInCall(this.call, handle);
    } catch (error) {
      this.fail(error);
    }
  }

  async #authenticate(): Promise<void> {
    const { scopes, shared } = this.#plan;
    const { userAssertion } = this.call;
    if (!userAssertion) {
      throw new CodedError(Code.UNAUTHENTICATED, "USER_ASSERTION_MISSING", "the call must be made for an end user");
    }
    const user = shared.verifier.remembered(userAssertion) ?? (await shared.verifier.verify(userAssertion));
    const missing = scopes.filter((scope) => !user.scopes.includes(scope));
    if (missing.length > 0) {
      const message = `the end user has not been granted ${missing.join(" ")}`;
      throw new CodedError(Code.PERMISSION_DENIED, "USER_SCOPE_MISSING", message);
    }
    this.call.user = user;
  }

  /** A message of either side: its silence begins anew. */
  heard(): void {
    if (!this.settled) this.#silence?.refresh();
  }

  /** Answers with a failure, if there is no answer yet. */
  fail(error: unknown): void {
    if (this.settled) return;
    const known = answerable(error) ?? new CodedError(Code.INTERNAL, "", "internal error", { cause: error });
    this.settle(known.code, known);
    this.#answer(toStatus(known, this.#plan.shared.workload));
  }

  /** Ends a request whose handler is not waited for any longer. */
  refuse(error: CodedError): void {
    this.fail(error);
    this.call.abort(error);
  }

  /** Returns false if the request has been answered before. */
  settle(code: Code, error?: CodedError): boolean {
    if (this.settled) return false;
    this.settled = true;
    this.call.ended = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#silence);
    this.#peers.delete(this);
    if (this.#plan.quiet) return true;
    const milliseconds = performance.now() - this.#started;
    this.#plan.count(code, milliseconds / 1000);
    this.#log(code, milliseconds, error);
    this.#span?.end(code);
    if (this.#peers.size === 0) this.#plan.shared.idle();
    return true;
  }

  get #peers(): Set<Exchange> {
    return this.#plan.quiet ? this.#plan.shared.machinery : this.#plan.shared.open;
  }

  // grpc-js tells this at the end of every call; only before the answer does it mean that nobody waits.
  #cancelled(): void {
    if (this.settled) return;
    // A timer may fire a little before its time.
    const error = this.call.remainingMs() <= 1 ? late() : new CodedError(Code.CANCELLED, "", "the caller has gone");
    this.settle(error.code);
    this.call.abort(error);
  }

  // Put together by hand: the fields are few, and none of them can hold a quote but the caller and those of an error.
  #log(code: Code, milliseconds: number, error: CodedError | undefined): void {
    const level = levelOf(code);
    if (!logs(level)) return;
    const { caller, requestId, traceparent } = this.call;
    let rest = `"method":"${this.#plan.name}","code":"${Code[code]}","duration_ms":${milliseconds.toFixed(3)},"request_id":"${requestId}"`;
    if (caller) rest += `,"caller":${JSON.stringify(caller)}`;
    if (traceparent) rest += `,"trace_id":"${traceId(traceparent)}"`;
    if (error?.reason) rest += `,"reason":${JSON.stringify(error.reason)}`;
    if (error?.cause !== undefined) rest += `,"error":${JSON.stringify(causeOf(error.cause))}`;
    writeLine(level, "request", `${rest}}`);
  }
}

function header(wire: Wire, name: string): string | undefined {
  return wire.metadata.get(name).at(-1)?.toString();
}

// What failed beneath a handler says nothing about the handler's own contract, unless it says to try again or to hurry.
const PASSED_ON = new Set([Code.UNAVAILABLE, Code.DEADLINE_EXCEEDED, Code.CANCELLED, Code.RESOURCE_EXHAUSTED]);

function answerable(error: unknown): CodedError | undefined {
  if (!(error instanceof CodedError)) return undefined;
  if (!(error instanceof RpcError) || !error.remote) return error;
  if (!PASSED_ON.has(error.code)) return undefined;
  // The message stays here: it may come from a transport, which likes to name addresses.
  const { domain, reason } = error.reason ? error : { domain: "", reason: "DEPENDENCY_UNAVAILABLE" };
  return new RpcError(error.code, reason, "a service that this one needs did not answer", { domain, cause: error });
}

function levelOf(code: Code): LogLevel {
  if (code === Code.INTERNAL || code === Code.UNKNOWN || code === Code.DATA_LOSS) return "error";
  return code === Code.UNAVAILABLE || code === Code.DEADLINE_EXCEEDED ? "warn" : "info";
}

function causeOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const text = cause.stack ?? cause.message;
  return cause.cause === undefined ? text : `${text}\ncaused by ${causeOf(cause.cause)}`;
}
