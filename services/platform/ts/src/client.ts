// Calls to other services: typed, with a deadline, and part of the request in progress.

import { once } from "node:events";
import type { Writable } from "node:stream";
import {
  create,
  type DescMethod,
  type DescMethodBiDiStreaming,
  type DescMethodClientStreaming,
  type DescMethodServerStreaming,
  type DescMethodUnary,
  type DescService,
  fromBinary,
  type Message,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import { type ClientReadableStream, Metadata, type ServiceError, type CallOptions as WireOptions } from "@grpc/grpc-js";
import { serviceConfigs } from "@larder/contract/mesh/service_configs.js";
import { type Channel, openChannel } from "./channel.ts";
import type { Platform } from "./config.ts";
import { type Call, currentCall, originatingCall } from "./context.ts";
import { Code, fromStatus, type RpcError } from "./errors.ts";
import { beginSpan } from "./telemetry.ts";
import type { CallSpan } from "./tracing.ts";

/** How one call differs from what the contract says. */
export interface CallOptions {
  /** Gives up after this many milliseconds, if that is sooner than the deadline of the contract. */
  readonly withinMs?: number;
  /**
   * Starts anew: no deadline, user or cancellation of the request in progress. Its id and its trace go along all the same,
   * even when it has been answered.
   */
  readonly detached?: boolean;
  readonly signal?: AbortSignal;
  /** The request that the call belongs to, where it is not the one in progress. */
  readonly call?: Call;
}

/** A function for every method of a service. All of them throw `RpcError`. */
export type Client<S extends DescService> = { readonly [K in keyof S["method"]]: MethodClient<S["method"][K]> };

type MethodClient<M> =
  M extends DescMethodUnary<infer I, infer O>
    ? (request: MessageInitShape<I>, options?: CallOptions) => Promise<MessageShape<O>>
    : M extends DescMethodServerStreaming<infer I, infer O>
      ? (request: MessageInitShape<I>, options?: CallOptions) => AsyncIterable<MessageShape<O>>
      : M extends DescMethodClientStreaming<infer I, infer O>
        ? (requests: AsyncIterable<MessageInitShape<I>>, options?: CallOptions) => Promise<MessageShape<O>>
        : M extends DescMethodBiDiStreaming<infer I, infer O>
          ? (requests: AsyncIterable<MessageInitShape<I>>, options?: CallOptions) => AsyncIterable<MessageShape<O>>
          : never;

const channels = new WeakMap<Platform, Map<string, Channel>>();

/**
 * A client for a service of a workload. The channel is opened at the first call and shared by all clients of the same
 * platform, workload and service. Deadlines and retries are those of the generated service config; `serviceConfig` stands
 * in for a service that is not in the generated package.
 */
export function client<S extends DescService>(
  service: S,
  workload: string,
  platform: Platform,
  serviceConfig = serviceConfigs[service.typeName] ?? "{}",
): Client<S> {
  const channel = () => {
    const opened = channels.get(platform) ?? new Map<string, Channel>();
    channels.set(platform, opened);
    const key = `${workload}/${service.typeName}`;
    const found = opened.get(key) ?? openChannel(platform, workload, serviceConfig);
    opened.set(key, found);
    return found;
  };
  return Object.fromEntries(
    service.methods.map((method) => [method.localName, methodClient(method, channel)]),
  ) as Client<S>;
}

/** Closes the channels of a platform. Calls in progress end as CANCELLED or UNAVAILABLE. */
export function closeClients(platform: Platform): void {
  for (const { client } of channels.get(platform)?.values() ?? []) client.close();
  channels.delete(platform);
}

function methodClient(method: DescMethod, channel: () => Channel) {
  const { input, output, parent } = method;
  const name = `${parent.typeName}/${method.name}`;
  const path = `/${name}`;
  const encode = (request: Message) => {
    const bytes = toBinary(input, create(input, request));
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  };
  const decode = (bytes: Buffer) => fromBinary(output, bytes);
  const begin = (options: CallOptions) =>
    new Outgoing(name, channel().timeoutOf(parent.typeName, method.name), options);

  switch (method.methodKind) {
    case "unary":
      return (request: Message, options: CallOptions = {}) =>
        new Promise<Message>((resolve, reject) => {
          const out = begin(options);
          const done = out.finisher(resolve, reject);
          out.follow(
            channel().client.makeUnaryRequest(path, encode, decode, request, out.metadata, out.wireOptions, done),
          );
        });
    case "client_streaming":
      return (requests: AsyncIterable<Message>, options: CallOptions = {}) =>
        new Promise<Message>((resolve, reject) => {
          const out = begin(options);
          const done = out.finisher(resolve, reject);
          const wire = channel().client.makeClientStreamRequest(
            path,
            encode,
            decode,
            out.metadata,
            out.wireOptions,
            done,
          );
          out.follow(wire);
          feed(requests, wire).catch((error) => {
            reject(error);
            wire.cancel();
          });
        });
    case "server_streaming":
      return (request: Message, options: CallOptions = {}) =>
        receive(options, begin, (out) =>
          channel().client.makeServerStreamRequest(path, encode, decode, request, out.metadata, out.wireOptions),
        );
    case "bidi_streaming":
      return (requests: AsyncIterable<Message>, options: CallOptions = {}) =>
        receive(options, begin, (out) => {
          const wire = channel().client.makeBidiStreamRequest(path, encode, decode, out.metadata, out.wireOptions);
          feed(requests, wire).catch((error) => wire.destroy(error));
          return wire;
        });
  }
}

/** One call on its way: what goes along with it, and what ends it. */
class Outgoing {
  readonly metadata = new Metadata();
  readonly wireOptions: WireOptions = {};
  readonly #call: Call | undefined;
  readonly #signal: AbortSignal | undefined;
  readonly #span: CallSpan | undefined;
  #cancel: (() => void) | undefined;

  constructor(name: string, timeout: number | undefined, { withinMs, detached = false, signal, call }: CallOptions) {
    const current = call ?? (detached ? originatingCall() : currentCall());
    this.#call = detached ? undefined : current;
    this.#signal = signal;
    this.#span = beginSpan("call", name, current?.traceparent);
    if (current) this.metadata.set("x-request-id", current.requestId);
    const traceparent = this.#span?.traceparent ?? current?.traceparent;
    if (traceparent) this.metadata.set("traceparent", traceparent);
    if (this.#call?.userAssertion) this.metadata.set("x-larder-user", this.#call.userAssertion);
    const patience = Math.min(timeout ?? Number.POSITIVE_INFINITY, withinMs ?? Number.POSITIVE_INFINITY);
    const deadline = Math.min(Date.now() + patience, this.#call?.deadline ?? Number.POSITIVE_INFINITY);
    if (deadline !== Number.POSITIVE_INFINITY) this.wireOptions.deadline = deadline;
  }

  /** Ends the call when the request does that it belongs to. */
  follow(wire: { cancel(): void }): void {
    const cancel = () => wire.cancel();
    this.#cancel = cancel;
    if (this.#signal?.aborted) cancel();
    this.#signal?.addEventListener("abort", cancel, { once: true });
    this.#call?.onAbort(cancel);
  }

  end(code: Code): void {
    if (this.#cancel) {
      this.#call?.offAbort(this.#cancel);
      this.#signal?.removeEventListener("abort", this.#cancel);
    }
    this.#span?.end(code);
  }

  /** What is thrown for an error from the wire. */
  failure(error: ServiceError): RpcError {
    return fromStatus(error, Number(this.wireOptions.deadline ?? Number.POSITIVE_INFINITY));
  }

  finisher(resolve: (response: Message) => void, reject: (error: Error) => void) {
    return (error: ServiceError | null, response?: Message) => {
      const failed = error && this.failure(error);
      this.end(failed?.code ?? Code.OK);
      if (failed) reject(failed);
      else resolve(response as Message);
    };
  }
}

/** The call starts when somebody begins to read, as part of the request in which the method was called. */
function receive(
  options: CallOptions,
  begin: (options: CallOptions) => Outgoing,
  open: (out: Outgoing) => ClientReadableStream<Message>,
) {
  const call = options.call ?? currentCall();
  return (async function* () {
    const out = begin(call ? { ...options, call } : options);
    const wire = open(out);
    out.follow(wire);
    let code = Code.CANCELLED; // The reader had enough.
    try {
      yield* wire;
      code = Code.OK;
    } catch (error) {
      const thrown = error as Partial<ServiceError>; // Or what the writer of a bidi stream threw.
      const failed = thrown.metadata ? out.failure(error as ServiceError) : undefined;
      code = failed?.code ?? (typeof thrown.code === "number" ? thrown.code : Code.CANCELLED);
      throw failed ?? error;
    } finally {
      out.end(code);
      wire.cancel();
    }
  })();
}

async function feed(requests: AsyncIterable<Message>, wire: Writable): Promise<void> {
  for await (const request of requests) {
    if (wire.destroyed) return;
    if (!wire.write(request)) await once(wire, "drain");
  }
  wire.end();
}
