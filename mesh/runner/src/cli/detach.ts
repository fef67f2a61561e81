// A supervisor in a session of its own: the starting process waits for its word and passes on what it says.
import { fork } from "node:child_process";
import { resolve } from "node:path";
import { isExpected } from "../refusal.ts";
import { ONE_ARENA, SMALL_HEAP } from "../supervisor/heap.ts";

/** Set in the environment of the detached supervisor. */
const MARK = "LARDER_DETACHED";

/** True in the detached supervisor itself. */
export const DETACHED = process.env[MARK] !== undefined;

type Message =
  | { readonly kind: "line"; readonly text: string }
  | { readonly kind: "ready"; readonly text: string }
  | { readonly kind: "failed"; readonly text: string };

/** How the detached supervisor speaks to the process that started it. Absent: this is not a detached one. */
export function toldByParent():
  | { line: (text: string) => void; ready: (text: string) => void; failed: (error: unknown) => void }
  | undefined {
  if (!DETACHED || !process.send) return undefined;
  // The parent leaves once all is ready; from then on nobody listens.
  process.on("disconnect", () => undefined);
  const tell = (message: Message): void => {
    if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
  };
  return {
    line: (text) => tell({ kind: "line", text }),
    ready: (text) => {
      tell({ kind: "ready", text });
    },
    failed: (error) => {
      const text = isExpected(error) ? error.message : String((error as Error)?.stack ?? error);
      tell({ kind: "failed", text });
      // Without a listener left, an open channel must not keep the process.
      process.disconnect?.();
    },
  };
}

/** Starts the detached supervisor with the same arguments and waits until all is ready; returns the exit code. */
export function detach(args: readonly string[]): Promise<number> {
  const child = fork(resolve(process.argv[1] ?? ""), ["up", ...args], {
    detached: true,
    // Nothing is inherited: an open pipe would keep whoever reads our output waiting.
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    env: { ...process.env, ...ONE_ARENA, [MARK]: "1" },
    execArgv: [...process.execArgv, ...SMALL_HEAP],
  });
  // Ctrl-C while waiting ends the start.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill("SIGTERM"));
  return new Promise((done) => {
    let failure: string | undefined;
    child.on("message", (message: Message) => {
      if (message.kind === "line") console.log(`  ${message.text}`);
      if (message.kind === "failed") failure = message.text;
      if (message.kind !== "ready") return;
      console.log(message.text);
      child.removeAllListeners("exit");
      child.disconnect();
      child.unref();
      done(0);
    });
    child.on("error", (error) => {
      failure = `the supervisor cannot be started: ${error.message}`;
    });
    child.on("exit", (code, signal) => {
      console.error(
        `larder: ${failure ?? `the supervisor ended (${signal ?? `exit code ${code}`}) before all was ready`}`,
      );
      done(1);
    });
  });
}
