// What whoever runs an event log does with it before workloads use it: its topics, and who may do what. See `openEventLog`.

import { deadTopic } from "./dead-letter.ts";
import { provisionKafka } from "./kafka/provision.ts";
import { isKafka } from "./open.ts";
import { provisionValkey } from "./redis/provision.ts";
import type { Topic } from "./topic.ts";

export {
  type BrokerSettings,
  brokerArguments,
  brokerSettings,
  formatArguments,
  KAFKA_ADMIN,
  kafkaUrl,
} from "./kafka/broker.ts";
export { grantsOf } from "./kafka/rights.ts";
export { REGISTER_SETTINGS, TOPIC_SETTINGS } from "./kafka/settings.ts";
export { rulesOf as valkeyRules } from "./redis/rights.ts";

export interface Provision {
  /** Those of the contract. */
  readonly topics: readonly Topic[];
  /** Who gets the rights that the contract gives, and no others. On Valkey they stand in its configuration: see `valkeyRules`. */
  readonly workloads: readonly string[];
  /** Of a topic that is not there yet. */
  readonly partitions: number;
}

/** A topic has another number of partitions than it should have. More of them would send events of one key to another place. */
export class PartitionsDiffer extends Error {
  override name = "PartitionsDiffer";
  readonly actual: number;

  constructor(topic: string, actual: number, wanted: number) {
    super(`${topic} was created with ${actual} partitions and cannot have ${wanted}`);
    this.actual = actual;
  }
}

/**
 * Prepares an event log; may be repeated. The user at the address may do everything. Throws `LogUnavailable`, and `PartitionsDiffer` if a topic is
 * there with another number of them.
 */
export async function provision(url: string, { topics, workloads, partitions }: Provision): Promise<void> {
  const names = topics.flatMap(({ name, consumers }) => (consumers.length > 0 ? [name, deadTopic(name)] : [name]));
  const actual = isKafka(url)
    ? await provisionKafka(url, names, partitions, topics, workloads)
    : await provisionValkey(url, names, partitions);
  for (const [topic, count] of actual) if (count !== partitions) throw new PartitionsDiffer(topic, count, partitions);
}
