// Everything around the order service for a suite: a database of its own, participants, users, and instances of the service.
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { type Order, OrderState } from "@larder/contract/larder/order/v1/order_pb.js";
import { OrderService, type PlaceOrderRequestSchema } from "@larder/contract/larder/order/v1/order_service_pb.js";
import { decodeEvent, type Event } from "@larder/events";
import {
  Call,
  type Client,
  Code,
  client,
  platformSettings,
  RpcError,
  readEnv,
  runInCall,
  serve,
} from "@larder/platform";
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

/** How long an order belongs to an instance that a test starts, unless it says otherwise. */
const LEASE_MS = 1000;
/** Settings that let a suite see recoveries soon. */
const quick = { ORDER_LEASE_MS: String(LEASE_MS), ORDER_RECOVERY_PAUSE_MS: "20" };

interface Deadline {
  readonly deadlineMs?: number;
}

/** An instance as its callers see it. */
export interface Caller {
  /** Makes a call for a user. */
  as<T>(user: string, call: (orders: Client<typeof OrderService>) => Promise<T>, options?: Deadline): Promise<T>;
  /** Places an order, again where the machine is too slow. */
  place(request?: Basket, user?: string, options?: Deadline): Promise<Order>;
  get(name: string, user?: string): Promise<Order>;
  cancel(name: string, user?: string): Promise<Order>;
  /** Follows an order to its end. */
  watch(name: string, user?: string, each?: (seen: Order) => void, untilDelivered?: boolean): Promise<Order[]>;
}

export interface Instance extends Caller {
  /** What its database counters say since it started. */
  stats(): Stats;
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
    this.store = createStore(this.database, { forwardLimitMs: 8000, leaseMs: LEASE_MS });
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

  /** The order that a request has made, whatever the request was answered. */
  madeBy({ requestId = "" }: Basket, user = "ada") {
    return eventually(async () => (await this.store.findRequest(user, requestId))?.order);
  }

  /** The events that were written about an order, oldest first. */
  async eventsOf(name: string): Promise<Event[]> {
    const { rows } = await this.database.query<{ event: Buffer }>("events", "select event from outbox order by id");
    return rows.map(({ event }) => decodeEvent(event)).filter(({ subject }) => subject === name);
  }

  async orderCount(): Promise<number> {
    const { rows } = await this.database.query<{ count: bigint }>("order_count", "select count(*) from orders");
    return Number(rows[0]?.count);
  }

  /** The order once it is settled. */
  settled(id: string) {
    return eventually(async () => {
      const order = await this.store.find(id);
      return order?.settled && order;
    }, 30_000);
  }

  /** A caller of the instance with these settings, wherever it runs. */
  dial(environment: Record<string, string>): Caller {
    const { platform } = readEnv(platformSettings("GATEWAY"), {
      GATEWAY_LISTEN: "unused:0",
      GATEWAY_OPS_LISTEN: "unused:0",
      LARDER_ADDR_ORDER: environment.ORDER_LISTEN,
    });
    const orders = client(OrderService, "order", platform);
    const as: Caller["as"] = async (user, call, { deadlineMs } = {}) => {
      const userAssertion = await this.#users.assertion(user);
      const deadline = deadlineMs === undefined ? undefined : Date.now() + deadlineMs;
      return runInCall(new Call({ method: "test", userAssertion, deadline }), () => call(orders));
    };
    const one = async (answer: Promise<{ order?: Order | undefined }>) => (await answer).order as Order;
    return {
      as,
      place: (request = basket(), user = "ada", options = {}) =>
        patiently(() => one(as(user, () => orders.placeOrder(request), options))),
      get: (name, user = "ada") => inTime(() => one(as(user, () => orders.getOrder({ name })))),
      cancel: (name, user = "ada") => inTime(() => one(as(user, () => orders.cancelOrder({ name })))),
      async watch(name, user = "ada", each = () => {}, untilDelivered = false) {
        const seen: Order[] = [];
        for await (const { order } of await as(user, async () => orders.watchOrder({ name, untilDelivered }))) {
          seen.push(order as Order);
          each(order as Order);
        }
        return seen;
      },
    };
  }
}

/** How a call was refused. Throws if it was not. */
export async function refusal(call: Promise<unknown>): Promise<RpcError> {
  const error = await call.then(
    () => new Error("it was not refused"),
    (thrown) => thrown,
  );
  if (error instanceof RpcError) return error;
  throw error;
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

/**
 * Makes a call again while what it needs is too slow to answer, as happens on a busy machine, and as long as `sensible`.
 * Failures of the order service's own database are not meant.
 */
export async function patiently<T>(call: () => Promise<T>, sensible = () => true): Promise<T> {
  for (const end = Date.now() + 20_000; ; ) {
    try {
      return await call();
    } catch (error) {
      if (!tooSlow(error) || !sensible() || Date.now() > end) throw error;
    }
  }
}

/** Makes a call again while the service itself is too slow to answer within the contract's deadline, as a caller would. */
async function inTime<T>(call: () => Promise<T>): Promise<T> {
  for (const end = Date.now() + 20_000; ; ) {
    try {
      return await call();
    } catch (error) {
      const late = error instanceof RpcError && error.code === Code.DEADLINE_EXCEEDED;
      if (!late || Date.now() > end) throw error;
    }
  }
}

const tooSlow = (error: unknown) =>
  error instanceof RpcError &&
  (error.code === Code.UNAVAILABLE || error.code === Code.DEADLINE_EXCEEDED) &&
  error.reason !== "STORE_UNAVAILABLE";

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
