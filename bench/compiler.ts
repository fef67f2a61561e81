// What the policy compiler costs: on Larder, and on synthetic contracts up to 500 services with 5,000 methods.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { workspaceOf } from "../mesh/compiler/src/inline-protos.ts";
import { syntheticProtos } from "../mesh/compiler/src/synthetic.ts";
import type { Effort } from "./figures.ts";

const root = join(import.meta.dirname, "..");
const methodsEach = 10;

/** One run of the command line: wall clock from start to end, buf included; CPU and memory of the compiler alone. */
interface Cost {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly mebibytes: number;
}

/** Lines for the report: name and what was measured, medians of the rounds. */
export function compilerFacts({ rounds, scale }: Effort): Record<string, string> {
  const facts: Record<string, string> = {};
  const scratch = mkdtempSync(join(tmpdir(), "larder-compiler-"));
  const sizes = [50, 125, 250, 500].map((services) => Math.ceil(services * Math.min(scale, 1)));
  const workspaces = sizes.map((services) => ({ services, folder: synthetic(services) }));
  try {
    const ours = inTurns(rounds, {
      check: () => run(root, "check"),
      generate: () => run(root, "generate", "local", "--out", join(scratch, "larder")),
    });
    facts["meshc check on Larder"] = `${shown(ours.check)} (aim: under 1 s)`;
    facts["meshc generate on Larder"] = `${shown(ours.generate)} (aim: under 1 s)`;
    const growth: string[] = [];
    for (const { services, folder } of workspaces) {
      const cost = inTurns(rounds, {
        check: () => run(folder, "check"),
        generate: () => run(folder, "generate", "local", "--out", join(scratch, String(services))),
      });
      const methods = services * methodsEach;
      growth.push(`${methods}: ${perThousand(cost.check, methods)} and ${perThousand(cost.generate, methods)}`);
      if (services !== sizes.at(-1)) continue;
      facts[`meshc check on ${methods} methods`] = `${shown(cost.check)} (aim: under 10 s)`;
      facts[`meshc generate on ${methods} methods`] = `${shown(cost.generate)} (aim: under 10 s)`;
    }
    facts["CPU for a thousand methods, check and generate, by size"] = growth.join("; ");
  } finally {
    for (const folder of [scratch, ...workspaces.map(({ folder }) => folder)]) rmSync(folder, { recursive: true });
  }
  return facts;
}

/** A workspace with an environment, as an adopter has it. */
function synthetic(services: number): string {
  const folder = workspaceOf(syntheticProtos({ services, methodsEach }));
  const local = readFileSync(join(root, "mesh/environments/local.yaml"), "utf8");
  writeFileSync(join(folder, "env.yaml"), `${local.slice(0, local.search(/^workloads:/m))}workloads: {}\n`);
  writeFileSync(join(folder, "mesh.yaml"), "version: 1\nenvironments: [env.yaml]\n");
  return folder;
}

/** What the process used, written where the parent reads it. */
const usage = `import { writeSync } from "node:fs";
process.on("exit", () => writeSync(3, JSON.stringify(process.resourceUsage())));`;

function run(folder: string, ...args: string[]): Cost {
  const hook = ["--import", `data:text/javascript,${encodeURIComponent(usage)}`];
  const started = performance.now();
  const result = spawnSync(process.execPath, [...hook, join(root, "mesh/compiler/bin/meshc.js"), ...args], {
    cwd: folder,
    stdio: ["ignore", "ignore", "pipe", "pipe"],
  });
  const seconds = (performance.now() - started) / 1000;
  if (result.status !== 0) throw new Error(`meshc ${args[0]} failed: ${result.stderr}`);
  const { maxRSS, userCPUTime, systemCPUTime } = JSON.parse(String(result.output[3]));
  return { seconds, cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, mebibytes: maxRSS / 1024 };
}

function inTurns<Name extends string>(rounds: number, shots: Record<Name, () => Cost>): Record<Name, Cost> {
  const names = Object.keys(shots) as Name[];
  const costs = new Map<Name, Cost[]>(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) for (const name of names) costs.get(name)?.push(shots[name]());
  return Object.fromEntries(names.map((name) => [name, median(costs.get(name) ?? [])])) as Record<Name, Cost>;
}

const median = (costs: readonly Cost[]): Cost => {
  const sorted = [...costs].sort((a, b) => a.cpuSeconds - b.cpuSeconds);
  return sorted[Math.floor(sorted.length / 2)] as Cost;
};

const shown = ({ seconds, cpuSeconds, mebibytes }: Cost): string =>
  `${seconds.toFixed(1)} s, of it ${cpuSeconds.toFixed(1)} s CPU of its own, ${mebibytes.toFixed(0)} MiB`;

const perThousand = ({ cpuSeconds }: Cost, methods: number): string =>
  `${((cpuSeconds * 1000) / methods).toFixed(2)} s`;

if (import.meta.main) {
  const effort = process.env.QUICK ? { rounds: 1, scale: 0.2 } : { rounds: 3, scale: 1 };
  for (const [name, value] of Object.entries(compilerFacts(effort))) console.log(`${name}: ${value}`);
}
