// A gRPC channel with the deadlines and retries of the contract. grpc-js reads them from the service config; what it needs of
// a service's methods stands in the descriptors of the package.

import {
  type DescMessage,
  type DescMethod,
  type DescMethodBiDiStreaming,
  type DescMethodUnary,
  fromBinary,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import { type CallOptions, type ChannelCredentials, Client, type ClientDuplexStream, Metadata } from "@grpc/grpc-js";
import { serviceConfigs } from "@larder/contract/mesh/service_configs.js";

/** Opens a channel for the methods of one service. Nothing is dialled before the first call. */
export const openChannel = (address: string, credentials: ChannelCredentials, service: string): Client =>
  new Client(address, credentials, {
    "grpc.service_config": serviceConfigs[service] ?? "{}",
    "grpc.service_config_disable_resolution": 1,
  });

/** Calls a unary method. Rejects with a status (grpc-js: ServiceError). */
export function unary<I extends DescMessage, O extends DescMessage>(
  channel: Client,
  method: DescMethodUnary<I, O>,
  request: MessageShape<I>,
  headers = new Metadata(),
): Promise<MessageShape<O>> {
  return new Promise((resolve, reject) => {
    channel.makeUnaryRequest(
      path(method),
      encoder(method.input),
      decoder(method.output),
      request,
      headers,
      (error, answer) => (error ? reject(error) : resolve(answer as MessageShape<O>)),
    );
  });
}

/** Opens a stream in both directions. */
export const bidi = <I extends DescMessage, O extends DescMessage>(
  channel: Client,
  method: DescMethodBiDiStreaming<I, O>,
  options: CallOptions,
): ClientDuplexStream<MessageShape<I>, MessageShape<O>> =>
  channel.makeBidiStreamRequest(path(method), encoder(method.input), decoder(method.output), new Metadata(), options);

const path = (method: DescMethod) => `/${method.parent.typeName}/${method.name}`;

const encoder =
  <S extends DescMessage>(schema: S) =>
  (message: MessageShape<S>) =>
    Buffer.from(toBinary(schema, message));

const decoder =
  <S extends DescMessage>(schema: S) =>
  (bytes: Buffer) =>
    fromBinary(schema, bytes);
