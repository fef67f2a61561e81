// make bench: what Larder costs, beside limits and peers of the same run. QUICK=1 for a glance that proves nothing, ONLY=log,scoring for some of its parts.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { buildAll, loadMeshEnvironment, type Mesh, type MeshOptions, startMesh } from "@larder/runner";
import { dial, dialService } from "./calls.ts";
import { excursions, quickExcursions } from "./cold-chain/excursions.ts";
import { ingest } from "./cold-chain/ingest.ts";
import { programs } from "./cold-chain/programs.ts";
import { takeover } from "./cold-chain/takeover.ts";
import { windows } from "./cold-chain/windows.ts";
import { compilerFacts } from "./compiler.ts";
import { busyShare, memoryMib } from "./cpu.ts";
import { eventLog } from "./event-log/figures.ts";
import { letters } from "./event-log/letters.ts";
import { type Effort, type Figure, meshed, placeOrder, reads, shares } from "./figures.ts";
import { type Footprints, footprints, keepFootprints } from "./footprint.ts";
import { closedLoop } from "./load.ts";
import { type Orders, orders } from "./orders.ts";
import { scoring } from "./scoring.ts";

const root = join(import.meta.dirname, "..");
const effort: Effort = process.env.QUICK ? { rounds: 1, scale: 0.2 } : { rounds: 3, scale: 1 };
const mostBusy = 0.1;
const LEAVING = ["SIGINT", "SIGTERM"] as const;
const INTERRUPTED = 130;

const folder = mkdtempSync(join(tmpdir(), "larder-bench-"));
const environment = await loadMeshEnvironment();
const options: MeshOptions = {
  environment,
  ports: "free",
  runFolder: join(folder, "run"),
  dataFolder: join(folder, "data"),
  // What limits a shop must not limit its measurement.
  settings: { shipping: { SHIPPING_SLOT_CAPACITY: "1000000" }, gateway: { GATEWAY_CALLS_PER_MINUTE: "0" } },
};

// The shop is ready before what takes long to build, which would be measured beside it.
const started = environment.workloads.map(({ program }) => program);
await buildAll(started, new AbortController().signal);
const busy = await busyShare(2000);
const figures: Figure[] = [];
const facts: Record<string, string> = {};
let services: Footprints = {};
/** What can be measured alone. */
const parts = {
  shop: async () => {
    await withMesh("off", async (mesh) => {
      const shop = await orders(mesh, tokensOf(mesh));
      const before = await transactions(mesh);
      const order = dialService(mesh, "order");
      const counted = 50;
      for (let n = 0; n < counted; n++) await shop.place(order);
      order.close();
      await new Promise((resolve) => setTimeout(resolve, 3000));
      facts["transactions for an order, one at a time"] = (((await transactions(mesh)) - before) / counted).toFixed(1);
      figures.push(...(await placeOrder(mesh, shop, effort)));
      facts["transactions for an order, 50 in flight"] = (await perOrder(mesh, shop, 1000 * effort.scale)).toFixed(1);
      const spent = await shares(mesh, shop, effort);
      facts["CPU of an order by process, µs"] = spent
        .map(([name, micros]) => `${name} ${micros.toFixed(0)}`)
        .join(", ");
      services = await footprints(mesh, shop, effort);
      figures.push(...(await reads(mesh, effort)));
    });
    const begin = performance.now();
    await withMesh("on", async (mesh) => {
      const shop = await orders(mesh, tokensOf(mesh));
      const edge = dial(`127.0.0.1:${mesh.ports.edge}`, "edge");
      await shop.placeAtEdge(edge);
      facts["start to the first order"] = `${((performance.now() - begin) / 1000).toFixed(1)} s (aim: under 10 s)`;
      edge.close();
      const pids = mesh.state().children.flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
      facts["memory of the whole system, PSS"] = `${memoryMib(pids).toFixed(0)} MiB (aim: under 1,000)`;
      figures.push(...(await meshed(mesh, shop, effort)));
    });
    Object.assign(facts, compilerFacts(effort));
  },
  log: async () => {
    figures.push(...(await eventLog(effort)));
    await withMesh("off", async (mesh) => {
      const shop = await orders(mesh, tokensOf(mesh));
      figures.push(await letters(mesh, shop, effort));
    });
  },
  scoring: async () => {
    figures.push(...(await scoring(effort)));
  },
  ingest: async () => {
    figures.push(...(await ingest(await programs(), effort, facts)));
  },
  windows: async () => {
    const built = await programs();
    figures.push(...(await windows(built, effort, facts)), ...(await takeover(built, effort)));
  },
  excursions: async () => {
    const built = await programs();
    const measure = async (mesh: Mesh) => {
      await mesh.waitReady();
      figures.push(...(await excursions(mesh, built, effort, facts)));
    };
    await withMesh("off", measure, quickExcursions);
  },
};
const only = process.env.ONLY?.split(",").filter(Boolean) ?? [];
if (only.some((name) => !(name in parts))) {
  console.error(`ONLY names some of ${Object.keys(parts).join(", ")}`);
  process.exit(64);
}
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
for (const [name, measure] of Object.entries(parts)) if (only.length === 0 || only.includes(name)) await measure();
report();

async function withMesh(
  mesh: "on" | "off",
  work: (mesh: Mesh) => Promise<void>,
  more: MeshOptions["settings"] = {},
): Promise<void> {
  const running = await startMesh({ ...options, mesh, settings: { ...options.settings, ...more } });
  // What it started is in sessions of its own, and outlives it otherwise.
  const leave = () => void running.stop().finally(() => process.exit(INTERRUPTED));
  for (const signal of LEAVING) process.once(signal, leave);
  try {
    await work(running);
  } finally {
    for (const signal of LEAVING) process.off(signal, leave);
    await running.stop();
  }
}

function tokensOf(mesh: Mesh): (user: string) => Promise<string> {
  return async (user) => {
    const form = { grant_type: "password", client_id: "larder-cli", username: user, password: "larder" };
    const answer = await fetch(`${mesh.addresses["sign-in"]}/token`, {
      method: "POST",
      body: new URLSearchParams(form),
    });
    return ((await answer.json()) as { access_token: string }).access_token;
  };
}

/** Transactions for an order of many at once, with the letters that follow. */
async function perOrder(mesh: Mesh, shop: Orders, count: number): Promise<number> {
  const order = dialService(mesh, "order");
  const before = await transactions(mesh);
  await closedLoop(() => shop.place(order), 50, count, []);
  order.close();
  await new Promise((resolve) => setTimeout(resolve, 3000));
  return ((await transactions(mesh)) - before) / count;
}

/** Transactions that were committed, over the databases of all services; the statistics are up to a second old. */
async function transactions(mesh: Mesh): Promise<number> {
  return Number(
    await mesh.query("select sum(xact_commit) from pg_stat_database where datname not in ('postgres', 'template1')"),
  );
}

/** Nothing where nothing was measured. */
function shown(value: number, digits: number): string {
  return Number.isNaN(value) ? "" : value.toFixed(digits);
}

function report(): void {
  const commit = execFileSync("git", ["describe", "--always", "--dirty"], { cwd: root, encoding: "utf8" }).trim();
  const machine = `${cpus()[0]?.model ?? "unknown"}, ${cpus().length} cores, Node ${process.version}`;
  const marked = busy > mostBusy;
  const rows = figures.map(({ name, run, beside }) => [
    name,
    shown(run.p50, 2),
    shown(run.p99, 2),
    shown(run.perSecond, 0),
    shown(run.cpuMicros / 1000, run.cpuMicros < 1000 ? 4 : 3),
    run.errors ? `${run.errors} errors` : "",
    beside,
  ]);
  const header = ["figure", "p50 ms", "p99 ms", "per second", "CPU ms", "", "beside"];
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  for (const row of [header, ...rows])
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    );
  for (const [name, value] of Object.entries(facts)) console.log(`${name}: ${value}`);
  console.log(`\n${machine}, ${commit}, ${new Date().toISOString().slice(0, 10)}; median of ${effort.rounds} rounds.`);
  console.log(
    "CPU is that of all processes but the generator. Peers: Online Boutique, measured 2026-11-22 on a quiet machine.",
  );
  if (marked)
    console.log(`The machine was ${(busy * 100).toFixed(0)} % busy before the run: these numbers prove nothing.`);
  const results = join(root, "bench", "results");
  mkdirSync(results, { recursive: true });
  const file = join(results, `${[new Date().toISOString().slice(0, 10), commit, ...only].join("-")}.json`);
  writeFileSync(
    file,
    `${JSON.stringify({ machine, commit, busy, marked, effort, facts, figures, services }, null, 2)}\n`,
  );
  const whole = !marked && !process.env.QUICK && Object.keys(services).length > 0;
  if (whole) keepFootprints({ machine, commit, busy, services });
}
