// TCP ports on the loopback interface: those that a person uses must be free, some others are taken as they come.
import { createServer } from "node:net";
import type { Ports } from "./environment.ts";
import { Refusal } from "./refusal.ts";

/** Listens and closes again; returns the port, or the code of the error. */
function tryListen(port: number): Promise<number | string> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? "unknown"));
    server.listen({ host: "127.0.0.1", port, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : "unknown"));
    });
  });
}

/** Refuses, naming the port, when one of `ports` cannot be listened on. `base` is the edge's port. */
export async function checkPorts(ports: readonly number[], base: number): Promise<void> {
  for (const port of ports) {
    const result = await tryListen(port);
    if (result === port) continue;
    const other = base === 9080 ? 10_080 : 9080;
    if (result === "EADDRINUSE") {
      throw new Refusal(`Port ${port} is in use: end what listens there, or take other ports: make up PORT=${other}`);
    }
    throw new Refusal(`Port ${port} cannot be listened on (${result}): take other ports: make up PORT=${other}`);
  }
}

/** A port that nobody listens on now. */
async function freePort(): Promise<number> {
  const port = await tryListen(0);
  if (typeof port === "string") throw new Refusal(`No TCP port can be had on 127.0.0.1 (${port}).`);
  return port;
}

/** Different ports that nobody listens on now. */
export async function differentPorts(count: number): Promise<number[]> {
  const taken = new Set<number>();
  while (taken.size < count) taken.add(await freePort());
  return [...taken];
}

/** Six of them, for a mesh beside others. */
export async function freePorts(): Promise<Ports> {
  const [edge = 0, edgeTls = 0, issuer = 0, mail = 0, traces = 0, devices = 0] = await differentPorts(6);
  return { edge, edgeTls, issuer, mail, traces, devices };
}
