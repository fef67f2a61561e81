// Work that a service repeats for as long as it runs.
import { setTimeout } from "node:timers/promises";
import { log } from "@larder/platform";

/**
 * Does `work` every `pauseMs` milliseconds until the signal aborts. A failure is logged and tried again after the next
 * pause: a database that is being restarted must not end the process.
 */
export const repeatedly =
  (name: string, pauseMs: number, work: () => Promise<unknown>) =>
  async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      await setTimeout(pauseMs, undefined, { signal, ref: false }).catch(() => {});
      if (signal.aborted) return;
      await work().catch((error) => log.warn("repeated work failed", { work: name, error: String(error) }));
    }
  };
