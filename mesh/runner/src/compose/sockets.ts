// Sockets that a process left behind when it was killed: the next one could not listen where one stands.
import { statSync, unlinkSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";

/** Those of processes; a sidecar removes its own. */
const OF_PROCESSES = ["app.sock", "ops.sock"];
const LOOK_MS = 1000;

/** Looks into the folders until told to stop, and removes a socket at which nobody has listened at two looks one after the other. */
export function clearSockets(folders: readonly string[]): () => void {
  const dead = new Map<string, number>();
  const look = async () => {
    for (const path of folders.flatMap((folder) => OF_PROCESSES.map((socket) => join(folder, socket)))) {
      const inode = statSync(path, { throwIfNoEntry: false })?.ino;
      if (inode === undefined || !(await refuses(path))) dead.delete(path);
      else if (dead.get(path) === inode) unlinkSync(path);
      else dead.set(path, inode);
    }
  };
  let looking = Promise.resolve();
  const timer = setInterval(() => {
    looking = looking.then(look).catch(() => undefined);
  }, LOOK_MS);
  return () => clearInterval(timer);
}

const refuses = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(path);
    socket
      .once("connect", () => resolve(false))
      .once("error", (error: NodeJS.ErrnoException) => resolve(error.code === "ECONNREFUSED"));
    socket.once("connect", () => socket.destroy());
  });
