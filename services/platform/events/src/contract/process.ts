// Starts `child.ts`.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { watch } from "@larder/store/testing";
import type { ChildSettings } from "./child.ts";

export interface Child {
  readonly process: ChildProcess;
  readonly output: () => string;
  /** The signal that ended it; null if it ended by itself. */
  readonly ended: Promise<NodeJS.Signals | null>;
  kill(): Promise<void>;
}

export function startChild(settings: ChildSettings): Child {
  const program = fileURLToPath(new URL("./child.ts", import.meta.url));
  const { child, output } = watch(
    spawn(process.execPath, [program, JSON.stringify(settings)], { stdio: ["pipe", "pipe", "pipe"] }),
  );
  const ended = once(child, "exit").then(([, signal]) => signal as NodeJS.Signals | null);
  return {
    process: child,
    output,
    ended,
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
