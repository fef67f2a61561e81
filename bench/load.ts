// Load: closed loops for throughput and CPU, an open loop for latency.
import { cpuSeconds } from "./cpu.ts";

/** What one run measured. Times in milliseconds, NaN where single operations have none. */
export interface Run {
  readonly operations: number;
  readonly errors: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** CPU of the measured processes for one operation, in microseconds. */
  readonly cpuMicros: number;
}

type Operation = () => Promise<unknown>;

/** Keeps `inFlight` operations going until `count` have ended. */
export function closedLoop(
  operation: Operation,
  inFlight: number,
  count: number,
  pids: readonly number[],
): Promise<Run> {
  return measured(pids, async (record) => {
    let left = count;
    await Promise.all(
      Array.from({ length: inFlight }, async () => {
        while (left-- > 0) await record(operation, performance.now());
      }),
    );
  });
}

/** Starts `perSecond` operations a second for `seconds`; latency counts from when an operation was due, not from when it began. */
export function openLoop(
  operation: Operation,
  perSecond: number,
  seconds: number,
  pids: readonly number[],
): Promise<Run> {
  return measured(pids, async (record) => {
    const begin = performance.now();
    const pending: Promise<void>[] = [];
    for (let started = 0; started < perSecond * seconds; ) {
      const due = Math.floor(((performance.now() - begin) / 1000) * perSecond);
      for (; started <= due && started < perSecond * seconds; started++)
        pending.push(record(operation, begin + (started / perSecond) * 1000));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await Promise.all(pending);
  });
}

async function measured(
  pids: readonly number[],
  work: (record: (operation: Operation, due: number) => Promise<void>) => Promise<void>,
): Promise<Run> {
  const times: number[] = [];
  let errors = 0;
  const before = cpuSeconds(pids);
  const begin = performance.now();
  await work(async (operation, due) => {
    try {
      await operation();
      times.push(performance.now() - due);
    } catch (error) {
      if (errors++ === 0) process.stderr.write(`${String(error)}\n`);
    }
  });
  const seconds = (performance.now() - begin) / 1000;
  const cpu = cpuSeconds(pids) - before;
  return {
    operations: times.length,
    errors,
    perSecond: times.length / seconds,
    ...percentiles(times),
    cpuMicros: (cpu * 1e6) / Math.max(1, times.length),
  };
}

/** Of times in ms; NaN where there are none. */
export function percentiles(times: readonly number[]): Pick<Run, "p50" | "p99"> {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99) };
}

/** The run in the middle by CPU: one busy moment must not decide. */
export function median<Measured extends Run>(runs: readonly Measured[]): Measured {
  const sorted = [...runs].sort((a, b) => a.cpuMicros - b.cpuMicros);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (!middle) throw new Error("nothing was run");
  const of = (pick: (run: Run) => number) =>
    sorted.map(pick).sort((a, b) => a - b)[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const errors = sorted.reduce((sum, run) => sum + run.errors, 0);
  return {
    ...middle,
    errors,
    p50: of((run) => run.p50),
    p99: of((run) => run.p99),
    perSecond: of((run) => run.perSecond),
  };
}
