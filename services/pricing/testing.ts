// What surrounds the markdowns of excursions in a test: a real PostgreSQL, a real event log, and inventory, catalogue and scoring of the test's
// own on sockets, which know one room.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import {
  BatchGetProductsResponseSchema,
  CatalogService,
} from "@larder/contract/larder/catalog/v1/catalog_service_pb.js";
import { StorageClass } from "@larder/contract/larder/catalog/v1/product_pb.js";
import { ExcursionChangedSchema } from "@larder/contract/larder/coldchain/v1/cold_chain_events_pb.js";
import { type ExcursionSchema, ExcursionState } from "@larder/contract/larder/coldchain/v1/excursion_pb.js";
import { InventoryService } from "@larder/contract/larder/inventory/v1/inventory_service_pb.js";
import { MarkdownChangedSchema } from "@larder/contract/larder/pricing/v1/markdown_events_pb.js";
import { QuoteRequestSchema } from "@larder/contract/larder/pricing/v1/pricing_service_pb.js";
import type { Quote } from "@larder/contract/larder/pricing/v1/quote_pb.js";
import type { KeptTogether, Lot } from "@larder/contract/larder/scoring/v1/score_pb.js";
import { ScoringService } from "@larder/contract/larder/scoring/v1/scoring_service_pb.js";
import {
  deadTopic,
  decodeEvent,
  type EventLog,
  inboxMigrations,
  newEvent,
  openEventLog,
  outboxMigrations,
  payload,
  topicOf,
} from "@larder/events";
import { tell as append, consumed, eventsIn, startValkey } from "@larder/events/testing";
import {
  Call,
  type Client,
  Code,
  client,
  implement,
  platformSettings,
  type Route,
  readEnv,
  rpcError,
  serve,
} from "@larder/platform";
import { type Database, migrate, openDatabase } from "@larder/store";
import { startPostgres } from "@larder/store/testing";
import { fromCents, toCents } from "@larder/types";
import { expect } from "vitest";
import { pricingHandler } from "./handler.ts";
import { DAY_MS } from "./markdown.ts";
import { pricingStore, type Store } from "./store.ts";
import { excursions } from "./subscriptions.ts";

/** What lies in the room of a product. */
export interface Pack {
  readonly category: string;
  readonly storageClass?: StorageClass;
  readonly quantity?: number;
  /** Absent where nobody knows. */
  readonly until?: Date;
}

const unused = () => {
  throw new Error("the pricing service does not call this");
};

/** In so many days. */
export const soon = (days: number) => new Date(Date.now() + days * DAY_MS);

/** How long a delivery that failed waits: five of them take two seconds, in which a busy machine may miss a deadline or two. */
const patience = (failed: number) => 20 * 3 ** failed;

const mild = () => ({ risk: 0.24, percent: 30 });

export class ColdRoom {
  /** What lies in it, by product, and what of it is not in the catalogue. */
  room: Record<string, Pack> = {};
  delisted: string[] = [];
  /** What scoring says of goods, what it was asked, and how often it fails before. */
  scored: (goods: Lot) => { risk: number; percent: number } = mild;
  readonly asked: KeptTogether[] = [];
  failures = 0;
  /** For how many products the catalogue was asked, each time. */
  readonly lookups: number[] = [];

  readonly db: Database;
  readonly store: Store;
  readonly #log: EventLog;
  readonly #ends: (() => unknown)[] = [];

  private constructor(db: Database, log: EventLog) {
    this.db = db;
    this.store = pricingStore(db);
    this.#log = log;
  }

  static async start(): Promise<ColdRoom> {
    const [postgres, valkey] = await Promise.all([startPostgres(), startValkey()]);
    const db = openDatabase(await postgres.createDatabase("pricing"));
    await migrate(db, outboxMigrations, inboxMigrations, new URL("./migrations/", import.meta.url));
    const room = new ColdRoom(db, openEventLog(valkey.url));
    room.#ends.push(() => Promise.all([postgres.stop(), valkey.stop()]));
    await room.#consume();
    return room;
  }

  async stop(): Promise<void> {
    for (const end of this.#ends.reverse()) await end();
  }

  /** As it was in the beginning, but for what was told and what is stored. */
  empty(): void {
    [this.room, this.delisted, this.asked.length, this.failures, this.lookups.length] = [{}, [], 0, 0, 0];
    this.scored = mild;
  }

  async quote(product: string, quantity = 1, at = new Date()): Promise<Quote> {
    // The catalogue as quotes ask it: at once, however busy the machine is.
    const shelf = {
      batchGetProducts: async ({ names = [] }: { names?: string[] }) =>
        create(BatchGetProductsResponseSchema, { products: names.map((name) => this.#productOf(name)) }),
    } as unknown as Client<typeof CatalogService>;
    const request = create(QuoteRequestSchema, { lines: [{ product: `products/${product}`, quantity }] });
    const answer = await pricingHandler(this.store, shelf, () => at).quote(request, new Call({ method: "test" }));
    return answer.quote as Quote;
  }

  /** Tells of an excursion, and waits until whoever listens is done with it. */
  async tell(excursion: string, version: number, more: MessageInitShape<typeof ExcursionSchema> = {}): Promise<void> {
    const name = `excursions/${excursion}`;
    const current = {
      ...{ name, device: "devices/north-chilled.p1", subject: "rooms/north-chilled", version: BigInt(version) },
      ...{ storageClass: StorageClass.CHILLED, state: ExcursionState.OPEN },
      history: [12, 11].map((celsius, minute) => ({ time: timestampFromDate(new Date(Date.now() + minute)), celsius })),
      ...more,
    };
    const message = { excursion: name, current };
    const options = { aggregateVersion: BigInt(version) };
    await consumed(this.db, "pricing", await append(this.#log, newEvent(ExcursionChangedSchema, message, options)));
  }

  /** Waits until a pack of a product costs so much: until everybody knows of the last change. */
  async costs(product: string, cents: number): Promise<void> {
    const cost = async () => toCents((await this.quote(product)).total);
    await expect.poll(cost, { timeout: 20_000 }).toBe(cents);
  }

  /** What was told of a product, oldest first. */
  async told(product: string) {
    const { rows } = await this.db.query<{ event: Buffer }>("told", "select event from outbox order by id");
    const events = rows.map(({ event }) => decodeEvent(event));
    return events
      .filter(({ subject }) => subject === `products/${product}`)
      .map((event) => payload(MarkdownChangedSchema, event));
  }

  async deadLetters(): Promise<string[]> {
    const letters = await eventsIn(this.#log, deadTopic(topicOf(ExcursionChangedSchema).name));
    return letters.map(({ subject }) => subject);
  }

  async #consume(): Promise<void> {
    const folder = mkdtempSync(join(tmpdir(), "pricing-"));
    this.#ends.push(() => rmSync(folder, { recursive: true }));
    this.#ends.push(() => this.store.close());
    this.#ends.push(() => this.#log.close());
    const own: Record<string, string> = { PRICING_LISTEN: "unused:0", PRICING_OPS_LISTEN: "unused:0" };
    const start = async (workload: string, route: Route) => {
      const prefix = workload.toUpperCase();
      const address = `unix:${join(folder, `${workload}.sock`)}`;
      const listen = {
        [`${prefix}_LISTEN`]: address,
        [`${prefix}_OPS_LISTEN`]: `unix:${join(folder, `${workload}.ops`)}`,
      };
      const { platform } = readEnv(platformSettings(prefix), { ...listen, [`${prefix}_LOG_LEVEL`]: "error" });
      const serving = await serve(platform, { workload, routes: [route] });
      this.#ends.push(() => serving.stop());
      own[`LARDER_ADDR_${prefix}`] = address;
    };
    await start("inventory", this.#inventory());
    await start("catalog", this.#catalogue());
    await start("scoring", this.#scoring());
    const { platform } = readEnv(platformSettings("PRICING"), own);
    const sources = {
      inventory: client(InventoryService, "inventory", platform),
      catalog: client(CatalogService, "catalog", platform),
      scoring: client(ScoringService, "scoring", platform),
    };
    const ending = new AbortController();
    const consume = excursions(this.#log, this.db, this.store, sources, { days: 3, backoff: patience });
    const consuming = consume(ending.signal);
    this.#ends.push(() => {
      ending.abort();
      return consuming;
    });
  }

  #productOf(name: string) {
    const { category = "dairy", storageClass = StorageClass.CHILLED } = this.room[name.slice("products/".length)] ?? {};
    return { name, displayName: name, category, storageClass, shelfLifeDays: 5, price: fromCents(1000) };
  }

  #inventory(): Route {
    return implement(InventoryService, {
      listRoomStock: (request) => {
        if (request.room !== "rooms/north-chilled")
          throw rpcError("inventory", Code.NOT_FOUND, "ROOM_NOT_FOUND", `${request.room} does not exist`);
        return {
          room: { name: request.room },
          stock: Object.entries(this.room).map(([id, { quantity = 7, until }]) => ({
            ...{ product: `products/${id}`, quantity },
            ...(until && { bestBeforeTime: timestampFromDate(until) }),
          })),
        };
      },
      ...{ batchGetStock: unused, listRooms: unused, attachRoomSensor: unused, reserve: unused, commit: unused },
      ...{ release: unused, restock: unused, receiveStock: unused },
    });
  }

  #catalogue(): Route {
    return implement(CatalogService, {
      batchGetProducts: ({ names }) => {
        this.lookups.push(names.length);
        const unknown = names.find((name) => this.delisted.includes(name));
        if (unknown) throw rpcError("catalog", Code.NOT_FOUND, "PRODUCT_NOT_FOUND", `no ${unknown}`, { name: unknown });
        return { products: names.map((name) => this.#productOf(name)) };
      },
      ...{ getProduct: unused, listProducts: unused, searchProducts: unused },
      ...{ listPriceChanges: unused, changePrice: unused },
    });
  }

  #scoring(): Route {
    return implement(ScoringService, {
      scoreBatch: ({ goods, together }) => {
        expect([goods.length, together.length]).toEqual([0, 1]);
        this.asked.push(...together);
        if (this.failures > 0) {
          this.failures -= 1;
          throw rpcError("scoring", Code.UNAVAILABLE, "MODEL_UNAVAILABLE", "no model yet");
        }
        const lots = together.flatMap((each) => each.lots);
        const scores = lots.map(this.scored).map(({ risk, percent }) => ({
          ...{ spoilageRisk: risk, markdownPercent: percent, model: "models/spoilage-1" },
        }));
        return { scores };
      },
      ...{ score: unused, scoreStream: unused, listModels: unused, activateModel: unused },
    });
  }
}
