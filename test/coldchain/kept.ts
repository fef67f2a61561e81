// What is kept of the readings of some devices: in the event log, and in the database of the aggregator.

import { timestampMs } from "@bufbuild/protobuf/wkt";
import {
  ExcursionChangedSchema,
  WindowsClosedSchema,
} from "@larder/contract/larder/coldchain/v1/cold_chain_events_pb.js";
import { ExcursionState } from "@larder/contract/larder/coldchain/v1/excursion_pb.js";
import { ReadingsIngestedSchema } from "@larder/contract/larder/telemetry/v1/reading_events_pb.js";
import { decodeEvent, type EventLog, payload, recordsOf, topicOf } from "@larder/events";
import type { Books } from "./readings.ts";

/** Runs SQL in the database of a workload. Rows are lines, `|` stands between columns. */
export type Query = (sql: string, database: string) => Promise<string>;

async function rowsOf(query: Query, sql: string): Promise<string[][]> {
  const lines = (await query(sql, "aggregator")).split("\n");
  return lines.filter(Boolean).map((line) => line.split("|"));
}

/** How many events of readings the aggregator has not come to, by its own database, and how many of its own have not left it. */
export async function leftToCount(query: Query, log: EventLog): Promise<number> {
  const topic = topicOf(ReadingsIngestedSchema).name;
  const places = await rowsOf(
    query,
    `select partition, next_offset from consumer_offsets where group_name = 'aggregator' and topic = '${topic}'`,
  );
  const come = new Map(places.map(([partition, next]) => [Number(partition), Number(next)]));
  const waiting = "select (select count(*) from outbox) + (select sum(cardinality(pending)) from outbox_state)";
  let left = Number((await rowsOf(query, waiting))[0]?.[0]);
  for (let partition = 0; partition < (await log.partitions(topic)); partition += 1) {
    const { earliest, next } = await log.range(topic, partition);
    left += Number(next) - (come.get(partition) ?? Number(earliest));
  }
  return left;
}

export type Kept = Pick<Books, "logged" | "panes" | "windows" | "excursions" | "toldUntilMs">;

/** Reads all there is of the devices, and of what they are attached to. */
export async function keptOf(
  query: Query,
  log: EventLog,
  devices: ReadonlySet<string>,
  places: readonly string[],
): Promise<Kept> {
  const names = [...devices, ...places].map((name) => `'${name}'`).join(",");
  const panes = await rowsOf(
    query,
    `select subject, start_us / 1000, sum(count), min(min), max(max), sum(sum) from panes where subject in (${names}) group by 1, 2`,
  );
  const told = await rowsOf(
    query,
    `select distinct subject, told_us / 1000 from panes join sources using (source) where subject in (${names})`,
  );
  return {
    logged: await loggedOf(log, devices),
    panes: panes.map(([subject = "", ...numbers]) => {
      const [startMs = 0, count = 0, min = 0, max = 0, sum = 0] = numbers.map(Number);
      return { subject, startMs, count, min, max, sum };
    }),
    windows: await windowsOf(log, devices),
    excursions: await excursionsOf(log, devices),
    toldUntilMs: Object.fromEntries(told.map(([subject, until]) => [subject, Number(until)])),
  };
}

async function* eventsOf(log: EventLog, topic: string) {
  for (let partition = 0; partition < (await log.partitions(topic)); partition += 1)
    for await (const { value } of recordsOf(log, topic, partition)) yield decodeEvent(value);
}

async function loggedOf(log: EventLog, devices: ReadonlySet<string>): Promise<Kept["logged"]> {
  const logged: Kept["logged"][number][] = [];
  for await (const event of eventsOf(log, topicOf(ReadingsIngestedSchema).name))
    for (const { device, sequences, measureTimesUs, celsius } of payload(ReadingsIngestedSchema, event).devices)
      if (devices.has(device))
        for (const [index, sequence] of sequences.entries()) {
          const measureMs = Number(measureTimesUs[index]) / 1000;
          logged.push({ device, sequence, measureMs, celsius: celsius[index] ?? Number.NaN });
        }
  return logged;
}

async function windowsOf(log: EventLog, devices: ReadonlySet<string>): Promise<Kept["windows"]> {
  const told: Kept["windows"][number][] = [];
  for await (const event of eventsOf(log, topicOf(WindowsClosedSchema).name))
    for (const { subject, startTime, endTime, revision, count } of payload(WindowsClosedSchema, event).windows)
      if (devices.has(subject) && startTime && endTime) {
        const [startMs, endMs] = [timestampMs(startTime), timestampMs(endTime)];
        told.push({ subject, startMs, endMs, revision, count: Number(count) });
      }
  return told;
}

/** The events of excursions of these devices, oldest first. */
export async function excursionsOf(log: EventLog, devices: ReadonlySet<string>): Promise<Kept["excursions"]> {
  const told: Kept["excursions"][number][] = [];
  for await (const event of eventsOf(log, topicOf(ExcursionChangedSchema).name)) {
    const { excursion, current } = payload(ExcursionChangedSchema, event);
    if (!current || !devices.has(current.device)) continue;
    const { device, version, state } = current;
    told.push({ excursion, device, version, open: state === ExcursionState.OPEN });
  }
  return told;
}
