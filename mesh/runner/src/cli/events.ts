// larder events: what is in a topic, and how a consumer reads it again.
import { setTimeout as sleep } from "node:timers/promises";
import {
  decodeEvent,
  type Event,
  EventFormatError,
  type EventLog,
  type LogRecord,
  moveTo,
  recordsOf,
} from "@larder/events";
import { openDatabase } from "@larder/store";
import { UsageError } from "../options.ts";
import { Refusal } from "../refusal.ts";
import type { SupervisorState } from "../state.ts";
import { type Declared, declaredTopics, findTopic, secretsOf, shown, withEventLog } from "./event-log.ts";
import { PLACE_USAGE } from "./place.ts";
import { runningMesh } from "./running.ts";
import { parseWords } from "./words.ts";

export const name = "events";
export const summary = "Shows the events of a topic, or lets a consumer read them again.";
export const usage = `tail|replay TOPIC [--last N] [--follow] [--group WORKLOAD] [--from TIME|earliest] [--offset PARTITION/OFFSET] [--again] [--yes] [--json] ${PLACE_USAGE}

  tail TOPIC      the last events of each partition: 0 when there are any, 1 when there are none
    --last N      so many (10)
    --follow      and those that come, until Ctrl-C
  replay TOPIC --group WORKLOAD   moves the consumer to another place of the topic, in its database
    --from TIME   to the first event at or after a time (RFC 3339), in every partition; earliest: to the first that there is
    --offset P/O  to offset O of partition P, and no other
    --again       events that it has handled are handled again; without it they are passed over
    --yes         do it; without it it says what it would do, and the answer is 1

  --json          for programs: an object a line

A consumer that is moved is fenced: a delivery under way has no effect. TOPIC may be an ending, such as order.confirmed.v1.`;

const FOLLOW_MS = 1000;

export async function run(args: readonly string[]): Promise<number> {
  const { place, text, on, words } = parseWords(
    args,
    ["last", "group", "from", "offset"],
    ["follow", "again", "yes", "json"],
    2,
  );
  const [verb, name] = words;
  if (verb !== "tail" && verb !== "replay") throw new UsageError("the first argument is tail or replay");
  if (name === undefined) throw new UsageError("the second argument is a topic");
  const last = text("last") ?? "10";
  if (!/^\d{1,6}$/.test(last)) throw new UsageError("--last takes a number");
  const others = verb === "tail" ? ["group", "from", "offset"] : ["last"];
  const wrong = [
    ...others.filter((option) => text(option)),
    ...(verb === "tail" ? ["again", "yes"] : ["follow"]).filter(on),
  ];
  if (wrong.length > 0) throw new UsageError(`${verb} has no --${wrong[0]}`);
  const target = verb === "replay" ? targetOf(text("from"), text("offset")) : undefined;
  const group = text("group");
  if (target && group === undefined) throw new UsageError("--group is missing");
  const topics = await declaredTopics();
  const topic = findTopic(topics, name);
  const state = runningMesh(place);
  return withEventLog(state, async (log) => {
    if (!target) return tail(log, topic, topics, Number(last), on("follow"), on("json"));
    return replay(state, log, topic, group ?? "", target, { again: on("again"), yes: on("yes"), json: on("json") });
  });
}

type Target = { readonly from: Date | "earliest" } | { readonly partition: number; readonly offset: bigint };

function targetOf(from: string | undefined, offset: string | undefined): Target {
  if ((from === undefined) === (offset === undefined)) throw new UsageError("replay takes --from or --offset");
  if (from === "earliest") return { from };
  if (from !== undefined) {
    const time = new Date(from);
    if (!/^\d{4}-\d\d-\d\dT/.test(from) || Number.isNaN(time.getTime()))
      throw new UsageError("--from takes a time such as 2026-11-28T10:00:00Z, or earliest");
    return { from: time };
  }
  const [, partition, place] = /^(\d{1,6})\/(\d{1,15})$/.exec(offset ?? "") ?? [];
  if (!partition || !place) throw new UsageError("--offset takes PARTITION/OFFSET");
  return { partition: Number(partition), offset: BigInt(place) };
}

async function tail(
  log: EventLog,
  topic: Declared,
  topics: ReadonlyMap<string, Declared>,
  last: number,
  follow: boolean,
  json: boolean,
): Promise<number> {
  const print = (record: LogRecord) => {
    const { partition, offset, time, value } = record;
    const event = eventIn(value);
    const about = { partition, offset: String(offset), appended: time.toISOString() };
    const body = event ? shown(event, topics) : { bytes: Buffer.from(value).toString("hex") };
    if (json) console.log(JSON.stringify({ ...about, ...body }));
    else console.log(`${partition}/${offset}  ${about.appended}  ${JSON.stringify(body)}`);
  };
  const next = new Map<number, bigint>();
  const records: LogRecord[] = [];
  const partitions = await log.partitions(topic.name);
  for (let partition = 0; partition < partitions; partition += 1) {
    const range = await log.range(topic.name, partition);
    const from = range.next - BigInt(last);
    next.set(partition, range.next);
    for await (const record of recordsOf(log, topic.name, partition, from > range.earliest ? from : range.earliest))
      if (record.offset >= from) records.push(record);
  }
  records.sort((a, b) => a.time.getTime() - b.time.getTime()).forEach(print);
  if (!follow) return records.length > 0 ? 0 : 1;
  const ending = new AbortController();
  process.once("SIGINT", () => ending.abort());
  process.once("SIGTERM", () => ending.abort());
  while (!ending.signal.aborted) {
    for (const record of await log.read(topic.name, next, { waitMs: FOLLOW_MS, signal: ending.signal })) {
      if (record.offset < (next.get(record.partition) ?? 0n)) continue;
      print(record);
      next.set(record.partition, record.offset + 1n);
    }
    await sleep(0);
  }
  return 0;
}

interface Manner {
  readonly again: boolean;
  readonly yes: boolean;
  readonly json: boolean;
}

async function replay(
  state: SupervisorState,
  log: EventLog,
  topic: Declared,
  group: string,
  target: Target,
  { again, yes, json }: Manner,
): Promise<number> {
  if (!topic.consumers.includes(group))
    throw new Refusal(`${group} does not consume ${topic.name}: ${topic.consumers.join(", ") || "nobody"} does.`);
  const places = await placesOf(log, topic.name, target);
  const url = `postgres://${group}:${secretsOf(state).databases[group]}@/${group}?host=${encodeURI(`${state.runFolder}/pg`)}`;
  const db = openDatabase(url, { max: 1, applicationName: "operator" });
  try {
    for (const { partition, next } of places) {
      const about = { topic: topic.name, group, partition, to: String(next) };
      let from: bigint | undefined;
      if (yes) {
        const events = again ? await eventsFrom(log, topic.name, partition, next) : [];
        from = await moveTo(db, { group, topic: topic.name, partition }, next, events);
        if (from === undefined) throw new Refusal(`${group} never was in partition ${partition} of ${topic.name}.`);
      }
      const result = { ...about, ...(from === undefined ? {} : { from: String(from) }), done: yes };
      const words = yes ? `moved from ${from} to ${next}` : `would go to ${next}`;
      console.log(json ? JSON.stringify(result) : `${topic.name}/${partition}  ${group}  ${words}`);
    }
  } finally {
    await db.close();
  }
  if (yes) return 0;
  console.error("Nothing was done: larder events replay with --yes does it.");
  return 1;
}

async function placesOf(log: EventLog, topic: string, target: Target): Promise<{ partition: number; next: bigint }[]> {
  const partitions = await log.partitions(topic);
  if ("partition" in target) {
    const { partition, offset } = target;
    if (partition >= partitions) throw new Refusal(`${topic} has partitions 0 to ${partitions - 1}.`);
    const { earliest, next } = await log.range(topic, partition);
    if (offset < earliest || offset > next)
      throw new Refusal(`${topic}/${partition} holds offsets ${earliest} up to ${next}.`);
    return [{ partition, next: offset }];
  }
  const places: { partition: number; next: bigint }[] = [];
  for (let partition = 0; partition < partitions; partition += 1) {
    const { from } = target;
    const next =
      from === "earliest" ? (await log.range(topic, partition)).earliest : await log.offsetAt(topic, partition, from);
    places.push({ partition, next });
  }
  return places;
}

async function eventsFrom(log: EventLog, topic: string, partition: number, from: bigint): Promise<Event[]> {
  const events: Event[] = [];
  for await (const { value } of recordsOf(log, topic, partition, from)) {
    const event = eventIn(value);
    if (event) events.push(event);
  }
  return events;
}

function eventIn(value: Uint8Array): Event | undefined {
  try {
    return decodeEvent(value);
  } catch (error) {
    if (error instanceof EventFormatError) return undefined;
    throw error;
  }
}
