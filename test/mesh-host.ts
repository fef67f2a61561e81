// Runs the shared mesh: `node test/mesh-host.ts FOLDER` builds what it runs and says so in a line, starts it there, prints its socket, and
// stops when standard input ends. Over the socket one suite at a time takes the mesh, and asks of it what it may.

import { once } from "node:events";
import { rmSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { join } from "node:path";
import { buildAll, loadMeshEnvironment, type Mesh, startMesh } from "../mesh/runner/src/index.ts";

/** What a suite may ask of the mesh, each as the member of Mesh with that name. */
const commands = ["state", "waitReady", "kill", "stopChild", "startChild", "inboundPort", "query"] as const;
export type Command = (typeof commands)[number];

let turn: Promise<void> = Promise.resolve();

/** Lends the mesh until the connection of who asked closes; a suite that crashed gives it back that way too. */
async function lend(mesh: Mesh, response: ServerResponse): Promise<void> {
  const over = new Promise<void>((resolve) => response.once("close", resolve));
  const before = turn;
  turn = before.then(() => over);
  await before;
  if (response.destroyed) return;
  await mesh.waitReady();
  const { runFolder, dataFolder, ports } = mesh.state();
  response.write(`${JSON.stringify({ value: { runFolder, dataFolder, ports } })}\n`);
}

async function run(mesh: Mesh, name: Command, request: IncomingMessage): Promise<unknown> {
  if (!commands.includes(name)) throw new Error(`there is no command ${name}`);
  let text = "";
  for await (const part of request) text += part;
  return (mesh[name] as (...args: never[]) => unknown).apply(mesh, JSON.parse(text));
}

async function answer(mesh: Mesh, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const name = request.url?.slice(1);
  try {
    if (name === "take") await lend(mesh, response);
    else response.end(`${JSON.stringify({ value: await run(mesh, name as Command, request) })}\n`);
  } catch (error) {
    response.end(`${JSON.stringify({ error: (error as Error).message })}\n`);
  }
}

// Other files only take types from here.
if (import.meta.main) {
  const [folder = ""] = process.argv.slice(2);
  // Ctrl-C reaches the whole group: whoever started this ends it in order, and if that one dies its end of the pipe closes.
  process.on("SIGINT", () => undefined);
  const over = new AbortController();
  process.stdin.resume().once("end", () => over.abort());
  process.once("SIGTERM", () => over.abort());
  // Built sooner, and by the same profile as the tests of the crates.
  const environment = await loadMeshEnvironment(undefined, "debug");
  const programs = environment.workloads.map(({ program }) => program);
  // What cannot be built the mesh runs without, or refuses to: it says so itself.
  await buildAll(programs, over.signal).catch(() => undefined);
  if (over.signal.aborted) process.exit();
  console.log("built");
  const mesh = await startMesh({
    environment,
    ports: "free",
    runFolder: join(folder, "run"),
    dataFolder: join(folder, "data"),
    settings: {
      // A mail whose place in the queue was lost is queued again, here without a long wait.
      notification: { NOTIFICATION_REQUEUE_SECONDS: "2" },
      // Many orders go into the same slot.
      shipping: { SHIPPING_SLOT_CAPACITY: "100000" },
    },
  });
  const server = createServer((request, response) => void answer(mesh, request, response));
  const socket = join(folder, "host.sock");
  server.listen(socket, () => console.log(socket));
  if (!over.signal.aborted) await once(over.signal, "abort");
  server.close();
  server.closeAllConnections();
  await mesh.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  process.exit();
}
