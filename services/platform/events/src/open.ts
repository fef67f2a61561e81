// From an address to the engine behind it.

import { KafkaEventLog } from "./kafka/engine.ts";
import type { EventLog } from "./log.ts";
import { RedisEventLog } from "./redis/engine.ts";

export interface EventLogOptions {
  /** Shown in the server's list of clients. Absent: `larder`. */
  readonly clientName?: string;
  /** Partitions of a topic that nobody created. Absent: 4. */
  readonly defaultPartitions?: number;
}

/**
 * Opens the event log at an address: `redis+unix://:password@/path/of/socket`, `redis://host:port`, or
 * `kafka://user:password@host:port,host:port`.
 *
 * Connects in the background; calls throw `LogUnavailable` until there is a connection.
 */
export function openEventLog(url: string, options: EventLogOptions = {}): EventLog {
  const { clientName = "larder", defaultPartitions = 4 } = options;
  const Engine = url.startsWith("kafka:") ? KafkaEventLog : RedisEventLog;
  return new Engine(url, { clientName, defaultPartitions });
}
