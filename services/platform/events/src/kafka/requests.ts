// The requests that the engine makes, each for several partitions at once, whoever leads them.

import type { fetchV12, KafkaRecord, MessageRecord, RecordsBatch } from "@platformatic/kafka";
import { LogUnavailable, type Range } from "../log.ts";
import { type Cluster, library, NOBODY } from "./cluster.ts";
import { check, Elsewhere, NONE, OFFSET_OUT_OF_RANGE, TOPIC_EXISTS } from "./codes.ts";

export type Batch = RecordsBatch;
export type BatchRecord = KafkaRecord;

/** A partition of a topic. */
export interface Spot {
  readonly topic: string;
  readonly partition: number;
}

/** The most bytes that a batch may have: one event of the largest size, or many small ones, and what is said about them. */
export const MAX_BATCH_BYTES = 2 << 20;

/**
 * The producer id under which all processes write: see `Tail`. Brokers count theirs up from 0 and give out none as high.
 */
export const PRODUCER = 0x6c61_7264_6572_0000n;

const LATEST = -1n;
const EARLIEST = -2n;
const READ_UNCOMMITTED = 0;
const ACKS_ALL = -1;
const ANSWER_MS = 4000;

/** Creates a topic unless it is there, with as many replicas as the cluster gives by default. */
export async function createTopic(
  cluster: Cluster,
  topic: string,
  partitions: number,
  settings: Readonly<Record<string, string>>,
): Promise<void> {
  const { createTopicsV7 } = await library();
  const configs = Object.entries(settings).map(([name, value]) => ({ name, value }));
  const wanted = { name: topic, numPartitions: partitions, replicationFactor: -1, assignments: [], configs };
  const { topics } = await cluster.send(undefined, createTopicsV7.api, [wanted], ANSWER_MS, false);
  const code = topics[0]?.errorCode ?? NONE;
  if (code !== TOPIC_EXISTS) check(code, `topic ${topic}`);
}

export interface NewBatch extends Spot {
  /** Of its first record. */
  readonly sequence: number;
  readonly records: readonly Omit<MessageRecord, "topic" | "partition">[];
}

/** What a node says of a batch: the offset of its first record, or the code of what went wrong. An error: it says nothing. */
export type Produced = { readonly code: number; readonly offset: bigint } | Error;

/** Appends batches, and says for each what became of it. */
export async function produce(cluster: Cluster, batches: readonly NewBatch[]): Promise<Produced[]> {
  const { produceV11, NumericMap } = await library();
  const answers = new Map<string, Produced>();
  const groups = await cluster.byLeader(batches);
  const send = async (node: number, group: readonly NewBatch[]) => {
    const sequences = new NumericMap();
    for (const { topic, partition, sequence } of group) sequences.set(`${topic}:${partition}`, sequence);
    const records = group.flatMap(({ topic, partition, records }) =>
      records.map((record) => ({ ...record, topic, partition })),
    );
    const settings = { producerId: PRODUCER, producerEpoch: 0, sequences, compression: "none" as const };
    // It waits for other nodes and for the disk.
    const answer = await cluster.wait(node, produceV11.api, ACKS_ALL, ANSWER_MS, records, settings);
    if (typeof answer === "boolean") return;
    for (const { name, partitionResponses } of answer.responses)
      for (const { index, errorCode, baseOffset } of partitionResponses)
        answers.set(`${name}:${index}`, { code: errorCode, offset: baseOffset });
  };
  const failed = (group: readonly NewBatch[], error: Error) => {
    for (const { topic, partition } of group) answers.set(`${topic}:${partition}`, error);
  };
  await Promise.all(
    [...groups].map(([node, group]) => send(node, group).catch((error: Error) => failed(group, error))),
  );
  return batches.map(({ topic, partition }) => must(answers.get(`${topic}:${partition}`)));
}

/** What a partition holds from an offset on. */
export interface Fetched extends Spot {
  readonly batches: readonly Batch[];
  /** Where the partition begins and ends. Undefined if the offset was not in it. */
  readonly range: Range | undefined;
}

/** Where to read on. */
export interface From extends Spot {
  readonly offset: bigint;
}

/**
 * Reads from several partitions; those that have no leader now are left out, unless none has one. With `waitMs` it waits for something to be there; what is found at one node is then returned as soon as
 * it is found, and `late` gets what others find after that.
 */
export async function fetch(
  cluster: Cluster,
  from: readonly From[],
  { waitMs = 0, late = () => {} }: { waitMs?: number; late?: (found: Fetched[]) => void } = {},
): Promise<Fetched[]> {
  const groups = [...(await cluster.byLeader(from))].filter(([node]) => node !== NOBODY);
  if (groups.length === 0 && from.length > 0) throw withoutLeader(from);
  const asked = groups.map(([node, group]) => fetchFrom(cluster, node, group, waitMs));
  if (waitMs === 0 || asked.length === 1) return (await Promise.all(asked)).flat();
  const { promise, resolve, reject } = Promise.withResolvers<Fetched[]>();
  let open = asked.length;
  let answered = false;
  for (const one of asked) {
    one.then((found) => {
      open -= 1;
      if (answered) late(found);
      else if (open === 0 || found.some(({ batches, range }) => batches.length > 0 || !range)) {
        answered = true;
        resolve(found);
      }
    }, reject);
  }
  return promise;
}

async function fetchFrom(cluster: Cluster, node: number, from: readonly From[], waitMs: number): Promise<Fetched[]> {
  const { fetchV12 } = await library();
  const topics = new Map<string, fetchV12.FetchRequestPartition[]>();
  for (const { topic, partition, offset } of from) {
    const asked = {
      partition,
      fetchOffset: offset,
      currentLeaderEpoch: -1,
      lastFetchedEpoch: -1,
      partitionMaxBytes: MAX_BATCH_BYTES,
    };
    topics.set(topic, [...(topics.get(topic) ?? []), asked]);
  }
  // In this version of the request a topic goes by its name.
  const named = [...topics].map(([topicId, partitions]) => ({ topicId, partitions }));
  const limits = [waitMs, waitMs > 0 ? 1 : 0, MAX_BATCH_BYTES * 4, READ_UNCOMMITTED, 0, -1] as const;
  const { responses, errorCode } = await (waitMs > 0
    ? cluster.wait(node, fetchV12.api, ...limits, named, [], "")
    : cluster.send(node, fetchV12.api, ...limits, named, [], ""));
  check(errorCode, "a read");
  return responses.flatMap(({ topicId: topic, partitions }) =>
    partitions.map(({ partitionIndex: partition, errorCode: code, logStartOffset, highWatermark, records }) => {
      if (code === OFFSET_OUT_OF_RANGE) return { topic, partition, batches: [], range: undefined };
      check(code, `topic ${topic}`);
      return { topic, partition, batches: records ?? [], range: { earliest: logStartOffset, next: highWatermark } };
    }),
  );
}

/** The first offset at or after a time in ms, or -1 if there is none. */
export const offsetAt = (cluster: Cluster, spot: Spot, time: number): Promise<bigint> =>
  listOffset(cluster, spot, BigInt(Math.max(0, Math.ceil(time))));

export async function rangeOf(cluster: Cluster, spot: Spot): Promise<Range> {
  // In this order, so that the range holds what it says even if records are dropped in between.
  const next = await listOffset(cluster, spot, LATEST);
  const earliest = await listOffset(cluster, spot, EARLIEST);
  return next < earliest ? { earliest, next: earliest } : { earliest, next };
}

async function listOffset(cluster: Cluster, spot: Spot, timestamp: bigint): Promise<bigint> {
  const { listOffsetsV8 } = await library();
  const node = await leaderOf(cluster, spot);
  const asked = { partitionIndex: spot.partition, currentLeaderEpoch: -1, timestamp };
  const topics = [{ name: spot.topic, partitions: [asked] }];
  const answer = await cluster.send(node, listOffsetsV8.api, -1, READ_UNCOMMITTED, topics);
  const found = must(answer.topics[0]?.partitions[0]);
  check(found.errorCode, `topic ${spot.topic}`);
  return found.offset;
}

/** The sequence that a batch must have to be taken. Undefined: the node remembers none, and takes any. */
export async function nextSequence(cluster: Cluster, spot: Spot): Promise<number | undefined> {
  const { describeProducersV0 } = await library();
  const node = await leaderOf(cluster, spot);
  const asked = [{ name: spot.topic, partitionIndexes: [spot.partition] }];
  const answer = await cluster.send(node, describeProducersV0.api, asked);
  const found = must(answer.topics[0]?.partitions[0]);
  check(found.errorCode, `topic ${spot.topic}`);
  const ours = found.activeProducers.find(({ producerId }) => producerId === PRODUCER);
  return ours && sequenceAfter(ours.lastSequence, 1);
}

/** Sequences go round at 2^31. */
export const sequenceAfter = (sequence: number, count: number): number => (sequence + count) % 2 ** 31;

/** Drops what lies before an offset. Returns the earliest offset left. */
export async function deleteRecords(cluster: Cluster, spot: Spot, before: bigint): Promise<bigint> {
  const { deleteRecordsV2 } = await library();
  const node = await leaderOf(cluster, spot);
  const partitions = [{ partitionIndex: spot.partition, offset: before }];
  const answer = await cluster.send(node, deleteRecordsV2.api, [{ name: spot.topic, partitions }], ANSWER_MS);
  const found = must(answer.topics[0]?.partitions[0]);
  check(found.errorCode, `topic ${spot.topic}`);
  return found.lowWatermark;
}

/** Keeps the offsets of a group, as any consumer group's. */
export async function commitOffsets(
  cluster: Cluster,
  group: string,
  topic: string,
  offsets: ReadonlyMap<number, bigint>,
): Promise<void> {
  const { offsetCommitV8 } = await library();
  const node = await cluster.coordinator(group);
  const partitions = [...offsets].map(([partitionIndex, committedOffset]) => ({
    partitionIndex,
    committedOffset,
    committedLeaderEpoch: -1,
    committedMetadata: "",
  }));
  const answer = await cluster.send(node, offsetCommitV8.api, group, -1, "", null, [{ name: topic, partitions }]);
  for (const { errorCode } of answer.topics[0]?.partitions ?? []) check(errorCode, `group ${group} on topic ${topic}`);
}

/** The offsets that a group keeps, for the partitions where it keeps one. */
export async function committedOffsets(
  cluster: Cluster,
  group: string,
  topic: string,
  partitions: readonly number[],
): Promise<Map<number, bigint>> {
  const { offsetFetchV8 } = await library();
  const node = await cluster.coordinator(group);
  const asked = { groupId: group, memberEpoch: -1, topics: [{ name: topic, partitionIndexes: [...partitions] }] };
  const answer = must((await cluster.send(node, offsetFetchV8.api, [asked], false)).groups[0]);
  check(answer.errorCode, `group ${group}`);
  const offsets = new Map<number, bigint>();
  for (const { partitionIndex, committedOffset, errorCode } of answer.topics[0]?.partitions ?? []) {
    check(errorCode, `group ${group} on topic ${topic}`);
    if (committedOffset >= 0n) offsets.set(partitionIndex, committedOffset);
  }
  return offsets;
}

async function leaderOf(cluster: Cluster, spot: Spot): Promise<number> {
  const [[node] = [NOBODY]] = [...(await cluster.byLeader([spot]))];
  if (node === NOBODY) throw withoutLeader([spot]);
  return node;
}

const withoutLeader = (spots: readonly Spot[]): Elsewhere =>
  new Elsewhere(`${spots.map(({ topic, partition }) => `${topic}/${partition}`).join(", ")}: no leader now`);

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new LogUnavailable(new Error("an answer of Kafka lacks what was asked for"));
  return value;
}
