// What to do: the command line and the exit codes, which are the same in every language.
//
//   node main.ts score CLASS[,CLASS...] CELSIUS...
//   node main.ts report DEVICE FIRST CELSIUS...
//   node main.ts ingest DEVICE FIRST CELSIUS...

import { report, stream, UnfinishedError } from "./ingest.ts";
import { score } from "./score.ts";
import { UsageError } from "./settings.ts";
import { explain, isStatus } from "./status.ts";

const exit = { failed: 1, refused: 2, usage: 64 };

const commands = { score, report, ingest: stream };

const [command = "", ...words] = process.argv.slice(2);
try {
  if (!Object.hasOwn(commands, command))
    throw new UsageError(`the command is one of ${Object.keys(commands).join(", ")}`);
  const complete = await commands[command as keyof typeof commands](words);
  if (!complete) process.exitCode = exit.refused;
} catch (error) {
  if (error instanceof UsageError) {
    console.error(error.message);
    process.exitCode = exit.usage;
  } else if (isStatus(error)) {
    for (const line of explain(error)) console.error(line);
    process.exitCode = exit.failed;
  } else if (error instanceof UnfinishedError) {
    console.error(error.message);
    process.exitCode = exit.failed;
  } else throw error;
}
