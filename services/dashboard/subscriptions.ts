// The events that the read model is made of.
import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import {
  ExcursionChangedSchema,
  WindowsClosedSchema,
} from "@larder/contract/larder/coldchain/v1/cold_chain_events_pb.js";
import { MarkdownChangedSchema } from "@larder/contract/larder/pricing/v1/markdown_events_pb.js";
import { ShipmentAtRiskSchema } from "@larder/contract/larder/shipping/v1/shipment_events_pb.js";
import {
  batchSubscription,
  type ConsumeOptions,
  consume,
  type Delivered,
  type EventLog,
  RejectEvent,
} from "@larder/events";
import type { Database, Tx } from "@larder/store";
import { idOf } from "@larder/types";
import { readExcursion, readWindow } from "./message.ts";
import type { Projection, ToldWindow } from "./projection.ts";

// Windows come thick, from every partition of readings: those of a moment share a commit. Nobody sees the difference.
const WINDOWS_LINGER_MS = 50;
// One event may hold thousands of them, and a batch is in memory several times over.
const WINDOWS_BATCH = 8;

/** Consumes the topics of the cold chain until the signal aborts. `deadLetterMs` as `consume` has it. */
export function subscriptions(log: EventLog, db: Database, projection: Projection, deadLetterMs?: number) {
  const options = { group: "dashboard", ...(deadLetterMs && { deadLetterMs }) };
  const subscribe = <Desc extends DescMessage>(
    schema: Desc,
    more: Pick<ConsumeOptions, "lingerMs" | "batch">,
    project: (tx: Tx, batch: readonly Delivered<MessageShape<Desc>>[]) => Promise<void>,
  ) => {
    const topic = batchSubscription(schema, project);
    return (signal: AbortSignal) => consume(log, db, { ...topic, ...options, ...more }, signal);
  };
  return [
    subscribe(WindowsClosedSchema, { lingerMs: WINDOWS_LINGER_MS, batch: WINDOWS_BATCH }, (tx, batch) =>
      projection.windows(
        tx,
        batch.flatMap(({ message, event }) =>
          message.windows.flatMap((told): ToldWindow[] => {
            const window = readWindow(told);
            return window ? [{ window, time: event.time }] : [];
          }),
        ),
      ),
    ),
    subscribe(ExcursionChangedSchema, {}, (tx, batch) =>
      projection.excursions(
        tx,
        batch.map(({ message }) => readExcursion(message.current)),
      ),
    ),
    subscribe(MarkdownChangedSchema, {}, (tx, batch) =>
      projection.markdowns(
        tx,
        batch.map(({ message: { excursion, product, percent, spoilageRisk, model, version } }) => ({
          ...about(excursion),
          product,
          percent,
          spoilageRisk: probability(spoilageRisk),
          model,
          version,
        })),
      ),
    ),
    subscribe(ShipmentAtRiskSchema, {}, (tx, batch) =>
      projection.risks(
        tx,
        batch.map(({ message: { shipment, flag, version } }) => ({
          ...about(flag?.excursion ?? ""),
          shipment,
          spoilageRisk: probability(flag?.spoilageRisk ?? Number.NaN),
          model: flag?.model ?? "",
          version,
        })),
      ),
    ),
  ];
}

function about(excursion: string): { excursion: string } {
  if (excursion === "") throw new RejectEvent("the event is about no excursion");
  return { excursion: idOf(excursion) };
}

function probability(risk: number): number {
  if (!(risk >= 0 && risk <= 1)) throw new RejectEvent(`${risk} is no probability`);
  return risk;
}
