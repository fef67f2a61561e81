// Processes and callers for tests, on grpc-js. Bodies are text: sidecars do not look inside.

import { rmSync } from "node:fs";
import { join } from "node:path";
import {
  type ChannelOptions,
  Client,
  credentials,
  Metadata,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServiceError,
  type StatusObject,
  status,
} from "@grpc/grpc-js";
import type { Service } from "../../model.ts";
import type { Credentials } from "./certificates.ts";

const encode = (text: string): Buffer => Buffer.from(text);
const decode = (bytes: Buffer): string => bytes.toString();

/** What a handler sees of a call. */
export interface Seen {
  readonly path: string;
  readonly text: string;
  readonly metadata: Metadata;
  /** Epoch milliseconds; undefined without a deadline. */
  readonly deadline: number | undefined;
}

export type Handler = (seen: Seen) => Promise<string> | string;

export const fail = (code: status, details = "on purpose"): never => {
  throw Object.assign(new Error(details), { code, details });
};

/** A process behind a sidecar: all unary methods of its services, each answered by the handler, and all calls counted. */
export class App {
  readonly seen: Seen[] = [];
  handler: Handler = ({ text }) => text;
  readonly #server = new Server();
  readonly #socket: string;

  constructor(folder: string, services: readonly Service[]) {
    this.#socket = join(folder, "app.sock");
    for (const service of services) {
      const unary = service.methods.filter(({ kind }) => kind === "unary" || kind === "server");
      const shape = (path: string, stream: boolean) => ({
        path,
        requestStream: false,
        responseStream: stream,
        requestSerialize: encode,
        requestDeserialize: decode,
        responseSerialize: encode,
        responseDeserialize: decode,
      });
      this.#server.addService(
        Object.fromEntries(unary.map(({ name, path, kind }) => [name, shape(path, kind === "server")])),
        Object.fromEntries(
          unary.map(({ name, path, kind }) => [name, kind === "server" ? this.#stream(path) : this.#unary(path)]),
        ),
      );
    }
  }

  async listen(): Promise<this> {
    rmSync(this.#socket, { force: true });
    await new Promise<void>((resolve, reject) =>
      this.#server.bindAsync(`unix:${this.#socket}`, ServerCredentials.createInsecure(), (error) =>
        error ? reject(error) : resolve(),
      ),
    );
    return this;
  }

  close(): void {
    this.#server.forceShutdown();
    rmSync(this.#socket, { force: true });
  }

  #unary(path: string) {
    return async (
      call: ServerUnaryCall<string, string>,
      answer: (error: Partial<StatusObject> | null, text?: string) => void,
    ) => {
      try {
        answer(null, await this.handler(this.#note(path, call)));
      } catch (error) {
        answer(error as Partial<StatusObject>);
      }
    };
  }

  /** Sends one message and leaves the stream open. */
  #stream(path: string) {
    return async (call: ServerUnaryCall<string, string> & { write(text: string): void }) => {
      call.write(await this.handler(this.#note(path, call)));
    };
  }

  #note(path: string, call: ServerUnaryCall<string, string>): Seen {
    const deadline = call.getDeadline();
    const at = deadline instanceof Date ? deadline.getTime() : deadline;
    const seen = {
      path,
      text: call.request,
      metadata: call.metadata,
      deadline: Number.isFinite(at) ? at : undefined,
    };
    this.seen.push(seen);
    return seen;
  }
}

/** How a call ended. */
export interface Outcome {
  readonly code: keyof typeof status;
  readonly text: string;
  readonly details: string;
  readonly metadata: Metadata;
}

export interface CallOptions {
  readonly text?: string;
  readonly deadlineMs?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

export class Caller {
  readonly #client: Client;

  private constructor(address: string, how: ReturnType<typeof credentials.createInsecure>, options: ChannelOptions) {
    this.#client = new Client(address, how, {
      // The sidecar retries; what grpc-js does by itself would blur the counts.
      "grpc.enable_retries": 0,
      "grpc.initial_reconnect_backoff_ms": 50,
      "grpc.min_reconnect_backoff_ms": 50,
      "grpc.max_reconnect_backoff_ms": 100,
      ...options,
    });
  }

  /** A process that calls out through its own sidecar. */
  static egress(folder: string, authority: string): Caller {
    return new Caller(`unix:${join(folder, "out.sock")}`, credentials.createInsecure(), {
      "grpc.default_authority": authority,
    });
  }

  /** Someone who dials the inbound port of a sidecar with a certificate. */
  static direct(port: number, bundle: string, { certificate, key }: Credentials): Caller {
    const how = credentials.createSsl(Buffer.from(bundle), Buffer.from(key), Buffer.from(certificate), {
      checkServerIdentity: () => undefined,
    });
    return new Caller(`127.0.0.1:${port}`, how, { "grpc.ssl_target_name_override": "sidecar" });
  }

  static plaintext(port: number): Caller {
    return new Caller(`127.0.0.1:${port}`, credentials.createInsecure(), {});
  }

  /** Never rejects: an error is an outcome. Without `deadlineMs` the caller waits for ever. */
  call(path: string, { text = "text", deadlineMs, headers = {} }: CallOptions = {}): Promise<Outcome> {
    const metadata = new Metadata();
    for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
    const deadline = deadlineMs === undefined ? Number.POSITIVE_INFINITY : Date.now() + deadlineMs;
    return new Promise((resolve) => {
      let answer: string | undefined;
      let head = new Metadata();
      const call = this.#client.makeUnaryRequest(
        path,
        encode,
        decode,
        text,
        metadata,
        { deadline },
        (error: ServiceError | null, value) => {
          answer = value ?? "";
          if (error) resolve(outcome(error, error.metadata));
        },
      );
      call.on("metadata", (received) => {
        head = received;
      });
      call.on("status", (ended) => {
        if (ended.code === status.OK) resolve({ ...outcome(ended, head), text: answer ?? "" });
      });
    });
  }

  /** Reads a server stream to its end. */
  stream(path: string, { text = "text", deadlineMs, headers = {} }: CallOptions = {}): Promise<Outcome> {
    const metadata = new Metadata();
    for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
    const deadline = deadlineMs === undefined ? Number.POSITIVE_INFINITY : Date.now() + deadlineMs;
    return new Promise((resolve) => {
      const call = this.#client.makeServerStreamRequest(path, encode, decode, text, metadata, { deadline });
      let received = "";
      call.on("data", (part: string) => {
        received += part;
      });
      call.on("error", () => {});
      call.on("status", (ended) => resolve({ ...outcome(ended, new Metadata()), text: received }));
    });
  }

  close(): void {
    this.#client.close();
  }
}

const outcome = ({ code, details }: StatusObject | ServiceError, metadata: Metadata): Outcome => ({
  code: status[code] as keyof typeof status,
  text: "",
  details: decodeURIComponent(details),
  metadata,
});
