// A client without the kit: what it does with a call is what its target makes of it.

import {
  type ChannelCredentials,
  type ChannelOptions,
  type ClientDuplexStream,
  credentials,
  Client as GrpcClient,
  Metadata,
  status,
} from "@grpc/grpc-js";
import type { Credentials } from "../../mesh/compiler/src/emit/testing/certificates.ts";

/** A message with one word in it, as every request of the contract is one. */
export const WORD = Buffer.from("\x0a\x02hi");

/** The same with a word of about so many bytes. */
export function bodyOf(bytes: number): Buffer {
  const length = [bytes & 0x7f, (bytes >> 7) & 0x7f, bytes >> 14].map((part, at) => (at < 2 ? part | 0x80 : part));
  return Buffer.concat([Buffer.from([0x0a, ...length]), Buffer.alloc(bytes, "x")]);
}

/** The name of a gRPC code; OUT_OF_PATIENCE where nothing ended the call but this client. */
export type Code = keyof typeof status | "OUT_OF_PATIENCE";

export interface CallOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  /** How long to wait for an end. Nobody is told: it is no deadline. */
  readonly patienceMs?: number;
  readonly signal?: AbortSignal;
  /** Never says that the request is at its end. */
  readonly keepOpen?: boolean;
}

/** Somebody who calls. Settles with how the call ended, whatever it was: a stream of answers is read to its end. */
export interface Client {
  call(path: string, options?: CallOptions): Promise<Code>;
  close(): void;
}

export class RawClient implements Client {
  readonly #client: GrpcClient;

  /** `address` as gRPC names it. Absent `options`: it neither retries nor knows deadlines. */
  constructor(address: string, how: ChannelCredentials, options: ChannelOptions) {
    this.#client = new GrpcClient(address, how, {
      "grpc.initial_reconnect_backoff_ms": 50,
      "grpc.max_reconnect_backoff_ms": 100,
      "grpc.service_config_disable_resolution": 1,
      "grpc.enable_http_proxy": 0,
      ...options,
    });
  }

  /** Through a socket or port that takes calls in plain text for any authority. */
  static plain(address: string, authority: string, serviceConfig?: string): RawClient {
    return new RawClient(address, credentials.createInsecure(), {
      "grpc.default_authority": authority,
      ...(serviceConfig ? { "grpc.service_config": serviceConfig } : { "grpc.enable_retries": 0 }),
    });
  }

  /**
   * By mutual TLS, to a port of the loopback interface. Absent `own`: without a certificate. `host` is whom it asks for, and `authority` whom each
   * call does.
   */
  static tls(address: string, bundle: string, own?: Credentials, host?: string, authority = host): RawClient {
    const { key, certificate } = own ?? {};
    const pem = (text: string | undefined) => (text === undefined ? null : Buffer.from(text));
    // The names in the mesh are SPIFFE ids.
    const how = credentials.createSsl(Buffer.from(bundle), pem(key), pem(certificate), {
      checkServerIdentity: () => undefined,
    });
    return new RawClient(address, how, {
      "grpc.ssl_target_name_override": host ?? "sidecar",
      ...(authority ? { "grpc.default_authority": authority } : {}),
      "grpc.enable_retries": 0,
    });
  }

  call(
    path: string,
    { headers = {}, body = WORD, patienceMs = 5000, signal, keepOpen }: CallOptions = {},
  ): Promise<Code> {
    const metadata = new Metadata();
    for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
    const same = (bytes: Buffer) => bytes;
    return new Promise((resolve) => {
      const call = this.#client.makeBidiStreamRequest(path, same, same, metadata);
      call.write(body);
      if (!keepOpen) call.end();
      const patience = setTimeout(() => {
        resolve("OUT_OF_PATIENCE");
        call.cancel();
      }, patienceMs);
      signal?.addEventListener("abort", () => call.cancel(), { once: true });
      call.on("data", () => {});
      call.on("error", () => {});
      call.on("status", ({ code }) => {
        clearTimeout(patience);
        resolve(status[code] as Code);
      });
    });
  }

  /** A call both ways, with what either end makes of the bytes. */
  stream<Q, A>(
    path: string,
    encode: (request: Q) => Buffer,
    decode: (answer: Buffer) => A,
    metadata: Metadata,
  ): ClientDuplexStream<Q, A> {
    return this.#client.makeBidiStreamRequest(path, encode, decode, metadata);
  }

  close(): void {
    this.#client.close();
  }
}
