// What shipments hear of their goods: an excursion is scored, and one that puts the goods at risk is noted and told of.
import { durationFromMs, timestampDate } from "@bufbuild/protobuf/wkt";
import {
  type ExcursionChanged,
  ExcursionChangedSchema,
} from "@larder/contract/larder/coldchain/v1/cold_chain_events_pb.js";
import type { Excursion } from "@larder/contract/larder/coldchain/v1/excursion_pb.js";
import type { SpoilageScore } from "@larder/contract/larder/scoring/v1/score_pb.js";
import type { ScoringService } from "@larder/contract/larder/scoring/v1/scoring_service_pb.js";
import { type ConsumeOptions, consume, type EventLog, RejectEvent, subscription } from "@larder/events";
import { type Client, Code, RpcError } from "@larder/platform";
import type { Database, Tx } from "@larder/store";
import { idOf } from "@larder/types";
import { compartmentOf } from "./compartment.ts";
import { goodsWhen } from "./shipment.ts";
import type { Store } from "./store.ts";

export interface Hearing extends Pick<ConsumeOptions, "deadLetterMs" | "backoff"> {
  /** From which spoilage risk on, 0 to 1, an excursion is noted and told of. */
  readonly atRisk: number;
}

/** Consumes the topic of excursions until the signal aborts. */
export function excursions(
  log: EventLog,
  db: Database,
  store: Store,
  scoring: Client<typeof ScoringService>,
  { atRisk, ...options }: Hearing,
) {
  const hear = async (tx: Tx, { current }: ExcursionChanged): Promise<void> => {
    if (!current?.subject.startsWith("shipments/")) return;
    const order = idOf(current.subject);
    const shipment = await store.shipment(tx, order);
    if (!shipment) throw new RejectEvent(`${current.subject} does not exist`);
    const goods = goodsWhen(shipment, current.startTime ? timestampDate(current.startTime) : new Date(0));
    if (goods === "never there") throw new RejectEvent(`no goods of ${current.subject} were ever picked`);
    if (goods === "gone" || (await store.knows(tx, idOf(current.name), current.version))) return;
    const { spoilageRisk: risk, model } = await scored(scoring, current);
    const flag = {
      ...{ excursion: idOf(current.name), risk, model: idOf(model) },
      ...{ peakCelsius: current.peakCelsius, time: new Date().toISOString() },
    };
    await store.flag(tx, order, current.version, flag, risk >= atRisk);
  };
  const topic = subscription(ExcursionChangedSchema, hear);
  return (signal: AbortSignal) => consume(log, db, { ...topic, ...options, group: "shipping" }, signal);
}

async function scored(scoring: Client<typeof ScoringService>, excursion: Excursion): Promise<SpoilageScore> {
  const compartment = compartmentOf(excursion.storageClass);
  if (!compartment) throw new RejectEvent(`${excursion.name} does not say how the goods must be kept`);
  const goods = {
    productClass: compartment.productClass,
    history: excursion.history,
    remainingShelfLife: durationFromMs(compartment.keepsHours * 3_600_000),
  };
  try {
    const { score } = await scoring.score({ goods }, { detached: true });
    if (!score) throw new Error("scoring answered without a score");
    return score;
  } catch (error) {
    // It will say the same of the same temperatures.
    if (error instanceof RpcError && error.code === Code.INVALID_ARGUMENT)
      throw new RejectEvent(`${excursion.name} cannot be scored: ${error.message}`);
    throw error;
  }
}
