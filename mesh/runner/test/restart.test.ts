// What dies is started again: with back-off, with a report when it keeps dying, in order when all is stopped.
import { spawnSync } from "node:child_process";
import { readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { asText } from "../src/cli/status.ts";
import { type Mesh, startMesh } from "../src/index.ts";
import { repository } from "../src/paths.ts";
import { alive, echoClient, folders, larder, smallEnvironment, until, workload } from "./world.ts";

const place = folders();
let mesh: Mesh | undefined;

afterEach(async () => {
  await mesh?.stop();
  mesh = undefined;
  place.remove();
});

const child = (name: string) => {
  const found = mesh?.state().children.find((one) => one.name === name);
  if (!found) throw new Error(`no child ${name}`);
  return found;
};

test("a service that crashes is started again, and calls work again", async () => {
  mesh = await startMesh({ environment: smallEnvironment(), ports: "free", ...place });
  const client = echoClient(`unix:${join(place.runFolder, "caller-0", "out.sock")}`);
  const { pid } = await client.echo("x");
  process.kill(pid, "SIGKILL");
  const again = await until("an answer of another process", async () => {
    const answer = await client.echo("x", 1000).catch(() => undefined);
    return answer && answer.pid !== pid ? answer : undefined;
  });
  client.close();
  expect(child("echo-0")).toMatchObject({ pid: again.pid, restarts: 1, lastEnd: "ended by SIGKILL" });
}, 30_000);

test("a sidecar that dies while nothing can be written is started again, and found once something can", async () => {
  mesh = await startMesh({ environment: smallEnvironment(), ports: "free", ...place });
  const folder = join(place.runFolder, "endpoints");
  renameSync(folder, `${folder}.away`);
  process.kill(child("echo-0.sidecar").pid ?? Number.NaN, "SIGKILL");
  await until("the supervisor to try", () => {
    const log = readFileSync(join(place.runFolder, "logs", "supervisor.log"), "utf8");
    return /endpoints of echo not written/.test(log);
  });
  renameSync(`${folder}.away`, folder);
  await mesh.waitReady("echo-0.sidecar");
  const client = echoClient(`unix:${join(place.runFolder, "caller-0", "out.sock")}`);
  await until("an answer", () => client.echo("x", 1000).catch(() => undefined));
  client.close();
}, 60_000);

test("a service that keeps dying is reported as failing with its last words, and still tried", async () => {
  mesh = await startMesh({ environment: smallEnvironment([workload("echo")]), mesh: "off", ports: "free", ...place });
  const running = mesh;
  // Its program is as before; each process is killed as soon as it runs.
  let kills = 0;
  let last: number | undefined;
  await until("state failing", () => {
    const { pid, state } = child("echo-0");
    if (state === "failing") return true;
    if (pid !== undefined && pid !== last) {
      last = pid;
      kills++;
      process.kill(pid, "SIGKILL");
    }
    return false;
  });
  expect(kills).toBe(5);
  const log = readFileSync(join(place.runFolder, "logs", "echo-0.log"), "utf8");
  const waits = [...log.matchAll(/starts again in (\d+) ms/g)].map(([, wait]) => Number(wait));
  expect(waits).toEqual([100, 200, 400, 800, 1600]);
  expect(asText(running.state(), Date.now())).toMatch(
    /echo-0 keeps dying \(ended by SIGKILL\)[\s\S]*starts again in 1600 ms/,
  );
  await running.waitReady("echo-0");
  expect(child("echo-0").state).toBe("ready");
}, 40_000);

test("a mesh whose service cannot start fails with its last words and leaves nothing", async () => {
  const broken = workload("echo", { settings: { TEST_WORKLOAD: "echo", TEST_CRASH: "boot" } });
  const environment = smallEnvironment([workload("caller"), broken]);
  const start = startMesh({ environment, ports: "free", ...place });
  await expect(start).rejects.toThrow(/echo-0 does not start: exit code 3[\s\S]*the cupboard is bare/);
  expect(() => readFileSync(join(place.runFolder, "supervisor.json"))).toThrow("ENOENT");
}, 30_000);

test("wrong settings end the start at once", async () => {
  const broken = workload("echo", { settings: { TEST_WORKLOAD: "echo", TEST_CRASH: "settings" } });
  const start = startMesh({ environment: smallEnvironment([broken]), mesh: "off", ports: "free", ...place });
  await expect(start).rejects.toThrow("echo-0 does not start: exit code 64");
  const log = readFileSync(join(place.runFolder, "logs", "echo-0.log"), "utf8");
  expect(log.match(/"starting"/g)).toHaveLength(1);
}, 30_000);

test("stopping drains services while their sidecars still run, and ends every process", async () => {
  mesh = await startMesh({ environment: smallEnvironment(), ports: "free", ...place });
  const before = mesh.state();
  expect(alive(before)).toHaveLength(4);
  await mesh.stop();
  expect(alive(before)).toEqual([]);
  const since = (role: string) =>
    mesh
      ?.state()
      .children.filter((one) => one.role === role)
      .map((one) => one.since) ?? [];
  expect(since("service")).toHaveLength(2);
  expect(Math.max(...since("service"))).toBeLessThanOrEqual(Math.min(...since("sidecar")));
  expect(readFileSync(join(place.runFolder, "logs", "echo-0.log"), "utf8")).toContain("draining");
}, 30_000);

test("a child that is held down stays down until it is started again", async () => {
  mesh = await startMesh({ environment: smallEnvironment([workload("echo")]), mesh: "off", ports: "free", ...place });
  await mesh.stopChild("echo-0", "SIGKILL");
  expect(child("echo-0")).toMatchObject({ state: "stopped", restarts: 0 });
  await mesh.startChild("echo-0");
  expect(child("echo-0").state).toBe("ready");
}, 30_000);

test("make status shows what is not ready and does not fail for it, and fails when nothing runs", async () => {
  mesh = await startMesh({ environment: smallEnvironment([workload("echo")]), mesh: "off", ports: "free", ...place });
  // As a person runs it: not under the make that runs the tests.
  const { MAKEFLAGS: _flags, MAKELEVEL: _level, ...outside } = process.env;
  const env = { ...outside, LARDER_RUN_FOLDER: place.runFolder, LARDER_DATA_FOLDER: place.dataFolder };
  const make = () => spawnSync("make", ["--no-print-directory", "status"], { cwd: repository, env, encoding: "utf8" });

  await mesh.stopChild("echo-0");
  expect((await larder(place, ["status"])).code).toBe(1);
  expect(make()).toMatchObject({ status: 0, stdout: expect.stringMatching(/echo-0 +stopped/), stderr: "" });
  await mesh.stop();
  expect(make()).toMatchObject({ status: 2, stdout: "Larder is not running: make up starts it.\n" });
}, 60_000);

test("without sidecars services are given each other's sockets", async () => {
  const environment = smallEnvironment();
  mesh = await startMesh({ environment, mesh: "off", scale: { echo: 2 }, ports: "free", ...place });
  expect(mesh.state().children.map(({ name }) => name)).toEqual(["caller-0", "echo-0", "echo-1"]);
  const client = echoClient(`unix:${join(place.runFolder, "echo-1", "app.sock")}`);
  expect((await client.echo("direct")).body).toBe("direct");
  client.close();
  expect(asText(mesh.state(), Date.now())).toContain("callers are NOT enforced");
}, 30_000);
