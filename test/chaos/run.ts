// One run in a folder that was made for it: `main.ts` starts this, with the disk of the event log in place. Arguments: the folder, why there
// is no disk (empty where there is one), then those of main.ts. Ends in order when standard input does.

import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Customers } from "./customers.ts";
import { Witness } from "./evidence.ts";
import { parseOptions } from "./options.ts";
import { makePlan } from "./plan.ts";
import { exitCode, figureLines, figuresOf, findingLines, planLines, recoveryLines, sentence } from "./report.ts";
import { componentsOf, environmentOfRuns, openShop, type Shop } from "./shop.ts";
import { Storm } from "./storm.ts";
import { judge } from "./verdict.ts";
import { Warehouse } from "./warehouse.ts";

/** How long customers may go on asking after the storm, and the shop take to come to rest. */
const REST_MS = 180_000;
/** The mail server keeps the newest thousand letters: it must be looked at more often than so many come. */
const LOOK_MS = 20_000;
const COULD_NOT_RUN = 2;

const RESULTS = join(import.meta.dirname, "../../.build/chaos");

const [place = "", withoutDisk = "", ...args] = process.argv.slice(2);
const options = parseOptions(args, process.env);
const began = performance.now();
const say = (line: string): void => {
  const text = `${((performance.now() - began) / 1000).toFixed(1).padStart(6)}  ${line}\n`;
  (options.json ? process.stderr : process.stdout).write(text);
};
const print = (lines: readonly string[]): void => {
  for (const line of lines) (options.json ? process.stderr : process.stdout).write(`${line}\n`);
};

const components = componentsOf(await environmentOfRuns(), options);
const plan = makePlan(options.seed, options.size, components);
print(planLines(options, plan, withoutDisk || undefined));

try {
  process.exitCode = await run();
} catch (error) {
  print([`DID NOT RUN: ${(error as Error).message}`]);
  process.exitCode = COULD_NOT_RUN;
}
process.exit();

async function run(): Promise<number> {
  const shop = await openShop(place, options, plan);
  const stop = async (): Promise<never> => {
    await shop.close();
    return process.exit(COULD_NOT_RUN);
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, stop);
  process.stdin.resume().once("end", stop);
  try {
    return await underStorm(shop);
  } finally {
    await shop.close();
  }
}

async function underStorm(shop: Shop): Promise<number> {
  say("the shop is open, the storm begins");
  const tokenOf = (customer: string) => shop.tokens.get(customer) ?? "";
  const warehouse = new Warehouse(shop.mesh);
  const customers = new Customers(shop.ways, shop.offers, tokenOf, warehouse, `chaos-${options.seed}`);
  const witness = new Witness(shop.mesh);
  const looking = setInterval(() => void witness.look(), LOOK_MS);
  const stormBegan = performance.now();
  const folder = join(shop.mesh.paths.data, options.log === "kafka" ? "kafka" : "log");
  const weather = await new Storm(shop, customers, options, plan, say).rage(withoutDisk ? undefined : folder, REST_MS);
  const stormEnded = performance.now();
  const left = await witness.rest(REST_MS);
  const rested = performance.now();
  clearInterval(looking);
  say(Object.keys(left).length === 0 ? "all is at rest" : `not at rest: ${JSON.stringify(left)}`);
  warehouse.close();
  const strange = [...customers.strange, ...warehouse.strange];
  const evidence = await witness.evidence(shop, { told: customers.told, strange }, weather);
  await witness.close();
  const verdict = judge(evidence, options.size.minimums, components.all);
  const took = {
    storm: (stormEnded - stormBegan) / 1000,
    rest: (rested - stormEnded) / 1000,
    all: (performance.now() - began) / 1000,
  };
  const figures = figuresOf(options, plan, evidence, customers, took, withoutDisk || undefined);
  const told = { ...figures, verdict, recoveries: weather.kills, disk: weather.disk ?? figures.disk, plan };
  const results = JSON.stringify(told, null, 2);
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(join(RESULTS, `${options.log}-${options.seed}.json`), `${results}\n`);
  print([...recoveryLines(evidence), ...figureLines(figures), ...findingLines(verdict)]);
  const code = exitCode(verdict);
  // Before the run folder is cleared: what sidecars noted goes with it.
  if (code !== 0) keepLogs(shop.mesh.paths.run);
  if (options.json) process.stdout.write(`${results}\n`);
  print([sentence(verdict, figures)]);
  return code;
}

/** The logs of a run that did not pass, for who looks for the reason. */
function keepLogs(run: string): void {
  const kept = join(RESULTS, `${options.log}-${options.seed}`);
  rmSync(kept, { recursive: true, force: true });
  for (const log of readdirSync(run, { recursive: true, encoding: "utf8" }).filter((file) =>
    /\.log(\.\d)?$/.test(file),
  ))
    cpSync(join(run, log), join(kept, log));
  print([`the logs are in .build/chaos/${options.log}-${options.seed}`]);
}
