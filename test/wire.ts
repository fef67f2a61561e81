// gRPC calls made by hand on HTTP/2, so that a test decides about every byte: path, authority, headers, certificate. The
// messages are empty; handlers answer what they will.

import { type ClientHttp2Session, connect, type IncomingHttpHeaders, type IncomingHttpStatusHeader } from "node:http2";
import { createConnection, type Socket } from "node:net";
import { type ConnectionOptions, connect as tlsConnect } from "node:tls";
import { status } from "@grpc/grpc-js";
import { errorInfo } from "./error-info.ts";

export interface Answer {
  /** The name of the gRPC status; absent where the answer has none. */
  readonly code: string | undefined;
  /** The HTTP status. */
  readonly http: number;
  readonly message: string;
  /** The reason of the google.rpc.ErrorInfo; empty where there is none. */
  readonly reason: string;
  /** What was answered, with the frames of gRPC. */
  readonly body: Buffer;
}

const LIMIT_MS = 10_000;
/** A message in its frame. */
export function framed(message: Uint8Array): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

/** The first message of an answer, out of its frame. */
export const unframed = (body: Buffer): Buffer => body.subarray(5, 5 + (body.length < 5 ? 0 : body.readUInt32BE(1)));

const EMPTY = framed(new Uint8Array());

/** One connection. */
export class Wire {
  readonly #session: ClientHttp2Session;
  readonly #authority: string;

  private constructor(session: ClientHttp2Session, authority: string) {
    this.#session = session;
    this.#authority = authority;
  }

  /** Dials a sidecar on the loopback interface, by TLS 1.3 unless `options` say otherwise. Rejects when it is refused. */
  static tls(port: number, authority: string, options: ConnectionOptions): Promise<Wire> {
    const socket = tlsConnect({
      host: "127.0.0.1",
      port,
      servername: authority.replace(/:\d+$/, ""),
      minVersion: "TLSv1.3",
      ALPNProtocols: ["h2"],
      // The names in the mesh are SPIFFE ids.
      checkServerIdentity: () => undefined,
      ...options,
    });
    return Wire.#open(socket, `https://${authority}`, authority);
  }

  /** Dials a Unix socket without TLS. */
  static socket(path: string, authority: string): Promise<Wire> {
    return Wire.#open(createConnection(path), `http://${authority}`, authority);
  }

  /** Dials a port without TLS. */
  static plain(port: number, authority: string): Promise<Wire> {
    return Wire.#open(createConnection(port, "127.0.0.1"), `http://${authority}`, authority);
  }

  // In TLS 1.3 a client is done before the server has seen its certificate: the server's first settings say it was accepted.
  static #open(socket: Socket, url: string, authority: string): Promise<Wire> {
    return new Promise((resolve, reject) => {
      // An alert that comes after the client's part of the handshake is told by the socket alone.
      socket.once("error", reject);
      const session = connect(url, { createConnection: () => socket });
      session.once("remoteSettings", () => resolve(new Wire(session, authority)));
      session.once("error", reject);
      session.once("close", () => reject(new Error("closed")));
      session.setTimeout(LIMIT_MS, () => session.destroy(new Error("silent")));
    });
  }

  /** Calls `path`; settles with the answer to the first request of a stream, whatever it is. */
  call(path: string, headers: Readonly<Record<string, string>> = {}, body: Buffer = EMPTY): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const stream = this.#session.request({
        ":method": "POST",
        ":path": path,
        ":authority": this.#authority,
        "content-type": "application/grpc",
        te: "trailers",
        ...headers,
      });
      let head: IncomingHttpHeaders & IncomingHttpStatusHeader = {};
      let tail: IncomingHttpHeaders = {};
      const parts: Buffer[] = [];
      stream.on("response", (received) => {
        head = received;
      });
      stream.on("trailers", (received) => {
        tail = received;
      });
      stream.on("error", reject);
      stream.on("close", () => {
        const code = tail["grpc-status"] ?? head["grpc-status"];
        const message = String(tail["grpc-message"] ?? head["grpc-message"] ?? "");
        resolve({
          code: code === undefined ? undefined : status[Number(code)],
          http: head[":status"] ?? 0,
          message: decodeURIComponent(message),
          reason: errorInfo(tail["grpc-status-details-bin"] ?? head["grpc-status-details-bin"])?.reason ?? "",
          body: Buffer.concat(parts),
        });
      });
      stream.setTimeout(LIMIT_MS, () => stream.destroy(new Error(`${path} was not answered`)));
      stream.on("data", (part: Buffer) => parts.push(part));
      stream.end(body);
    });
  }

  close(): void {
    this.#session.destroy();
  }
}
