// A compiler as a child that nobody keeps: it runs once, and goes with whoever waits for it.
import { spawn } from "node:child_process";
import { Refusal } from "./refusal.ts";

export interface Compilation {
  readonly cwd: string;
  /** Ends the compiler and all that it started. */
  readonly signal: AbortSignal;
  /** What a Refusal says where it is not installed. */
  readonly missing: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface Compiled {
  /** Null: a signal ended it. */
  readonly code: number | null;
  readonly out: string;
  /** What it complained of. */
  readonly said: string;
}

/** Runs it to its end. Throws a Refusal where it is not installed, and the reason of the signal once that is aborted. */
export async function compileBy(command: string, args: readonly string[], how: Compilation): Promise<Compiled> {
  const { cwd, signal, missing, env = process.env } = how;
  signal.throwIfAborted();
  // A group of its own: a compiler has others do its work.
  const compiler = spawn(command, [...args], { cwd, env, stdio: ["ignore", "pipe", "pipe"], detached: true });
  const end = (): void => endGroup(compiler.pid);
  signal.addEventListener("abort", end);
  let [out, said] = ["", ""];
  compiler.stdout.setEncoding("utf8").on("data", (part: string) => {
    out += part;
  });
  compiler.stderr.setEncoding("utf8").on("data", (part: string) => {
    said += part;
  });
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      compiler.once("error", (error: NodeJS.ErrnoException) =>
        reject(error.code === "ENOENT" ? new Refusal(missing) : error),
      );
      compiler.once("close", resolve);
    });
    signal.throwIfAborted();
    return { code, out, said };
  } finally {
    signal.removeEventListener("abort", end);
  }
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGTERM");
  } catch {
    // It is gone.
  }
}
