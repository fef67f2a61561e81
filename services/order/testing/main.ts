// The order service as a process that a suite can end at a chosen point. It has a channel to its parent: it starts when it
// is told to, and at the point it is given it kills itself, as a power cut would.
import { run, serve } from "@larder/platform";
import { loadConfig } from "../config.ts";
import type { Point } from "../runner.ts";
import { orderService } from "../service.ts";

/** What the parent says. */
export type Command = { readonly start: true } | { readonly crash: Crash };

/** Before a call or a write, or after its answer but before anything is done with it. */
export interface Crash {
  readonly at: Point;
  readonly when: "before" | "after";
}

let crash: Crash | undefined;

const maybe = (when: Crash["when"]) => (at: Point) => {
  if (crash?.at === at && crash.when === when) process.kill(process.pid, "SIGKILL");
};

const started = new Promise<void>((resolve) => {
  process.on("message", (command: Command) => {
    if ("start" in command) return resolve();
    crash = command.crash;
    process.send?.("armed");
  });
  process.on("disconnect", () => process.exit(0));
});

await run(async () => {
  const config = loadConfig();
  await started;
  await serve(config.platform, await orderService(config, { before: maybe("before"), after: maybe("after") }));
  process.send?.("serving");
});
