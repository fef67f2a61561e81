// The gateway's socket: HTTP/1.1 and HTTP/2 without TLS on one address. The sidecar in front speaks HTTP/2 only; without
// a sidecar browsers and curl come straight here with HTTP/1.1.
import { unlinkSync } from "node:fs";
import { createServer as createHttp1, type IncomingMessage, type ServerResponse } from "node:http";
import {
  createServer as createHttp2,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
} from "node:http2";
import { type AddressInfo, createServer, type Socket } from "node:net";
import type { Listener } from "@larder/platform";

export type EdgeRequest = IncomingMessage | Http2ServerRequest;
export type EdgeResponse = ServerResponse | Http2ServerResponse;
export type EdgeServer = (request: EdgeRequest, response: EdgeResponse) => void;

// The first bytes of every HTTP/2 connection (RFC 9113, section 3.4) begin like this, and no HTTP/1.1 request does.
const preface = "PRI * HTTP/2.0";

/** Serves requests of both versions. `serving` is told whether requests are welcome. */
export function edgeListener(serve: EdgeServer, serving: (up: boolean) => void): Listener {
  const http1 = createHttp1(serve);
  const http2 = createHttp2({ settings: { maxConcurrentStreams: 1000 } }, serve);
  const sessions = new Set<ServerHttp2Session>();
  const sockets = new Set<Socket>();
  let inProgress = 0;
  let idle = () => {};

  for (const server of [http1, http2])
    server.on("request", (_request: EdgeRequest, response: EdgeResponse) => {
      inProgress++;
      response.once("close", () => {
        inProgress--;
        if (inProgress === 0) idle();
      });
    });
  http2.on("session", (session) => {
    sessions.add(session);
    session.once("close", () => sessions.delete(session));
  });

  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    // A caller that goes away in the middle is no failure of ours.
    socket.on("error", () => socket.destroy());
    // Read and put back: the server that takes over begins with the first byte.
    const begin = () => {
      const first = socket.read() as Buffer | null;
      // Readable with nothing to read: the first bytes are still on their way, or the caller has gone.
      if (!first) return;
      socket.off("readable", begin);
      socket.unshift(first);
      const second = first.toString("latin1", 0, preface.length) === preface.slice(0, first.length);
      (second ? http2 : http1).emit("connection", socket);
    };
    socket.on("readable", begin);
  });

  return {
    listen: (address) =>
      new Promise((resolve, reject) => {
        const at = address.lastIndexOf(":");
        const path = address.startsWith("unix:") ? address.slice("unix:".length) : undefined;
        const where = path ? { path } : { host: address.slice(0, at), port: Number(address.slice(at + 1)) };
        server.once("error", reject).listen(where, () => {
          server.off("error", reject);
          const bound = server.address() as AddressInfo;
          resolve(path ? address : `${address.slice(0, at)}:${bound.port}`);
        });
        if (path) server.once("close", () => removeSocket(path));
      }),
    serving,
    drain: () =>
      new Promise((resolve) => {
        server.close();
        // GOAWAY tells HTTP/2 clients to take new calls elsewhere; what is in progress goes on.
        for (const session of sessions) session.close();
        http1.closeIdleConnections();
        idle = resolve;
        if (inProgress === 0) resolve();
      }),
    abort() {
      for (const session of sessions) session.destroy();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function removeSocket(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Node has removed it, or the next instance has made its own.
  }
}
