// Events: who writes and reads, in which order, and for how long.

import type { Topic } from "../model.ts";
import { type Comparison, formerly, missing, only, onTopics } from "./comparison.ts";

export const topicComparisons: readonly Comparison[] = [
  {
    code: "topic-removed",
    effect: "breaking",
    finds: "a message that no topic carries any more",
    why: "its consumers wait for nothing",
    mend: "let the consumers stop first",
    fields: ["Topic.name"],
    *compare({ old, now }) {
      for (const { name, message, at } of only(old.contract.topics, now.contract.topics, ({ message }) => message)) {
        yield { subject: message, at: formerly(at), message: `topic ${name} of ${message} is gone` };
      }
    },
  },
  {
    code: "topic-added",
    effect: "safe",
    finds: "a new topic",
    why: "nobody could rely on it yet",
    fields: ["Topic.name"],
    *compare({ old, now }) {
      for (const { name, message, at } of only(now.contract.topics, old.contract.topics, ({ message }) => message)) {
        yield { subject: message, at, message: `topic ${name} of ${message} is new` };
      }
    },
  },
  {
    code: "topic-renamed",
    effect: "breaking",
    finds: "a message that another topic carries",
    why: "producers and consumers of the two versions do not meet",
    mend: "give the event a message of its own, write both, and let the consumers move",
    fields: ["Topic.name"],
    compare: onTopics("name", (old, now) =>
      old.name === now.name ? undefined : `${now.message} is carried by topic ${now.name}, not by ${old.name}`,
    ),
  },
  {
    code: "topic-key-changed",
    effect: "breaking",
    finds: "a topic that is ordered by another field",
    why: "events of one old key end up in different partitions, and lose their order",
    mend: "carry the event on a new topic with the other key",
    fields: ["Topic.key"],
    compare: onTopics("key", (old, now) =>
      old.key === now.key ? undefined : `topic ${now.name} is ordered by ${now.key}, not by ${old.key}`,
    ),
  },
  {
    code: "producer-removed",
    effect: "breaking",
    finds: "a workload that may no longer write a topic",
    why: "what it still writes is refused",
    mend: "let the producer stop first",
    fields: ["Topic.producers"],
    compare: onTopics("producers", (old, now) =>
      missing(old.producers, now.producers).map((name) => `topic ${now.name} may no longer be written by ${name}`),
    ),
  },
  {
    code: "producer-added",
    effect: "loosening",
    finds: "a workload that may write a topic now",
    why: "more may put events before the consumers",
    mend: "let the owner of the topic agree",
    fields: ["Topic.producers"],
    compare: onTopics("producers", (old, now) =>
      missing(now.producers, old.producers).map((name) => `topic ${now.name} may now be written by ${name}`),
    ),
  },
  {
    code: "consumer-removed",
    effect: "breaking",
    finds: "a workload that may no longer read a topic",
    why: "what it still reads is refused, and its place in the topic is not kept",
    mend: "let the consumer stop first",
    fields: ["Topic.consumers", "Consumer.workload"],
    compare: onTopics("consumers", (old, now) =>
      missing(readers(old), readers(now)).map((name) => `topic ${now.name} may no longer be read by ${name}`),
    ),
  },
  {
    code: "consumer-added",
    effect: "loosening",
    finds: "a workload that may read a topic now",
    why: "more may see the events",
    mend: "let the owner of the topic agree",
    fields: ["Topic.consumers", "Consumer.workload"],
    compare: onTopics("consumers", (old, now) =>
      missing(readers(now), readers(old)).map((name) => `topic ${now.name} may now be read by ${name}`),
    ),
  },
  {
    code: "deliveries-lowered",
    effect: "breaking",
    finds: "fewer deliveries than before until an event is put aside",
    why: "events that a later delivery would have handled are put aside",
    mend: "see how many deliveries events really need",
    fields: ["Topic.max_deliveries", "Topic.no_dead_letter"],
    compare: onTopics("max_deliveries", (old, now) =>
      deliveries(now) < deliveries(old) ? delivered(old, now) : undefined,
    ),
  },
  {
    code: "deliveries-raised",
    effect: "loosening",
    finds: "more deliveries than before until an event is put aside, or no end of them",
    why: "an event that nobody can handle holds its partition for longer",
    mend: "see that consumers bear the wait",
    fields: ["Topic.max_deliveries", "Topic.no_dead_letter"],
    compare: onTopics("max_deliveries", (old, now) =>
      deliveries(now) > deliveries(old) ? delivered(old, now) : undefined,
    ),
  },
  {
    code: "retention-shortened",
    effect: "breaking",
    finds: "events that are kept for less time than before, or for a time that is stated no longer",
    why: "a consumer that was away for longer misses events",
    mend: "see that no consumer is that far behind",
    fields: ["Topic.retention_hours"],
    compare: onTopics("retention_hours", (old, now) =>
      old.retentionHours !== undefined && (now.retentionHours ?? 0) < old.retentionHours ? kept(old, now) : undefined,
    ),
  },
  {
    code: "retention-lengthened",
    effect: "safe",
    finds: "events that are kept for more time than before, or for a time that is stated now",
    why: "consumers may be as late as they were",
    fields: ["Topic.retention_hours"],
    compare: onTopics("retention_hours", (old, now) =>
      (now.retentionHours ?? 0) > (old.retentionHours ?? 0) ? kept(old, now) : undefined,
    ),
  },
];

const readers = (topic: Topic): string[] => topic.consumers.map(({ workload }) => workload);

/** Without a dead-letter topic an event is delivered until somebody handles it. */
const deliveries = ({ maxDeliveries, noDeadLetterReason }: Topic): number =>
  noDeadLetterReason !== undefined || maxDeliveries === 0 ? Number.POSITIVE_INFINITY : maxDeliveries;

function delivered(old: Topic, now: Topic): string {
  const shown = (topic: Topic) =>
    Number.isFinite(deliveries(topic)) ? `at most ${deliveries(topic)} times` : "without end";
  return `topic ${now.name} delivers an event ${shown(now)}, and did so ${shown(old)}`;
}

function kept(old: Topic, now: Topic): string {
  const shown = ({ retentionHours }: Topic) =>
    retentionHours === undefined ? "as long as the environment says" : `for ${retentionHours} hours`;
  return `topic ${now.name} keeps events ${shown(now)}, and did so ${shown(old)}`;
}
