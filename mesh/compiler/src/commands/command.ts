// What a command of the command line is.

import type { Paint } from "../report.ts";

/** Where a command runs and writes. The tests give their own. */
export interface Io {
  /** The current folder. */
  readonly folder: string;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly paint: Paint;
}

/** 0: all is well. 1: there are findings. */
export type ExitCode = 0 | 1;

/** The command line cannot be understood. The message is one clear line. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
