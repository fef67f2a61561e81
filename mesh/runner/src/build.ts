// Go programs are built when their binary is missing or older than a source.
import { spawn } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { WorkloadRun } from "./environment.ts";
import { Refusal } from "./refusal.ts";

type GoProgram = Extract<WorkloadRun["program"], { kind: "go" }>;

/** Folders and files whose change asks for a build, from the top of the clone, beside the program's own folder. */
const SHARED_SOURCES = ["services/platform/go", "gen/go", "go.work"];

function newest(path: string): number {
  if (!existsSync(path)) return 0;
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  let latest = 0;
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const isSource = entry.isDirectory() ? entry.name !== "testdata" : !entry.name.endsWith("_test.go");
    if (isSource) latest = Math.max(latest, newest(join(path, entry.name)));
  }
  return latest;
}

/** True when the binary is missing or older than what it is made from. */
export function isStale(repository: string, program: GoProgram): boolean {
  if (!existsSync(program.binary)) return true;
  const built = statSync(program.binary).mtimeMs;
  return [program.source, ...SHARED_SOURCES].some((source) => newest(join(repository, source)) > built);
}

/** Builds the program; `signal` ends the compiler. Refuses with what is missing, or with the compiler's first complaint. */
export async function build(repository: string, program: GoProgram, signal: AbortSignal): Promise<void> {
  const compiler = spawn("go", ["build", "-buildvcs=false", "-o", program.binary, `./${program.source}`], {
    cwd: repository,
    stdio: ["ignore", "ignore", "pipe"],
    signal,
  });
  let said = "";
  compiler.stderr.setEncoding("utf8").on("data", (part: string) => {
    said += part;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    compiler.once("error", (error: NodeJS.ErrnoException) =>
      reject(
        error.code === "ENOENT"
          ? new Refusal(
              `${program.source} is a Go program and go is not installed: install Go 1.26 or later (apt install golang, brew install go).`,
            )
          : error,
      ),
    );
    compiler.once("close", resolve);
  });
  if (code !== 0) {
    const complaint = said.split("\n").find((line) => line !== "" && !line.startsWith("#")) ?? `exit code ${code}`;
    throw new Refusal(`${program.source} does not build: ${complaint}`);
  }
}
