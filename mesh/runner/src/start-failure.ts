// A start that got as far as running processes and then failed.
import { relative } from "node:path";
import { Refusal } from "./refusal.ts";
import type { Child } from "./supervisor/child.ts";
import { lastLines } from "./supervisor/log-file.ts";

const SHOWN_LINES = 15;
const START_LIMIT_MS = 120_000;
/** A sidecar that dies writes where it was after why. */
const SEARCHED_LINES = 100;

/** Its message says which child, how it ended, and what it wrote last. */
export class StartFailure extends Error {
  override readonly name = "StartFailure";

  constructor(child: Child, reason: string) {
    const log = child.log.path;
    const lines = lastLines(log, SHOWN_LINES).map((line) => `  ${line}`);
    const where = relative(process.cwd(), log).startsWith("..") ? log : relative(process.cwd(), log);
    super([`${reason}. The end of ${where}:`, ...lines].join("\n"));
  }
}

/**
 * Settles when a child that was started is ready. Throws a StartFailure when it cannot be, or takes more than two minutes,
 * and a Refusal once `stopping` is aborted, or where the machine has to allow more first.
 */
export async function untilReady(child: Child, stopping: AbortSignal): Promise<void> {
  const late = AbortSignal.any([AbortSignal.timeout(START_LIMIT_MS), stopping]);
  const { promise: ended, reject } = Promise.withResolvers<never>();
  const onLate = (): void => reject(new Error(`${child.spec.name} is not ready after ${START_LIMIT_MS / 1000} s`));
  late.addEventListener("abort", onLate);
  try {
    await Promise.race([child.whenReady({ patient: false }), ended]);
  } catch (error) {
    if (stopping.aborted) throw new Refusal("Stopped before all was ready.");
    throw refusalIn(child) ?? new StartFailure(child, (error as Error).message);
  } finally {
    late.removeEventListener("abort", onLate);
  }
}

/** What a child that cannot start says of the machine in words of its own. Absent: nothing that is known. */
function refusalIn({ spec, log }: Child): Refusal | undefined {
  if (!lastLines(log.path, SEARCHED_LINES).some((line) => line.includes("assert failure: inotify_fd_ >= 0")))
    return undefined;
  return new Refusal(
    `${spec.name} does not start: this user has no inotify instance left, of which a mesh takes about 50. Stop another mesh, or allow more: sysctl -w fs.inotify.max_user_instances=1024.`,
  );
}
