// The request in progress: what a handler is told about it, and what travels with every further call it makes.

import { AsyncLocalStorage } from "node:async_hooks";
import { randomUUID } from "node:crypto";

/** The person on whose behalf a call is made. */
export interface User {
  /** The customer's id. */
  readonly subject: string;
  readonly scopes: readonly string[];
}

/** What a handler is told about the call. */
export interface CallContext {
  /** `package.Service/Method`. */
  readonly method: string;
  /**
   * The calling workload, as its sidecar proved it; the whole `spiffe://` identity where that is not of this mesh.
   * Absent without a sidecar. Metadata of the caller's own making has no say in it.
   */
  readonly caller: string | undefined;
  /** Absent unless the contract asks for the end user and there is one. */
  readonly user: User | undefined;
  /** Milliseconds since the epoch. Absent: no deadline. */
  readonly deadline: number | undefined;
  /** Milliseconds until the deadline, not below 0. Infinity without one. */
  remainingMs(): number;
  /** Aborts when the caller has gone, when the deadline has passed, and when the process can wait no longer. */
  readonly signal: AbortSignal;
  readonly requestId: string;
}

/** What is known about a request when it begins. */
export interface CallInit {
  readonly method: string;
  readonly caller?: string | undefined;
  readonly deadline?: number | undefined;
  /** Taken over if it is 1 to 128 letters, digits or `._:-`; otherwise a new one is made. */
  readonly requestId?: string | undefined;
  /** The signed assertion of the end user, passed on as it is. */
  readonly userAssertion?: string | undefined;
  /** W3C trace context, passed on as it is where no spans are exported. */
  readonly traceparent?: string | undefined;
}

const SAFE_ID = /^[\w.:-]{1,128}$/;
/** What is taken for a W3C trace context. */
export const TRACEPARENT = /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/;

/** A request in progress. Programs that take requests from elsewhere (an HTTP edge, a job) make one and run in it. */
export class Call implements CallContext {
  readonly method: string;
  readonly caller: string | undefined;
  readonly deadline: number | undefined;
  readonly requestId: string;
  readonly userAssertion: string | undefined;
  traceparent: string | undefined;
  user: User | undefined;
  /** After its end a request lends nothing to what it may have started. */
  ended = false;
  #controller: AbortController | undefined;
  #abortedWith: unknown;
  #listeners: Set<() => void> | undefined;

  constructor(init: CallInit) {
    this.method = init.method;
    this.caller = init.caller;
    this.deadline = init.deadline;
    this.requestId = init.requestId && SAFE_ID.test(init.requestId) ? init.requestId : randomUUID();
    this.userAssertion = init.userAssertion;
    this.traceparent = init.traceparent && TRACEPARENT.test(init.traceparent) ? init.traceparent : undefined;
    this.user = undefined;
  }

  remainingMs(): number {
    return this.deadline === undefined ? Number.POSITIVE_INFINITY : Math.max(0, this.deadline - Date.now());
  }

  // Made on demand: an AbortSignal is dear, and most handlers never look.
  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#abortedWith !== undefined) this.#controller.abort(this.#abortedWith);
    }
    return this.#controller.signal;
  }

  /** Calls back once when the request is aborted, unless `offAbort` comes first. */
  onAbort(listener: () => void): void {
    if (this.#abortedWith === undefined) {
      this.#listeners ??= new Set();
      this.#listeners.add(listener);
    } else listener();
  }

  offAbort(listener: () => void): void {
    this.#listeners?.delete(listener);
  }

  /** Tells the handler, and every call made for this request, that nobody waits any more. */
  abort(reason: Error): void {
    if (this.#abortedWith !== undefined) return;
    this.#abortedWith = reason;
    this.#controller?.abort(reason);
    const listeners = this.#listeners;
    this.#listeners = undefined;
    for (const listener of listeners ?? []) listener();
  }
}

const calls = new AsyncLocalStorage<Call>();

/** The request in progress, if there is one. */
export function currentCall(): Call | undefined {
  const call = calls.getStore();
  return call?.ended ? undefined : call;
}

/** The request that what is done now began in, though it may have been answered: its id and its trace outlive it. */
export const originatingCall = (): Call | undefined => calls.getStore();

/** Runs a function as part of a request: its deadline, user and trace go along with every call made inside. */
export function runInCall<A extends unknown[], T>(call: Call, run: (...args: A) => T, ...args: A): T {
  return calls.run(call, run, ...args);
}
