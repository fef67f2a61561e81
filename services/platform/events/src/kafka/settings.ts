// What the engine needs of its topics: it creates them so, and works with none that is set up otherwise. The manifests for a cluster say the same.

import { LogRefused } from "../log.ts";
import { type Cluster, library } from "./cluster.ts";
import { check, Elsewhere } from "./codes.ts";
import { createTopic, MAX_BATCH_BYTES } from "./requests.ts";

export type TopicSettings = Readonly<Record<string, string>>;

/** The broker unpacks what other tools have compressed: readers need not know how, nor take as much memory as it may come to. */
const PLAIN = "uncompressed";

/** Of a topic of events. Records stay until `trim`: Kafka itself would drop them whether somebody needs them or not. */
export const TOPIC_SETTINGS: TopicSettings = {
  "cleanup.policy": "delete",
  "retention.ms": "-1",
  "retention.bytes": "-1",
  "message.timestamp.type": "LogAppendTime",
  "compression.type": PLAIN,
  "max.message.bytes": String(MAX_BATCH_BYTES),
};

/** Of a register. All records have one key: compaction keeps the newest. */
export const REGISTER_SETTINGS: TopicSettings = {
  "cleanup.policy": "compact",
  "segment.bytes": String(1 << 20),
  "segment.ms": "600000",
  "message.timestamp.type": "LogAppendTime",
  "compression.type": PLAIN,
};

/** How often a register is tidied up is a matter of taste; and nobody minds a topic that takes more. */
const FREE = new Set(["segment.bytes", "segment.ms"]);
const AT_LEAST = new Set(["max.message.bytes"]);

const TOPIC = 2;
/** Those who have not been given the right to look. */
const UNSEEN = 29;

/**
 * Creates a topic unless it is there, and looks whether it is as it must be: what is not known yet may be there all the same. `more` counts
 * for one that is created only. The nodes that lead its partitions, in their order. Throws `LogRefused` as `checkSettings` does.
 */
export async function ensureTopic(
  cluster: Cluster,
  topic: string,
  partitions: number,
  settings: TopicSettings,
  more: TopicSettings = {},
): Promise<readonly number[]> {
  const known = await cluster.settled(() => cluster.leaders(topic));
  if (!known) await createTopic(cluster, topic, partitions, { ...settings, ...more });
  return cluster.settled(async () => {
    const leaders = await cluster.leaders(topic);
    if (!leaders) throw new Elsewhere(`${topic} is not known yet`);
    await checkSettings(cluster, topic, settings);
    return leaders;
  });
}

/** Throws `LogRefused`, reason `EVENT_LOG_TOPIC_DIFFERS`, with every setting on which the engine cannot rely. Does nothing where it may not look. */
async function checkSettings(cluster: Cluster, topic: string, settings: TopicSettings): Promise<void> {
  const wanted = Object.entries(settings).filter(([name]) => !FREE.has(name));
  const { describeConfigsV4 } = await library();
  const asked = { resourceType: TOPIC, resourceName: topic, configurationKeys: wanted.map(([name]) => name) } as const;
  const { results } = await cluster.send(undefined, describeConfigsV4.api, [asked]);
  const [{ errorCode, configs } = { errorCode: UNSEEN, configs: [] }] = results;
  if (errorCode === UNSEEN) return;
  check(errorCode, `topic ${topic}`);
  const actual = new Map(configs.map(({ name, value }) => [name, value]));
  const wrong = wanted.flatMap(([name, value]) => {
    const found = actual.get(name) ?? "";
    const right = AT_LEAST.has(name) ? Number(found) >= Number(value) : found === value;
    return right ? [] : [`${name}=${found}, not ${value}`];
  });
  if (wrong.length === 0) return;
  throw new LogRefused(undefined, "EVENT_LOG_TOPIC_DIFFERS", `topic ${topic} has ${wrong.join("; ")}`);
}
