// From an address to the engine behind it.

import { optional, type Setting, secretText } from "@larder/platform";
import { parseKafkaUrl } from "./kafka/address.ts";
import { KafkaEventLog } from "./kafka/engine.ts";
import type { EventLog } from "./log.ts";
import { parseRedisUrl } from "./redis/address.ts";
import { RedisEventLog } from "./redis/engine.ts";

export interface EventLogOptions {
  /** Shown in the server's list of clients. Absent: `larder`. */
  readonly clientName?: string;
  /** Partitions of a topic that nobody created. Absent: 4. */
  readonly defaultPartitions?: number;
}

/** Whether an address is that of a Kafka cluster. */
export const isKafka = (url: string): boolean => /^kafkas?:/.test(url);

/**
 * The address of a workload's event log, for `openEventLog`: `<PREFIX>_EVENT_LOG_URL`, where a password that stands in a secret of its own comes by
 * `<PREFIX>_EVENT_LOG_PASSWORD`. An address that no engine understands, or that would show a password on the way, is a problem of the settings.
 */
export function eventLogUrl(prefix: string): Setting<string> {
  const url = secretText(`${prefix}_EVENT_LOG_URL`);
  const password = optional(secretText(`${prefix}_EVENT_LOG_PASSWORD`));
  return {
    rows: [...url.rows, ...password.rows],
    read(env, problem) {
      const [written, secret] = [url.read(env, problem), password.read(env, problem)];
      if (!written) return "";
      try {
        const whole = secret === undefined ? written : withPassword(written, secret);
        if (isKafka(whole)) parseKafkaUrl(whole);
        else parseRedisUrl(whole);
        return whole;
      } catch (error) {
        problem(`${prefix}_EVENT_LOG_URL is wrong: ${(error as Error).message}`);
        return "";
      }
    },
  };
}

function withPassword(url: string, password: string): string {
  const whole = url.replace(/^([^:]+:\/\/[^:@/]+)@/, (_, user: string) => `${user}:${encodeURIComponent(password)}@`);
  if (whole === url) throw new Error("with a password apart it must name a user, and no password: kafkas://user@host");
  return whole;
}

/**
 * Opens the event log at an address: `redis+unix://:password@/path/of/socket`, `redis://host:port`, or
 * `kafka://user:password@host:port,host:port`, with TLS `kafkas://`: see `parseKafkaUrl`.
 *
 * Connects in the background; calls throw `LogUnavailable` until there is a connection, and `LogRefused` where there will be none.
 */
export function openEventLog(url: string, options: EventLogOptions = {}): EventLog {
  const { clientName = "larder", defaultPartitions = 4 } = options;
  const Engine = isKafka(url) ? KafkaEventLog : RedisEventLog;
  return new Engine(url, { clientName, defaultPartitions });
}
