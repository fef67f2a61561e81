// The commands of `larder`. Each is a module in this folder; one that is not there is not offered.
import { existsSync } from "node:fs";

export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** What follows the name, and lines on it. Absent: it takes no arguments. */
  readonly usage?: string;
  /** Runs with the arguments after its name; returns the exit code. */
  readonly run: (args: readonly string[]) => Promise<number>;
}

/** In the order of the help. Each file `./<name>.ts` exports the members of Command. */
const NAMES = [
  "up",
  "down",
  "status",
  "logs",
  "demo",
  "token",
  "call",
  "device-cert",
  "simulate",
  "watch",
  "trace",
  "dlq",
  "events",
] as const;

function fileOf(name: string): URL {
  return new URL(`./${name}.ts`, import.meta.url);
}

/** The commands that this clone has. */
export function commandNames(): string[] {
  return NAMES.filter((name) => existsSync(fileOf(name)));
}

/** The module of a command in commandNames. */
export async function loadCommand(name: string): Promise<Command> {
  return (await import(fileOf(name).href)) as Command;
}
