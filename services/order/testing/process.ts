// A process of the order service, as a suite sees it from outside.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Command, Crash } from "./main.ts";
import type { Caller, Shop } from "./shop.ts";

export class OrderProcess {
  readonly caller: Caller;
  readonly #child: ChildProcess;
  readonly #gone: Promise<unknown>;
  #output = "";

  private constructor(shop: Shop, environment: Record<string, string>) {
    this.caller = shop.dial(environment);
    this.#child = spawn(process.execPath, [fileURLToPath(new URL("./main.ts", import.meta.url))], {
      env: { PATH: process.env.PATH, ...environment },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    this.#gone = once(this.#child, "exit");
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on("data", (chunk) => {
        this.#output += chunk;
      });
    }
  }

  /** Loads a process that does not serve yet. */
  static load(shop: Shop): OrderProcess {
    // An order that has to wait for its next process on a busy machine must not run out of time.
    return new OrderProcess(shop, shop.environment({ ORDER_LEASE_MS: "300", ORDER_FORWARD_LIMIT_MS: "60000" }));
  }

  /** Lets it serve, and take up what an earlier one has left. */
  async start(): Promise<this> {
    await this.#tell({ start: true }, "serving");
    return this;
  }

  /** Ends it at a point of the next order that comes there. */
  async crashAt(crash: Crash): Promise<void> {
    await this.#tell({ crash }, "armed");
  }

  readonly kill = (): void => {
    this.#child.kill("SIGKILL");
  };

  /** Whether it has ended. */
  readonly gone = (): boolean => this.#child.exitCode !== null || this.#child.signalCode !== null;

  /** Resolves when it was killed. Throws if it ended otherwise. */
  async killed(): Promise<void> {
    await this.#gone;
    if (this.#child.signalCode !== "SIGKILL") throw new Error(`it ended by itself: ${this.#output}`);
  }

  /** Ends it in good order. */
  async stop(): Promise<void> {
    this.#child.kill("SIGTERM");
    await this.#gone;
  }

  async #tell(command: Command, answer: string): Promise<void> {
    const answered = new Promise<void>((resolve) => {
      this.#child.on("message", (message) => {
        if (message === answer) resolve();
      });
    });
    this.#child.send(command);
    const ended = this.#gone.then(() => {
      throw new Error(`it ended too early: ${this.#output}`);
    });
    await Promise.race([answered, ended]);
  }
}
