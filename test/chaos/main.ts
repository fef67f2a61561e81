// The chaos suite: orders under a storm of faults, and whether anything was lost. `make chaos SEED=n ORDERS=n [LOG=kafka]`; docs/chaos.md.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { whyNotKafka } from "@larder/events/testing";
import { smallDisk } from "./disk.ts";
import { parseOptions, USAGE, WrongArguments } from "./options.ts";

const BAD_ARGUMENTS = 64;
const COULD_NOT_RUN = 2;

async function main(args: readonly string[]): Promise<number> {
  const { seed, log, size, short, json } = parseOptions(args, process.env);
  const reason = log === "kafka" ? whyNotKafka() : undefined;
  if (reason) {
    console.error(`DID NOT RUN: ${reason}.`);
    return COULD_NOT_RUN;
  }
  // Short, as socket paths must be, and passable: under root the workloads have user ids of their own.
  const place = mkdtempSync("/tmp/lc-");
  chmodSync(place, 0o711);
  try {
    const folder = join(place, "data", log === "kafka" ? "kafka" : "log");
    mkdirSync(folder, { recursive: true });
    const disk = smallDisk(folder);
    const [command = "", ...before] = typeof disk === "string" ? [] : disk;
    const program = [
      process.execPath,
      join(import.meta.dirname, "run.ts"),
      place,
      typeof disk === "string" ? disk : "",
    ];
    const asked = ["--seed", `${seed}`, "--orders", `${size.orders}`, "--log", log];
    const flags = [...(short ? ["--short"] : []), ...(json ? ["--json"] : [])];
    const all = [...(command ? [command] : []), ...before, ...program, ...asked, ...flags];
    const run = spawn(all[0] as string, all.slice(1), { stdio: ["pipe", "inherit", "inherit"] });
    // Ctrl-C reaches both; the run ends in order, and this one waits for it.
    process.on("SIGINT", () => undefined);
    process.once("SIGTERM", () => run.stdin?.end());
    const [code] = (await once(run, "exit")) as [number | null];
    return code ?? COULD_NOT_RUN;
  } finally {
    rmSync(place, { recursive: true, force: true, maxRetries: 3 });
  }
}

try {
  if (process.argv.includes("--help")) console.log(USAGE);
  else process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof WrongArguments)) throw error;
  console.error(`${error.message}\n${USAGE}`);
  process.exitCode = BAD_ARGUMENTS;
}
