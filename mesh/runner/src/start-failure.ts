// A start that got as far as running processes and then failed.
import { relative } from "node:path";
import type { Child } from "./supervisor/child.ts";
import { lastLines } from "./supervisor/log-file.ts";

const SHOWN_LINES = 15;

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
