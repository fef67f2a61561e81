// What a workload may do on Kafka: from the producers and consumers that the contract names.

import { deadTopic } from "../dead-letter.ts";
import type { Topic } from "../topic.ts";
import { leasesTopic } from "./leases.ts";

export type Operation = "read" | "write" | "delete" | "describe" | "describeconfigs";

/** One right to one topic or group. */
export interface Grant {
  readonly kind: "topic" | "group";
  readonly name: string;
  readonly operation: Operation;
}

/**
 * All rights of a workload. Who appends reads what it has appended, and looks at the groups that hold up the retention; everybody looks whether
 * topics are set up as they must.
 */
export function grantsOf(workload: string, topics: readonly Topic[]): Grant[] {
  return topics.flatMap((topic) => {
    const { name, producers, consumers } = topic;
    const grants: Grant[] = [];
    if (producers.includes(workload)) {
      grants.push(...on("topic", name, "write", "read", "delete", "describeconfigs"));
      for (const group of consumers) grants.push(...on("group", group, "describe"));
    }
    if (consumers.includes(workload)) {
      grants.push(
        ...on("topic", name, "read", "describeconfigs"),
        ...on("topic", leasesTopic(name, workload), "write", "read", "describeconfigs"),
        ...on("topic", deadTopic(name), "write", "read", "delete", "describeconfigs"),
        ...on("group", workload, "read"),
      );
    }
    return grants;
  });
}

const on = (kind: Grant["kind"], name: string, ...operations: Operation[]): Grant[] =>
  operations.map((operation) => ({ kind, name, operation }));
