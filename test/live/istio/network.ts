// Addresses of the loopback interface for one mesh: the ports in it are those of the contract, so that meshes of several clones
// must differ in their addresses.

import { createServer, type Server } from "node:net";

/** Of every service, in the mesh and here. */
export const PORT = 50051;
/** The end of the address of the ingress. */
export const INGRESS = 90;

export interface Network {
  /** The address with this end, from 1 to 253. */
  address(number: number): string;
  release(): void;
}

/** Takes 254 addresses that no other mesh on this machine has. */
export async function takeNetwork(): Promise<Network> {
  for (let block = process.pid; block < process.pid + 1000; block++) {
    const prefix = `127.${1 + ((block >> 8) % 254)}.${block % 256}`;
    // One address stands for all of them.
    const held = await listenAt(`${prefix}.254`);
    if (held) return { address: (number) => `${prefix}.${number}`, release: () => void held.close() };
  }
  throw new Error(`port ${PORT} is taken at every address of the loopback interface`);
}

/** Undefined where somebody else listens. */
function listenAt(host: string): Promise<Server | undefined> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(undefined));
    server.listen({ host, port: PORT, exclusive: true }, () => resolve(server));
  });
}
