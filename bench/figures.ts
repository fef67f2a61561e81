// The figures: what is run, in rounds that take turns, and what each result is held against.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CatalogService } from "@larder/contract/larder/catalog/v1/catalog_service_pb.js";
import type { Mesh } from "@larder/runner";
import { type Caller, dial, dialInbound, dialOutbound, dialService } from "./calls.ts";
import { cpuSeconds } from "./cpu.ts";
import { commits } from "./limits/database.ts";
import { closedLoop, median, openLoop, type Run } from "./load.ts";
import type { Orders } from "./orders.ts";

/** One line of the table. */
export interface Figure {
  readonly name: string;
  readonly run: Run;
  /** What it is held against, in words and as a ratio of CPU where both ran here. */
  readonly beside: string;
}

/** How long the bench takes: the numbers of operations are multiplied by this. */
export interface Effort {
  readonly rounds: number;
  readonly scale: number;
}

/** Runs the shots one after the other, round by round, so that all meet the same moments of the machine. */
export async function inTurns<Name extends string, Measured extends Run>(
  rounds: number,
  shots: Record<Name, () => Promise<Measured>>,
): Promise<Record<Name, Measured>> {
  const names = Object.keys(shots) as Name[];
  const runs = new Map<Name, Measured[]>(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) for (const name of names) runs.get(name)?.push(await shots[name]());
  return Object.fromEntries(names.map((name) => [name, median(runs.get(name) ?? [])])) as Record<Name, Measured>;
}

export const pidsOf = (mesh: Mesh): number[] =>
  mesh.state().children.flatMap(({ pid }) => (pid === undefined ? [] : [pid]));

const pidsNamed = (mesh: Mesh, ...names: string[]): number[] =>
  mesh.state().children.flatMap(({ pid, name }) => (pid !== undefined && names.includes(name) ? [pid] : []));

export const ratio = (ours: Run, other: Run) => `${(ours.cpuMicros / other.cpuMicros).toFixed(2)}x`;

// Orders before any is measured: V8 compiles a function for good when it has run some thousand times, and many run once an order.
const warmUp = 3000;
// The same for the calls of a server that does nothing else.
const warmReads = 20_000;

const product = { name: "products/oat-drink-1l-alpenquell" };
const getProduct = (caller: Caller) => () => caller.call(CatalogService.method.getProduct, product);

/** PlaceOrder with `MESH=off`, entered at OrderService, beside the bare commit of the same database. */
export async function placeOrder(mesh: Mesh, orders: Orders, { rounds, scale }: Effort): Promise<Figure[]> {
  const order = dialService(mesh, "order");
  const edge = dial(`127.0.0.1:${mesh.ports.edge}`, "edge");
  const pids = pidsOf(mesh);
  const secrets = JSON.parse(readFileSync(join(mesh.paths.data, "secrets.json"), "utf8"));
  const limit = await commits(join(mesh.paths.run, "pg"), "order", secrets.databases.order, "order");
  const place = () => orders.place(order);
  const placeAtEdge = () => orders.placeAtEdge(edge);
  await closedLoop(place, 50, warmUp * scale, pids);
  await closedLoop(placeAtEdge, 50, warmUp * scale, pids);
  const { alone, fifty, gateway, commit, commit50 } = await inTurns(rounds, {
    alone: () => closedLoop(place, 1, 100 * scale, pids),
    commit: () => closedLoop(limit.commit, 1, 500 * scale, pids),
    fifty: () => closedLoop(place, 50, 1000 * scale, pids),
    gateway: () => closedLoop(placeAtEdge, 50, 1000 * scale, pids),
    commit50: () => closedLoop(limit.commit, 50, 2000 * scale, pids),
  });
  await limit.close();
  order.close();
  edge.close();
  return [
    {
      name: "PlaceOrder, MESH=off, 1 in flight",
      run: alone,
      beside: `p50 ${(alone.p50 / commit.p50).toFixed(1)}x of a bare commit; peer 8.3-9.8 ms (in memory)`,
    },
    {
      name: "PlaceOrder, MESH=off, 50 in flight",
      run: fifty,
      beside: `${ratio(fifty, commit50)} of a bare commit; peer 2.0-2.4 ms CPU (in memory)`,
    },
    {
      name: "PlaceOrder, MESH=off, through the gateway, 50 in flight",
      run: gateway,
      beside: `${ratio(gateway, fifty)} of the row above`,
    },
    { name: "bare commit, 1 in flight", run: commit, beside: "limit" },
    { name: "bare commit, 50 in flight", run: commit50, beside: "limit" },
  ];
}

/** Where the CPU of an order goes: microseconds by child, the dearest first. */
export async function shares(mesh: Mesh, orders: Orders, { scale }: Effort): Promise<[name: string, micros: number][]> {
  const order = dialService(mesh, "order");
  const children = mesh.state().children.flatMap(({ name, pid }) => (pid === undefined ? [] : [{ name, pid }]));
  const count = 500 * scale;
  const before = children.map(({ pid }) => cpuSeconds([pid]));
  await closedLoop(() => orders.place(order), 50, count, []);
  order.close();
  const used = children.map(({ name, pid }, index): [string, number] => [
    name,
    ((cpuSeconds([pid]) - (before[index] ?? 0)) * 1e6) / count,
  ]);
  return used.filter(([, micros]) => micros > 0).sort(([, a], [, b]) => b - a);
}

/** GetProduct from the catalogue's cache, and the kit beside a bare server. */
export async function reads(mesh: Mesh, { rounds, scale }: Effort): Promise<Figure[]> {
  const catalog = dialService(mesh, "catalog");
  const folder = mkdtempSync(join(tmpdir(), "larder-bench-"));
  const [bare, kit] = await Promise.all([
    echo("bare", join(folder, "bare.sock")),
    echo("kit", join(folder, "kit.sock")),
  ]);
  const callers = { bare: dial(`unix:${folder}/bare.sock`, "bench"), kit: dial(`unix:${folder}/kit.sock`, "bench") };
  // CPU is told in hundredths of a second: a run must take some of them.
  const count = 16_000 * scale;
  try {
    for (const caller of [catalog, callers.bare, callers.kit])
      await closedLoop(getProduct(caller), 50, warmReads * scale, []);
    const result = await inTurns(rounds, {
      catalog: () => closedLoop(getProduct(catalog), 50, count, pidsNamed(mesh, "catalog-0", "postgres")),
      bare: () => closedLoop(getProduct(callers.bare), 50, count, [bare.pid ?? 0]),
      kit: () => closedLoop(getProduct(callers.kit), 50, count, [kit.pid ?? 0]),
      open: () => openLoop(getProduct(catalog), 1000, 2 * scale, pidsNamed(mesh, "catalog-0", "postgres")),
    });
    return [
      {
        name: "GetProduct, cached, 50 in flight (Go)",
        run: result.catalog,
        beside: "peer 25-30 µs CPU (memory, 9 products)",
      },
      { name: "GetProduct, cached, 1,000 a second (Go)", run: result.open, beside: "aim: p99 under 1 ms" },
      { name: "bare grpc-js server, 50 in flight", run: result.bare, beside: "limit" },
      {
        name: "the same with the kit",
        run: result.kit,
        beside: `${ratio(result.kit, result.bare)} of bare; aim 1.25x`,
      },
    ];
  } finally {
    for (const caller of [catalog, callers.bare, callers.kit]) caller.close();
    for (const child of [bare, kit]) child.kill();
    rmSync(folder, { recursive: true });
  }
}

async function echo(kind: "bare" | "kit", socket: string): Promise<ChildProcess> {
  const script = join(import.meta.dirname, "limits", "echo-server.ts");
  // The log lines of the kit are part of its price: they are written, and read by nobody.
  const child = spawn(process.execPath, [script, kind, socket], { stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout, "data");
  child.stdout.resume();
  return child;
}

/** The same calls with sidecars on: what a pair of them adds. */
export async function meshed(mesh: Mesh, orders: Orders, { rounds, scale }: Effort): Promise<Figure[]> {
  const direct = dialService(mesh, "catalog");
  const pair = dialOutbound(mesh, "gateway", "catalog");
  const order = await dialInbound(mesh, "order", "gateway");
  const edge = dial(`127.0.0.1:${mesh.ports.edge}`, "edge");
  const sidecars = pidsNamed(mesh, "gateway-0.sidecar", "catalog-0.sidecar");
  const all = pidsOf(mesh);
  const sidecarsOfAll = mesh.state().children.flatMap(({ pid, role }) => (role === "sidecar" && pid ? [pid] : []));
  const place = () => orders.place(order);
  await closedLoop(place, 50, warmUp * scale, all);
  let sidecarCpu = 0;
  const result = await inTurns(rounds, {
    direct: () => openLoop(getProduct(direct), 1000, 2 * scale, sidecars),
    pair: () => openLoop(getProduct(pair), 1000, 2 * scale, sidecars),
    order: () => closedLoop(place, 50, 500 * scale, all),
    edge: () => closedLoop(() => orders.placeAtEdge(edge), 50, 500 * scale, all),
    sidecars: async () => {
      const run = await closedLoop(place, 50, 500 * scale, sidecarsOfAll);
      sidecarCpu = run.cpuMicros;
      return run;
    },
  });
  for (const caller of [direct, pair, order, edge]) caller.close();
  const added = result.pair.p50 - result.direct.p50;
  return [
    { name: "GetProduct, 1,000 a second, no sidecar", run: result.direct, beside: "limit" },
    {
      name: "GetProduct, 1,000 a second, a pair of sidecars",
      run: result.pair,
      beside: `p50 +${added.toFixed(2)} ms; CPU of both; Istio publishes 200 µs each`,
    },
    {
      name: "PlaceOrder through the mesh, 50 in flight",
      run: result.order,
      beside: `of it sidecars: ${(sidecarCpu / 1000).toFixed(2)} ms`,
    },
    { name: "PlaceOrder through the edge, 50 in flight", run: result.edge, beside: "with gateway and edge sidecar" },
  ];
}
