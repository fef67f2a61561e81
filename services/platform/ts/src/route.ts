// The form of a handler: a function for every method of a service.

import type {
  DescMethodBiDiStreaming,
  DescMethodClientStreaming,
  DescMethodServerStreaming,
  DescMethodUnary,
  DescService,
  MessageInitShape,
  MessageShape,
} from "@bufbuild/protobuf";
import type { CallContext } from "./context.ts";

export type Awaitable<T> = T | Promise<T>;

/**
 * A function for every method of a service. Requests are messages that have passed validation; answers may be plain
 * objects. A stream of answers is an async generator: it is ended when the caller goes, but while it waits for something
 * else it must heed `context.signal`.
 */
export type Handler<S extends DescService> = { [K in keyof S["method"]]: MethodHandler<S["method"][K]> };

type MethodHandler<M> =
  M extends DescMethodUnary<infer I, infer O>
    ? (request: MessageShape<I>, context: CallContext) => Awaitable<MessageInitShape<O>>
    : M extends DescMethodServerStreaming<infer I, infer O>
      ? (request: MessageShape<I>, context: CallContext) => AsyncIterable<MessageInitShape<O>>
      : M extends DescMethodClientStreaming<infer I, infer O>
        ? (requests: AsyncIterable<MessageShape<I>>, context: CallContext) => Awaitable<MessageInitShape<O>>
        : M extends DescMethodBiDiStreaming<infer I, infer O>
          ? (requests: AsyncIterable<MessageShape<I>>, context: CallContext) => AsyncIterable<MessageInitShape<O>>
          : never;

// biome-ignore lint/suspicious/noExplicitAny: the types of a handler are checked where it is given to `implement`.
export type AnyHandler = (request: any, context: CallContext) => any;

/** A service with its handler. */
export interface Route {
  readonly service: DescService;
  readonly handler: Readonly<Record<string, AnyHandler>>;
  /** Part of the machinery: neither logged nor counted nor waited for. */
  readonly quiet?: boolean;
}

/** Joins a service to its handler. */
export function implement<S extends DescService>(service: S, handler: Handler<S>): Route {
  return { service, handler: handler as unknown as Route["handler"] };
}
