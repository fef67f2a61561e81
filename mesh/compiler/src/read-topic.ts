// The topic that a message makes.

import type { DescMessage } from "@bufbuild/protobuf";
import type { Topic } from "./model.ts";
import type { TopicOption } from "./options.ts";
import { defaultHandlerMs, readCalls } from "./read-calls.ts";
import type { Source } from "./source.ts";

/** Field numbers of Topic, by which lines are found. */
const fields = {
  name: 1,
  key: 2,
  producers: 3,
  consumers: 4,
  max_deliveries: 5,
  no_dead_letter: 6,
  retention_hours: 7,
} as const;

/** Reads the topic option that stands at this path of its file. */
export function readTopic(desc: DescMessage, option: TopicOption, path: readonly number[], source: Source): Topic {
  return {
    name: option.name ?? "",
    message: desc.typeName,
    key: option.key ?? "",
    fields: desc.fields.map((field) => field.name),
    producers: option.producers ?? [],
    consumers: (option.consumers ?? []).map((consumer, i) => {
      const at = source.atElement([...path, fields.consumers], i);
      return {
        workload: consumer.workload ?? "",
        limitMs: consumer.limitMs ?? 0,
        handlerMs: consumer.handlerMs || defaultHandlerMs,
        calls: readCalls(consumer.calls, () => at),
        at,
      };
    }),
    maxDeliveries: option.maxDeliveries ?? 0,
    ...(option.noDeadLetter ? { noDeadLetterReason: option.noDeadLetter.reason ?? "" } : {}),
    ...(option.retentionHours ? { retentionHours: option.retentionHours } : {}),
    at: source.at(path),
    lines: source.fieldLines(path, fields),
  };
}
