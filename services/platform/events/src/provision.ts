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
export { rulesOf as valkeyRules } from "./redis/rights.ts";

export interface Provision {
  /** Those of the contract. */
  readonly topics: readonly Topic[];
  /** Who gets the rights that the contract gives, and no others. On Valkey they stand in its configuration: see `valkeyRules`. */
  readonly workloads: readonly string[];
  /** Of a topic that is not there yet. */
  readonly partitions: number;
}

/** Prepares an event log; may be repeated. The user at the address may do everything. Throws `LogUnavailable`. */
export async function provision(url: string, { topics, workloads, partitions }: Provision): Promise<void> {
  if (isKafka(url)) return provisionKafka(url, topics, workloads, partitions);
  const names = topics.flatMap(({ name, consumers }) => (consumers.length > 0 ? [name, deadTopic(name)] : [name]));
  return provisionValkey(url, names, partitions);
}
