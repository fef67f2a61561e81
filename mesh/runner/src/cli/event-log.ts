// The event log of a running mesh, as whoever operates it sees it.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type DescMessage, fromBinary, hasOption, type JsonValue, toJson } from "@bufbuild/protobuf";
import { topic as topicOption } from "@larder/contract/mesh/v1/policy_pb.js";
import { type Event, type EventLog, openEventLog, type Topic, topicOf } from "@larder/events";
import { CodedError } from "@larder/platform";
import { operatorUrl } from "../plan-stores.ts";
import { Refusal } from "../refusal.ts";
import type { Secrets } from "../secrets.ts";
import type { SupervisorState } from "../state.ts";

/** An event of the contract and the topic that carries it. */
export interface Declared extends Topic {
  readonly schema: DescMessage;
}

/** Does `work` with the event log of a mesh and closes it. Throws a Refusal if the log is out of reach. */
export async function withEventLog<T>(state: SupervisorState, work: (log: EventLog) => Promise<T>): Promise<T> {
  if (!state.eventLog) throw new Refusal("No workload of this mesh uses an event log.");
  const log = openEventLog(operatorUrl(state.eventLog, secretsOf(state)), { clientName: "operator" });
  try {
    return await work(log);
  } catch (error) {
    throw error instanceof CodedError ? new Refusal(`${error.reason}: ${error.message}.`) : error;
  } finally {
    await log.close();
  }
}

/** The secrets of a mesh. Throws a Refusal for who may not read them. */
export function secretsOf(state: SupervisorState): Secrets {
  const file = join(state.dataFolder, "secrets.json");
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Secrets;
  } catch {
    throw new Refusal(`${file} cannot be read: the mesh belongs to another user.`);
  }
}

/** Every topic of the contract, by name. */
export async function declaredTopics(): Promise<ReadonlyMap<string, Declared>> {
  const root = join(dirname(fileURLToPath(import.meta.resolve("@larder/contract/mesh/v1/policy_pb.js"))), "../..");
  const files = readdirSync(join(root, "larder"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith("_pb.js"))
    .sort();
  const modules = files.map(
    (file) => import(pathToFileURL(join(root, "larder", file)).href) as Promise<Record<string, unknown>>,
  );
  const exported = (await Promise.all(modules)).flatMap((module) => Object.values(module));
  const events = exported.filter(
    (value): value is DescMessage =>
      (value as DescMessage | undefined)?.kind === "message" && hasOption(value as DescMessage, topicOption),
  );
  return new Map(events.map((schema) => [topicOf(schema).name, { ...topicOf(schema), schema }]));
}

/** The topic of that name, or of an ending of it that no other has: `order.confirmed.v1`. Throws a Refusal that says what there is. */
export function findTopic(topics: ReadonlyMap<string, Declared>, name: string): Declared {
  const found = [...topics.values()].filter((topic) => topic.name === name || topic.name.endsWith(`.${name}`));
  if (found.length === 1 && found[0]) return found[0];
  throw new Refusal(`There is no topic ${name}: it is one of ${[...topics.keys()].join(", ")}.`);
}

/** An event for people and programs; its payload as JSON where the contract knows it, in hex otherwise. */
export function shown(event: Event, topics: ReadonlyMap<string, Declared>): Record<string, unknown> {
  const { id, source, type, subject, time, dataschema, aggregateVersion, traceparent, extensions, data } = event;
  const schema = [...topics.values()].find((topic) => topic.schema.typeName === type)?.schema;
  return {
    ...{ id, source, type, subject, time: time.toISOString(), dataschema },
    ...(aggregateVersion === undefined ? {} : { aggregateVersion: String(aggregateVersion) }),
    ...(traceparent === undefined ? {} : { traceparent }),
    ...extensions,
    ...payloadOf(schema, data),
  };
}

function payloadOf(schema: DescMessage | undefined, data: Uint8Array): { payload: JsonValue } | { bytes: string } {
  try {
    if (schema) return { payload: toJson(schema, fromBinary(schema, data)) };
  } catch {
    // Whoever looks at it looks for what is wrong with it.
  }
  return { bytes: Buffer.from(data).toString("hex") };
}
