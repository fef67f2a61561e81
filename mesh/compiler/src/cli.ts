// The command line: meshc check | explain | generate.

import { parseArgs } from "node:util";
import { runCheck } from "./commands/check.ts";
import { type ExitCode, type Io, UsageError } from "./commands/command.ts";
import { runExplain } from "./commands/explain.ts";
import { runGenerate } from "./commands/generate.ts";
import { InputError } from "./input-error.ts";
import { version } from "./version.ts";

export const help = `meshc: policy from contracts. Reads the options of mesh/v1/policy.proto.

  meshc check [IMAGE...] [--format text|json]
      Checks the contract. Each finding has a place, a code and a mend.
  meshc explain SERVICE/METHOD [IMAGE...] [--format text|json]
      Who may call the method, where its time goes, what is tried again, what undoes it, and what enforces that.
  meshc generate [TARGET...] [--env FILE] [--out DIR] [--check]
      Writes what each target needs, and deletes what it no longer needs. --out takes the place of the folder that
      mesh.yaml names, for one target. --check writes nothing and lists what differs.

IMAGE is a file as buf build and protoc --descriptor_set_out --include_imports write it, or - for standard input.
Without one, the buf workspace around the current folder is built. Settings stand in mesh.yaml beside its buf.yaml.

meshc --version prints the version of the compiler.

Exit codes: 0 all is well, 1 there are findings or differences, 2 the command line or its input cannot be used.
`;

/** Runs one command. Answers the exit code; never throws for bad input, which it reports in plain lines. */
export async function main(args: readonly string[], io: Io): Promise<ExitCode | 2> {
  try {
    return await run(args, io);
  } catch (error) {
    if (error instanceof UsageError) {
      io.err(`meshc: ${error.message} (meshc --help)\n`);
      return 2;
    }
    if (error instanceof InputError) {
      io.err(`${error.message.replace(/^(?=.)/gm, "meshc: ")}\n`);
      return 2;
    }
    throw error;
  }
}

async function run(args: readonly string[], io: Io): Promise<ExitCode> {
  const [command, ...rest] = args;
  if (command === undefined) throw new UsageError("name a command: check, explain or generate");
  if (command === "--version") {
    io.out(`${version}\n`);
    return 0;
  }
  if (command === "--help" || command === "-h" || command === "help" || rest.includes("--help")) {
    io.out(help);
    return 0;
  }
  switch (command) {
    case "check": {
      const { values, positionals } = parse(rest, { format: { type: "string" } });
      return runCheck(io, { images: positionals, format: formatOf(values.format) });
    }
    case "explain": {
      const { values, positionals } = parse(rest, { format: { type: "string" } });
      const [method, ...images] = positionals;
      if (method === undefined) throw new UsageError("name a method: meshc explain SERVICE/METHOD");
      return runExplain(io, { method, images, format: formatOf(values.format) });
    }
    case "generate": {
      const { values, positionals } = parse(rest, {
        env: { type: "string" },
        out: { type: "string" },
        check: { type: "boolean" },
      });
      return runGenerate(io, { targets: positionals, ...values });
    }
    default:
      throw new UsageError(`there is no command ${command}: there are check, explain and generate`);
  }
}

type Options = Record<string, { type: "string" | "boolean" }>;

function parse<const O extends Options>(args: readonly string[], options: O) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? firstSentence(error.message) : String(error));
  }
}

const firstSentence = (text: string): string => (text.split(/\. |\n/)[0] ?? text).replace(/^./, (c) => c.toLowerCase());

function formatOf(value: string | boolean | undefined): "text" | "json" {
  if (value === undefined || value === "text") return "text";
  if (value === "json") return "json";
  throw new UsageError(`--format must be text or json, not ${value}`);
}
