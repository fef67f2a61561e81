// The figures of the event log: every loop on both engines, beside the same loop with the libraries of the stores alone.
import { whyNotKafka } from "@larder/events/testing";
import { type Effort, type Figure, inTurns } from "../figures.ts";
import { HELD, type Loops } from "./loops.ts";
import {
  type Databases,
  type Durability,
  type Engine,
  kafkaEngine,
  type Measured,
  openDatabases,
  Runner,
  valkeyEngine,
} from "./servers.ts";

const durabilities: readonly Durability[] = ["on disk", "as it comes"];

interface Kind {
  readonly title: string;
  /** What the cost of it depends on. */
  readonly durabilities: readonly Durability[];
  /** Whether the topic stays from run to run: it is only read. */
  readonly reads: boolean;
  readonly usesDatabase: boolean;
}

const kinds: Record<keyof Loops, Kind> = {
  append: { title: "append, by 400", durabilities, reads: false, usesDatabase: false },
  relay: { title: "relay: outbox to log", durabilities, reads: false, usesDatabase: true },
  read: { title: "read", durabilities: ["on disk"], reads: true, usesDatabase: false },
  consume: { title: "consume and commit", durabilities: ["on disk"], reads: true, usesDatabase: true },
};

/** What the event log costs on both engines, or on Valkey alone where no Kafka can be started. */
export async function eventLog(effort: Effort): Promise<Figure[]> {
  const databases = await openDatabases();
  const figures: Figure[] = [];
  const run = async (start: () => Promise<Engine>, ...parts: (typeof throughput | typeof delays | typeof outbox)[]) => {
    const engine = await start();
    const runner = new Runner();
    try {
      for (const part of parts) figures.push(...(await part(engine, databases, runner, effort)));
    } finally {
      runner.close();
      await engine.stop();
    }
  };
  try {
    await run(valkeyEngine, throughput, delays, outbox);
    const reason = whyNotKafka();
    if (reason) console.error(`The event log on Kafka is not measured: ${reason}`);
    else await run(kafkaEngine, throughput, delays);
  } finally {
    await databases.stop();
  }
  return figures;
}

async function throughput(
  engine: Engine,
  databases: Databases,
  runner: Runner,
  { rounds, scale }: Effort,
): Promise<Figure[]> {
  const amounts = { append: 300 * scale, relay: 12_000 * scale, read: HELD * engine.passes, consume: 20_000 * scale };
  let topics = 0;
  const shot = (loop: keyof Loops, durability: Durability, by: "ours" | "bare") => async () => {
    const { reads } = kinds[loop];
    topics += 1;
    const topic = reads ? `bench.${loop}` : `bench.${loop}.${topics}`;
    await databases.clear();
    await engine.topic(topic, durability);
    const place = { topic, log: engine.url, database: databases.loops };
    const run = await runner.run({ by, loop, place, amount: amounts[loop] });
    if (!reads) await engine.drop(topic);
    return run;
  };
  const rows = (Object.keys(kinds) as (keyof Loops)[]).flatMap((loop) =>
    kinds[loop].durabilities.map((durability) => ({ loop, durability, key: `${loop} ${durability}` })),
  );
  const shots = rows.flatMap(({ loop, durability, key }) => [
    [`ours ${key}`, shot(loop, durability, "ours")],
    [`bare ${key}`, shot(loop, durability, "bare")],
  ]);
  const runs: Record<string, Measured> = await inTurns(rounds, Object.fromEntries(shots));
  return rows.flatMap(({ loop, durability, key }) => {
    const [ours, bare] = [runs[`ours ${key}`] as Measured, runs[`bare ${key}`] as Measured];
    const { title, durabilities, usesDatabase } = kinds[loop];
    const setting = durabilities.length > 1 ? `, ${engine.settings[durability]}` : "";
    const libraries = usesDatabase ? `${engine.library} and node-postgres` : engine.library;
    return [
      {
        name: `${title}, ${engine.name}${setting}`,
        run: ours,
        beside: `${aCore(ours)}; ${ratios(ours, bare)} of the bare loop; aim 2x`,
      },
      { name: `... bare: ${libraries}`, run: bare, beside: aCore(bare) },
    ];
  });
}

const aCore = ({ cpuMicros }: Measured): string => `${Math.round(1000 / cpuMicros)}k events a second a core`;

const ratios = (ours: Measured, bare: Measured): string =>
  `CPU ${(ours.cpuMicros / bare.cpuMicros).toFixed(2)}x, time ${(bare.perSecond / ours.perSecond).toFixed(2)}x`;

async function delays(
  engine: Engine,
  databases: Databases,
  runner: Runner,
  { rounds, scale }: Effort,
): Promise<Figure[]> {
  let topics = 0;
  const { delay } = await inTurns(rounds, {
    delay: async () => {
      topics += 1;
      const topic = `bench.delay.${topics}`;
      await databases.clear();
      await engine.topic(topic, "on disk");
      const place = { topic, log: engine.url, database: databases.loops };
      return runner.run({ by: "ours", loop: "delay", place, amount: 30 * scale });
    },
  });
  return [{ name: `from commit to effect, idle, ${engine.name}`, run: delay, beside: engine.settings["on disk"] }];
}

async function outbox(
  engine: Engine,
  databases: Databases,
  runner: Runner,
  { rounds, scale }: Effort,
): Promise<Figure[]> {
  await engine.topic("", "on disk");
  const place = { topic: "", log: engine.url, database: databases.orders };
  const shot = (loop: "orders with events" | "orders without events") => () =>
    runner.run({ by: "ours", loop, place, amount: 1000 * scale });
  const { without, events } = await inTurns(rounds, {
    without: shot("orders without events"),
    events: shot("orders with events"),
  });
  const asked = ({ statements = 0, commits = 0 }: Measured) =>
    `${statements.toFixed(2)} statements, ${commits.toFixed(2)} commits an order`;
  const added = (events.cpuMicros - without.cpuMicros).toFixed(0);
  return [
    { name: "an order's intent and decision, 50 in flight, without its event", run: without, beside: asked(without) },
    { name: "... with its event, written and relayed", run: events, beside: `${asked(events)}; +${added} µs CPU` },
  ];
}
