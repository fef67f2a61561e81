// What a command of `larder` is.

export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** Lines of help on its arguments. Absent: it takes none. */
  readonly usage?: string;
  /** Runs with the arguments after its name; returns the exit code. */
  readonly run: (args: readonly string[]) => Promise<number>;
}
