// From an order's decision to its letter in the queue, in the shop as it runs.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { OrderConfirmedSchema } from "@larder/contract/larder/order/v1/order_events_pb.js";
import { decodeEvent, openEventLog, topicOf } from "@larder/events";
import type { Mesh } from "@larder/runner";
import { Redis } from "ioredis";
import { dialService } from "../calls.ts";
import type { Effort, Figure } from "../figures.ts";
import { percentiles } from "../load.ts";
import type { Orders } from "../orders.ts";

/** Longer than notification waits for further orders to share a batch with. */
const PAUSE_MS = 220;
/** The first orders wait for plans and for code that is not yet compiled. */
const WARM_UP = 10;

/**
 * Orders that come one at a time. The clock starts when the order service has made the event, just before the statement that commits it, and stops
 * when the queue's Valkey has taken the letter.
 */
export async function letters(mesh: Mesh, shop: Orders, { rounds, scale }: Effort): Promise<Figure> {
  const secrets = JSON.parse(readFileSync(join(mesh.paths.data, "secrets.json"), "utf8"));
  const cache = new Redis({ path: join(mesh.paths.run, "cache", "valkey.sock"), password: secrets.cache });
  const log = openEventLog(mesh.eventLogUrl());
  const order = dialService(mesh, "order");
  const { name: topic } = topicOf(OrderConfirmedSchema);
  const partitions = Array.from({ length: await log.partitions(topic) }, (_, partition) => partition);
  const ends = async () =>
    new Map(await Promise.all(partitions.map(async (one) => [one, (await log.range(topic, one)).next] as const)));
  const queued = new Map<string, number>();
  const monitor = await cache.monitor();
  monitor.on("monitor", (time: string, [command, key, , , id]: string[]) => {
    if (command?.toUpperCase() === "ZADD" && key === "notification:queue:email" && id && !queued.has(id))
      queued.set(id, Number(time) * 1000);
  });
  const count = WARM_UP + 20 * rounds * scale;
  let errors = 0;
  let from = await ends();
  const begun = performance.now();
  for (let n = 0; n < count; n += 1) {
    if (n === WARM_UP) from = await ends();
    await shop.place(order).catch((error: unknown) => {
      if (errors++ === 0) process.stderr.write(`${String(error)}\n`);
    });
    await sleep(PAUSE_MS);
  }
  const seconds = (performance.now() - begun) / 1000;
  const events = (await log.read(topic, from)).map(({ value }) => decodeEvent(value));
  for (const { id } of events) while (!queued.has(id)) await sleep(20);
  const times = events.map(({ id, time }) => (queued.get(id) as number) - time.getTime());
  monitor.disconnect();
  cache.disconnect();
  order.close();
  await log.close();
  const run = {
    operations: times.length,
    errors,
    perSecond: count / seconds,
    ...percentiles(times),
    cpuMicros: Number.NaN,
  };
  return { name: "from an order's commit to its e-mail in the queue, idle", run, beside: "aim: p99 under 50 ms" };
}
