// The process that is called, bare: no kit, nothing generated. It counts what arrives, and behaves as a test wants it to.

import { rmSync } from "node:fs";
import {
  constants,
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import type { AddressInfo } from "node:net";
import { status } from "@grpc/grpc-js";

/** What it does with each call. */
export type Behaviour =
  | { readonly does: "answer" }
  | { readonly does: "fail"; readonly code: keyof typeof status }
  /** Takes the call and says nothing. */
  | { readonly does: "hang" }
  /** Says with the first stream only that it was not looked at; answers the next. */
  | { readonly does: "refuse once" }
  /** Begins an answer, and says no more. */
  | { readonly does: "fall silent" }
  /** Goes on answering. */
  | { readonly does: "talk" };

const WORD = Buffer.from("\0\0\0\0\x04\x0a\x02hi");
/** Between two words of one who talks. */
export const PAUSE_MS = 50;

export class Callee {
  /** The paths of the calls that arrived, the refused ones too. */
  readonly arrived: string[] = [];
  /** The headers of the last of them. */
  headers: IncomingHttpHeaders = {};
  /** The same, of calls that it has not ended and whose caller is still there. */
  readonly open = new Set<ServerHttp2Stream>();
  behaviour: Behaviour = { does: "answer" };
  /** Where it listens, or did last; empty before. */
  address = "";
  readonly #server: Http2Server;
  readonly #sessions = new Set<ServerHttp2Session>();

  constructor() {
    this.#server = createServer();
    this.#server.on("session", (session) => {
      this.#sessions.add(session);
      session.on("close", () => this.#sessions.delete(session));
      session.on("error", () => {});
    });
    this.#server.on("stream", (stream: ServerHttp2Stream, headers) => {
      stream.on("error", () => {});
      stream.resume();
      this.arrived.push(headers[":path"] ?? "");
      this.headers = headers;
      this.open.add(stream);
      stream.on("close", () => this.open.delete(stream));
      this.#behave(stream);
    });
  }

  #behave(stream: ServerHttp2Stream): void {
    const { behaviour } = this;
    const head = { ":status": 200, "content-type": "application/grpc" };
    if (behaviour.does === "hang") return;
    if (behaviour.does === "refuse once" && this.arrived.length === 1) {
      stream.close(constants.NGHTTP2_REFUSED_STREAM);
    } else if (behaviour.does === "fail") {
      const trailers = { "grpc-status": String(status[behaviour.code]), "grpc-message": "on purpose" };
      stream.respond({ ...head, ...trailers }, { endStream: true });
    } else if (behaviour.does === "fall silent" || behaviour.does === "talk") {
      stream.respond(head);
      stream.write(WORD);
      if (behaviour.does === "fall silent") return;
      const talk = setInterval(() => stream.write(WORD), PAUSE_MS);
      stream.on("close", () => clearInterval(talk));
    } else {
      stream.respond(head, { waitForTrailers: true });
      stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
      stream.end(WORD);
    }
  }

  /** Listens at `unix:/path` or at `host:port`, where the port 0 is a free one. Settles with the address. */
  async listen(address: string): Promise<string> {
    const path = /^unix:(.*)/.exec(address)?.[1];
    const [host = "", port] = address.split(":");
    if (path) rmSync(path, { force: true });
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      if (path) this.#server.listen(path, resolve);
      else this.#server.listen(Number(port), host, resolve);
    });
    this.address = path ? address : `${host}:${(this.#server.address() as AddressInfo).port}`;
    return this.address;
  }

  /** Runs something while nobody listens at the address. */
  async without<T>(use: () => Promise<T>): Promise<T> {
    await this.close();
    try {
      return await use();
    } finally {
      await this.listen(this.address);
    }
  }

  /** Forgets what arrived and answers again. */
  reset(): void {
    this.behaviour = { does: "answer" };
    this.arrived.length = 0;
    for (const stream of this.open) stream.close(constants.NGHTTP2_CANCEL);
  }

  async close(): Promise<void> {
    for (const session of this.#sessions) session.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
