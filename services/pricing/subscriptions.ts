// What prices hear of rooms: the goods of a room that became too warm are scored, and marked down as scoring says.
import { durationFromMs, timestampDate } from "@bufbuild/protobuf/wkt";
import type { CatalogService } from "@larder/contract/larder/catalog/v1/catalog_service_pb.js";
import { StorageClass } from "@larder/contract/larder/catalog/v1/product_pb.js";
import {
  type ExcursionChanged,
  ExcursionChangedSchema,
} from "@larder/contract/larder/coldchain/v1/cold_chain_events_pb.js";
import type { TemperatureSample } from "@larder/contract/larder/coldchain/v1/excursion_pb.js";
import type { InventoryService } from "@larder/contract/larder/inventory/v1/inventory_service_pb.js";
import type { ScoringService } from "@larder/contract/larder/scoring/v1/scoring_service_pb.js";
import { type ConsumeOptions, consume, type EventLog, RejectEvent, subscription } from "@larder/events";
import { type Client, Code, RpcError } from "@larder/platform";
import type { Database, Tx } from "@larder/store";
import { idOf } from "@larder/types";
import { DAY_MS, expiryOf, type Markdown, productClassOf } from "./markdown.ts";
import type { Store } from "./store.ts";

/** The workloads that know what lies in a room, what it is, and how likely it is to spoil. */
export interface Sources {
  readonly inventory: Client<typeof InventoryService>;
  readonly catalog: Client<typeof CatalogService>;
  readonly scoring: Client<typeof ScoringService>;
}

export interface Hearing extends Pick<ConsumeOptions, "deadLetterMs" | "backoff"> {
  /** How many whole days a markdown lasts at most after what was measured last. */
  readonly days: number;
  /** Absent: the real one. */
  readonly clock?: () => Date;
}

/** Goods of a room that a customer may still buy. */
interface Lot {
  readonly product: string;
  readonly category: string;
  readonly storageClass: "AMBIENT" | "CHILLED" | "FROZEN";
  readonly quantity: number;
  readonly bestBefore: Date;
}

// The most products that the catalogue is asked for at a time, and how often it is asked for the goods of one room: as the contract has it.
const PRODUCTS_A_CALL = 100;
const CATALOG_CALLS = 10;
// What scoring takes as a shelf life: three years. What keeps longer is not about to spoil either.
const LONGEST_MS = 3 * 365 * DAY_MS;

/** Consumes the topic of excursions until the signal aborts. */
export function excursions(
  log: EventLog,
  db: Database,
  store: Store,
  sources: Sources,
  { days, clock = () => new Date(), ...options }: Hearing,
) {
  const hear = async (tx: Tx, { current }: ExcursionChanged): Promise<void> => {
    if (!current?.subject.startsWith("rooms/")) return;
    const excursion = { id: idOf(current.name), room: idOf(current.subject), version: current.version };
    if (await store.knows(tx, excursion)) return;
    const last = current.history.at(-1)?.time;
    if (!last) throw new RejectEvent(`${current.name} says nothing of temperatures`);
    const measured = timestampDate(last);
    const lots = await lotsIn(current.subject, measured, sources);
    const scores = await scoresOf(lots, current.history, measured, sources.scoring);
    const marked = lots.flatMap(({ product, bestBefore }, index): Markdown[] => {
      const score = scores[index];
      const expireTime = expiryOf(measured, bestBefore, days);
      if (!score || score.markdownPercent <= 0 || expireTime <= clock()) return [];
      return [
        { product, percent: score.markdownPercent, risk: score.spoilageRisk, model: idOf(score.model), expireTime },
      ];
    });
    await store.mark(tx, excursion, marked);
  };
  const topic = subscription(ExcursionChangedSchema, hear);
  return (signal: AbortSignal) => consume(log, db, { ...topic, ...options, group: "pricing" }, signal);
}

/** What lies in a room that is not past its date already: nobody may sell that. */
async function lotsIn(room: string, measured: Date, { inventory, catalog }: Sources): Promise<Lot[]> {
  const { stock } = await inventory.listRoomStock({ room }, { detached: true }).catch((error: unknown) => {
    if (error instanceof RpcError && error.reason === "ROOM_NOT_FOUND") throw new RejectEvent(`${room} does not exist`);
    throw error;
  });
  const products = await productsOf(
    stock.map(({ product }) => product),
    catalog,
  );
  return stock.flatMap(({ product, quantity, bestBeforeTime }): Lot[] => {
    const known = products.get(product);
    if (!known) return [];
    const storageClass = StorageClass[known.storageClass] as Lot["storageClass"];
    // Goods of unknown date came today, as far as anybody knows.
    const bestBefore = bestBeforeTime
      ? timestampDate(bestBeforeTime)
      : new Date(measured.getTime() + known.shelfLifeDays * DAY_MS);
    return bestBefore > measured
      ? [{ product: idOf(product), category: known.category, storageClass, quantity, bestBefore }]
      : [];
  });
}

/** Products by their names, without those that are not on sale: they have no price. */
async function productsOf(names: readonly string[], catalog: Client<typeof CatalogService>) {
  const left = new Set(names);
  const found = new Map<string, Awaited<ReturnType<typeof catalog.batchGetProducts>>["products"][number]>();
  for (let calls = 0; left.size > 0; calls += 1) {
    if (calls === CATALOG_CALLS) throw new Error(`${left.size} of ${names.length} products could not be looked up`);
    try {
      const asked = [...left].slice(0, PRODUCTS_A_CALL);
      const { products } = await catalog.batchGetProducts({ names: asked }, { detached: true });
      for (const product of products) found.set(product.name, product);
      for (const name of asked) left.delete(name);
    } catch (error) {
      const unknown = error instanceof RpcError && error.reason === "PRODUCT_NOT_FOUND" && error.metadata.name;
      if (!unknown || !left.delete(unknown)) throw error;
    }
  }
  return found;
}

async function scoresOf(
  lots: readonly Lot[],
  history: TemperatureSample[],
  measured: Date,
  scoring: Client<typeof ScoringService>,
) {
  if (lots.length === 0) return [];
  const together = {
    history,
    lots: lots.map(({ category, storageClass, quantity, bestBefore }) => ({
      productClass: productClassOf(category, storageClass),
      remainingShelfLife: durationFromMs(Math.min(bestBefore.getTime() - measured.getTime(), LONGEST_MS)),
      stock: quantity,
    })),
  };
  try {
    const { scores } = await scoring.scoreBatch({ together: [together] }, { detached: true });
    if (scores.length !== lots.length) throw new Error(`${lots.length} goods have ${scores.length} scores`);
    return scores;
  } catch (error) {
    // It will say the same of the same temperatures.
    if (error instanceof RpcError && error.code === Code.INVALID_ARGUMENT)
      throw new RejectEvent(`the excursion cannot be scored: ${error.message}`);
    throw error;
  }
}
