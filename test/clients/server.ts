// A gRPC server of the tests that implements a service of the contract over TLS: it does as it is told for the next call, and
// remembers what came.

import { type DescMethod, type DescService, fromBinary, type Message, toBinary } from "@bufbuild/protobuf";
import {
  type MethodDefinition,
  Server,
  type ServerCredentials,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type sendUnaryData,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { type RpcError, toStatus } from "../../services/platform/ts/src/errors.ts";

type Unary = (request: Message, call: ServerUnaryCall<Message, Message>) => Message;
type Bidi = (call: ServerDuplexStream<Message, Message>) => void;

export class TestServer {
  /** The name of each method that was called, in order. */
  readonly calls: string[] = [];
  /** How long the caller of each unary call still waits, in milliseconds; infinite where it does not say. */
  readonly patience: number[] = [];
  /** How the next calls fail, one each; `silence` never answers. What comes after them is served. */
  readonly failures: (RpcError | "silence")[] = [];
  readonly #server = new Server();
  readonly #domain: string;
  address = "";

  constructor(domain: string) {
    this.#domain = domain;
  }

  /** Serves methods, by their local names. An error that a handler throws is answered as the kit answers it. */
  serve(service: DescService, handlers: { unary: Record<string, Unary>; bidi?: Record<string, Bidi> }): this {
    const implementation: UntypedServiceImplementation = {};
    for (const [name, handler] of Object.entries(handlers.unary)) implementation[name] = this.#unary(name, handler);
    for (const [name, handler] of Object.entries(handlers.bidi ?? {})) implementation[name] = this.#bidi(name, handler);
    this.#server.addService(
      Object.fromEntries(service.methods.map((method) => [method.localName, definition(method)])),
      implementation,
    );
    return this;
  }

  async listen(credentials: ServerCredentials): Promise<this> {
    const port = await new Promise<number>((resolve, reject) =>
      this.#server.bindAsync("127.0.0.1:0", credentials, (error, bound) => (error ? reject(error) : resolve(bound))),
    );
    // By name: grpc-js takes no address for the name of a server with TLS.
    this.address = `localhost:${port}`;
    return this;
  }

  /** Forgets what came and what it was told. */
  reset(): void {
    this.calls.length = 0;
    this.patience.length = 0;
    this.failures.length = 0;
  }

  stop(): void {
    this.#server.forceShutdown();
  }

  #unary(name: string, handler: Unary) {
    return (call: ServerUnaryCall<Message, Message>, answer: sendUnaryData<Message>) => {
      this.calls.push(name);
      this.patience.push(Number(call.getDeadline()) - Date.now());
      const failure = this.failures.shift();
      if (failure === "silence") return;
      try {
        if (failure) throw failure;
        answer(null, handler(call.request, call));
      } catch (error) {
        answer(toStatus(error as RpcError, this.#domain));
      }
    };
  }

  #bidi(name: string, handler: Bidi) {
    return (call: ServerDuplexStream<Message, Message>) => {
      this.calls.push(name);
      const failure = this.failures.shift();
      if (failure && failure !== "silence") call.emit("error", toStatus(failure, this.#domain));
      else if (!failure) handler(call);
    };
  }
}

function definition(method: DescMethod): MethodDefinition<Message, Message> {
  const encode = (schema: DescMethod["input"]) => (message: Message) => Buffer.from(toBinary(schema, message));
  const decode = (schema: DescMethod["input"]) => (bytes: Buffer) => fromBinary(schema, bytes);
  return {
    path: `/${method.parent.typeName}/${method.name}`,
    requestStream: method.methodKind === "client_streaming" || method.methodKind === "bidi_streaming",
    responseStream: method.methodKind === "server_streaming" || method.methodKind === "bidi_streaming",
    requestSerialize: encode(method.input),
    requestDeserialize: decode(method.input),
    responseSerialize: encode(method.output),
    responseDeserialize: decode(method.output),
  };
}
