// The process and the issuer behind an edge, for tests: what arrived is what is answered.

import { rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import {
  createServer as createHttp2Server,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import { join } from "node:path";

export interface Arrived {
  readonly headers: IncomingHttpHeaders;
  readonly bytes: number;
}

/** Speaks HTTP/2 only, answers every request with 200, gRPC with trailers, and remembers what arrived. */
export class EdgeApp {
  readonly seen: Arrived[] = [];
  /** Answers nothing while it is true. */
  silent = false;
  /** How many requests were there at once, at most. */
  most = 0;
  readonly #server: Http2Server;
  readonly #sessions = new Set<ServerHttp2Session>();
  readonly #socket: string;
  #open = 0;

  constructor(folder: string) {
    this.#socket = join(folder, "app.sock");
    this.#server = createHttp2Server();
    this.#server.on("session", (session) => {
      this.#sessions.add(session);
      session.on("close", () => this.#sessions.delete(session));
    });
    this.#server.on("stream", (stream: ServerHttp2Stream, headers) => {
      let bytes = 0;
      this.most = Math.max(this.most, ++this.#open);
      stream.on("close", () => this.#open--);
      stream.on("error", () => {});
      stream.on("data", (part: Buffer) => {
        bytes += part.length;
      });
      stream.on("end", () => {
        this.seen.push({ headers, bytes });
        if (this.silent) return;
        if (!headers["content-type"]?.startsWith("application/grpc") || headers["content-type"].includes("web")) {
          stream.respond({ ":status": 200, "content-type": "text/plain" });
          stream.end("passed");
          return;
        }
        stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
        stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
        // One message: "passed".
        stream.end(Buffer.from("\0\0\0\0\x06passed"));
      });
    });
  }

  /** Answers again, and forgets what arrived. */
  reset(): void {
    this.silent = false;
    this.most = 0;
    this.seen.length = 0;
  }

  async listen(): Promise<this> {
    rmSync(this.#socket, { force: true });
    await new Promise<void>((resolve) => this.#server.listen(this.#socket, resolve));
    return this;
  }

  close(): void {
    for (const session of this.#sessions) session.destroy();
    this.#server.close();
  }
}

/** Serves public keys at /jwks. */
export async function issuer(folder: string, jwks: object): Promise<Server> {
  const server = createServer((request, response) => {
    response.statusCode = request.url === "/jwks" ? 200 : 404;
    response.end(JSON.stringify(jwks));
  });
  await new Promise<void>((resolve) => server.listen(join(folder, "issuer/app.sock"), resolve));
  return server;
}
