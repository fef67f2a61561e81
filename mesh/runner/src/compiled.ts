// What Node compiles of our programs is kept for their next start. Before the first one it is compiled by a process that does
// nothing else: so no process that stays has to hold what strips types, some 15 MiB each.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { repository } from "./paths.ts";
import { spanEndpoint } from "./plan-input.ts";
import type { ChildSpec } from "./supervisor/spec.ts";

/** All modules are loaded and compiled before the first is run, and that one ends the process. */
const END = "data:text/javascript,process.exit()";

/** What a service loads beside its own modules where it has somewhere to send its spans. */
const TRACING = join(repository, "services", "platform", "ts", "src", "tracing.ts");

/**
 * Compiles the Node programs among the children of which nothing is kept yet. A program that cannot be compiled is left to
 * say so itself when it is started. Settles early when the signal aborts.
 */
export async function compile(children: readonly ChildSpec[], signal: AbortSignal): Promise<void> {
  const programs = new Map<string, ChildSpec>();
  for (const child of children) {
    const folder = child.env.NODE_COMPILE_CACHE;
    if (folder !== undefined && readdirSync(folder).length === 0) programs.set(folder, child);
  }
  const waiting = [...programs.values()];
  const work = async () => {
    for (let next = waiting.shift(); next && !signal.aborted; next = waiting.shift()) await compileOne(next, signal);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
}

async function compileOne({ command, args, cwd, env, uid }: ChildSpec, signal: AbortSignal): Promise<void> {
  const files = [args.at(-1) ?? "", ...(env[spanEndpoint] ? [TRACING] : [])];
  const program = [END, ...files.map((file) => pathToFileURL(file).href)]
    .map((url) => `import ${JSON.stringify(url)};`)
    .join("");
  // With the options of the program: what is compiled under others is not taken for it.
  const compiler = spawn(command, [...args.slice(0, -1), "--input-type=module", "--eval", program], {
    cwd,
    env: { PATH: env.PATH, NODE_COMPILE_CACHE: env.NODE_COMPILE_CACHE },
    stdio: "ignore",
    signal,
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  // Without the file, or aborted.
  await once(compiler, "exit").catch(() => undefined);
}
