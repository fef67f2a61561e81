// Ingestion alone with its event log, beside a server that takes the same streams and does nothing with them.
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startValkey, type TestValkey } from "@larder/events/testing";
import { cpuSeconds, memoryMib } from "../cpu.ts";
import { type Effort, type Figure, inTurns, ratio } from "../figures.ts";
import { flushes } from "../limits/disk.ts";
import type { Run } from "../load.ts";
import { type Load, type Programs, readings, type Sent, Server, startedBut } from "./programs.ts";

const DEVICES = 200;
const BATCH = 100;

type Shape = Pick<Load, "devices" | "batch" | "batches">;

/** Of so many readings together. */
const shape = (count: number, batch: number): Shape => ({
  devices: DEVICES,
  batch,
  batches: Math.max(1, Math.round(count / DEVICES / batch)),
});

/** Ingestion with a log of its own, and numbers that no device has used yet. */
export class Intake {
  readonly valkey: TestValkey;
  readonly #programs: Programs;
  readonly #folder: string;
  #server: Server | undefined;
  #first = 1;

  private constructor(programs: Programs, valkey: TestValkey, folder: string) {
    this.#programs = programs;
    this.valkey = valkey;
    this.#folder = folder;
  }

  static async start(programs: Programs): Promise<Intake> {
    const intake = new Intake(programs, await startValkey(), mkdtempSync(join(tmpdir(), "larder-bench-")));
    await intake.startServer();
    return intake;
  }

  get socket(): string {
    return join(this.#folder, "app.sock");
  }

  get pid(): number {
    return this.#server?.pid ?? 0;
  }

  async startServer(): Promise<void> {
    rmSync(this.socket, { force: true });
    const env = {
      INGESTION_LISTEN: `unix:${this.socket}`,
      INGESTION_OPS_LISTEN: `unix:${join(this.#folder, "ops.sock")}`,
      INGESTION_EVENT_LOG_URL: this.valkey.url,
    };
    this.#server = await Server.start(this.#programs.ingestion, [], env, () => existsSync(this.socket));
  }

  /** Sends readings of new numbers. */
  async send(of: Shape & Pick<Load, "batchesPerSecond">): Promise<Sent & { readonly first: number }> {
    const first = this.#first;
    this.#first += of.batch * of.batches;
    return { ...(await readings<Sent>(this.#programs, "send", { ...of, address: this.socket, first })), first };
  }

  async kill(): Promise<void> {
    await this.#server?.kill();
  }

  async stop(): Promise<void> {
    await this.kill();
    await this.valkey.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** What was sent, with the CPU of processes for each reading. */
async function measured(pids: readonly number[], send: () => Promise<Sent>): Promise<Run> {
  const before = cpuSeconds(pids);
  const { acknowledged, refused, seconds, p50, p99, broken } = await send();
  if (broken) throw new Error(`a stream broke off: ${broken}`);
  return {
    operations: acknowledged,
    errors: refused,
    perSecond: acknowledged / seconds,
    ...{ p50, p99 },
    cpuMicros: ((cpuSeconds(pids) - before) * 1e6) / acknowledged,
  };
}

const aCore = (run: Run): string => `${(1 / run.cpuMicros).toFixed(2)} M a second on a core`;

/** Readings through ingestion and through nothing, and how fast this disk and this log take what ingestion writes. */
export async function ingest(programs: Programs, effort: Effort, facts: Record<string, string>): Promise<Figure[]> {
  const { rounds, scale } = effort;
  const folder = mkdtempSync(join(tmpdir(), "larder-bench-"));
  const socket = join(folder, "empty.sock");
  const empty = await Server.start(programs.readings, ["empty", JSON.stringify({ socket })], {}, () =>
    existsSync(socket),
  );
  const intake = await Intake.start(programs);
  const many = shape(2_000_000 * scale, BATCH);
  const single = shape(100_000 * scale, 1);
  const nothing = (of: Shape) => () =>
    measured([empty.pid], () => readings<Sent>(programs, "send", { ...of, address: socket, first: 1 }));
  const ours = (of: Shape, pids: () => readonly number[]) => async () => {
    const run = await measured(pids(), () => intake.send(of));
    // What was measured must not fill the memory of the log.
    await intake.valkey.empty();
    return run;
  };
  const service = () => [intake.pid];
  const together = () => startedBut(empty.pid);
  try {
    await intake.send(shape(200_000 * scale, BATCH));
    const runs = await inTurns(rounds, {
      empty: nothing(many),
      service: ours(many, service),
      together: ours(many, together),
      emptySingle: nothing(single),
      single: ours(single, service),
      flushes: () => flushes(folder, 500 * scale),
    });
    Object.assign(facts, await killed(programs, intake, scale), await memory(intake, scale));
    return [
      {
        name: "ingest by 100, ingestion alone (Rust)",
        run: runs.service,
        beside: `${aCore(runs.service)}, ${ratio(runs.service, runs.empty)} of nothing; aim 2x`,
      },
      { name: "the same, nothing done with it", run: runs.empty, beside: `limit: ${aCore(runs.empty)}` },
      {
        name: "ingest by 100, with the log, all on disk",
        run: runs.together,
        beside: `${aCore(runs.together)}; aim: 500,000 a second`,
      },
      {
        name: "ingest one by one, ingestion alone",
        run: runs.single,
        beside: `${ratio(runs.single, runs.emptySingle)} of nothing; aim 2x`,
      },
      { name: "the same, nothing done with it", run: runs.emptySingle, beside: "limit" },
      { name: "100 bytes to this disk, flushed", run: runs.flushes, beside: "limit of one event after the other" },
    ];
  } finally {
    await intake.stop();
    await empty.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Kills ingestion and its log under load, and holds what was acknowledged against what the log then has. */
async function killed(programs: Programs, intake: Intake, scale: number): Promise<Record<string, string>> {
  const sending = intake.send(shape(20_000_000, BATCH));
  await new Promise((resolve) => setTimeout(resolve, 5000 * scale));
  await Promise.all([intake.kill(), intake.valkey.kill()]);
  const { last, first } = await sending;
  await intake.valkey.start();
  const options = { url: intake.valkey.url, first, last };
  const found = await readings<{ acknowledged: number; logged: number; missing: number }>(programs, "missing", options);
  await intake.valkey.empty();
  await intake.startServer();
  return {
    "acknowledged before kill -9 of ingestion and log": `${found.acknowledged} readings; lost: ${found.missing} (aim: none)`,
  };
}

/** Memory of ingestion after each million of readings. */
async function memory(intake: Intake, scale: number): Promise<Record<string, string>> {
  const samples: number[] = [];
  for (let million = 0; million < Math.max(2, 10 * scale); million += 1) {
    await intake.send(shape(1_000_000, BATCH));
    await intake.valkey.empty();
    samples.push(memoryMib([intake.pid]));
  }
  const [first = 0, last = 0] = [samples[0], samples.at(-1)];
  const shown = samples.map((sample) => sample.toFixed(1)).join(", ");
  return {
    "memory of ingestion after each million of readings, PSS": `${shown} MiB; from the first to the last ${(last - first).toFixed(1)} MiB (aim: flat)`,
  };
}
