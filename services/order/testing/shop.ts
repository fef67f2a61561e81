// Everything around the order service for a suite: a database of its own, participants, users, and instances of the service.
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { type Order, OrderState } from "@larder/contract/larder/order/v1/order_pb.js";
import { OrderService, type PlaceOrderRequestSchema } from "@larder/contract/larder/order/v1/order_service_pb.js";
import { Call, type Client, client, platformSettings, readEnv, runInCall, serve } from "@larder/platform";
import { type Database, openDatabase, type Stats } from "@larder/store";
import { startPostgres, type TestPostgres } from "@larder/store/testing";
import { loadConfig } from "../config.ts";
import type { Hooks } from "../runner.ts";
import { orderService } from "../service.ts";
import { createStore, type Store } from "../store.ts";
import { Participants } from "./participants.ts";
import { createUsers, type Users } from "./users.ts";

/** A request to place an order. */
export type Basket = Exclude<MessageInitShape<typeof PlaceOrderRequestSchema>, { $typeName: string }>;

/** Settings that let a suite see recoveries soon. */
const quick = { ORDER_LEASE_MS: "400", ORDER_RECOVERY_PAUSE_MS: "20" };

export interface Instance {
  /** What its database counters say since it started. */
  stats(): Stats;
  /** Makes a call for a user. */
  as<T>(
    user: string,
    call: (orders: Client<typeof OrderService>) => Promise<T>,
    options?: { deadlineMs?: number },
  ): Promise<T>;
  stop(): Promise<void>;
}

export class Shop {
  readonly folder: string;
  readonly postgres: TestPostgres;
  readonly participants: Participants;
  readonly database: Database;
  readonly store: Store;
  readonly #url: string;
  readonly #users: Users;
  #instances = 0;

  private constructor(folder: string, postgres: TestPostgres, url: string, participants: Participants, users: Users) {
    this.folder = folder;
    this.postgres = postgres;
    this.participants = participants;
    this.#url = url;
    this.#users = users;
    this.database = openDatabase(url, { max: 2, applicationName: "test" });
    this.store = createStore(this.database, { forwardLimitMs: 8000, leaseMs: 400 });
  }

  static async open(): Promise<Shop> {
    const folder = await mkdtemp(join(tmpdir(), "larder-order-"));
    const postgres = await startPostgres();
    const url = await postgres.createDatabase("order");
    const users = await createUsers(join(folder, "jwks.json"));
    const participants = await Participants.start(folder);
    participants.reset();
    return new Shop(folder, postgres, url, participants, users);
  }

  async close(): Promise<void> {
    await this.database.close();
    await this.participants.stop();
    await this.postgres.stop();
    await rm(this.folder, { recursive: true });
  }

  /** Lets every order come to its end, then starts afresh: participants behave and have enough of everything. */
  async quiet(): Promise<void> {
    this.participants.reset();
    await eventually(async () => {
      const { rows } = await this.database.query("open_orders", "select id from orders where not settled limit 1");
      return rows.length === 0;
    });
    this.participants.reset();
  }

  /** The settings of one more instance. */
  environment(more: Record<string, string> = {}): Record<string, string> {
    this.#instances += 1;
    const socket = join(this.folder, `order-${this.#instances}`);
    return {
      ORDER_LISTEN: `unix:${socket}.sock`,
      ORDER_OPS_LISTEN: `unix:${socket}-ops.sock`,
      ORDER_LOG_LEVEL: "error",
      ORDER_DRAIN_SECONDS: "2",
      ORDER_DATABASE_URL: this.#url,
      ORDER_EVENT_LOG_URL: `redis+unix://${join(this.folder, "no-log.sock")}`,
      LARDER_USER_JWKS: join(this.folder, "jwks.json"),
      ...this.participants.environment,
      ...quick,
      ...more,
    };
  }

  /** Starts an instance in this process. */
  async start(more: Record<string, string> = {}, hooks: Hooks = {}): Promise<Instance> {
    const environment = this.environment(more);
    const config = loadConfig(environment);
    const service = await orderService(config, hooks);
    const running = await serve(config.platform, service);
    return { ...this.dial(environment), stats: () => service.database.stats(), stop: () => running.stop() };
  }

  /** A caller of the instance with these settings, wherever it runs. */
  dial(environment: Record<string, string>): Pick<Instance, "as"> {
    const { platform } = readEnv(platformSettings("GATEWAY"), {
      GATEWAY_LISTEN: "unused:0",
      GATEWAY_OPS_LISTEN: "unused:0",
      LARDER_ADDR_ORDER: environment.ORDER_LISTEN,
    });
    const orders = client(OrderService, "order", platform);
    return {
      as: async (user, call, { deadlineMs } = {}) => {
        const userAssertion = await this.#users.assertion(user);
        const deadline = deadlineMs === undefined ? undefined : Date.now() + deadlineMs;
        return runInCall(new Call({ method: "test", userAssertion, deadline }), () => call(orders));
      },
    };
  }
}

/** A basket of three products; the same request id makes it a repeat. */
export const basket = (more: Partial<Basket> = {}): Basket => ({
  requestId: randomUUID(),
  lines: [
    { product: "products/milk", quantity: 2 },
    { product: "products/bread", quantity: 1 },
  ],
  slot: "slots/morning",
  ...more,
});

/** What the basket costs, in cents. */
export const basketCents = 2 * 119 + 249;

type Nothing = false | null | undefined;

/** Waits until the condition holds. Throws what it threw last, or says that it never held. */
export async function eventually<T>(condition: () => T | Promise<T>, withinMs = 10_000): Promise<Exclude<T, Nothing>> {
  const end = Date.now() + withinMs;
  for (;;) {
    const value = await condition();
    if (value) return value as Exclude<T, Nothing>;
    if (Date.now() > end) throw new Error(`never: ${condition}`);
    await sleep(5);
  }
}

export const idOf = (order: Order | undefined): string => order?.name.slice("orders/".length) ?? "";

export const stateOf = (order: Order | undefined): string => OrderState[order?.state ?? 0] ?? "";
