// Events: who writes, who reads, in which order, and what happens to those that nobody can handle.

import { at } from "./places.ts";
import type { Rule } from "./rule.ts";

/** Kafka's alphabet without upper case, which a Kubernetes name cannot carry; version last. `.dead` must still fit. */
const topicName = /^[a-z0-9]+(?:[._-][a-z0-9]+)*\.v[1-9][0-9]*$/;
const longestName = 240;

export const topicRules: readonly Rule[] = [
  {
    code: "topic-name",
    severity: "error",
    refuses: "a topic name without a version at its end, or with letters that a broker or Kubernetes refuses",
    mend: "write lower-case words joined by dots, version last, as in shop.order.placed.v1",
    *check({ contract }) {
      for (const topic of contract.topics) {
        if (topicName.test(topic.name) && topic.name.length <= longestName) continue;
        const why = topic.name === "" ? "names no topic" : `names the topic "${topic.name}"`;
        yield { subject: topic.name || topic.message, at: at(topic, "name"), message: `${topic.message} ${why}` };
      }
    },
  },
  {
    code: "topic-duplicate",
    severity: "error",
    refuses: "two messages on one topic",
    mend: "give each message a topic of its own",
    *check({ contract }) {
      for (const { code, subject, message, at: place } of contract.problems) {
        if (code === "topic-duplicate") yield { subject: subject ?? "", at: place, message };
      }
    },
  },
  {
    code: "topic-key",
    severity: "error",
    refuses: "a topic without a key, or with one that is no field of the message",
    mend: "name the field by whose value events stay in order",
    *check({ contract }) {
      for (const topic of contract.topics) {
        if (topic.fields.includes(topic.key)) continue;
        const message = topic.key
          ? `topic ${topic.name} is ordered by "${topic.key}", which is no field of ${topic.message}`
          : `topic ${topic.name} names no key`;
        yield { subject: topic.name, at: at(topic, "key"), message };
      }
    },
  },
  {
    code: "topic-without-producers",
    severity: "error",
    refuses: "a topic that nobody may write",
    mend: "list the workloads that write it in producers",
    *check({ contract }) {
      for (const topic of contract.topics) {
        if (topic.producers.length > 0) continue;
        yield { subject: topic.name, at: topic.at, message: `topic ${topic.name} has no producers` };
      }
    },
  },
  {
    code: "topic-member-unknown",
    severity: "error",
    refuses: "a producer or consumer that is no declared workload",
    mend: "use the name of a declared workload",
    *check({ contract }) {
      const known = new Set([...contract.workloads, ...contract.externalWorkloads].map((workload) => workload.name));
      for (const topic of contract.topics) {
        for (const producer of topic.producers) {
          if (known.has(producer)) continue;
          const message = `topic ${topic.name} is written by "${producer}", which nothing declares`;
          yield { subject: topic.name, at: at(topic, "producers"), message };
        }
        for (const consumer of topic.consumers) {
          if (known.has(consumer.workload)) continue;
          const message = `topic ${topic.name} is read by "${consumer.workload}", which nothing declares`;
          yield { subject: topic.name, at: consumer.at, message };
        }
      }
    },
  },
  {
    code: "topic-member-duplicate",
    severity: "error",
    refuses: "a producer or consumer that a topic lists twice",
    mend: "delete one of the two; a workload reads a topic once",
    *check({ contract }) {
      for (const topic of contract.topics) {
        const readers = topic.consumers.map((consumer) => consumer.workload);
        for (const [names, role] of [
          [topic.producers, "producers"],
          [readers, "consumers"],
        ] as const) {
          for (const name of new Set(names.filter((candidate, i) => names.indexOf(candidate) !== i))) {
            const message = `topic ${topic.name} lists "${name}" twice among its ${role}`;
            yield { subject: topic.name, at: at(topic, role), message };
          }
        }
      }
    },
  },
  {
    code: "topic-without-dead-letter",
    severity: "error",
    refuses: "a topic with neither `max_deliveries` nor `no_dead_letter`",
    mend: "state max_deliveries, or no_dead_letter with a reason",
    *check({ contract }) {
      for (const topic of contract.topics) {
        if (topic.maxDeliveries > 0 || topic.noDeadLetterReason !== undefined) continue;
        const message = `topic ${topic.name} does not say what becomes of an event that cannot be handled`;
        yield { subject: topic.name, at: topic.at, message };
      }
    },
  },
];
