// The gRPC server: handlers in, a running service out.

import { once } from "node:events";
import type { DescMethod, Message } from "@bufbuild/protobuf";
import {
  type handleBidiStreamingCall,
  type handleClientStreamingCall,
  type handleServerStreamingCall,
  type handleUnaryCall,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServerWritableStream,
  type sendUnaryData,
  type UntypedHandleCall,
} from "@grpc/grpc-js";
import type { Platform } from "./config.ts";
import { Code, CodedError } from "./errors.ts";
import { Exchange, type MethodPlan, planOf, type Shared } from "./interceptors.ts";
import { Health, healthRoute, reflectionRoutes } from "./introspection.ts";
import { type Lifecycle, type Listener, lifecycle, type Running } from "./lifecycle.ts";
import type { AnyHandler, Awaitable, Route } from "./route.ts";
import { callerReader, UserVerifier } from "./user.ts";

/** What a service gives to the kit. */
export interface ServiceOptions extends Omit<Lifecycle, "listener"> {
  readonly routes: readonly Route[];
}

/**
 * Serves the routes together with health and reflection, and returns when the service is SERVING. From then on SIGTERM
 * and SIGINT drain it and end the process with 0.
 */
export function serve(platform: Platform, { routes, ...rest }: ServiceOptions): Promise<Running> {
  return lifecycle(platform, { ...rest, listener: grpcListener(platform, rest.workload, routes) });
}

const ABORT_WAIT_MS = 250;

function grpcListener(platform: Platform, workload: string, routes: readonly Route[]): Listener {
  const shared: Shared = {
    workload,
    callerOf: callerReader(platform),
    verifier: new UserVerifier(platform.userJwks),
    open: new Set(),
    machinery: new Set(),
    idle: () => {},
  };
  const health = new Health(routes.map(({ service }) => service.typeName));
  const machinery = healthRoute(health);
  const all = [...routes, machinery, ...reflectionRoutes([...routes, machinery].map(({ service }) => service))];
  const server = new Server({ "grpc.enable_channelz": 0 });
  for (const route of all) addRoute(server, route, shared);
  const refuse = (exchanges: Iterable<Exchange>) => {
    const error = new CodedError(Code.UNAVAILABLE, "SHUTTING_DOWN", "the service is shutting down");
    for (const exchange of exchanges) exchange.refuse(error);
  };
  let drained: Promise<void> | undefined;

  return {
    listen: (address) =>
      new Promise((resolve, reject) => {
        server.bindAsync(address, ServerCredentials.createInsecure(), (error, port) => {
          if (error) reject(error);
          else resolve(address.startsWith("unix:") ? address : address.replace(/\d+$/, String(port)));
        });
      }),
    serving: (up) => health.set(up),
    drain() {
      drained ??= new Promise((resolve) => server.tryShutdown(() => resolve()));
      // A watcher of health would stay for ever; it has been told, and may look elsewhere now.
      shared.idle = () => refuse(shared.machinery);
      if (shared.open.size === 0) shared.idle();
      return drained;
    },
    async abort() {
      refuse(shared.open);
      refuse(shared.machinery);
      // These answers need a moment to leave; then the connections go in any case.
      await Promise.race([drained, new Promise((resolve) => setTimeout(resolve, ABORT_WAIT_MS))]);
      server.forceShutdown();
    },
  };
}

const identity = (bytes: Buffer) => bytes;

function addRoute(server: Server, { service, handler, quiet = false }: Route, shared: Shared): void {
  for (const method of service.methods) {
    const path = `/${service.typeName}/${method.name}`;
    const run = handler[method.localName]?.bind(handler);
    if (!run) throw new Error(`${path} has no handler`);
    // Messages are read and written by the pipeline, so that its errors have a reason, a log line and a count.
    const { type, handle } = handlerFor(method, planOf(method, shared, quiet), run);
    if (!server.register(path, handle as UntypedHandleCall, identity, identity, type)) {
      throw new Error(`${path} has two handlers`);
    }
  }
}

type Bytes = Buffer;

function handlerFor(method: DescMethod, plan: MethodPlan, run: AnyHandler) {
  switch (method.methodKind) {
    case "unary":
      return { type: "unary", handle: unary(plan, run) };
    case "server_streaming":
      return { type: "serverStream", handle: serverStream(plan, run) };
    case "client_streaming":
      return { type: "clientStream", handle: clientStream(plan, run) };
    case "bidi_streaming":
      return { type: "bidi", handle: bidiStream(plan, run) };
  }
}

function unary(plan: MethodPlan, run: AnyHandler): handleUnaryCall<Bytes, Bytes> {
  return (wire, respond) => {
    const exchange = new Exchange(plan, wire, respond);
    exchange.enter(() => settleOne(exchange, plan, respond, run(plan.decode(wire.request), exchange.call)));
  };
}

function clientStream(plan: MethodPlan, run: AnyHandler): handleClientStreamingCall<Bytes, Bytes> {
  return (wire, respond) => {
    const exchange = new Exchange(plan, wire, respond);
    exchange.enter(() => settleOne(exchange, plan, respond, run(requests(exchange, plan, wire), exchange.call)));
  };
}

function settleOne(
  exchange: Exchange,
  plan: MethodPlan,
  respond: sendUnaryData<Bytes>,
  result: Awaitable<unknown>,
): void {
  const reply = (response: unknown) => {
    const bytes = plan.encode(response);
    if (exchange.settle(Code.OK)) respond(null, bytes);
  };
  if (result instanceof Promise) result.then(reply).catch((error) => exchange.fail(error));
  else reply(result); // A handler that had nothing to wait for is answered at once.
}

function serverStream(plan: MethodPlan, run: AnyHandler): handleServerStreamingCall<Bytes, Bytes> {
  return (wire) => {
    const exchange = new Exchange(plan, wire, (status) => wire.emit("error", status));
    exchange.enter(() => settleMany(exchange, plan, wire, run(plan.decode(wire.request), exchange.call)));
  };
}

function bidiStream(plan: MethodPlan, run: AnyHandler): handleBidiStreamingCall<Bytes, Bytes> {
  return (wire) => {
    const exchange = new Exchange(plan, wire, (status) => wire.emit("error", status));
    exchange.enter(() => settleMany(exchange, plan, wire, run(requests(exchange, plan, wire), exchange.call)));
  };
}

type Sink = ServerWritableStream<Bytes, Bytes> | ServerDuplexStream<Bytes, Bytes>;

function settleMany(exchange: Exchange, plan: MethodPlan, wire: Sink, responses: AsyncIterable<unknown>): void {
  pump(exchange, plan, wire, responses).then(
    () => exchange.settle(Code.OK) && wire.end(),
    (error) => exchange.fail(error),
  );
}

async function pump(
  exchange: Exchange,
  plan: MethodPlan,
  wire: Sink,
  responses: AsyncIterable<unknown>,
): Promise<void> {
  const iterator = responses[Symbol.asyncIterator]();
  // Lets the handler clean up as soon as nobody listens, rather than at its next answer.
  const leave = () => void iterator.return?.().catch(() => {});
  exchange.call.onAbort(leave);
  for (let next = await iterator.next(); !next.done && !exchange.settled; next = await iterator.next()) {
    exchange.heard();
    if (wire.write(plan.encode(next.value))) continue;
    await once(wire, "drain");
  }
  exchange.call.offAbort(leave);
}

async function* requests(
  exchange: Exchange,
  plan: MethodPlan,
  wire: ServerReadableStream<Bytes, Bytes> | ServerDuplexStream<Bytes, Bytes>,
): AsyncGenerator<Message> {
  // A handler that has read enough may still answer.
  for await (const bytes of wire.iterator({ destroyOnReturn: false })) {
    exchange.heard();
    yield plan.decode(bytes as Bytes);
  }
}
