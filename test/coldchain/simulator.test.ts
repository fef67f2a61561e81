// The sensors that run with a mesh: they measure while nobody simulates anything, fall silent while somebody does, and come back.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { start } from "../../mesh/runner/test/world.ts";
import { sharedMesh } from "../mesh.ts";
import { until as untilSoon } from "../until.ts";

const mesh = sharedMesh();
vi.setConfig({ testTimeout: 300_000 });
const until: typeof untilSoon = (what, look) => untilSoon(what, look, 60_000);
const program = join(import.meta.dirname, "../../mesh/runner/src/simulator/main.ts");

const processes: ChildProcess[] = [];
afterEach(() => {
  for (const one of processes.splice(0)) one.kill("SIGKILL");
});

/** A process, with what it has said so far. */
function listenTo(process: ChildProcess) {
  processes.push(process);
  const heard = { process, said: "" };
  for (const stream of [process.stdout, process.stderr])
    stream?.setEncoding("utf8").on("data", (text: string) => {
      heard.said += text;
    });
  return heard;
}

/** How many readings of sensors in rooms are counted. */
const measured = async () =>
  Number(
    await mesh.query(
      "select coalesce(sum(count), 0) from panes where subject in (select device from attachments where subject like 'rooms/%')",
      "aggregator",
    ),
  );

/** Waits until sensors of rooms measure. */
async function untilMeasured(): Promise<void> {
  const before = await measured();
  await until("sensors to measure", async () => (await measured()) > before);
}

test("sensors of rooms measure, are silent while a person simulates them, and measure again when that was killed", async () => {
  // As the supervisor starts it, which does not for this suite.
  const env = { PATH: process.env.PATH, RUN: mesh.run(), RATE: "20", SOCKET: mesh.run("simulator", "app.sock") };
  const own = listenTo(spawn(process.execPath, [program], { env, stdio: ["ignore", "pipe", "pipe"] }));
  const turns = () => own.said.match(/\d+ sensors, 20 readings a second/g)?.length ?? 0;
  await untilMeasured();
  expect(turns()).toBe(1);

  const place = { runFolder: mesh.run(), dataFolder: mesh.data() };
  const person = listenTo(start(place, ["simulate", "--devices", "1", "--rate", "20"]));
  await until("the sensors of the mesh to be silent", async () => own.said.includes("silent"));
  await untilMeasured();
  expect(turns()).toBe(1);

  person.process.kill("SIGKILL");
  await until("them to speak again", async () => turns() === 2);
  await untilMeasured();

  const ended = once(own.process, "exit");
  own.process.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
});
