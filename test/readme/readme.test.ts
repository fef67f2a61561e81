// The commands of the README do what it says: each block is run as it stands, against a mesh on other ports.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, expect, test, vi } from "vitest";
import { ensureTool } from "../../scripts/tools.ts";
import { sharedMesh } from "../mesh.ts";
import { until } from "../until.ts";

const root = join(import.meta.dirname, "..", "..");
const mesh = sharedMesh();

/** The shell blocks under a heading. */
function blocksOf(heading: string): string[] {
  const readme = readFileSync(join(root, "README.md"), "utf8");
  const section = readme.split(/^## /m).find((part) => part.startsWith(heading)) ?? "";
  return [...section.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map((found) => found[1] ?? "");
}

const [demo = "", rest = "", buf = "", grpcurl = "", connect = ""] = blocksOf("A first order");
const [refused = "", explain = ""] = blocksOf("See the policy at work");
const token = rest.split("\n").slice(0, 2).join("\n");
let grpcurlFolder = "";

beforeAll(async () => {
  // Built once for all clones of a machine.
  grpcurlFolder = dirname(await ensureTool("grpcurl"));
}, 600_000);

// Each block starts several programs, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 });

const place = () => ({
  cwd: root,
  env: {
    ...process.env,
    PATH: `${grpcurlFolder}:${process.env.PATH}`,
    LARDER_RUN_FOLDER: mesh.run(),
    LARDER_DATA_FOLDER: mesh.data(),
  },
});

/** Runs a block; what it prints, and its exit code. */
function run(block: string, timeout = 60_000): { status: number | null; output: string; errors: string } {
  const { edge } = mesh.ports;
  const script = block.replaceAll("127.0.0.1:8080", `127.0.0.1:${edge}`);
  const { status, stdout, stderr } = spawnSync("bash", ["-c", script], { ...place(), encoding: "utf8", timeout });
  return { status, output: stdout, errors: stderr };
}

test("the README has the blocks that this suite runs, and no others in these sections", () => {
  expect(blocksOf("A first order")).toHaveLength(5);
  expect(blocksOf("See it delivered")).toHaveLength(1);
  expect(blocksOf("See a door left open")).toHaveLength(2);
  expect(blocksOf("See the policy at work")).toHaveLength(2);
  expect(blocksOf("Start")).toEqual([expect.stringContaining("make up")]);
});

test("the demo places an order and sees it confirmed", () => {
  const { status, output } = run(demo);
  expect(output).toContain("confirmed");
  expect(status).toBe(0);
});

test("the demo follows an order to its delivery", () => {
  const [delivered = ""] = blocksOf("See it delivered");
  const { status, output } = run(delivered);
  expect(output).toMatch(/picking\s+dispatched\s+delivered/);
  expect(status).toBe(0);
});

test("a door left open becomes an excursion, a score, a markdown in a new quote and an e-mail", async () => {
  const [open = "", watch = ""] = blocksOf("See a door left open");
  // In a group of its own, which a signal gets to as Ctrl-C does.
  const simulation = spawn("bash", ["-c", open], { ...place(), detached: true, stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(simulation, "exit");
  let said = "";
  simulation.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  await until("the door to be open", async () => /^A door stays open at shipments/m.test(said));
  const { status, output, errors } = run(watch, 300_000);
  process.kill(-(simulation.pid as number), "SIGINT");
  await ended;
  expect(errors).toBe("");
  expect(status).toBe(0);
  for (const kind of ["too warm", "score", "markdown", "new quote", "e-mail"])
    expect(output).toMatch(new RegExp(`^${kind} `, "m"));
  expect(said).toMatch(/^(\d+) readings, \1 taken/m);
}, 400_000);

test("curl places an order with JSON over HTTP", () => {
  expect(JSON.parse(run(rest).output)).toMatchObject({ order: { state: "ORDER_STATE_CONFIRMED" } });
});

test("buf curl places an order with gRPC, by reflection", () => {
  const { output, errors } = run(`${token}\n${slotLine()}\n${buf}`);
  expect(errors).toBe("");
  expect(JSON.parse(output)).toMatchObject({ order: { state: "ORDER_STATE_CONFIRMED" } });
});

test("grpcurl lists the user's orders, by reflection", () => {
  const { output } = run(`${token}\n${grpcurl}`);
  expect(JSON.parse(output)).toMatchObject({ orders: [{ customer: "customers/ada" }] });
});

test("curl places an order with the Connect protocol", () => {
  const { output } = run(`${token}\n${slotLine()}\n${connect}`);
  expect(JSON.parse(output)).toMatchObject({ order: { state: "ORDER_STATE_CONFIRMED" } });
});

test("notification is refused by policy, order reaches the service", () => {
  const [asNotification = "", asOrder = ""] = refused.trim().split("\n");
  expect(run(asNotification)).toMatchObject({ status: 1, errors: expect.stringContaining("PERMISSION_DENIED") });
  expect(run(asOrder)).toMatchObject({ status: 1, errors: expect.stringContaining("INVALID_ARGUMENT") });
});

test("explain says who may call and where that is enforced", () => {
  const { output } = run(explain);
  expect(output).toContain("larder.inventory.v1.InventoryService/Reserve");
  expect(output).toContain("mesh/local/inventory.yaml");
});

const slotLine = (): string => rest.split("\n").find((line) => line.startsWith("SLOT=")) ?? "";
