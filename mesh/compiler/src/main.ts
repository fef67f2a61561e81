// The process around the command line.

import { main } from "./cli.ts";
import { coloured, plain } from "./report.ts";

process.exitCode = await main(process.argv.slice(2), {
  folder: process.cwd(),
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  paint: process.stdout.isTTY && !process.env.NO_COLOR ? coloured : plain,
});
