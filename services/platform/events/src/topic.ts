// Events and topics as the contract declares them.

import { randomUUID } from "node:crypto";
import {
  create,
  type DescFile,
  type DescMessage,
  fromBinary,
  getOption,
  hasOption,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import { reflect } from "@bufbuild/protobuf/reflect";
import { topic as topicOption } from "@larder/contract/mesh/v1/policy_pb.js";
import { originatingCall } from "@larder/platform";
import { dataschema, isOfLaterContract } from "./contract-version.ts";
import { type Event, EventFormatError, UnknownEvent } from "./event.ts";

/** What the contract says about the topic of an event. */
export interface Topic {
  readonly name: string;
  /** The proto name of the field that keeps events in order. */
  readonly key: string;
  readonly producers: readonly string[];
  readonly consumers: readonly string[];
  /** After so many failed deliveries an event goes to `<name>.dead`. 0: never, the event is tried again for ever. */
  readonly maxDeliveries: number;
  /** 0: as the environment says. */
  readonly retentionHours: number;
}

/** An event and where it goes. */
export interface OutgoingEvent extends Event {
  readonly topic: string;
}

/** The topic that carries the event. Throws if the message is no event. */
export function topicOf(schema: DescMessage): Topic {
  if (!hasOption(schema, topicOption)) throw new Error(`${schema.typeName} is no event: it has no (mesh.v1.topic)`);
  const { name, key, producers, consumers, maxDeliveries, retentionHours } = getOption(schema, topicOption);
  return { name, key, producers, consumers: consumers.map(({ workload }) => workload), maxDeliveries, retentionHours };
}

/** The topics that files of the contract declare. */
export const topicsOf = (files: readonly DescFile[]): Topic[] =>
  files.flatMap(({ messages }) => messages.filter((message) => hasOption(message, topicOption)).map(topicOf));

export interface NewEventOptions {
  /** The version of the aggregate that this event made. */
  readonly aggregateVersion?: bigint | undefined;
  /** The writing workload. Absent: the only producer that the contract names. */
  readonly source?: string | undefined;
  /** Absent: a new one. */
  readonly id?: string | undefined;
  /** Absent: now. */
  readonly time?: Date | undefined;
}

/** Makes an event of a contract message: its topic and key follow from the contract, its trace from the request in progress. */
export function newEvent<Desc extends DescMessage>(
  schema: Desc,
  payload: MessageInitShape<Desc>,
  options: NewEventOptions = {},
): OutgoingEvent {
  const message = create(schema, payload);
  const topic = topicOf(schema);
  const source = options.source ?? (topic.producers.length === 1 ? topic.producers[0] : undefined);
  if (source === undefined) throw new Error(`${schema.typeName} has several producers: say which one writes`);
  return {
    topic: topic.name,
    id: options.id ?? randomUUID(),
    source,
    type: schema.typeName,
    subject: keyOf(schema, topic, message),
    time: options.time ?? new Date(),
    dataschema: dataschema(),
    aggregateVersion: options.aggregateVersion,
    traceparent: originatingCall()?.traceparent,
    data: toBinary(schema, message),
  };
}

/**
 * The payload as a message. Throws `UnknownEvent` if it is another message, another version of it (`larder.order.v2.…`), or was
 * written with a contract whose first number is above ours, and `EventFormatError` if it cannot be read.
 */
export function payload<Desc extends DescMessage>(schema: Desc, event: Event): MessageShape<Desc> {
  if (event.type !== schema.typeName) {
    const what = anyVersion(event.type) === anyVersion(schema.typeName) ? "unknown version" : "unknown type";
    throw new UnknownEvent(what, `expected ${schema.typeName}, not ${event.type}`);
  }
  if (isOfLaterContract(event.dataschema))
    throw new UnknownEvent(
      "unknown version",
      `expected a ${event.type} of ${dataschema()}, not of ${event.dataschema}`,
    );
  try {
    return fromBinary(schema, event.data);
  } catch (error) {
    throw new EventFormatError(`the payload of event ${event.id} is not a ${event.type}`, { cause: error });
  }
}

const anyVersion = (typeName: string): string => typeName.replace(/\.v\d+\./, ".v*.");

function keyOf<Desc extends DescMessage>(schema: Desc, topic: Topic, message: MessageShape<Desc>): string {
  const field = schema.fields.find(({ name }) => name === topic.key);
  if (field?.fieldKind !== "scalar") throw new Error(`${schema.typeName} has no plain field "${topic.key}" for a key`);
  const key = String(reflect(schema, message).get(field));
  if (key === "") throw new Error(`the key "${topic.key}" of a ${schema.typeName} is empty`);
  return key;
}
