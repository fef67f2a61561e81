// The command line of meshc: its commands, their options, their help.

import { parseArgs } from "node:util";
import { runCheck } from "./commands/check.ts";
import { type ExitCode, type Io, UsageError } from "./commands/command.ts";
import { runDiff } from "./commands/diff.ts";
import { runDrift } from "./commands/drift.ts";
import { runExplain } from "./commands/explain.ts";
import { runGenerate } from "./commands/generate.ts";
import { runGraph } from "./commands/graph.ts";
import { runInit } from "./commands/init.ts";
import { runVerify } from "./commands/verify.ts";
import type { GrantSource } from "./drift/sources.ts";
import { InputError } from "./input-error.ts";
import { version } from "./version.ts";

export const help = `meshc: policy from contracts. Reads the options of mesh/v1/policy.proto.

  meshc check [IMAGE...] [--baseline FILE | --write-baseline FILE] [--format text|json|sarif]
      Checks the contract. Each finding has a place, a code and a mend. A baseline holds those that a workspace started
      with: they are not reported again.
  meshc check --env FILE [--context CONTEXT] [IMAGE...] [--format text|json|sarif]
      Checks the contract in one environment, and lists the secrets and config maps that it names and that are not set in
      its cluster, as kubectl shows it: their names and keys, never their values.
  meshc diff --against COMMIT|IMAGE [IMAGE...] [--format text|json|sarif]
      What changed in the policy since a commit of the workspace, or an image: breaking, loosening or safe. Fails on what
      breaks, unless mesh.yaml accepts it for a reason.
  meshc drift --traces FILE | --envoy URL... | --policies DIR [IMAGE...] [--format text|json]
      Holds the contract against the calls in traces (OTLP in JSON), those that sidecars counted (the URL of Envoy's
      administration, or unix:PATH; once for each sidecar), or hand-written Istio AuthorizationPolicies: what goes beyond
      the contract fails, what it grants and nobody uses is a warning.
  meshc explain SERVICE/METHOD [IMAGE...] [--format text|json]
      Who may call the method, where its time goes, what is tried again, what undoes it, and what enforces that.
  meshc graph [IMAGE...] [--methods] [--format mermaid|dot|json]
      Draws who calls whom: workloads, or their methods and jobs.
  meshc generate [TARGET...] [--env FILE] [--out DIR] [--check]
      Writes what each target needs, and deletes what it no longer needs. --out takes the place of the folder that
      mesh.yaml names, for one target. --check writes nothing and lists what differs.
  meshc init [--policies DIR]
      Adds the options to a buf workspace that has never seen them, and proposes a first policy, with callers from
      existing Istio AuthorizationPolicies where there are.
  meshc verify --env FILE [--context CONTEXT] [--probe IMAGE] [--format text|json]
      Holds a cluster, as kubectl shows it, against what is generated for the environment: objects that differ, are missing
      or left over, policies that others wrote, pods without a proxy. Changes nothing. With --probe it also makes calls that
      must be refused, by a container of the image (a shell, and curl with HTTP/2) that joins a pod of the caller.

IMAGE is a file as buf build and protoc --descriptor_set_out --include_imports write it, or - for standard input.
COMMIT is what git takes for one: main, HEAD^1, v1.2.0. Without an IMAGE, the buf
workspace around the current folder is built. Settings stand in mesh.yaml beside its buf.yaml. Colours are for terminals
only, and not where NO_COLOR is set.

meshc --version prints the version of the compiler.

Exit codes: 0 all is well, 1 there are findings or differences, 2 the command line or its input cannot be used.
`;

const commands = "check, diff, drift, explain, graph, generate, init, verify";

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
  if (command === undefined) throw new UsageError(`name a command: ${commands}`);
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
      const { values, positionals } = parse(rest, {
        format: { type: "string" },
        baseline: { type: "string" },
        "write-baseline": { type: "string" },
        env: { type: "string" },
        context: { type: "string" },
      });
      const { baseline, "write-baseline": writeBaseline, env, context } = values;
      if (baseline !== undefined && writeBaseline !== undefined) {
        throw new UsageError("--baseline reads and --write-baseline writes: name one of them");
      }
      if (env !== undefined && writeBaseline !== undefined) {
        throw new UsageError("a baseline is for every environment: --write-baseline takes no --env");
      }
      if (env === undefined && context !== undefined) {
        throw new UsageError("--context is the cluster of an environment: name that too, with --env FILE");
      }
      return runCheck(io, {
        images: positionals,
        format: formatOf(values.format, reportFormats),
        baseline,
        writeBaseline,
        env,
        context,
      });
    }
    case "diff": {
      const { values, positionals } = parse(rest, { against: { type: "string" }, format: { type: "string" } });
      const { against } = values;
      if (against === undefined) throw new UsageError("name what to compare with: meshc diff --against COMMIT|IMAGE");
      return runDiff(io, { against, images: positionals, format: formatOf(values.format, reportFormats) });
    }
    case "drift": {
      const { values, positionals } = parse(rest, {
        traces: { type: "string" },
        envoy: { type: "string", multiple: true },
        policies: { type: "string" },
        format: { type: "string" },
      });
      return await runDrift(io, {
        images: positionals,
        source: driftSource(values),
        format: formatOf(values.format, plainFormats),
      });
    }
    case "explain": {
      const { values, positionals } = parse(rest, { format: { type: "string" } });
      const [method, ...images] = positionals;
      if (method === undefined) throw new UsageError("name a method: meshc explain SERVICE/METHOD");
      return runExplain(io, { method, images, format: formatOf(values.format, plainFormats) });
    }
    case "graph": {
      const { values, positionals } = parse(rest, { format: { type: "string" }, methods: { type: "boolean" } });
      const format = formatOf(values.format ?? "mermaid", graphFormats);
      return runGraph(io, { images: positionals, format, methods: values.methods ?? false });
    }
    case "generate": {
      const { values, positionals } = parse(rest, {
        env: { type: "string" },
        out: { type: "string" },
        check: { type: "boolean" },
      });
      return runGenerate(io, { targets: positionals, ...values });
    }
    case "init": {
      const { values, positionals } = parse(rest, { policies: { type: "string" } });
      if (positionals.length > 0)
        throw new UsageError("init takes no image: it works on the buf workspace it is run in");
      return runInit(io, values);
    }
    case "verify": {
      const { values, positionals } = parse(rest, {
        env: { type: "string" },
        context: { type: "string" },
        probe: { type: "string" },
        format: { type: "string" },
      });
      const { env, context, probe } = values;
      if (positionals.length > 0 || env === undefined) {
        throw new UsageError("name the environment of the cluster: meshc verify --env FILE [--context CONTEXT]");
      }
      return await runVerify(io, { env, context, probe, format: formatOf(values.format, plainFormats) });
    }
    default:
      throw new UsageError(`there is no command ${command}: there are ${commands}`);
  }
}

interface Sources {
  readonly traces?: string | undefined;
  readonly envoy?: string[] | undefined;
  readonly policies?: string | undefined;
}

function driftSource({ traces, envoy, policies }: Sources): GrantSource {
  const sources: GrantSource[] = [];
  if (traces !== undefined) sources.push({ kind: "traces", path: traces });
  if (envoy !== undefined) sources.push({ kind: "envoy", urls: envoy });
  if (policies !== undefined) sources.push({ kind: "policies", path: policies });
  if (sources[0] && sources.length === 1) return sources[0];
  throw new UsageError("name what to compare with: meshc drift --traces FILE, --envoy URL or --policies DIR");
}

type Options = Record<string, { type: "string" | "boolean"; multiple?: boolean }>;

function parse<const O extends Options>(args: readonly string[], options: O) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? firstSentence(error.message) : String(error));
  }
}

const firstSentence = (text: string): string => (text.split(/\. |\n/)[0] ?? text).replace(/^./, (c) => c.toLowerCase());

const plainFormats = ["text", "json"] as const;
const reportFormats = ["text", "json", "sarif"] as const;

const graphFormats = ["mermaid", "dot", "json"] as const;

function formatOf<F extends string>(value: string | undefined, formats: readonly F[]): F {
  const format = formats.find((one) => one === (value ?? "text"));
  if (format) return format;
  throw new UsageError(`--format must be ${formats.join(" or ")}, not ${value}`);
}
