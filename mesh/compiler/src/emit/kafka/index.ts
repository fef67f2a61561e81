// Kafka as Strimzi runs it: the topics of the contract, and a user for each workload with the rights that it needs.

import { tighten } from "../../environment-contract.ts";
import type { Environment, Kafka } from "../../environment-model.ts";
import { InputError } from "../../input-error.ts";
import type { Contract, Topic } from "../../model.ts";
import { compare, place } from "../../names.ts";
import { deployed, type InCluster, inCluster, manifestFiles, object } from "../cluster.ts";
import { note, type Yaml, type YamlMap } from "../yaml.ts";

const api = "kafka.strimzi.io/v1";

/** The manifests, by file name. Throws InputError for an environment without Kafka. */
export function emitKafka(contract: Contract, environment: Environment): Map<string, string> {
  const tightened = tighten(contract, environment);
  const here = inCluster(environment, "kafka");
  const { kafka } = environment;
  if (!kafka) throw new InputError("the target kafka needs the part kafka of the environment");
  const users = deployed(tightened, environment).map(({ name }): [string, YamlMap[]] => [
    name,
    user(here, kafka, name, tightened.topics),
  ]);
  return manifestFiles({
    target: "kafka",
    environment: here,
    common: tightened.topics.flatMap((topic) => topicsOf(kafka, environment.events.partitions, topic)),
    commonFile: "topics.yaml",
    workloads: new Map(users.filter(([, objects]) => objects.length > 0)),
    // Not the topics, which hold events: whoever deletes one does so by its name.
    kinds: ["kafkausers.kafka.strimzi.io"],
    namespace: kafka.namespace,
  });
}

const dead = (topic: Topic): string => `${topic.name}.dead`;

const registersOf = ({ registers }: Kafka, topic: Topic, consumer: string): string[] =>
  registers.map((name) => name.replaceAll("{topic}", topic.name).replaceAll("{consumer}", consumer));

const headOf = ({ cluster, namespace }: Kafka, kind: string, name: string) => ({
  apiVersion: api,
  kind,
  name,
  namespace,
  labels: { "strimzi.io/cluster": cluster },
});

/** Names of topics may hold what names of objects may not. */
const objectName = (topic: string): string => topic.toLowerCase().replaceAll("_", "-");

/** The topic itself, the one for what could not be handled, and what its consumers keep beside it. */
function topicsOf(kafka: Kafka, partitions: number, topic: Topic): YamlMap[] {
  const { replicas, minInSyncReplicas, trimmedByProducers, topicConfig, registerConfig } = kafka;
  const hours = topic.retentionHours;
  const retention = trimmedByProducers ? -1 : hours === undefined ? undefined : hours * 3_600_000;
  const durable = { "min.insync.replicas": minInSyncReplicas };
  const make = (name: string, count: number, config: YamlMap): YamlMap =>
    object(headOf(kafka, "KafkaTopic", objectName(name)), {
      spec: note(origin(topic), { topicName: name, partitions: count, replicas, config: { ...durable, ...config } }),
    });
  return [
    make(topic.name, partitions, { "cleanup.policy": "delete", "retention.ms": retention, ...topicConfig }),
    ...(topic.maxDeliveries > 0
      ? [make(dead(topic), partitions, { "cleanup.policy": "delete", "retention.ms": -1, ...topicConfig })]
      : []),
    ...topic.consumers.flatMap(({ workload }) =>
      registersOf(kafka, topic, workload).map((name) =>
        make(name, 1, { "cleanup.policy": "compact", ...registerConfig }),
      ),
    ),
  ];
}

/** None for a workload that neither writes nor reads events. */
function user({ cluster }: InCluster, kafka: Kafka, name: string, topics: readonly Topic[]): YamlMap[] {
  const acls = topics.flatMap((topic) => [
    ...(topic.producers.includes(name) ? producerRights(kafka, topic) : []),
    ...(topic.consumers.some(({ workload }) => workload === name) ? consumerRights(kafka, topic, name) : []),
  ]);
  if (acls.length === 0) return [];
  const { labels, ...head } = headOf(kafka, "KafkaUser", `${cluster.system}-${name}`);
  return [
    object(
      { ...head, labels: { ...labels, "app.kubernetes.io/name": name } },
      { spec: { authentication: { type: "scram-sha-512" }, authorization: { type: "simple", acls } } },
    ),
  ];
}

/** Who trims a topic reads back what it wrote, deletes, and looks at what the groups of its consumers have handled. */
function producerRights(kafka: Kafka, topic: Topic): Yaml[] {
  const { trimmedByProducers } = kafka;
  const own = trimmedByProducers ? ["Write", "Describe", "Read", "Delete"] : ["Write", "Describe"];
  return [
    note(origin(topic), right("topic", topic.name, [...own, ...looks(kafka)])),
    ...(trimmedByProducers
      ? topic.consumers.map(({ workload }) => note(origin(topic), right("group", workload, ["Describe"])))
      : []),
  ];
}

function consumerRights(kafka: Kafka, topic: Topic, name: string): Yaml[] {
  const both = ["Write", "Describe", "Read", ...looks(kafka)];
  const letters = kafka.trimmedByProducers ? [...both, "Delete"] : both;
  return [
    note(origin(topic), right("topic", topic.name, ["Read", "Describe", ...looks(kafka)])),
    ...(topic.maxDeliveries > 0 ? [note(origin(topic), right("topic", dead(topic), letters))] : []),
    ...registersOf(kafka, topic, name).map((register) => note(origin(topic), right("topic", register, both))),
    note(origin(topic), right("group", name, ["Read", "Describe"])),
  ];
}

/** Who expects something of a topic may look whether it is so. */
const looks = ({ topicConfig }: Kafka): string[] => (Object.keys(topicConfig).length > 0 ? ["DescribeConfigs"] : []);

const right = (type: "topic" | "group", name: string, operations: readonly string[]): Yaml => ({
  resource: { type, name, patternType: "literal" },
  operations: [...operations].sort(compare),
});

const origin = (topic: Topic): string => `from ${place(topic.at)} ${topic.message}`;
