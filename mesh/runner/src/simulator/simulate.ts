// A simulation as it runs: readings when they are due, each by the line of its device.
import { setImmediate as breathe, setTimeout as sleep } from "node:timers/promises";
import { type FleetOptions, readings } from "./fleet.ts";
import { deviceOf } from "./plan.ts";
import { type DeviceLine, DeviceSender, Tally } from "./sender.ts";

export interface SimulationOptions extends FleetOptions {
  readonly lineOf: (device: string) => Promise<DeviceLine>;
  readonly complain: (message: string) => void;
  readonly tally?: Tally;
}

const SETTLE_MS = 15_000;
const LOOK_MS = 50;
// Who is late must not forget to listen.
const BREATHER = 100;

/** Runs until the signal aborts or the duration is over, and what was measured is acknowledged; answers what became of it. */
export async function simulate(options: SimulationOptions, signal: AbortSignal): Promise<Tally> {
  const { sensors, lineOf, complain, startMs, tally = new Tally() } = options;
  const over = new AbortController();
  const devices = [...new Set(sensors.map(({ device }) => deviceOf(device)))];
  const senders = new Map<string, DeviceSender>();
  for (const device of devices)
    senders.set(device, new DeviceSender(await lineOf(device), tally, () => lineOf(device)));
  let complained = "";
  const failed = (reason: string) => {
    // Hundreds of devices lose the same line at once.
    if (reason !== complained) complain(`Readings are not taken (${reason}): devices keep them and try again.`);
    complained = reason;
  };
  const running = [...senders.values()].map((sender) => sender.run(over.signal, failed));
  let late = 0;
  for (const reading of readings(options)) {
    const restMs = startMs + reading.dueMs - Date.now();
    if (restMs > 0) await sleep(restMs, undefined, { signal }).catch(() => {});
    else if (late++ % BREATHER === 0) await breathe();
    if (signal.aborted) break;
    senders.get(deviceOf(reading.device))?.offer(reading);
  }
  for (const end = Date.now() + SETTLE_MS; Date.now() < end && [...senders.values()].some(({ settled }) => !settled); )
    await sleep(LOOK_MS);
  over.abort();
  await Promise.all(running);
  return tally;
}
