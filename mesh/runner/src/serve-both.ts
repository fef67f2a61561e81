// Serves one HTTP handler for people on a TCP port and for the sidecar on a Unix socket, until SIGTERM.
import { rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { collectGarbage } from "./supervisor/heap.ts";

/** `listen` is `host:port`, `socket` the path of a Unix socket. Both answer 200 on /readyz. Returns when both listen. */
export async function serveBoth(handler: RequestListener, listen: string, socket: string): Promise<void> {
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    if (request.url === "/readyz") response.end("ready\n");
    else handler(request, response);
  };
  const at = listen.lastIndexOf(":");
  await rm(socket, { force: true });
  collectGarbage();
  const servers = [{ port: Number(listen.slice(at + 1)), host: listen.slice(0, at) }, { path: socket }].map(
    (where) => ({ where, server: createServer(answer) }),
  );
  for (const { where, server } of servers)
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject).listen(where, resolve);
    });
  process.once("SIGTERM", () => {
    for (const { server } of servers) {
      server.close();
      server.closeAllConnections();
    }
  });
}
