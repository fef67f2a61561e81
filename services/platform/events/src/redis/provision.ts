// What a Valkey must have before workloads with rights of their own use it: its functions, and the topics.

import { RedisConnection } from "./connection.ts";
import { partitionsKey } from "./keys.ts";

/** Loads the functions and creates the topics that are not there. Returns how many partitions each has. The user at the address may do everything. */
export async function provisionValkey(
  url: string,
  topics: readonly string[],
  partitions: number,
): Promise<Map<string, number>> {
  const connection = new RedisConnection(url, "provision");
  try {
    // The functions come with the first call: workloads may not load them.
    const calls = topics.map((topic) => ({ name: "create_topic", keys: [partitionsKey(topic)], args: [partitions] }));
    const counts = await connection.call(calls);
    return new Map(topics.map((topic, index) => [topic, Number(String(counts[index]))]));
  } finally {
    connection.close();
  }
}
