// What a workload may do on Valkey: from the producers and consumers that the contract names. A right to a function is none to what the
// function does: its commands and keys are checked as if the user had sent them.

import { deadTopic } from "../dead-letter.ts";
import type { Topic } from "../topic.ts";

// Not FUNCTION: who may load one could have it run under the rights of others.
const EVERYBODY = "-@all +auth +hello +ping +info +client|id +client|setname";

/** The rules of a user, as in the `user` line of a configuration file: one alternative for each thing that it does. */
export function rulesOf(workload: string, topics: readonly Topic[]): string {
  const rules = topics.flatMap((topic) => [
    ...(topic.producers.includes(workload) ? producing(topic.name, topic.consumers) : []),
    ...(topic.consumers.includes(workload) ? consuming(topic.name, workload) : []),
  ]);
  return [EVERYBODY, ...new Set(rules)].join(" ");
}

const partitionsOf = (topic: string): string => `(+get %R~${topic}:partitions)`;

const appending = (topic: string): string[] => [
  partitionsOf(topic),
  `(+fcall +time +hmget +hset +xadd ~${topic}:{*} ~${topic}:{*}:state)`,
];

function producing(topic: string, groups: readonly string[]): string[] {
  const noted = groups.map((group) => ` ~${topic}:{*}:noted:${group}`).join("");
  return [
    ...appending(topic),
    // Trims, and finds offsets by time. A function takes its keys for reading and writing; no command here writes what a group noted.
    `(+fcall +fcall_ro +time +hmget +hset +xrevrange +xtrim +get ~${topic}:{*} ~${topic}:{*}:state${noted})`,
  ];
}

// Looks how far a topic reaches, and trims what is too old. A function takes its keys for reading and writing.
const tidying = (topic: string): string[] => [
  `(+fcall_ro +hmget %R~${topic}:{*} %R~${topic}:{*}:state)`,
  `(+fcall +time +hmget +hset +xrevrange +xtrim ~${topic}:{*} ~${topic}:{*}:state)`,
];

function consuming(topic: string, group: string): string[] {
  return [
    partitionsOf(topic),
    `(+fcall_ro +hmget +xrange +xrevrange +xread %R~${topic}:{*} %R~${topic}:{*}:state)`,
    `(+fcall +time +hmget +hset ~${topic}:{*}:lease:${group})`,
    `(+fcall +time +zadd +zrange +zrem +zremrangebyscore ~${topic}:members:${group})`,
    `(+get +set ~${topic}:{*}:noted:${group})`,
    ...appending(deadTopic(topic)),
    ...tidying(deadTopic(topic)),
  ];
}
