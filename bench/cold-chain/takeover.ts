// How long the partitions of an aggregator that died, or froze, go without: until the other instance has told of an excursion in each.
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { ExcursionChangedSchema } from "@larder/contract/larder/coldchain/v1/cold_chain_events_pb.js";
import { ReadingsIngestedSchema } from "@larder/contract/larder/telemetry/v1/reading_events_pb.js";
import { decodeEvent, encodeEvent, newEvent, partitionOf, payload } from "@larder/events";
import { until } from "@larder/store/testing";
import type { Effort, Figure } from "../figures.ts";
import { percentiles } from "../load.ts";
import { Aggregation, PARTITIONS, READINGS } from "./aggregation.ts";
import type { Programs, Server } from "./programs.ts";

const EXCURSIONS = "larder.coldchain.excursion.v1";
const FEED_MS = 100;
// What the aggregator asks for, and a little.
const WARM_MS = 31_000;

/** A device of each partition that nobody has heard of. */
function devices(round: string): string[] {
  const found: string[] = [];
  for (let number = 0; found.filter(Boolean).length < PARTITIONS; number += 1) {
    const device = `devices/take-${round}-${number}`;
    found[partitionOf(device, PARTITIONS)] ??= device;
  }
  return found;
}

export async function takeover(programs: Programs, { rounds }: Effort): Promise<Figure[]> {
  const aggregation = await Aggregation.start(programs);
  const feed = new Feed(aggregation);
  const watcher = new Watcher(aggregation);
  const running: Server[] = [];
  try {
    await aggregation.log.createTopic(EXCURSIONS, PARTITIONS);
    const names = Array.from({ length: rounds }, (_, round) => [devices(`dead-${round}`), devices(`frozen-${round}`)]);
    await aggregation.attach([...names.flat(2), ...feed.devices]);
    running.push(await aggregation.instance(), await aggregation.instance());
    await until(() => aggregation.knows(names.flat(2).length + feed.devices.length));
    feed.start();
    watcher.start();
    const times = { dead: [] as number[], frozen: [] as number[] };
    for (const [dead = [], frozen = []] of names) {
      await aggregation.shared(2);
      times.dead.push(await watcher.until(feed, dead, () => running[0]?.kill()));
      running[0] = await aggregation.instance();
      await aggregation.shared(2);
      times.frozen.push(await watcher.until(feed, frozen, () => running[0]?.signal("SIGSTOP")));
      // What it was about to do must not count any more.
      running[0].signal("SIGCONT");
    }
    await aggregation.shared(2);
    const figure = (name: string, found: readonly number[]): Figure => ({
      name: `takeover of a ${name} aggregator`,
      run: {
        ...{ operations: found.length, errors: watcher.repeated, perSecond: Number.NaN, cpuMicros: Number.NaN },
        ...percentiles(found),
      },
      beside: "of it the lease 5 s at most",
    });
    return [figure("dead", times.dead), figure("frozen", times.frozen)];
  } finally {
    await feed.stop();
    await watcher.stop();
    await Promise.all(running.map((instance) => instance.kill()));
    await aggregation.stop();
  }
}

/** What is measured all the time, so that an instance dies or freezes in the middle of something. */
class Feed {
  readonly devices = devices("feed");
  readonly #aggregation: Aggregation;
  readonly #producer = `bench-${Date.now()}`;
  #number = 0n;
  #over = false;
  #running = Promise.resolve();

  constructor(aggregation: Aggregation) {
    this.#aggregation = aggregation;
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#over = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#over) {
      await this.tell(this.devices, [[Date.now(), 4]]);
      await new Promise((resolve) => setTimeout(resolve, FEED_MS));
    }
  }

  /** Writes what a device of each partition has measured: times in ms, and degrees. */
  async tell(names: readonly string[], measured: readonly (readonly [ms: number, celsius: number])[]): Promise<void> {
    this.#number += 1n;
    const first = this.#number * 10n;
    const event = (device: string) =>
      newEvent(ReadingsIngestedSchema, {
        leadDevice: device,
        devices: [
          {
            device,
            sequences: measured.map((_, index) => first + BigInt(index)),
            measureTimesUs: measured.map(([ms]) => BigInt(ms) * 1000n),
            celsius: measured.map(([, celsius]) => celsius),
          },
        ],
        ingestTime: timestampFromMs(Date.now()),
      });
    const batch = (device: string, partition: number) => ({
      ...{ topic: READINGS, partition, producer: this.#producer },
      records: [{ sequence: this.#number, value: encodeEvent(event(device)) }],
    });
    await this.#aggregation.log.append(names.map(batch));
  }
}

/** Reads the excursions as they are told. */
class Watcher {
  /** Versions of excursions that were told more than once. */
  repeated = 0;
  readonly #aggregation: Aggregation;
  readonly #heard = new Map<string, number>();
  readonly #over = new AbortController();
  #running = Promise.resolve();

  constructor(aggregation: Aggregation) {
    this.#aggregation = aggregation;
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#over.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { log } = this.#aggregation;
    const from = new Map(Array.from({ length: PARTITIONS }, (_, partition) => [partition, 0n]));
    const told = new Set<string>();
    while (!this.#over.signal.aborted) {
      for (const { partition, offset, value } of await log.read(EXCURSIONS, from, {
        waitMs: 200,
        signal: this.#over.signal,
      })) {
        from.set(partition, offset + 1n);
        const event = decodeEvent(value);
        if (told.has(event.id)) this.repeated += 1;
        told.add(event.id);
        const device = payload(ExcursionChangedSchema, event).current?.device ?? "";
        if (!this.#heard.has(device)) this.#heard.set(device, performance.now());
      }
    }
  }

  /** Does it, and lets it become warm in every partition at once; answers how long it took until all were told of, in ms. */
  async until(feed: Feed, names: readonly string[], strike: () => unknown): Promise<number> {
    const begin = performance.now();
    await strike();
    const now = Date.now();
    const [before, after] = [
      [now - WARM_MS, 12],
      [now, 12],
    ] as const;
    await feed.tell(names, [before, after]);
    await until(() => names.every((device) => this.#heard.has(device)));
    return Math.max(...names.map((device) => this.#heard.get(device) ?? 0)) - begin;
  }
}
