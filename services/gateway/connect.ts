// Connect, gRPC and gRPC-Web over the gated methods, with health and reflection beside them.
import type { DescMethod, DescService, Message } from "@bufbuild/protobuf";
import { createRegistry } from "@bufbuild/protobuf";
import { type Any, anyUnpack } from "@bufbuild/protobuf/wkt";
import { Code as ConnectCode, ConnectError, type ConnectRouter, type HandlerContext } from "@connectrpc/connect";
import { BadRequestSchema, ErrorInfoSchema } from "@larder/contract/google/rpc/error_details_pb.js";
import { Health as HealthService } from "@larder/contract/grpc/health/v1/health_pb.js";
import { ServerReflection } from "@larder/contract/grpc/reflection/v1/reflection_pb.js";
import { ServerReflection as ServerReflectionAlpha } from "@larder/contract/grpc/reflection/v1alpha/reflection_pb.js";
import { CodedError, type Health, RpcError, reflection } from "@larder/platform";
import { malformed, tooLarge } from "./errors.ts";
import type { Arrival, GatedMethod } from "./pipeline.ts";
import { maxBodyBytes } from "./rest.ts";

const details = createRegistry(BadRequestSchema);

/** Adds the services of gated methods, their reflection, and the health of the gateway. */
export function addRoutes(router: ConnectRouter, methods: readonly GatedMethod[], health: Health): void {
  const services = Map.groupBy(methods, ({ method }): DescService => method.parent);
  for (const [service, gates] of services)
    router.service(service, Object.fromEntries(gates.map((gate) => [gate.method.localName, implement(gate)])) as never);
  router.service(HealthService, {
    check: async (request, context) => rethrow(() => health.handler.check(request, context as never)),
    list: async (request, context) => rethrow(() => health.handler.list(request, context as never)),
    watch: (request, context) => health.handler.watch(request, context as never),
  });
  const described = reflection([...services.keys(), HealthService, ServerReflection, ServerReflectionAlpha]);
  const info = { serverReflectionInfo: described.serverReflectionInfo };
  router.service(ServerReflection, info as never);
  router.service(ServerReflectionAlpha, info as never);
}

function implement(gate: GatedMethod) {
  if (gate.method.methodKind === "unary")
    return (request: Message, context: HandlerContext) => rethrow(() => gate.unary(request, arrivalOf(context)));
  return async function* (request: Message | AsyncIterable<Message>, context: HandlerContext) {
    try {
      yield* gate.stream(Symbol.asyncIterator in request ? explained(request) : request, arrivalOf(context));
    } catch (error) {
      throw toConnectError(error);
    }
  };
}

/** The requests of a stream. What Connect refuses in the middle of it has the reason that it has at the beginning. */
async function* explained(requests: AsyncIterable<Message>): AsyncGenerator<Message> {
  try {
    yield* requests;
  } catch (error) {
    throw (error instanceof ConnectError && explain(error)) || error;
  }
}

const arrivalOf = (context: HandlerContext): Arrival => ({
  headers: context.requestHeader,
  signal: context.signal,
  timeoutMs: context.timeoutMs(),
});

async function rethrow<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toConnectError(error);
  }
}

/**
 * Gives what Connect refuses by itself, before a handler sees the request, the code and the reason that all other
 * protocols have for it. Runs when a call begins; its signal tells of the refusal before that is written.
 */
export function explainRefusals({ signal }: HandlerContext): void {
  signal.addEventListener("abort", () => {
    const refusal: unknown = signal.reason;
    if (!(refusal instanceof ConnectError) || refusal.details.length > 0) return;
    const explained = explain(refusal);
    if (!explained) return;
    const { code, rawMessage, details: given } = toConnectError(explained) as ConnectError;
    Object.assign(refusal, { code, rawMessage, details: given });
  });
}

/** Ours have a reason, so that a refusal without one is Connect's own. */
function explain({ code, rawMessage }: ConnectError): CodedError | undefined {
  if (code === ConnectCode.ResourceExhausted) return tooLarge(maxBodyBytes);
  if (code !== ConnectCode.InvalidArgument && !rawMessage.startsWith("parse binary: ")) return undefined;
  return malformed("the request does not fit its message");
}

/** The same failure as Connect writes it. The codes have the same numbers as those of gRPC. */
export function toConnectError(thrown: unknown): unknown {
  if (!(thrown instanceof CodedError)) return thrown;
  const rpc = thrown instanceof RpcError ? thrown : undefined;
  const info = { reason: thrown.reason, domain: rpc?.domain || "gateway", metadata: { ...rpc?.metadata } };
  return new ConnectError(thrown.message, thrown.code as number as ConnectCode, undefined, [
    ...(thrown.reason ? [{ desc: ErrorInfoSchema, value: info }] : []),
    ...(rpc?.details ?? []).flatMap(unpack),
  ]);
}

function unpack(packed: Any) {
  const message = anyUnpack(packed, details);
  const desc = message && details.getMessage(message.$typeName);
  return desc ? [{ desc, value: message as never }] : [];
}

/** `/package.Service/Method`, under which all three protocols reach a method. */
export const pathOf = (method: DescMethod): string => `/${method.parent.typeName}/${method.name}`;
