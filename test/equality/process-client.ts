// Clients in other languages: a process for each call, which gets what to do and says how it ended.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { status } from "@grpc/grpc-js";
import { type CallOptions, type Client, type Code, WORD } from "./client.ts";

/** A command that makes calls to an address by a service config. */
export class ProcessClient implements Client {
  readonly #command: readonly [string, ...string[]];
  readonly #to: { readonly address: string; readonly authority: string; readonly config: string };

  constructor(command: readonly [string, ...string[]], address: string, authority: string, serviceConfig: string) {
    this.#command = command;
    this.#to = { address, authority, config: serviceConfig };
  }

  /** Headers are not sent. */
  async call(path: string, { body = WORD, patienceMs = 5000, signal }: CallOptions = {}): Promise<Code> {
    const [program, ...args] = this.#command;
    const child = spawn(program, args, {
      stdio: ["pipe", "pipe", "inherit"],
      env: { ...process.env, GRPC_VERBOSITY: "NONE" },
    });
    const exit = once(child, "exit");
    child.stdin.end(JSON.stringify({ ...this.#to, path, body: body.toString("base64") }));
    const end = () => child.kill("SIGKILL");
    const patience = setTimeout(end, patienceMs);
    signal?.addEventListener("abort", end, { once: true });
    const said = await text(child.stdout);
    clearTimeout(patience);
    await exit;
    if (said === "" && child.signalCode === "SIGKILL") return signal?.aborted ? "CANCELLED" : "OUT_OF_PATIENCE";
    return status[Number(said)] as Code;
  }

  close(): void {}
}
