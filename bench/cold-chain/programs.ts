// The programs in Rust that are measured, and the one that measures them: built for release, and started alone.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { promisify } from "node:util";
import { rustProgram } from "@larder/runner";
import { until, watch } from "@larder/store/testing";
import { familyOf } from "../cpu.ts";

const root = join(import.meta.dirname, "..", "..");
const run = promisify(execFile);

/** Where each program is, built from the sources as they are. */
export interface Programs {
  readonly ingestion: string;
  readonly aggregator: string;
  readonly readings: string;
}

export async function programs(): Promise<Programs> {
  return {
    ingestion: await rustProgram("services/ingestion", "release"),
    aggregator: await rustProgram("services/aggregator", "release"),
    readings: await rustProgram("bench/readings", "release"),
  };
}

/** A work of bench/readings, with its options and what it says at its end. */
export async function readings<Said>(programs: Programs, work: string, options: object): Promise<Said> {
  const { stdout } = await run(programs.readings, [work, JSON.stringify(options)], { maxBuffer: 64 << 20 });
  return JSON.parse(stdout) as Said;
}

/** What `send` says. */
export interface Sent {
  readonly acknowledged: number;
  readonly refused: number;
  readonly seconds: number;
  readonly p50: number;
  readonly p99: number;
  /** The last reading of each device that was acknowledged with all before it. */
  readonly last: readonly number[];
  readonly broken: string | null;
}

/** How many devices send what, over how many batches each. */
export interface Load {
  /** `/path/of/socket` or `host:port`. */
  readonly address: string;
  readonly devices: number;
  readonly batch: number;
  readonly batches: number;
  readonly first: number;
  /** Of each device. Absent: as many as are acknowledged. */
  readonly batchesPerSecond?: number;
}

/** A process on its own. */
export class Server {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Starts it and waits until it is there. */
  static async start(
    program: string,
    args: readonly string[],
    env: Readonly<Record<string, string>>,
    isThere: () => boolean | Promise<boolean>,
  ): Promise<Server> {
    const child = spawn(program, args, { cwd: root, env: { ...process.env, ...env } });
    // The lines of its log are part of its price: they are written, and read by nobody.
    const { output } = watch(child);
    await until(() => {
      if (child.exitCode !== null) throw new Error(`${program} has ended: ${output()}`);
      return isThere();
    });
    return new Server(child);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Sends a signal that does not end it. */
  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Lets it come to its end. */
  end(): Promise<void> {
    return this.#leave("SIGTERM");
  }

  /** Ends it as a crash would. */
  kill(): Promise<void> {
    return this.#leave("SIGKILL");
  }

  async #leave(signal: NodeJS.Signals): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, "exit");
    this.#child.kill(signal);
    await gone;
  }
}

/** All that this process has started, but for some of it. */
export const startedBut = (...pids: readonly number[]): number[] =>
  familyOf([process.pid]).filter((pid) => pid !== process.pid && !pids.includes(pid));
