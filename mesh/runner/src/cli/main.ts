// The command line `larder`: finds the command, prints what it refuses in one line, and returns the exit code:
// 0 done, 1 refused or failed, 2 wrong arguments, 3 not running (status).
import { UsageError } from "../options.ts";
import { isExpected } from "../refusal.ts";
import { commandNames, loadCommand } from "./commands.ts";

async function help(): Promise<string> {
  const lines = [];
  for (const name of commandNames()) lines.push(`  ${name.padEnd(11)} ${(await loadCommand(name)).summary}`);
  return `Usage: larder COMMAND [ARGUMENTS]\n\n${lines.join("\n")}\n\nlarder COMMAND --help tells more.`;
}

/** Runs one command line; returns its exit code and never throws. */
export async function main(args: readonly string[]): Promise<number> {
  const [name = "--help", ...rest] = args;
  if (["--help", "-h", "help"].includes(name)) {
    console.log(await help());
    return 0;
  }
  if (!commandNames().includes(name)) {
    console.error(`larder: there is no command ${name}\n\n${await help()}`);
    return 2;
  }
  const command = await loadCommand(name);
  if (rest.includes("--help") || rest.includes("-h")) {
    console.log([`${command.summary}\n\nUsage: larder ${name}`, command.usage ?? ""].join(" ").trimEnd());
    return 0;
  }
  try {
    return await command.run(rest);
  } catch (error) {
    return report(name, error);
  }
}

/** Prints why a command failed; returns the exit code. */
export function report(name: string, error: unknown): number {
  if (error instanceof UsageError) {
    console.error(`larder ${name}: ${error.message}; see larder ${name} --help`);
    return 2;
  }
  console.error(isExpected(error) ? `larder: ${(error as Error).message}` : error);
  return 1;
}
