// The aggregator from a full log, beside its own rules over the same events in memory.
import { until } from "@larder/store/testing";
import { cpuSeconds } from "../cpu.ts";
import { type Effort, type Figure, inTurns, ratio } from "../figures.ts";
import type { Run } from "../load.ts";
import { Aggregation, ROOM } from "./aggregation.ts";
import { type Programs, readings, startedBut } from "./programs.ts";

const DEVICES = 400;
// As 20,000 readings a second come from as many devices: five of each in a tenth of a second.
const EVERY_MS = 20;
const EVENT_MS = 100;

/** A run of the aggregator, with what its own process took of the CPU. */
interface Aggregated extends Run {
  readonly own: number;
}

export async function windows(
  programs: Programs,
  { rounds, scale }: Effort,
  facts: Record<string, string>,
): Promise<Figure[]> {
  const aggregation = await Aggregation.start(programs);
  try {
    await aggregation.attach(Array.from({ length: DEVICES }, (_, index) => `devices/bench-${index}`));
    const { url } = aggregation.valkey;
    const filled = await readings<{ readings: number; events: number; bytes: number; seconds: number }>(
      programs,
      "fill",
      {
        ...{ url, devices: DEVICES, everyMs: EVERY_MS, eventMs: EVENT_MS, seconds: 100 * scale },
      },
    );
    facts["events of readings to the log, all on disk"] =
      `${(filled.readings / filled.seconds).toFixed(0)} readings a second, ${(filled.bytes / filled.readings).toFixed(1)} bytes each`;
    const inMemory = async (): Promise<Aggregated> => {
      const { readings: count, cpuSeconds: seconds } = await readings<{ readings: number; cpuSeconds: number }>(
        programs,
        "windows",
        { url, subject: ROOM },
      );
      const cpuMicros = (seconds * 1e6) / count;
      return { ...noTimes(count, count / seconds), cpuMicros, own: cpuMicros };
    };
    const fromLog = async (): Promise<Aggregated> => {
      await aggregation.forget();
      const instance = await aggregation.instance();
      const pids = startedBut();
      const [before, ownBefore, begin] = [cpuSeconds(pids), cpuSeconds([instance.pid]), performance.now()];
      await until(async () => (await aggregation.handled()) >= filled.events);
      const seconds = (performance.now() - begin) / 1000;
      const micros = (spent: number) => (spent * 1e6) / filled.readings;
      const run = {
        ...noTimes(filled.readings, filled.readings / seconds),
        cpuMicros: micros(cpuSeconds(pids) - before),
        own: micros(cpuSeconds([instance.pid]) - ownBefore),
      };
      await instance.end();
      return run;
    };
    const { limit, ours } = await inTurns(rounds, { limit: inMemory, ours: fromLog });
    const share = (micros: number) => `${((100 * limit.cpuMicros) / micros).toFixed(0)} % of the limit`;
    return [
      {
        name: "windows from the log, all processes (Rust)",
        run: ours,
        beside: `${aCore(ours.cpuMicros)}, ${share(ours.cpuMicros)}; aim 30 %`,
      },
      {
        name: "the same, the aggregator's process alone",
        run: { ...ours, cpuMicros: ours.own },
        beside: `${aCore(ours.own)}, ${share(ours.own)}`,
      },
      {
        name: "the same rules in memory",
        run: limit,
        beside: `limit: ${aCore(limit.cpuMicros)}; ${ratio(ours, limit)}`,
      },
    ];
  } finally {
    await aggregation.stop();
  }
}

const aCore = (micros: number): string => `${(1 / micros).toFixed(2)} M a second on a core`;

const noTimes = (operations: number, perSecond: number): Omit<Run, "cpuMicros"> => ({
  ...{ operations, errors: 0, perSecond, p50: Number.NaN, p99: Number.NaN },
});
