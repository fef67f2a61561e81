// The sensors of the rooms, as they run with a mesh: at a low rate, without faults, and silent while a person simulates them.
import { randomInt } from "node:crypto";
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { readState } from "../state.ts";
import { collectGarbage } from "../supervisor/heap.ts";
import { linesInto } from "./lines.ts";
import { plansOf } from "./plan.ts";
import { roomsOf } from "./rooms.ts";
import { NO_HABITS } from "./sensor.ts";
import { simulate } from "./simulate.ts";
import { whileNobodyElse } from "./turns.ts";

const RETRY_MS = 1000;
const NO_DOOR = { fromMs: 0, untilMs: 0 };

const { RUN, RATE, SOCKET } = process.env;
if (!RUN || !SOCKET || !(Number(RATE) > 0)) {
  process.stderr.write("RUN, RATE and SOCKET must be set\n");
  process.exit(64);
}
const [runFolder, rate] = [RUN, Number(RATE)];
const say = (line: string) => console.log(`${new Date().toISOString()} ${line}`);

collectGarbage();
const over = new AbortController();
const server = createServer((_request, response) => response.end("ready\n")).listen(SOCKET);
process.once("SIGTERM", () => {
  over.abort();
  server.close();
});

async function speak(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      const state = readState(runFolder);
      if (!state) throw new Error("the mesh is not written down yet");
      const [rooms, lineOf] = [await roomsOf(state), linesInto(state)];
      const sensors = plansOf(rooms, 0, new Set(), NO_DOOR);
      say(`${sensors.length} sensors, ${rate} readings a second`);
      const started = { seed: randomInt(1, 1_000_000), startMs: Date.now(), habits: NO_HABITS };
      await simulate({ sensors, rate, ...started, lineOf, complain: say }, signal);
      say("silent: somebody else simulates the sensors, or the mesh ends");
    } catch (error) {
      // Inventory is not there yet, or for a while.
      say((error as Error).message);
      await sleep(RETRY_MS, undefined, { signal }).catch(() => {});
    }
  }
}

await whileNobodyElse(runFolder, speak, over.signal);
