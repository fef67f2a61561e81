// The one mesh that all whole-system suites of a run use, as a part of vitest's set-up: it starts when the first of them
// asks for it, and stops at the end of the run. A run that has no such suite does not pay for it.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** Where a suite asks for the shared mesh; the answer is the socket of its host. */
    sharedMesh: string;
  }
}

class Host {
  readonly #folder: string;
  #process: ChildProcess | undefined;
  #lines: AsyncIterator<string> | undefined;
  #built: Promise<string> | undefined;
  #started: Promise<string> | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Builds what the mesh runs, unless that is done; settles then. */
  build(): Promise<string> {
    this.#built ??= this.#build();
    return this.#built;
  }

  /** Starts the mesh unless it is up; settles with the socket of its host. */
  start(): Promise<string> {
    this.#started ??= this.#start();
    return this.#started;
  }

  #build(): Promise<string> {
    // A process of its own, which ends with this one: its standard input then closes.
    this.#process = spawn(process.execPath, [join(import.meta.dirname, "mesh-host.ts"), this.#folder], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    const { stdout } = this.#process;
    if (!stdout) throw new Error("the host of the mesh has no output");
    this.#lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
    return this.#line();
  }

  async #start(): Promise<string> {
    await this.build();
    const began = Date.now();
    const socket = await this.#line();
    console.log(`The shop of the whole-system suites is up after ${((Date.now() - began) / 1000).toFixed(1)} s.`);
    return socket;
  }

  /** The next line that the host says. Throws if there is none. */
  async #line(): Promise<string> {
    const { value } = (await this.#lines?.next()) ?? {};
    if (!value) throw new Error("the shop of the whole-system suites did not start");
    return value;
  }

  get started(): boolean {
    return this.#process !== undefined;
  }

  async stop(): Promise<void> {
    if (!this.#process || this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = once(this.#process, "exit");
    this.#process.stdin?.end();
    await ended;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // Short, as socket paths must be, and passable: under root the workloads have user ids of their own.
  const folder = mkdtempSync(join(tmpdir(), "ls-"));
  chmodSync(folder, 0o711);
  const host = new Host(folder);
  const server = createServer(({ url }, response) => {
    (url === "/build" ? host.build() : host.start()).then(
      (said) => response.end(said),
      (error: Error) => response.writeHead(500).end(error.message),
    );
  });
  const socket = join(folder, "ask.sock");
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  project.provide("sharedMesh", socket);
  // A run that is broken off has no end of its own. A host that runs removes the folder itself.
  process.once("exit", () => host.started || rmSync(folder, { recursive: true, force: true }));
  return async () => {
    server.close();
    server.closeAllConnections();
    await host.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  };
}
