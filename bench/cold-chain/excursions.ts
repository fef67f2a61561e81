// From the reading that opens an excursion to the stream of the dashboard, in the whole shop, while other devices measure.
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { Client, type ClientReadableStream, credentials, Metadata } from "@grpc/grpc-js";
import { ExcursionState } from "@larder/contract/larder/coldchain/v1/excursion_pb.js";
import {
  DashboardService,
  type WatchReadingsResponse,
} from "@larder/contract/larder/dashboard/v1/dashboard_service_pb.js";
import { InventoryService } from "@larder/contract/larder/inventory/v1/inventory_service_pb.js";
import { IngestionService } from "@larder/contract/larder/telemetry/v1/ingestion_service_pb.js";
import { type DeviceLine, linesInto, type Mesh } from "@larder/runner";
import { until } from "@larder/store/testing";
import { type Caller, dial, dialService } from "../calls.ts";
import { cpuSeconds } from "../cpu.ts";
import type { Effort, Figure } from "../figures.ts";
import { percentiles, type Run } from "../load.ts";
import { type Programs, readings, type Sent } from "./programs.ts";

const DEVICES = 400;
const BATCH = 5;
/** Readings a second: the aim, and what is tried where that does not hold. */
const RATES = [20_000, 15_000, 10_000, 5_000, 2_500];
const AIM_MS = 1000;
const SECONDS = 20;
const EXCURSIONS_PER_SECOND = 3;
const ROOM = "rooms/north-chilled";

/** How the aggregator is set for it: it need not be warm for half a minute. */
export const quickExcursions = { aggregator: { AGGREGATOR_OPEN_AFTER_SECONDS: "1" } };
const WARM_MS = 2000;

export async function excursions(
  mesh: Mesh,
  programs: Programs,
  { rounds, scale }: Effort,
  facts: Record<string, string>,
): Promise<Figure[]> {
  const shop = new Shop(mesh, programs, SECONDS * Math.max(scale, 0.4));
  try {
    await shop.get(rounds + RATES.length);
    const figures: Figure[] = [];
    for (const rate of RATES) {
      const first = await shop.run(rate, facts);
      if (!holds(first, rate)) {
        figures.push(figure(rate, first, "does not hold"));
        continue;
      }
      const runs = [first];
      while (runs.length < rounds) runs.push(await shop.run(rate, facts));
      figures.push(figure(rate, middle(runs), "aim: p99 under 1 s at 20,000"));
      break;
    }
    return figures;
  } finally {
    shop.close();
  }
}

const holds = (run: Run, rate: number): boolean => run.errors === 0 && run.p99 < AIM_MS && run.perSecond > 0.95 * rate;

const figure = (rate: number, run: Run, beside: string): Figure => ({
  name: `excursion in the dashboard's stream, ${rate.toLocaleString("en")} readings a second`,
  run,
  beside,
});

const middle = (runs: readonly Run[]): Run =>
  runs.toSorted((a, b) => a.p99 - b.p99)[Math.floor(runs.length / 2)] as Run;

class Shop {
  readonly #mesh: Mesh;
  readonly #programs: Programs;
  readonly #seconds: number;
  /** Where devices call, and how. */
  readonly #devices: string;
  readonly #lineOf: (device: string) => Promise<DeviceLine>;
  readonly #inventory: Caller;
  readonly #ingestion: Caller;
  readonly #dashboard: Client;
  readonly #heard = new Map<string, number>();
  #stream: ClientReadableStream<WatchReadingsResponse> | undefined;
  #probes: string[] = [];

  constructor(mesh: Mesh, programs: Programs, seconds: number) {
    this.#mesh = mesh;
    this.#programs = programs;
    this.#seconds = seconds;
    this.#lineOf = linesInto(mesh.state());
    this.#inventory = dialService(mesh, "inventory");
    this.#devices = new URL(mesh.addresses.devices ?? "").host;
    this.#ingestion = dial(this.#devices, "ingestion");
    this.#dashboard = new Client(`unix:${mesh.paths.run}/dashboard-0/app.sock`, credentials.createInsecure(), {
      "grpc.default_authority": "dashboard.larder.svc.cluster.local",
    });
  }

  /** Attaches the sensors of so many runs, and watches. */
  async get(runs: number): Promise<void> {
    const count = Math.ceil(runs * this.#seconds * EXCURSIONS_PER_SECOND);
    this.#probes = Array.from({ length: count }, (_, index) => `devices/bench-probe-${index}`);
    for (const device of this.#probes)
      await this.#inventory.call(InventoryService.method.attachRoomSensor, { room: ROOM, device });
    const known = "select count(*) from attachments where device like 'devices/bench-probe-%'";
    await until(async () => Number(await this.#mesh.query(known, "aggregator")) === count);
    // What they measure from now on counts for the room.
    await new Promise((resolve) => setTimeout(resolve, WARM_MS + 1000));
    this.#watch();
  }

  #watch(): void {
    const { input, output, parent, name } = DashboardService.method.watchReadings;
    this.#stream = this.#dashboard.makeServerStreamRequest(
      `/${parent.typeName}/${name}`,
      (value: Buffer) => value,
      (bytes: Buffer) => fromBinary(output, bytes),
      Buffer.from(toBinary(input, create(input, { subjects: [ROOM] }))),
    );
    this.#stream.on("data", ({ excursions }: WatchReadingsResponse) => {
      for (const { excursion } of excursions)
        if (excursion?.state === ExcursionState.OPEN && !this.#heard.has(excursion.device))
          this.#heard.set(excursion.device, performance.now());
    });
    this.#stream.on("error", () => {});
  }

  /** Lets devices measure so often, and some of the room's become too warm meanwhile. */
  async run(rate: number, facts: Record<string, string>): Promise<Run> {
    const children = this.#mesh.state().children.flatMap(({ name, pid }) => (pid === undefined ? [] : [{ name, pid }]));
    const before = children.map(({ pid }) => cpuSeconds([pid]));
    const batchesPerSecond = rate / DEVICES / BATCH;
    const sending = readings<Sent>(this.#programs, "send", {
      ...{ address: this.#devices, devices: DEVICES, batch: BATCH },
      ...{ batches: Math.round(batchesPerSecond * this.#seconds), batchesPerSecond, first: Date.now() },
    });
    const probes = this.#probes.splice(0, Math.floor(this.#seconds * EXCURSIONS_PER_SECOND) - EXCURSIONS_PER_SECOND);
    const opened = new Map<string, number>();
    for (const device of probes) {
      await new Promise((resolve) => setTimeout(resolve, 1000 / EXCURSIONS_PER_SECOND));
      opened.set(device, performance.now());
      this.#warm(device).catch((error) => process.stderr.write(`${String(error)}\n`));
    }
    const sent = await sending;
    if (sent.acknowledged === 0) throw new Error(`nothing was acknowledged: ${sent.broken}`);
    await this.#settled(probes);
    const micros = children.map(({ name, pid }, index): [string, number] => [
      name,
      ((cpuSeconds([pid]) - (before[index] ?? 0)) * 1e6) / Math.max(1, sent.acknowledged),
    ]);
    const times = probes.map(
      (device) => (this.#heard.get(device) ?? Number.POSITIVE_INFINITY) - (opened.get(device) ?? 0),
    );
    const title = `CPU of a reading by process, µs, at ${rate.toLocaleString("en")} a second`;
    facts[title] = micros
      .filter(([, each]) => each >= 0.5)
      .sort(([, a], [, b]) => b - a)
      .map(([name, each]) => `${name} ${each.toFixed(1)}`)
      .join(", ");
    facts[`acknowledgement of a batch at ${rate.toLocaleString("en")} a second`] =
      `p50 ${sent.p50.toFixed(1)} ms, p99 ${sent.p99.toFixed(1)} ms`;
    const cpuMicros = micros.reduce((sum, [, each]) => sum + each, 0);
    return {
      ...{ operations: probes.length, errors: sent.broken ? 1 : times.filter((time) => !Number.isFinite(time)).length },
      ...{ perSecond: sent.acknowledged / sent.seconds, cpuMicros, ...percentiles(times) },
    };
  }

  /** The first of its two readings is too warm, and the second has been so for long enough. */
  async #warm(device: string): Promise<void> {
    const now = Date.now();
    const metadata = new Metadata();
    const { headers = {} } = await this.#lineOf(device);
    for (const [header, value] of Object.entries(headers)) metadata.set(header, value);
    const reading = (sequence: bigint, ms: number) => ({
      device,
      sequence,
      measureTime: timestampFromMs(ms),
      celsius: 12,
    });
    const batch = { readings: [reading(1n, now - WARM_MS), reading(2n, now)] };
    await this.#ingestion.call(IngestionService.method.batchIngestReadings, batch, metadata);
  }

  /** Waits until all are told of, at most a minute: what is missing then counts as an error. */
  async #settled(probes: readonly string[]): Promise<void> {
    await until(() => probes.every((device) => this.#heard.has(device))).catch(() => {});
  }

  close(): void {
    this.#stream?.cancel();
    this.#dashboard.close();
    this.#inventory.close();
    this.#ingestion.close();
  }
}
